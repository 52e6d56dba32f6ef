/** What the page of one job shows beside the job itself: its steps and its events, paged and live. Pure. */
import type { JobDetails, JobStep } from '../../worker/protocol/job.ts';
import type { Page } from '../../worker/protocol/list.ts';
import type { Event as JobEvent } from '../../worker/protocol/live.ts';
import { idle, type Resource } from './resource.ts';

export interface Paged<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
  readonly loading: boolean;
}
const nothing = { items: [], nextCursor: null, loading: true } as const;

export interface JobPage {
  readonly id: string;
  readonly details: Resource<{ readonly stepCount: number }>;
  readonly steps: Paged<JobStep>;
  readonly events: Paged<JobEvent>;
  /** Every phase the job was seen in, in order, so that the row of phases never loses one. */
  readonly phases: readonly string[];
}

export const newJobPage = (id: string): JobPage => ({ id, details: idle, steps: nothing, events: nothing, phases: [] });

/** Joins by key; the later one wins, the order is by key. */
function union<T>(have: readonly T[], more: readonly T[], key: (item: T) => number): T[] {
  const byKey = new Map(have.map((item) => [key(item), item]));
  for (const item of more) byKey.set(key(item), item);
  return [...byKey.values()].sort((a, b) => key(a) - key(b));
}
const byNumber = (step: JobStep): number => step.n;
const bySeq = (event: JobEvent): number => event.seq;

export const withSteps = (page: JobPage, answer: Page<JobStep>): JobPage => ({
  ...page,
  steps: { items: union(page.steps.items, answer.items, byNumber), nextCursor: answer.nextCursor, loading: false },
});
export const withEvents = (page: JobPage, answer: Page<JobEvent>): JobPage => ({
  ...page,
  events: { items: union(page.events.items, answer.items, bySeq), nextCursor: answer.nextCursor, loading: false },
});

export const withPhase = (page: JobPage, phase: string): JobPage =>
  phase === '' || page.phases.includes(phase) ? page : { ...page, phases: [...page.phases, phase] };

const stepOf = (event: JobEvent): JobStep | null => {
  const { step } = event.data;
  return typeof step === 'object' && step !== null && 'n' in step ? (step as JobStep) : null;
};

/** How many steps the job has now, whether or not they are all loaded. */
export const stepCount = (page: JobPage): number =>
  Math.max(
    page.details.state === 'ready' ? page.details.value.stepCount : 0,
    page.steps.items.length,
    (page.steps.items.at(-1)?.n ?? -1) + 1,
  );

const counted = (page: JobPage, step: JobStep): JobPage['details'] =>
  page.details.state === 'ready'
    ? { ...page.details, value: { stepCount: Math.max(page.details.value.stepCount, step.n + 1) } }
    : page.details;

/** A live event of this job. A step joins the table only where the table is complete: a hole in the numbers would read as a lost step. */
export function foldJobPage(page: JobPage, event: JobEvent): JobPage {
  if (event.jobId !== page.id) return page;
  const complete = <T>(list: Paged<T>): boolean => list.nextCursor === null && !list.loading;
  const events = complete(page.events) ? { ...page.events, items: union(page.events.items, [event], bySeq) } : page.events;
  const step = stepOf(event);
  if (step === null) return { ...page, events };
  const steps = complete(page.steps) ? { ...page.steps, items: union(page.steps.items, [step], byNumber) } : page.steps;
  return { ...page, events, steps, details: counted(page, step) };
}

export const detailsOf = (details: JobDetails): { stepCount: number } => ({ stepCount: details.stepCount });
