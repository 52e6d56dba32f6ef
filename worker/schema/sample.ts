/** Some rows of every table, for a rehearsal: what refers to a row that is not among them is left out. */
import { EVERYTHING, fits, pageSql } from '../core/backup/read-sql.ts';
import type { Item, Script } from '../core/backup/script.ts';
import type { RowSource } from '../core/backup/source.ts';
import { identifier, textLiteral } from '../core/sql/quote.ts';
import { canonicalRow, isMarked, WIRE_JOINT } from '../core/sql/wire.ts';
import type { Database, Statement } from '../database/database.ts';

const ROWS = 200;
/** Over all tables: a thousand tables get fewer rows each. */
const ALL_ROWS = 20_000;
const MIN_ROWS = 5;
/** Longer rows are left out. */
const ROW_BYTES = 2_000;
/** One page each, in one round trip: together far below what an answer may have. */
const TABLES_AT_ONCE = 8;
const STATEMENTS_AT_ONCE = 2_000;

/** Builds the schema of `script` in an empty scratch database, with some rows of `database`. Answers how many. */
export async function loadSample(database: Database, scratch: Database, { items }: Script): Promise<number> {
  const sources = items.flatMap((item) => (item.kind === 'rows' ? [item.source] : []));
  const rows = await sampleOf(database, sources);
  const lastRows = items.findLastIndex(({ kind }) => kind === 'rows');
  await run(
    scratch,
    items.slice(0, lastRows + 1).flatMap((item) => statementsOf(item, rows)),
  );
  await removeOrphans(scratch);
  // Indexes, views and triggers come after the rows: a trigger must not fire for what is only put back.
  await run(
    scratch,
    items.slice(lastRows + 1).flatMap((item) => statementsOf(item, rows)),
  );
  return [...rows.values()].reduce((sum, list) => sum + list.length, 0);
}

/** Pragmas are for the reader's connection, and this one has its own. */
function statementsOf(item: Item, rows: ReadonlyMap<string, readonly string[]>): Statement[] {
  switch (item.kind) {
    case 'statement':
      return /^PRAGMA\b/i.test(item.sql) ? [] : [{ sql: item.sql }];
    case 'rows':
      return (rows.get(item.source.table) ?? []).map((row) => ({ sql: `${item.source.header}${row}` }));
    case 'sequences':
    case 'fts-settings':
      return [];
  }
}

async function run(scratch: Database, statements: readonly Statement[]): Promise<void> {
  for (let at = 0; at < statements.length; at += STATEMENTS_AT_ONCE)
    await scratch.batch(statements.slice(at, at + STATEMENTS_AT_ONCE));
}

async function sampleOf(database: Database, sources: readonly RowSource[]): Promise<Map<string, string[]>> {
  const limit = Math.max(MIN_ROWS, Math.min(ROWS, Math.floor(ALL_ROWS / Math.max(1, sources.length))));
  const pages = sources
    .map((source) => ({ source, page: pageSql(source, { ...EVERYTHING, limit }, ROW_BYTES) }))
    .filter(({ page }) => fits(page));
  const rows = new Map<string, string[]>();
  for (let at = 0; at < pages.length; at += TABLES_AT_ONCE) {
    const some = pages.slice(at, at + TABLES_AT_ONCE);
    const results = await database.batch(some.map(({ page }) => ({ sql: page.sql, params: page.params })));
    some.forEach(({ source }, n) => {
      const wire = results[n]?.rows[0]?.[0];
      if (typeof wire !== 'string') return;
      const taken = wire.split(WIRE_JOINT).filter((row) => !isMarked(row));
      rows.set(source.table, taken.map(canonicalRow));
    });
  }
  return rows;
}

/** Until nothing dangles: each round can leave others without a parent. Rowids stay in SQL, where they are whole. */
async function removeOrphans(scratch: Database): Promise<void> {
  for (;;) {
    const { rows } = await scratch.query(
      'SELECT "table" AS c0, count("rowid") AS c1 FROM pragma_foreign_key_check GROUP BY "table"',
    );
    if (rows.length === 0) return;
    const results = await scratch.batch(rows.map(([table, withRowid]) => withoutOrphans(String(table), Number(withRowid) > 0)));
    if (results.every(({ changes }) => changes === 0))
      throw new Error(`Rows of ${rows[0]?.[0]} refer to nothing, and cannot be left out.`);
  }
}

/** Of a table without rowids nobody says which rows they are: all of them go. */
const withoutOrphans = (table: string, hasRowid: boolean): Statement => ({
  sql: `DELETE FROM ${identifier(table)}${
    hasRowid ? ` WHERE rowid IN (SELECT "rowid" FROM pragma_foreign_key_check(${textLiteral(table)}))` : ''
  }`,
});
