/** How far the values of a column that only the database has could be those of a column that only the code has. */
import { columnId } from '../core/schema/diff/items.ts';
import type { Samples } from '../core/schema/diff/renames.ts';
import { foldName } from '../core/schema/names.ts';
import { identifier } from '../core/sql/quote.ts';
import type { Cell, Database } from '../database/database.ts';
import type { ColumnDef, DiffRow, SchemaDef, TableDef } from '../protocol/schema.ts';

const SAMPLE_ROWS = 200;
/** Beyond this nobody renames, and nobody should wait. */
const MOST_PAIRS = 200;

interface Pair {
  readonly table: TableDef;
  readonly from: ColumnDef;
  readonly to: ColumnDef;
}

/** One call, whatever there is to ask; none where nothing could be a rename. */
export async function renameSamples(
  database: Database,
  rows: readonly DiffRow[],
  live: SchemaDef,
  code: SchemaDef,
): Promise<Samples> {
  const pairs = pairsOf(rows, live, code);
  if (pairs.length === 0 || pairs.length > MOST_PAIRS) return () => undefined;
  const columns = [...new Map(pairs.map((pair) => [columnId(pair.table.name, pair.from.name), pair])).entries()];
  const results = await database.batch(columns.map(([, { table, from }]) => ({ sql: sampleSql(table.name, from.name) })));
  const sampled = new Map(columns.map(([id], n) => [id, results[n]?.rows ?? []]));
  const fits = new Map(
    pairs.map(({ table, from, to }) => [
      pairKey(table.name, from.name, to.name),
      shareThatFits(sampled.get(columnId(table.name, from.name)) ?? [], to),
    ]),
  );
  return (table, from, to) => fits.get(pairKey(table, from, to));
}

const pairKey = (table: string, from: string, to: string): string => JSON.stringify([table, from, to].map(foldName));

function pairsOf(rows: readonly DiffRow[], live: SchemaDef, code: SchemaDef): Pair[] {
  const columns = (state: DiffRow['state'], table: string, defs: TableDef) =>
    rows
      .filter((row) => row.kind === 'column' && row.state === state && foldName(row.table) === foldName(table))
      .flatMap(({ name }) => defs.columns.find((column) => foldName(column.name) === foldName(name)) ?? []);
  return live.tables.flatMap((table) => {
    const other = code.tables.find(({ name }) => foldName(name) === foldName(table.name));
    if (!other) return [];
    const missing = columns('missing', table.name, other);
    return missing.length === 0
      ? []
      : columns('extra', table.name, table).flatMap((from) => missing.map((to) => ({ table, from, to })));
  });
}

/** Storage class, and how many. */
const sampleSql = (table: string, column: string): string =>
  `SELECT typeof(v) AS c0, count(*) AS c1 FROM (SELECT ${identifier(column)} AS v FROM ${identifier(table)} LIMIT ${SAMPLE_ROWS}) GROUP BY 1`;

const STORES: Readonly<Record<ColumnDef['affinity'], readonly string[]>> = {
  integer: ['integer'],
  real: ['real', 'integer'],
  numeric: ['integer', 'real', 'text'],
  text: ['text'],
  blob: ['blob', 'text', 'integer', 'real'],
};

/** The share of values that the new column would hold as they are. */
function shareThatFits(sample: readonly Cell[][], to: ColumnDef): number {
  const all = sample.reduce((sum, [, count]) => sum + Number(count), 0);
  if (all === 0) return 0.5;
  const fitting = sample
    .filter(([type]) => (type === 'null' ? !to.notNull : STORES[to.affinity].includes(String(type))))
    .reduce((sum, [, count]) => sum + Number(count), 0);
  return fitting / all;
}
