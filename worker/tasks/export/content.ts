/** Where an export takes its content from: the live database, page by page, or one batch that read everything at one moment. */
import { assembledRows, canonicalBlocks, type Piece } from '../../core/backup/assemble.ts';
import { allPagesSql, cellsSql, EVERYTHING, fits } from '../../core/backup/read-sql.ts';
import type { Item, Script } from '../../core/backup/script.ts';
import { type RowSource, withStrays } from '../../core/backup/source.ts';
import type { SchemaEntry } from '../../core/schema/model.ts';
import { isReserved } from '../../core/schema/names.ts';
import { identifier } from '../../core/sql/quote.ts';
import { blockOf, type RowBlock } from '../../core/sql/row-block.ts';
import type { Cell, Database, Rows, Statement } from '../../database/database.ts';
import { countOf } from './counts.ts';
import { liveRows } from './live-rows.ts';

/** A name and an SQL literal. */
export type Pair = readonly [name: string, literal: string];

export interface Content {
  /** The rows after the cursor. A block is valid until the next one is asked for. */
  rows(source: RowSource, after: string | null): AsyncIterable<RowBlock> | Iterable<RowBlock>;
  /** What AUTOINCREMENT has counted to. */
  sequences(): Promise<Pair[]>;
  /** The settings of an FTS5 table; names are literals too. */
  ftsSettings(table: string): Promise<Pair[]>;
}

const SCHEMA: Statement = { sql: 'SELECT type AS c0,name AS c1,tbl_name AS c2,sql AS c3 FROM sqlite_schema ORDER BY rowid' };
const SEQUENCES: Statement = { sql: 'SELECT name AS c0,quote(seq) AS c1 FROM sqlite_sequence ORDER BY rowid' };
const settingsOf = (table: string): Statement => ({
  sql: `SELECT quote(k) AS c0,quote(v) AS c1 FROM ${identifier(`${table}_config`)} WHERE k<>'version' ORDER BY k`,
});

const pairs = ({ rows }: Rows): Pair[] => rows.map(([name, literal]) => [String(name), String(literal)]);

/** What tells whether the schema is still the one that the export was planned with. Lockkeeper's own tables may come and go. */
export const userEntries = (entries: readonly SchemaEntry[]): SchemaEntry[] => entries.filter(({ name }) => !isReserved(name));

export async function schemaEntries(database: Database): Promise<SchemaEntry[]> {
  return entriesOf((await database.query(SCHEMA.sql)).rows);
}

const entriesOf = (rows: readonly Cell[][]): SchemaEntry[] =>
  userEntries(
    rows.map(([type, name, table, sql]) => ({
      type: String(type),
      name: String(name),
      table: String(table),
      sql: sql as string | null,
    })),
  );

export const liveContent = (database: Database): Content => ({
  rows: (source, after) => (source.pagedBy === 'whole' ? wholeRows(database, source) : liveRows(database, source, after)),
  sequences: async () => pairs(await database.query(SEQUENCES.sql)),
  ftsSettings: async (table) => pairs(await database.query(settingsOf(table).sql)),
});

/** A table without a key, in one transaction. */
async function* wholeRows(database: Database, source: RowSource): AsyncGenerator<RowBlock> {
  const statements = wholeStatements(source);
  yield* joined(source, statements.length, await database.batch(statements));
}

/** All rows in pages, and those that are marked there; of a table whose names are too long for that, all cells. */
function wholeStatements(source: RowSource): Statement[] {
  const anything = withStrays(source);
  const marked = cellsSql(anything, EVERYTHING, 'marked');
  const pages = allPagesSql(anything);
  return fits(marked) && fits(pages) ? [pages, marked] : [cellsSql(source, EVERYTHING, 'all')];
}

function* joined(source: RowSource, statements: number, results: readonly Rows[]): Generator<RowBlock> {
  const rows = assembledRows((results.at(statements - 1)?.rows ?? []) as unknown as Piece[], source.cells.length);
  if (statements === 1) for (const row of rows) yield blockOf([row]);
  else yield* canonicalBlocks(values(results[0]), rows);
}

const values = (result: Rows | undefined): string[] => (result?.rows ?? []).map(([value]) => String(value));

export interface Snapshot {
  readonly content: Content;
  /** The schema at that moment, and how many rows each table had. */
  readonly entries: SchemaEntry[];
  readonly counts: ReadonlyMap<string, number>;
}

/** Everything of `script` as it was at one moment: one batch is one transaction. */
export async function readSnapshot(database: Database, { items }: Script): Promise<Snapshot> {
  const reads = items.map((item) => ({ item, statements: readsOf(item) }));
  const results = await database.batch([SCHEMA, ...reads.flatMap(({ statements }) => statements)]);
  const entries = entriesOf(results.shift()?.rows ?? []);
  const found = new Map<string, Rows[]>();
  for (const { item, statements } of reads)
    if (statements.length > 0) found.set(nameOf(item), results.splice(0, statements.length));
  const counts = new Map<string, number>();
  for (const { item } of reads)
    if (item.kind === 'rows') counts.set(item.source.table, Number(found.get(nameOf(item))?.pop()?.rows[0]?.[0]));
  const content: Content = {
    rows: (source) => {
      const name = `rows ${source.table}`;
      const read = found.get(name) ?? [];
      // A snapshot is read once, from the beginning: what has been written need not be kept.
      found.delete(name);
      return joined(source, read.length, read);
    },
    sequences: async () => pairs(found.get('sequences')?.[0] ?? { rows: [], changes: 0 }),
    ftsSettings: async (table) => pairs(found.get(`fts-settings ${table}`)?.[0] ?? { rows: [], changes: 0 }),
  };
  return { entries, content, counts };
}

function readsOf(item: Item): Statement[] {
  switch (item.kind) {
    case 'statement':
      return [];
    case 'rows':
      return [...wholeStatements(item.source), countOf(item.source.table)];
    case 'sequences':
      return [SEQUENCES];
    case 'fts-settings':
      return [settingsOf(item.table)];
  }
}

function nameOf(item: Item): string {
  switch (item.kind) {
    case 'statement':
    case 'sequences':
      return item.kind;
    case 'rows':
      return `rows ${item.source.table}`;
    case 'fts-settings':
      return `fts-settings ${item.table}`;
  }
}
