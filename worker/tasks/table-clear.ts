/**
 * `table.clear`: empties a table, and what depends on it, as its plan says. Nobody else writes meanwhile. Steps: `check`, the steps of the
 * safety backup, one for each piece of work, and a proof at the end.
 */
import { lockedRings, SIZES, type Sizes, workOf } from '../core/clear/work.ts';
import { basisMustBe } from '../database/basis.ts';
import { introspect } from '../database/introspect.ts';
import { ClearParams } from '../protocol/job.ts';
import { Refusal } from '../protocol/problem.ts';
import { mustBeAsPredicted } from './clear/expect.ts';
import { prove, violationsIn } from './clear/prove.ts';
import { checkAttempt, doItem } from './clear/remove.ts';
import { type ClearContext, type ClearCursor, goneIn, progressOf, type Scene } from './clear/state.ts';
import { safetyBackup } from './safety-backup.ts';
import type { Outcome, Task } from './task.ts';

/** Tests want slices without thousands of rows. Planner and task must agree. */
export const clearTask = (sizes: Sizes): Task<ClearParams, ClearCursor> => ({
  kind: 'table.clear',
  lane: 'exclusive',
  role: 'admin',
  params: ClearParams,
  start: { phase: 'check', done: 0, total: null, unit: 'rows' },
  async run(context) {
    const scene = await sceneOf(context, sizes);
    await context.hands.hold('read-only', `${scene.work.target.name} is emptied.`);
    const begun = context.cursor ?? (await begin(scene));
    if ('outcome' in begun) return begun;
    const backed = needsBackup(scene, begun) ? await backUp(scene, begun) : begun;
    if ('outcome' in backed) return backed;
    const removed = backed.phase === 'remove' ? await remove(scene, backed) : backed;
    if ('outcome' in removed) return removed;
    return { outcome: 'done', result: await resultOf(scene, removed) };
  },
});

export const tableClear = clearTask(SIZES);

/** J6: nothing is begun on another basis than the plan's. */
async function sceneOf(context: ClearContext, sizes: Sizes): Promise<Scene> {
  const { plan, database, params } = context;
  if (plan === null) throw new Refusal('plan_needed', 'The job is not bound to a plan.');
  const basis = await basisMustBe(database, plan.basis);
  const work = workOf(await introspect(database), params, plan.predicted.tables, sizes);
  if (lockedRings(work).length > 0) throw new Refusal('plan_blocked', 'The plan has a ring that cannot be opened.');
  return { context, plan, basis, work };
}

/** S2, before the long part begins: a safety backup is of no use when nothing can follow. */
async function begin({ context, plan, work }: Scene): Promise<ClearCursor | Outcome> {
  const { hands, database, params } = context;
  await mustBeAsPredicted(database, work, { gone: {} });
  const cursor: ClearCursor = {
    phase: params.safetyBackup ? 'backup' : 'remove',
    backup: null,
    backupId: null,
    backedIn: null,
    checkedIn: 0,
    item: 0,
    slice: 0,
    done: 0,
    gone: {},
    beganAt: null,
    violations: await violationsIn(database, work),
  };
  const verdict = await hands.commit({ name: 'check', cursor, progress: progressOf(cursor, plan) });
  return verdict === 'go-on' ? cursor : { outcome: verdict === 'pause' ? 'paused' : 'cancelled' };
}

/** R1: before the first one, and before each attempt that goes on: between them anybody could write. */
const needsBackup = ({ context: { params, job } }: Scene, { phase, backedIn }: ClearCursor): boolean =>
  phase === 'backup' || (phase === 'remove' && params.safetyBackup && backedIn !== job.attempt);

async function backUp({ context, plan }: Scene, before: ClearCursor): Promise<ClearCursor | Outcome> {
  const backed = await safetyBackup(context, before);
  if ('outcome' in backed) return backed;
  const { backupId } = backed;
  const cursor: ClearCursor = { ...before, phase: 'remove', backup: null, backupId, backedIn: context.job.attempt };
  const detail = { backupId };
  const verdict = await context.hands.commit({ name: 'safety backup', cursor, progress: progressOf(cursor, plan), detail });
  return verdict === 'go-on' ? cursor : { outcome: verdict === 'pause' ? 'paused' : 'cancelled' };
}

