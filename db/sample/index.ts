/**
 * Fills the sample shop: plausible rows for every table, the same bytes for the same `rows` and `seed`, in slices that can be made
 * in any order and from any row on. Pure: no clock, no randomness but the seed's.
 */
import { insertInto } from './insert.ts';
import { type Counts, countsOf, type Shop, TABLES, type TableName } from './shop.ts';
import { rowRandom } from './table.ts';
import { SAMPLE_TABLES } from './tables/index.ts';
import { rowToJson } from './value.ts';

/** What a database adapter takes for one statement of a batch. */
export interface SampleStatement {
  readonly sql: string;
  readonly params?: readonly string[];
}

export interface Slice {
  /** The rows of this slice, counted over all tables: `from` included, `to` excluded. */
  readonly from: number;
  readonly to: number;
  /** To be run in order, in one transaction. */
  readonly statements: readonly SampleStatement[];
}

export interface Sample {
  readonly rows: number;
  readonly counts: Counts;
  /** The slice that begins at this row: `SLICE_ROWS` rows, fewer at the end. */
  slice(from: number): Slice;
  /** One slice after the other; only one exists at a time. */
  slices(from?: number): Iterable<Slice>;
}

export const SLICE_ROWS = 5000;

/** In UTF-16 units, of which none takes more than three bytes: a parameter stays below 1 MB whatever it holds. */
const PARAMETER_UNITS = 300_000;

/** Where each table begins in the count over all tables. */
const startsOf = (counts: Counts): ReadonlyMap<TableName, number> => {
  let at = 0;
  return new Map(
    TABLES.map((table) => {
      const start = at;
      at += counts[table];
      return [table, start] as const;
    }),
  );
};

const startOf = (starts: ReadonlyMap<TableName, number>, table: TableName): number => starts.get(table) ?? 0;

/** The INSERTs for rows `from` to `to` (excluded) of one table: one, or more where a parameter would grow too large. */
function* inserts(shop: Shop, table: TableName, from: number, to: number): Generator<SampleStatement> {
  const spec = SAMPLE_TABLES[table];
  const sql = insertInto(spec);
  let json: string[] = [];
  let units = 0;
  for (let i = from; i < to; i++) {
    const row = rowToJson(spec.row(shop, i, rowRandom(shop, table, i)));
    if (units + row.length > PARAMETER_UNITS && json.length > 0) {
      yield { sql, params: [`[${json.join(',')}]`] };
      json = [];
      units = 0;
    }
    json.push(row);
    units += row.length + 1;
  }
  if (json.length > 0) yield { sql, params: [`[${json.join(',')}]`] };
}

/** `rows` over all tables, at least 100. */
export const sampleShop = ({ rows, seed }: { rows: number; seed: number }): Sample => {
  if (!Number.isSafeInteger(rows) || rows < 100) throw new RangeError(`a sample has at least 100 rows, not ${rows}`);
  const shop: Shop = { seed, counts: countsOf(rows) };
  const starts = startsOf(shop.counts);

  const slice = (from: number): Slice => {
    const to = Math.min(from + SLICE_ROWS, rows);
    const statements = TABLES.flatMap((table) => {
      const start = startOf(starts, table);
      const first = Math.max(from, start);
      const end = Math.min(to, start + shop.counts[table]);
      return first < end ? [...inserts(shop, table, first - start, end - start)] : [];
    });
    // Foreign keys cannot be switched off on D1, but may wait for the end of the transaction: departments and employees refer to
    // each other. Both lie in the first slice, whatever the size of the shop.
    return { from, to, statements: [{ sql: 'PRAGMA defer_foreign_keys = ON' }, ...statements] };
  };

  function* slices(from = 0): Generator<Slice> {
    for (let at = from; at < rows; ) {
      const next = slice(at);
      yield next;
      at = next.to;
    }
  }

  return { rows, counts: shop.counts, slice, slices };
};
