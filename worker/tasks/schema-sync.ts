/**
 * `schema.sync`: runs a plan's statements, step by step, each step one batch with its marker, its expectations and its audit rows. Steps:
 * `check`, the steps of the safety backup, `step 1` and so on, and a comparison at the end.
 */
import { catalogOf } from '../catalog.ts';
import { basisLeft, basisMustBe, readBasis } from '../database/basis.ts';
import type { Expectation, Expectations } from '../database/expect.ts';
import { SyncJobParams } from '../protocol/job.ts';
import type { BoundPlan, PlanStatement } from '../protocol/plan.ts';
import { Refusal } from '../protocol/problem.ts';
import type { DiffRow, SyncParams } from '../protocol/schema.ts';
import { compare } from '../schema/compare.ts';
import type { ExportCursor } from './database-export.ts';
import { safetyBackup } from './safety-backup.ts';
import type { Outcome, Task, TaskContext } from './task.ts';

type SyncCursor = {
  phase: 'backup' | 'change' | 'compare';
  /** The export inside this job. */
  backup: ExportCursor | null;
  backupId: string | null;
  /** The attempt that made it. */
  backedIn: number | null;
  /** Steps that have landed, and the basis that they left. */
  done: number;
  basis: string;
};
type SyncContext = TaskContext<SyncJobParams, SyncCursor>;

export const schemaSync: Task<SyncJobParams, SyncCursor> = {
  kind: 'schema.sync',
  lane: 'exclusive',
  // Who may start it stands in its plan.
  role: 'operator',
  params: SyncJobParams,
  start: { phase: 'check', done: 0, total: null, unit: 'steps' },
  async run(context) {
    const { plan } = context;
    if (plan === null) throw new Refusal('plan_needed', 'The job is not bound to a plan.');
    const steps = [...Map.groupBy(plan.statements, ({ step }) => step).values()];
    // Before the hold: a plan that is stale holds nobody up.
    const begun = context.cursor ?? (await begin(context, plan, steps.length));
    if ('outcome' in begun) return begun;
    if (plan.predicted.hold !== null) await context.hands.hold(plan.predicted.hold, 'The schema is changed.');
    const backed = needsBackup(context, plan, begun) ? await backUp(context, begun, steps.length) : begun;
    if ('outcome' in backed) return backed;
    const changed = backed.phase === 'change' ? await change(context, plan, steps, backed) : backed;
    if ('outcome' in changed) return changed;
    await prove(context, plan);
    const { backupId } = changed;
    const result = { steps: steps.length, statements: plan.statements.length, safetyBackupId: backupId };
    return { outcome: 'done', result };
  },
};

const progressOf = ({ phase, done }: SyncCursor, total: number) => ({ phase, done, total, unit: 'steps' });

/** J6: nothing is begun on another basis than the plan's. */
async function begin({ hands, database }: SyncContext, plan: BoundPlan, total: number): Promise<SyncCursor | Outcome> {
  await basisMustBe(database, plan.basis);
  const phase = plan.predicted.safetyBackup ? 'backup' : 'change';
  const cursor: SyncCursor = { phase, backup: null, backupId: null, backedIn: null, done: 0, basis: plan.basis };
  const verdict = await hands.commit({ name: 'check', cursor, progress: progressOf(cursor, total) });
  return verdict === 'go-on' ? cursor : { outcome: verdict === 'pause' ? 'paused' : 'cancelled' };
}

/** R1: before the first change, and before each attempt that goes on: between them anybody could write. */
const needsBackup = ({ job }: SyncContext, { predicted }: BoundPlan, { phase, backedIn }: SyncCursor): boolean =>
  phase === 'backup' || (phase === 'change' && predicted.safetyBackup && backedIn !== job.attempt);

async function backUp(context: SyncContext, before: SyncCursor, total: number): Promise<SyncCursor | Outcome> {
  const backed = await safetyBackup(context, before);
  if ('outcome' in backed) return backed;
  const { backupId } = backed;
  const cursor: SyncCursor = { ...before, phase: 'change', backup: null, backupId, backedIn: context.job.attempt };
  const verdict = await context.hands.commit({
    name: 'safety backup',
    cursor,
    progress: progressOf(cursor, total),
    detail: { backupId },
  });
  return verdict === 'go-on' ? cursor : { outcome: verdict === 'pause' ? 'paused' : 'cancelled' };
}

async function change(
  { hands, database, job }: SyncContext,
  plan: BoundPlan,
  steps: readonly PlanStatement[][],
  from: SyncCursor,
): Promise<SyncCursor | Outcome> {
  let cursor = from;
  for (const statements of steps.slice(cursor.done)) {
    const name = `step ${cursor.done + 1}`;
    hands.progress(progressOf(cursor, steps.length));
    const asks = await basisExpectations(database, cursor.basis, { owner: job.id, step: name }, hands);
    await hands.effect(
      name,
      statements.map(({ sql }) => ({ sql })),
      { ...asks, before: [...(asks.before ?? []), ...countsOf(plan, statements)] },
    );
    const left = (await basisLeft(database, job.id, name)) ?? (await readBasis(database)).hash;
    const done = cursor.done + 1;
    const last = done === steps.length;
    cursor = { ...cursor, done, phase: last ? 'compare' : 'change', basis: left };
    const verdict = await hands.commit({
      name,
      cursor,
      progress: progressOf(cursor, steps.length),
      detail: { statements: statements.length },
    });
    if (verdict === 'pause') return { outcome: 'paused' };
    // After the last step there is nothing left to be cancelled. What has landed before is whole: each step leaves the database in order.
    if (verdict === 'cancel' && !last) return { outcome: 'cancelled' };
  }
  return cursor;
}

/**
 * In the batch itself: the schema is what the plan, or the step before, has left, and what this one leaves is written down. Neither when this step has landed already and only its
 * commit was lost: then the basis is that of afterwards, and the effect does nothing.
 */
async function basisExpectations(
  database: SyncContext['database'],
  wanted: string,
  { owner, step }: { readonly owner: string; readonly step: string },
  hands: SyncContext['hands'],
): Promise<Expectations> {
  const basis = await readBasis(database);
  if (basis.hash === wanted) return { before: basis.expectations, last: basis.keep(owner, step) };
  if ((await hands.effect(step, [], { before: [NEVER] })) === 'already') return {};
  throw new Refusal('plan_stale', 'The schema or a ledger of the database has changed since the plan was made.');
}

/** Lets nothing land: asks only whether it has. */
const NEVER: Expectation = { kind: 'basis', what: 'The schema', sql: '0' };

const countsOf = ({ expectations = [] }: BoundPlan, [first]: readonly PlanStatement[]): Expectation[] =>
  expectations.filter(({ step }) => step === first?.step).map(({ what, sql, wanted }) => ({ kind: 'count', what, sql, wanted }));

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
