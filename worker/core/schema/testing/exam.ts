/** One exam for the planner, taken in SQLite itself and in D1: what a database holds, and a plan applied to it. */
import type { PlanStatement } from '../../../protocol/plan.ts';
import type { Rename, SchemaDef } from '../../../protocol/schema.ts';
import { identifier, textLiteral } from '../../sql/quote.ts';
import { schemaOf } from '../ddl/index.ts';
import { diffSchemas } from '../diff/diff.ts';
import { renameSchema } from '../diff/rename-model.ts';
import { targetOf } from '../diff/wanted.ts';
import { changesBetween, type SchemaChanges } from '../plan/changes.ts';
import { type PlannedChanges, planChanges } from '../plan/plan.ts';
import { type Answers, probesFor } from '../plan/probes.ts';
import type { Fill } from '../plan/projection.ts';
import { movedSql, sliceStatements } from '../plan/slice.ts';

export interface Hand {
  /** In one transaction. */
  batch(statements: readonly string[]): Promise<void>;
  select(sql: string): Promise<unknown[][]>;
}

export const everything = () => true;

export async function schemaIn(hand: Hand): Promise<SchemaDef> {
  const rows = await hand.select('SELECT type AS c0, name AS c1, tbl_name AS c2, sql AS c3 FROM sqlite_schema ORDER BY rowid');
  const shadow = await hand.select("SELECT name AS c0 FROM pragma_table_list WHERE type = 'shadow'");
  const entries = rows.map(([type, name, table, sql]) => ({
    type: String(type),
    name: String(name),
    table: String(table),
    sql: sql === null ? null : String(sql),
  }));
  const { schema, warnings } = schemaOf(entries, new Set(shadow.map(([name]) => String(name))));
  if (warnings.length > 0) throw new Error(warnings.join('; '));
  return schema;
}

/** Each table's rows as text that is equal only for equal values of equal storage class, with the rowid where there is one. */
export async function contentsOf(
  hand: Hand,
  columnsOf?: (table: string) => readonly string[] | null,
): Promise<Record<string, string[]>> {
  const tables = await hand.select(
    "SELECT name AS c0, wr AS c1, type AS c2 FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\' AND name NOT LIKE '\\_lk\\_%' ESCAPE '\\'",
  );
  const contents: Record<string, string[]> = {};
  for (const [name, withoutRowid, type] of tables) {
    const table = String(name);
    const found = await hand.select(
      `SELECT name AS c0 FROM pragma_table_xinfo(${textLiteral(table)}) WHERE hidden <> 1 ORDER BY name`,
    );
    const wanted = columnsOf?.(table);
    const columns = found.map(([column]) => String(column)).filter((column) => !wanted || wanted.includes(column));
    const rowid = withoutRowid === 1 || type === 'virtual' ? [] : ["'#' || rowid"];
    const text = [...rowid, ...columns.map(cell)].join(" || '|' || ");
    const rows = await hand.select(`SELECT ${text || "''"} AS c0 FROM ${identifier(table)}`);
    contents[table] = rows.map(([row]) => String(row)).sort();
  }
  if ((await hand.select("SELECT 1 AS c0 FROM sqlite_schema WHERE name = 'sqlite_sequence'")).length > 0) {
    const rows = await hand.select("SELECT name || '=' || seq AS c0 FROM sqlite_sequence ORDER BY name");
    contents.sqlite_sequence = rows.map(([row]) => String(row));
  }
  return contents;
}

const cell = (column: string): string => {
  const name = identifier(column);
  return `typeof(${name}) || ':' || CASE typeof(${name}) WHEN 'null' THEN '' WHEN 'real' THEN printf('%!.17g', ${name}) WHEN 'integer' THEN CAST(${name} AS TEXT) ELSE hex(CAST(${name} AS BLOB)) END`;
};

export async function answersFor(hand: Hand, changes: SchemaChanges, fill: Fill = {}): Promise<Answers> {
  const answers = new Map<string, unknown[][]>();
  for (const { id, sql } of probesFor(changes, fill)) answers.set(id, await hand.select(sql));
  return answers;
}

export interface Wish {
  readonly wanted: SchemaDef;
  readonly rows?: readonly string[];
  readonly renames?: readonly Rename[];
  readonly fill?: Fill;
  readonly maxRowWrites?: number;
}

/** The plan that brings the database to `wanted`, in all that differs or in `rows`. */
export async function planFor(
  hand: Hand,
  { wanted, rows, renames = [], fill = {}, maxRowWrites }: Wish,
): Promise<PlannedChanges & { changes: SchemaChanges; target: SchemaDef }> {
  const live = await schemaIn(hand);
  const sides = { schema: wanted, live, migrations: null, canSay: everything };
  const { target, problems } = targetOf({ ...sides, renames, rows: rows ?? allRows(sides, renames) });
  if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join('; '));
  const changes = changesBetween(live, target, renames);
  const answers = await answersFor(hand, changes, fill);
  const plan = planChanges({ changes, answers, fill, ...(maxRowWrites === undefined ? {} : { limits: { maxRowWrites } }) });
  return { ...plan, changes, target };
}

function allRows(sides: Parameters<typeof diffSchemas>[0], renames: readonly Rename[]): string[] {
  const live = renameSchema(sides.live, renames);
  return diffSchemas({ ...sides, live })
    .rows.filter(({ state }) => state !== 'match')
    .map(({ id }) => id);
}

/** Runs it, one batch a step; what is meant for slices in slices of so many rows. */
export async function apply(hand: Hand, statements: readonly PlanStatement[], sliceRows = 3): Promise<void> {
  for (const step of Map.groupBy(statements, (one) => one.step).values()) {
    const [{ sql, slice }] = step as [PlanStatement];
    if (slice?.table) await inSlices(hand, sql, slice.table, sliceRows);
    else await hand.batch(step.map((one) => one.sql));
  }
}

async function inSlices(hand: Hand, sql: string, name: string, rows: number): Promise<void> {
  const table = (await schemaIn(hand)).tables.find((one) => one.name === name);
  if (table === undefined) throw new Error(`There is no table ${name}`);
  for (let n = 0, moved = rows; moved === rows; n += 1) {
    await hand.batch(sliceStatements(sql, table, n, rows));
    moved = Number((await hand.select(movedSql(name, n)))[0]?.[0]);
  }
}

/** Differences that are left, as ids. */
export async function leftOver(hand: Hand, wanted: SchemaDef): Promise<string[]> {
  const { rows } = diffSchemas({ schema: wanted, live: await schemaIn(hand), migrations: null, canSay: everything });
  return rows.filter(({ state }) => state !== 'match').map(({ id, state }) => `${state} ${id}`);
}
