/**
 * `schema.sync`: runs a plan's statements, step by step, each step one batch with its marker, its expectations and its audit rows. Steps:
 * `check`, the steps of the safety backup, `step 1` and so on, and a comparison at the end.
 */
import { catalogOf } from '../catalog.ts';
import { basisMustBe } from '../database/basis.ts';
import { SyncJobParams } from '../protocol/job.ts';
import type { BoundPlan } from '../protocol/plan.ts';
import { Refusal } from '../protocol/problem.ts';
import type { DiffRow, SyncParams } from '../protocol/schema.ts';
import { compare } from '../schema/compare.ts';
import { safetyBackup } from './safety-backup.ts';
import { change } from './sync/change.ts';
import {
  progressOf,
  SLICE_SIZES,
  type SliceSizes,
  type Steps,
  type SyncContext,
  type SyncCursor,
  stepsOf,
  stopped,
} from './sync/state.ts';
import type { Outcome, Task } from './task.ts';

/** Tests want slices without thousands of rows. */
export const syncTask = (sizes: SliceSizes): Task<SyncJobParams, SyncCursor> => ({
  kind: 'schema.sync',
  lane: 'exclusive',
  // Who may start it stands in its plan.
  role: 'operator',
  params: SyncJobParams,
  start: { phase: 'check', done: 0, total: null, unit: 'steps' },
  async run(context) {
    const { plan } = context;
    if (plan === null) throw new Refusal('plan_needed', 'The job is not bound to a plan.');
    const steps = stepsOf(plan);
    // Before the hold: a plan that is stale holds nobody up.
    const begun = context.cursor ?? (await begin(context, plan, steps));
    if ('outcome' in begun) return begun;
    if (plan.predicted.hold !== null) await context.hands.hold(plan.predicted.hold, 'The schema is changed.');
    const backed = needsBackup(context, plan, begun) ? await backUp(context, begun, steps) : begun;
    if ('outcome' in backed) return backed;
    const changed = backed.phase === 'change' ? await change({ context, steps, sizes }, plan, { ...NO_COPIES, ...backed }) : backed;
    if ('outcome' in changed) return changed;
    await prove(context, plan);
    const { backupId } = changed;
    const result = { steps: steps.all.length, statements: plan.statements.length, safetyBackupId: backupId };
    return { outcome: 'done', result };
  },
});

export const schemaSync = syncTask(SLICE_SIZES);

/** What jobs that were begun by an older version do not know of. */
const NO_COPIES = { preparedIn: null, slice: null, copied: 0 };

/** J6: nothing is begun on another basis than the plan's. */
async function begin({ hands, database }: SyncContext, plan: BoundPlan, steps: Steps): Promise<SyncCursor | Outcome> {
  await basisMustBe(database, plan.basis);
  const phase = plan.predicted.safetyBackup ? 'backup' : 'change';
  const none = { backup: null, backupId: null, backedIn: null };
  const cursor: SyncCursor = { ...NO_COPIES, ...none, phase, done: 0, basis: plan.basis };
  const verdict = await hands.commit({ name: 'check', cursor, progress: progressOf(cursor, steps) });
  return verdict === 'go-on' ? cursor : stopped(verdict);
}

/** R1: before the first change, and before each attempt that goes on: between them anybody could write. */
const needsBackup = ({ job }: SyncContext, { predicted }: BoundPlan, { phase, backedIn }: SyncCursor): boolean =>
  phase === 'backup' || (phase === 'change' && predicted.safetyBackup && backedIn !== job.attempt);

async function backUp(context: SyncContext, before: SyncCursor, steps: Steps): Promise<SyncCursor | Outcome> {
  const backed = await safetyBackup(context, before);
  if ('outcome' in backed) return backed;
  const { backupId } = backed;
  const cursor: SyncCursor = { ...before, phase: 'change', backup: null, backupId, backedIn: context.job.attempt };
  const verdict = await context.hands.commit({
    name: 'safety backup',
    cursor,
    progress: progressOf(cursor, steps),
    detail: { backupId },
  });
  return verdict === 'go-on' ? cursor : stopped(verdict);
}

/** S3: what was synced differs no more. */
async function prove({ database, scratch, job, now }: SyncContext, plan: BoundPlan): Promise<void> {
  const catalog = catalogOf(job.database);
  const { diff } = await compare({ databaseName: job.database, database, scratch, catalog, now });
  const { rows: chosen } = plan.params as Partial<SyncParams>;
  const isChosen = (row: DiffRow) => (chosen ? chosen.includes(row.id) : row.additive);
  const left = diff.rows.filter((row) => row.state !== 'match' && row.change !== 'none' && isChosen(row));
  if (left.length === 0) return;
  const names = left.map(({ id }) => id).slice(0, 10);
  throw new Refusal('schema_changed', `Every step of the plan has landed, and yet these differ: ${names.join(', ')}.`, {
    hint: 'Look at the schema page: somebody else may have changed the schema meanwhile.',
  });
}
