/**
 * Expectations: what must be true inside the same batch as a change, or else the batch aborts whole (J6, S2). The first one that does not
 * hold raises an error that carries its number and what was found; a CHECK behind it aborts even where no error could be raised.
 */
import { identifier, textLiteral } from '../core/sql/quote.ts';
import { type ProblemCode, Refusal } from '../protocol/problem.ts';
import type { Bindable, Statement } from './database.ts';

/** `basis`: the schema and the ledgers are those of the plan. `count`: rows are as many as the plan says. */
export type ExpectationKind = 'basis' | 'count';

export interface Expectation {
  readonly kind: ExpectationKind;
  /** For people: "rows of `orders`". */
  readonly what: string;
  /** A scalar expression that is 1 when all is well. Its parameters are `?1` to `?n`. */
  readonly sql: string;
  readonly params?: readonly Bindable[];
  /** For the message. `sql` gives what is found, as a scalar expression with the same parameters. */
  readonly wanted?: { readonly text: string; readonly found: string };
}

/** `before` the statements of the effect, and `after` them. `last`: statements at the end of the batch that are no part of the work. */
export interface Expectations {
  readonly before?: readonly Expectation[];
  readonly after?: readonly Expectation[];
  readonly last?: readonly Statement[];
}

const TABLE = '_lk_expect';

/** Not a column of an older table: databases that an older version has guarded get it beside what they have. */
export const EXPECT_TABLE: Statement = {
  sql: `CREATE TABLE IF NOT EXISTS ${TABLE} (kind TEXT NOT NULL, n INTEGER NOT NULL, holds INTEGER,
    CONSTRAINT _lk_expect_basis CHECK (kind <> 'basis' OR coalesce(holds, 0) = 1),
    CONSTRAINT _lk_expect_count CHECK (kind <> 'count' OR coalesce(holds, 0) = 1))`,
};

const REFUSALS: { readonly [Kind in ExpectationKind]: ProblemCode } = { basis: 'plan_stale', count: 'count_mismatch' };

/** The only function that raises a text made at run time in every version of SQLite: RAISE takes expressions since 3.47 only. */
const raised = (n: number, found: string): string =>
  `json_extract('{}', 'lockkeeper expects ' || ${n} || ' found ' || ifnull(${found}, 'NULL') || ' .')`;

/** Statements for the batch: `first` numbers them, so that a message tells which one it was. */
export function expectStatements(expectations: readonly Expectation[], first: number): Statement[] {
  return expectations.map(({ kind, sql, params = [], wanted }, at) => ({
    sql: `INSERT INTO ${TABLE} (kind, n, holds) SELECT ${textLiteral(kind)}, ${first + at},
      CASE WHEN coalesce((${sql}), 0) THEN 1 ELSE ${raised(first + at, wanted ? `(${wanted.found})` : `'otherwise'`)} END`,
    params,
  }));
}

export const FORGET_EXPECTATIONS: Statement = { sql: `DELETE FROM ${TABLE}` };

/** What a failed batch says, or null when it failed for another reason. */
export function expectationRefusal(message: string, { before = [], after = [] }: Expectations): Refusal | null {
  const [, n, found] = /lockkeeper expects (\d+) found ([\s\S]*?) \./.exec(message) ?? [];
  const failed = n === undefined ? undefined : [...before, ...after][Number(n)];
  if (failed) return new Refusal(REFUSALS[failed.kind], sentence(failed, found ?? ''));
  const kind = /CHECK constraint failed: _lk_expect_(basis|count)/.exec(message)?.[1] as ExpectationKind | undefined;
  return kind ? new Refusal(REFUSALS[kind], 'Something is not as the plan has it.') : null;
}

const sentence = ({ what, wanted }: Expectation, found: string): string =>
  wanted
    ? `${what}: ${wanted.text} expected, ${found} found. Nothing was changed by this step.`
    : `${what}: not as the plan has it. Nothing was changed by this step.`;

/** Exactly so many rows, of the whole table or of those that `where` chooses. */
export function countIs(what: string, from: string, rows: number): Expectation {
  const count = `SELECT count(*) FROM ${from}`;
  return { kind: 'count', what, sql: `(${count}) = ${Math.trunc(rows)}`, wanted: { text: String(rows), found: count } };
}

export const rowsAre = (table: string, rows: number): Expectation => countIs(`Rows of \`${table}\``, identifier(table), rows);