async function remove(scene: Scene, from: ClearCursor): Promise<ClearCursor | Outcome> {
  const { context, plan, work } = scene;
  let cursor = from;
  while (cursor.phase === 'remove') {
    const item = work.items[cursor.item];
    if (!item) throw new Error('The list of work is shorter than it was');
    cursor = { ...cursor, beganAt: cursor.beganAt ?? context.now().toISOString() };
    if (cursor.checkedIn !== context.job.attempt && needsCheck(scene, cursor)) await checkAttempt(scene, cursor);
    const { over, rows } = await doItem(scene, cursor, item);
    cursor = after({ ...cursor, checkedIn: context.job.attempt }, rows, over, work.items.length);
    const name = `${item.do}${item.do === 'remove' ? ` ${item.table.name}` : ''}`;
    const detail = { rows: Object.values(rows).reduce((sum, n) => sum + n, 0), gone: goneIn(cursor) };
    const verdict = await context.hands.commit({ name, cursor, progress: progressOf(cursor, plan), detail });
    if (verdict === 'pause') return { outcome: 'paused' };
    // With all rows gone there is nothing left to be cancelled.
    if (verdict === 'cancel' && goneIn(cursor) < plan.predicted.rowsRemoved) return stop(scene, cursor);
  }
  return cursor;
}

/** What goes in one batch checks there. After rows were untied, who depends on whom cannot be told any more; each slice checks itself. */
function needsCheck({ work }: Scene, { item }: ClearCursor): boolean {
  const here = work.items[item];
  if (here?.do === 'whole' || here?.do === 'batch') return false;
  return !work.items.slice(0, item + 1).some((one) => one.do === 'open');
}

function after(cursor: ClearCursor, rows: { readonly [table: string]: number }, over: boolean, items: number): ClearCursor {
  const gone = { ...cursor.gone };
  let removed = 0;
  for (const [table, n] of Object.entries(rows)) {
    gone[table] = (gone[table] ?? 0) + n;
    removed += n;
  }
  if (!over) return { ...cursor, gone, slice: cursor.slice + 1, done: cursor.done + removed };
  const item = cursor.item + 1;
  return { ...cursor, gone, item, slice: 0, done: 0, phase: item < items ? 'remove' : 'prove' };
}

/** J5: nothing is put back, and what is there is consistent. */
async function stop({ context, plan, work }: Scene, cursor: ClearCursor): Promise<Outcome> {
  const went = Object.entries(cursor.gone).map(([table, rows]) => `${rows} of ${table}`);
  const untied = work.items.slice(0, cursor.item + 1).some((item) => item.do === 'open');
  const left = [
    went.length === 0 ? 'No row has gone.' : `Gone: ${went.join(', ')}, of ${plan.predicted.rowsRemoved} rows in all.`,
    untied ? 'Rows that referred to one another may have lost that reference.' : '',
    cursor.backupId === null ? '' : `The backup ${cursor.backupId} has everything as it was.`,
    'A retry goes on from here.',
  ];
  const detail = { removed: cursor.gone, backupId: cursor.backupId, left: left.filter((text) => text !== '').join(' ') };
  await context.hands.commit({ name: 'stopped', cursor, progress: progressOf(cursor, plan), detail });
  return { outcome: 'cancelled' };
}

async function resultOf({ context, plan, work }: Scene, { gone, backupId, beganAt, violations }: ClearCursor) {
  const left = await prove(context.database, work, violations);
  const rows = plan.predicted.rowsRemoved;
  const tookMs = Math.max(1, context.now().getTime() - Date.parse(beganAt ?? context.job.startedAt));
  return {
    table: work.target.name,
    removed: gone,
    left,
    rowsRemoved: rows,
    rowsPerSecond: Math.round((rows * 1_000) / tookMs),
    safetyBackupId: backupId,
  };
}
