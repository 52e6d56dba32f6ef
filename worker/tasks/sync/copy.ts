/** Copying the rows of one table, slice by slice: each slice is one batch with its marker (J3), its basis (J6) and its count (S2). */

import { sameName } from '../../core/schema/names.ts';
import { movedSql, sliceStatements } from '../../core/schema/plan/slice.ts';
import { basisMustBe } from '../../database/basis.ts';
import { isTooBig } from '../../database/errors.ts';
import type { Expectations } from '../../database/expect.ts';
import { introspect } from '../../database/introspect.ts';
import { Refusal } from '../../protocol/problem.ts';
import type { TableDef } from '../../protocol/schema.ts';
import { definitionOf } from '../../schema/live.ts';
import { progressOf, type SliceSizes, type Step, type Steps, type SyncContext, type SyncCursor } from './state.ts';

export interface Copying {
  readonly context: SyncContext;
  readonly steps: Steps;
  readonly sizes: SliceSizes;
}

/** Slices until the step is over or the job has to stop. `verdict`: of the last commit. */
export async function copySlices(
  { context, steps, sizes }: Copying,
  step: Step,
  name: string,
  from: SyncCursor,
): Promise<{ cursor: SyncCursor; verdict: 'go-on' | 'pause' | 'cancel' }> {
  const { hands, database, job } = context;
  const { expectations } = await basisMustBe(database, from.basis);
  const table = await tableOf(context, name);
  const [{ sql }] = step as [Step[number]];
  let cursor = from;
  for (;;) {
    const { n, rows } = cursor.slice ?? { n: 0, rows: sizes.firstRows };
    const label = `step ${cursor.done + 1}.${n + 1}, attempt ${job.attempt}`;
    const { moved, limit, tookMs } = await oneSlice(context, label, { sql, table, n, rows, before: expectations });
    const over = moved < limit;
    const next = { n: n + 1, rows: nextRows(limit, tookMs, sizes) };
    cursor = { ...cursor, copied: cursor.copied + moved, done: cursor.done + (over ? 1 : 0), slice: over ? null : next };
    const progress = progressOf(cursor, steps);
    const verdict = await hands.commit({ name: `copy ${table.name}, slice ${n + 1}`, cursor, progress, detail: { rows: moved } });
    if (over || verdict !== 'go-on') return { cursor, verdict };
  }
}

async function tableOf({ database }: SyncContext, name: string): Promise<TableDef> {
  const table = definitionOf(await introspect(database)).schema.tables.find((one) => sameName(one.name, name));
  if (table === undefined) throw new Refusal('plan_stale', `There is no table ${name} any more.`);
  return table;
}

interface Slice {
  readonly sql: string;
  readonly table: TableDef;
  readonly n: number;
  readonly rows: number;
  readonly before: NonNullable<Expectations['before']>;
}

/**
 * How many rows came is read where the batch has written it: whoever comes after a lost reply finds the same. A slice that is too much for
 * the database is tried with fewer rows; should it have landed all the same, at most one empty slice follows.
 */
async function oneSlice(
  { hands, database, now }: SyncContext,
  label: string,
  { sql, table, n, rows, before }: Slice,
): Promise<{ moved: number; limit: number; tookMs: number }> {
  for (let limit = rows; ; limit = Math.max(1, limit >> 2)) {
    const startedAt = now().getTime();
    try {
      const statements = sliceStatements(sql, table, n, limit).map((text) => ({ sql: text }));
      await hands.effect(label, statements, { before });
      const { rows: answer } = await database.query(movedSql(table.name, n));
      return { moved: Number(answer[0]?.[0]), limit, tookMs: now().getTime() - startedAt };
    } catch (error) {
      if (!isTooBig(error) || limit === 1) throw error;
    }
  }
}

function nextRows(rows: number, tookMs: number, { maxRows, wantedMs }: SliceSizes): number {
  if (tookMs * 2 < wantedMs) return Math.min(maxRows, rows * 2);
  return tookMs > wantedMs * 2 ? Math.max(1, rows >> 1) : rows;
}
