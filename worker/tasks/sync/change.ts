/**
 * The statements of a plan, step by step. What copies is done anew by each attempt, as anybody could write between them; nothing that is
 * there is touched by it, so that until the swap a cancelled or failed job leaves the database as it was (J5).
 */
import { toJobError } from '../../core/job/error.ts';
import { basisLeft, readBasis } from '../../database/basis.ts';
import type { Statement } from '../../database/database.ts';
import type { Expectation, Expectations } from '../../database/expect.ts';
import { unfinishedDrops } from '../../database/unfinished.ts';
import type { BoundPlan } from '../../protocol/plan.ts';
import { Refusal } from '../../protocol/problem.ts';
import { type Outcome, StaleExecutor, type Verdict } from '../task.ts';
import { type Copying, copySlices } from './copy.ts';
import { isPreparation, progressOf, type Step, type SyncContext, type SyncCursor, slicedTable, stopped } from './state.ts';

/** The cursor behind the last step, or how the slice ended. */
export async function change(work: Copying, plan: BoundPlan, from: SyncCursor): Promise<SyncCursor | Outcome> {
  let cursor = await begunAnew(work, from);
  for (let step = work.steps.all[cursor.done]; step; step = work.steps.all[cursor.done]) {
    work.context.hands.progress(progressOf(cursor, work.steps));
    const { cursor: after, verdict } = await oneStep(work, plan, step, cursor).catch((error) => failed(work, cursor, error));
    cursor = after;
    if (verdict === 'pause') return stopped(verdict);
    if (verdict === 'cancel' && mayStop(work, cursor)) return cancel(work, cursor);
  }
  return cursor;
}

interface Ended {
  readonly cursor: SyncCursor;
  readonly verdict: Verdict;
}

/** Copies of an attempt before are out of date. Unless they are swapped in already, and only the commit of that was lost. */
async function begunAnew({ context, steps }: Copying, cursor: SyncCursor): Promise<SyncCursor> {
  const copying = cursor.done > steps.first && cursor.done <= steps.swap;
  if (!copying || cursor.preparedIn === context.job.attempt) return cursor;
  if ((await readBasis(context.database)).hash !== cursor.basis) return cursor;
  return { ...cursor, done: steps.first, preparedIn: null, slice: null, copied: 0 };
}

/** A table that was swapped is not whole before its indexes are there; after the last step there is nothing left to be cancelled. */
const mayStop = ({ steps }: Copying, { done }: SyncCursor): boolean =>
  done < steps.all.length && !(steps.swap > 0 && done > steps.swap && done < steps.settled);

async function oneStep(work: Copying, plan: BoundPlan, step: Step, cursor: SyncCursor): Promise<Ended> {
  const table = slicedTable(step);
  if (table !== null) return copySlices(work, step, table, cursor);
  return isPreparation(step) ? prepare(work, step, cursor) : once(work, plan, step, cursor);
}

async function prepare({ context, steps }: Copying, step: Step, from: SyncCursor): Promise<Ended> {
  const { hands, database, job } = context;
  const name = `step ${from.done + 1}, attempt ${job.attempt}`;
  const isFirst = from.done === steps.first;
  const basis = await readBasis(database);
  if (basis.hash !== from.basis) throw new Refusal('plan_stale', STALE);
  const leftovers = isFirst ? await unfinishedDrops(database) : [];
  await hands.effect(name, [...leftovers, ...sqlOf(step)], { before: basis.expectations });
  const copied = from.copied + (isFirst ? 0 : step.reduce((sum, { rows }) => sum + (rows ?? 0), 0));
  const cursor = { ...from, done: from.done + 1, preparedIn: job.attempt, slice: null, copied };
  const detail = { statements: step.length };
  return { cursor, verdict: await hands.commit({ name, cursor, progress: progressOf(cursor, steps), detail }) };
}

const STALE = 'The schema or a ledger of the database has changed since the plan was made.';
const sqlOf = (step: Step): Statement[] => step.map(({ sql }) => ({ sql }));

async function once({ context, steps }: Copying, plan: BoundPlan, step: Step, from: SyncCursor): Promise<Ended> {
  const { hands, database, job } = context;
  const name = `step ${from.done + 1}`;
  const asks = await basisExpectations(context, from.basis, name);
  await hands.effect(name, sqlOf(step), { ...asks, before: [...(asks.before ?? []), ...countsOf(plan, step)] });
  const basis = (await basisLeft(database, job.id, name)) ?? (await readBasis(database)).hash;
  const done = from.done + 1;
  const cursor: SyncCursor = { ...from, done, phase: done === steps.all.length ? 'compare' : 'change', basis };
  const detail = { statements: step.length };
  return { cursor, verdict: await hands.commit({ name, cursor, progress: progressOf(cursor, steps), detail }) };
}

/**
 * In the batch itself: the schema is what the plan, or the step before, has left, and what this one leaves is written down. Neither when
 * this step has landed already and only its commit was lost: then the basis is that of afterwards, and the effect does nothing.
 */
async function basisExpectations({ database, hands, job }: SyncContext, wanted: string, step: string): Promise<Expectations> {
  const basis = await readBasis(database);
  if (basis.hash === wanted) return { before: basis.expectations, last: basis.keep(job.id, step) };
  if ((await hands.effect(step, [], { before: [NEVER] })) === 'already') return {};
  throw new Refusal('plan_stale', STALE);
}

/** Lets nothing land: asks only whether it has. */
const NEVER: Expectation = { kind: 'basis', what: 'The schema', sql: '0' };

const countsOf = ({ expectations = [] }: BoundPlan, [first]: Step): Expectation[] =>
  expectations.filter(({ step }) => step === first?.step).map(({ what, sql, wanted }) => ({ kind: 'count', what, sql, wanted }));

/** J5: copies go. What has landed before is whole: each step leaves the database in order. */
async function cancel({ context, steps }: Copying, from: SyncCursor): Promise<Outcome> {
  const { hands, database, job } = context;
  const drops = from.preparedIn === job.attempt && from.done <= steps.swap ? await unfinishedDrops(database) : [];
  if (drops.length === 0) return { outcome: 'cancelled' };
  await hands.effect(`undo, attempt ${job.attempt}`, drops);
  const cursor: SyncCursor = { ...from, done: steps.first, preparedIn: null, slice: null, copied: 0 };
  const detail = { left: 'The copies are gone; the tables are as they were.' };
  await hands.commit({ name: 'copies dropped', cursor, progress: progressOf(cursor, steps), detail });
  return { outcome: 'cancelled' };
}

/** Copies that no slice will go on with take room for nothing. What cannot be dropped now goes with the fence, or with the next attempt. */
async function failed({ context, steps }: Copying, cursor: SyncCursor, error: unknown): Promise<never> {
  const copying = cursor.preparedIn === context.job.attempt && cursor.done <= steps.swap;
  if (copying && !(error instanceof StaleExecutor) && !toJobError(error).retryable) {
    await unfinishedDrops(context.database)
      .then((drops) => (drops.length > 0 ? context.hands.effect(`undo, attempt ${context.job.attempt}`, drops) : null))
      .catch(() => null);
  }
  throw error;
}
