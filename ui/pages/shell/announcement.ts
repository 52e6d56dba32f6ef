/** What a screen reader is told about jobs, and how often. Pure: a live region that speaks at every progress message would never stop. */
import type { Job } from '../../../worker/protocol/job.ts';
import { count, share, timeLeft } from '../../components/format.ts';
import { KIND_NAMES, STATUS_NAMES } from '../../components/words.ts';
import { isFinished } from '../../store/job-cache.ts';

export const SPEAK_EVERY_MS = 20_000;

export interface Spoken {
  /** The status of each job when it was last looked at. */
  readonly statuses: Readonly<Record<string, Job['status']>>;
  readonly atMs: number;
  readonly text: string;
}
export const silent: Spoken = { statuses: {}, atMs: 0, text: '' };

function progressText(job: Job): string {
  const { done, total, unit, secondsLeft } = job.progress;
  const part = total === null || total === 0 ? `${count(done)} ${unit}` : share(done, total);
  const left = secondsLeft === null || secondsLeft === undefined ? '' : `, ${timeLeft(secondsLeft)} left`;
  return `${KIND_NAMES[job.kind]}: ${part}${left}.`;
}

/** A change of status is spoken at once, progress at most every 20 seconds. What was finished before the page opened is not news. */
export function nextSpoken(previous: Spoken, jobs: readonly Job[], nowMs: number): Spoken {
  const statuses = Object.fromEntries(jobs.map((job) => [job.id, job.status]));
  const news = jobs.filter((job) => {
    const before = previous.statuses[job.id];
    return before === undefined ? !isFinished(job) : before !== job.status;
  });
  if (news.length > 0) {
    return {
      statuses,
      atMs: nowMs,
      text: news.map((job) => `${KIND_NAMES[job.kind]}: ${STATUS_NAMES[job.status].toLowerCase()}.`).join(' '),
    };
  }
  const running = jobs.find((job) => job.status === 'running');
  if (running === undefined || nowMs - previous.atMs < SPEAK_EVERY_MS) return { ...previous, statuses };
  return { statuses, atMs: nowMs, text: progressText(running) };
}
