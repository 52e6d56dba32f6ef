/** What a rehearsal runs on: some rows of every table (what refers to a row that is not among them is left out), or a whole backup. */

import type { Archive } from '../archive/archive.ts';
import { EVERYTHING, fits, pageSql } from '../core/backup/read-sql.ts';
import { type Item, scriptOf } from '../core/backup/script.ts';
import type { RowSource } from '../core/backup/source.ts';
import type { SchemaEntry, SchemaModel } from '../core/schema/model.ts';
import { identifier, textLiteral } from '../core/sql/quote.ts';
import { canonicalRow, isMarked, WIRE_JOINT } from '../core/sql/wire.ts';
import type { Database, Statement } from '../database/database.ts';
import { Refusal } from '../protocol/problem.ts';
import { FORGET_LOADED, loadChunk, manifestOf } from '../restore/load.ts';

const ROWS = 200;
/** Over all tables: a thousand tables get fewer rows each. */
const ALL_ROWS = 20_000;
const MIN_ROWS = 5;
/** Longer rows are left out. */
const ROW_BYTES = 2_000;
/** One page each, in one round trip: together far below what an answer may have. */
const TABLES_AT_ONCE = 8;
const STATEMENTS_AT_ONCE = 2_000;

/** Builds the schema of `model` in an empty scratch database, with some rows of `database`. Answers how many. */
export async function loadSample(database: Database, scratch: Database, model: SchemaModel): Promise<number> {
  const { items } = scriptOf(model, null);
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

/** Of SQL text: loading takes seconds, and somebody waits. */
export const MAX_BACKUP_BYTES = 64 * 1024 * 1024;

/** Loads the backup. Refuses one that is too large to wait for, or that was made of another schema. */
export async function loadBackup(
  archive: Archive,
  databaseName: string,
  backupId: string,
  scratch: Database,
  model: SchemaModel,
): Promise<number> {
  const manifest = await manifestOf(archive, databaseName, backupId);
  if (manifest.sqlBytes > MAX_BACKUP_BYTES)
    throw new Refusal(
      'plan_too_large',
      `The newest backup has ${manifest.sqlBytes} bytes of SQL; at most ${MAX_BACKUP_BYTES} are rehearsed on.`,
      {
        hint: 'Rehearse on a sample of the rows.',
      },
    );
  if (schemaText(manifest.schema) !== schemaText(scriptOf(model, null).schema))
    throw new Refusal('plan_stale', `The schema has changed since the backup ${backupId} was made.`, {
      hint: 'Make a new backup first.',
    });
  for (const chunk of manifest.chunks) await loadChunk(archive, scratch, chunk);
  await scratch.batch([FORGET_LOADED]);
  return manifest.rows;
}

const schemaText = (entries: readonly SchemaEntry[]): string =>
  JSON.stringify(entries.map(({ type, name, table, sql }) => [type, name, table, sql]));
