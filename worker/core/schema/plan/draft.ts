/** Statements while a plan is being made: what is known of each at the place where it is written. */
import type { PlanStatement, Risk } from '../../../protocol/plan.ts';

export interface Draft {
  readonly sql: string;
  readonly reason: string;
  readonly risk: Risk;
  readonly table: string | null;
  readonly rows: number | null;
  readonly inverse: string | null;
  readonly rowsRead: number;
  readonly rowsWritten: number;
  /** What is lost, as it was counted: more of it aborts the batch (S2). */
  readonly expect: { readonly what: string; readonly from: string; readonly count: string; readonly rows: number } | null;
  readonly slice: NonNullable<PlanStatement['slice']> | null;
  /** Its group shares no batch with another one. */
  readonly alone: boolean;
}

/** Holds before the first statement of its step; of the shape that `worker/database/expect.ts` takes. */
export interface PlanExpectation {
  readonly step: number;
  readonly kind: 'count';
  readonly what: string;
  readonly sql: string;
  readonly wanted: { readonly text: string; readonly found: string };
}

/** Statements that only together are safe: they run in one batch. */
export type Group = readonly Draft[];

export const draft = (sql: string, reason: string, more: Partial<Omit<Draft, 'sql' | 'reason'>> = {}): Draft => ({
  sql,
  reason,
  risk: 'safe',
  table: null,
  rows: 0,
  inverse: null,
  rowsRead: 0,
  rowsWritten: more.rows ?? 0,
  expect: null,
  slice: null,
  alone: false,
  ...more,
});

export const rowsWritten = (group: Group): number => group.reduce((sum, one) => sum + one.rowsWritten, 0);

/** Statements that one batch may have; D1 documents no number, 2,000 pass. */
export const MAX_STATEMENTS = 1_000;

export interface Steps {
  readonly statements: PlanStatement[];
  readonly expectations: PlanExpectation[];
}

/** Numbers them, and puts groups into as few batches as `maxRowWrites` lets. */
export function inSteps(groups: readonly Group[], maxRowWrites: number): Steps {
  const statements: PlanStatement[] = [];
  const expectations: PlanExpectation[] = [];
  let [step, written, count] = [0, 0, 0];
  let closed = false;
  for (const group of groups) {
    const rows = rowsWritten(group);
    const alone = group.some((one) => one.alone);
    if (count > 0 && (closed || alone || written + rows > maxRowWrites || count + group.length > MAX_STATEMENTS)) {
      step += 1;
      written = 0;
      count = 0;
    }
    closed = alone;
    written += rows;
    count += group.length;
    for (const one of group) {
      statements.push({ ...statementOf(one), n: statements.length, step });
      if (one.expect) expectations.push(expectationOf(one.expect, step));
    }
  }
  return { statements, expectations };
}

function expectationOf({ what, from, count, rows }: NonNullable<Draft['expect']>, step: number): PlanExpectation {
  const found = `SELECT ${count} FROM ${from}`;
  return { step, kind: 'count', what, sql: `(${found}) = ${rows}`, wanted: { text: String(rows), found } };
}

const statementOf = ({
  sql,
  reason,
  risk,
  table,
  rows,
  inverse,
  rowsRead,
  rowsWritten: written,
  slice,
}: Draft): Omit<PlanStatement, 'n' | 'step'> => ({
  sql,
  reason,
  risk,
  table,
  rows,
  inverse,
  cost: { rowsRead, rowsWritten: written },
  ...(slice === null ? {} : { slice }),
});
