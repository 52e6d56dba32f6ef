/** The queries that read rows. All begin with SELECT, so that they can be repeated, and stay under D1's limits for any table it can hold. */
import { balancedSum, type CellReference, PIECE_BYTES, pieceExpressions, rowExpression } from '../sql/cells.ts';
import { before, type Condition, orderBy, rangesAfter } from '../sql/keyset.ts';
import { identifier, textLiteral } from '../sql/quote.ts';
import { TOO_LONG, UNENCODED, WIRE_JOINT } from '../sql/wire.ts';
import { MAX_RESULT_COLUMNS, type RowSource } from './source.ts';

/** Rows after the cursor `after` and before the cursor `before`, at most `limit` of them; null is open. */
export interface Stretch {
  readonly after: string | null;
  readonly before: string | null;
  readonly limit: number | null;
}
export const EVERYTHING: Stretch = { after: null, before: null, limit: null };

const MAX_STATEMENT_BYTES = 99_000;
const MAX_COMPOUND_TERMS = 5;

const encoder = new TextEncoder();
/** Column names can be so long that a query which repeats them is not taken. */
export const fits = ({ sql }: Condition): boolean =>
  sql.length < MAX_STATEMENT_BYTES && encoder.encode(sql).length < MAX_STATEMENT_BYTES;

/** `SELECT columns` of the stretch, in key order. */
function selected(source: RowSource, columns: string, { after, before: end, limit }: Stretch): Condition {
  const ranges = rangesAfter(source.key, after);
  const params = ranges[0]?.params ?? [];
  const bound = end === null ? { sql: 'TRUE', params: [] } : before(source.key, end, params.length + 1);
  const order = source.key.length === 0 ? '' : ` ORDER BY ${orderBy(source.key, 't')}`;
  const wanted = ` LIMIT ${limit ?? -1}`;
  const select = (range: string) => `SELECT ${columns} FROM ${source.keyTable} t WHERE ${range} AND ${bound.sql}${order}${wanted}`;
  const all = [...params, ...bound.params];
  if (ranges.length === 1) return { sql: select(ranges[0]?.sql ?? 'TRUE'), params: all };
  if (ranges.length > MAX_COMPOUND_TERMS)
    return { sql: select(`(${ranges.map(({ sql }) => `(${sql})`).join(' OR ')})`), params: all };
  return { sql: `${ranges.map(({ sql }) => `SELECT * FROM (${select(sql)})`).join(' UNION ALL ')}${wanted}`, params: all };
}

/** A FROM clause for the stretch, and how its cells are called there. */
function rowsOf(source: RowSource, stretch: Stretch): { from: string; params: Condition['params']; cells: CellReference[] } {
  const table = identifier(source.table);
  if (source.keyTable === table && source.cells.length <= MAX_RESULT_COLUMNS) {
    const { sql, params } = selected(source, source.cells.map((cell, n) => `${cell.sql} AS a${n}`).join(','), stretch);
    return { from: `(${sql}) f`, params, cells: source.cells.map(({ holds }, n) => ({ sql: `a${n}`, holds })) };
  }
  // A hundred columns and the rowid are more than a result may have: look up the rows by their rowids.
  const key = source.key[0]?.sql ?? 'rowid';
  const { sql, params } = selected(source, `${key} AS k`, stretch);
  return {
    // By the name that is the rowid here: another may be a column's.
    from: `(${sql}) q CROSS JOIN ${table} f ON f.${key}=q.k`,
    params,
    cells: source.cells.map((cell) => ({ sql: `f.${cell.sql}`, holds: cell.holds })),
  };
}

const JOINT = textLiteral(WIRE_JOINT);

/**
 * One row: the page's rows as they travel, joined by `WIRE_JOINT` (NULL when there are none), and how many they are. Nothing else may be
 * asked of `x` here: SQLite would work it out once more for each mention. `maxBytes`: rows with more in texts and blobs are only marked.
 */
export function pageSql(source: RowSource, stretch: Stretch, maxBytes: number): Condition {
  const near = nearRows(source, stretch, maxBytes);
  const { sql, params } = near !== null && fits(near) ? near : farRows(source, stretch, maxBytes);
  return { sql: `SELECT group_concat(x,${JOINT}) AS c0,count(*) AS c1 FROM (${sql})`, params };
}

/** Encoded where the columns are read: a quarter faster than one query further out. Null where that is not possible. */
function nearRows(source: RowSource, stretch: Stretch, maxBytes: number): Condition | null {
  if (source.keyTable !== identifier(source.table) || source.cells.length > MAX_RESULT_COLUMNS) return null;
  return selected(source, `${rowExpression(source.cells, maxBytes)} AS x`, stretch);
}

/** Each column is named once and goes by a short name in the expression: for names so long that the query would not be taken. */
function farRows(source: RowSource, stretch: Stretch, maxBytes: number): Condition {
  const { from, params, cells } = rowsOf(source, stretch);
  return { sql: `SELECT ${rowExpression(cells, maxBytes)} AS x FROM ${from}`, params };
}

/** At most so many rows, and so many bytes of each, in one value of a whole read: twice that as hex stays under 2 MB. */
const PAGE_ROWS = 256;
const PAGE_ROW_BYTES = 3_000;

/** All rows, in pages of `PAGE_ROWS` rows each, in one result. */
export function allPagesSql(source: RowSource): Condition {
  const { from, params, cells } = rowsOf(source, EVERYTHING);
  const rows = `SELECT ${rowExpression(cells, PAGE_ROW_BYTES)} AS x FROM ${from} LIMIT -1`;
  const numbered = `SELECT x,row_number() OVER () AS n FROM (${rows})`;
  const bucket = `(n-1)/${PAGE_ROWS}`;
  return {
    sql: `SELECT group_concat(x,${JOINT} ORDER BY n) AS c0 FROM (${numbered}) GROUP BY ${bucket} ORDER BY ${bucket}`,
    params,
  };
}

/** Which rows come cell by cell: all of the stretch, or only those that a whole read marks. */
export type Which = 'all' | 'marked';

/**
 * The stretch cell by cell: place in the row, piece of the cell, storage class, value (see `pieceExpressions`). In order: rows by key,
 * cells by place, pieces by number; `CROSS JOIN` keeps SQLite from changing the nesting.
 */
export function cellsSql(source: RowSource, stretch: Stretch, which: Which): Condition {
  const { from, params, cells } = rowsOf(source, stretch);
  const places = cells.map((_, n) => n);
  const marked = `instr(replace(${which === 'all' ? 'NULL' : rowExpression(cells, PAGE_ROW_BYTES)},${textLiteral(TOO_LONG)},${textLiteral(UNENCODED)}),${textLiteral(UNENCODED)})`;
  const value = `CASE j.value ${cells.map(({ sql }, n) => `WHEN ${n} THEN ${sql}`).join(' ')} END`;
  const each = `SELECT j.value AS i,${value} AS v FROM ${from} CROSS JOIN json_each('[${places}]') j${which === 'all' ? '' : ` WHERE ${marked}`} LIMIT -1`;
  const pieces = `json_each(iif(octet_length(v)>${PIECE_BYTES},'[${PIECES}]','[0]'))`;
  const { kind, value: piece } = pieceExpressions('v', 'p.value');
  const sql =
    `SELECT i AS c0,p.value AS c1,${kind} AS c2,${piece} AS c3 FROM (${each}) CROSS JOIN ${pieces} p ` +
    `WHERE p.value=0 OR p.value*${PIECE_BYTES}<octet_length(v)`;
  return { sql, params };
}

/** Enough for 4 MiB, what the open runtime lets a value have. */
const PIECES = Array.from({ length: 100 }, (_, n) => n).join(',');

/** How many rows a table has, and how many bytes they are at least; of a longer one only the first `most` rows, so that it is no scan. */
export function wholeSizeSql(source: RowSource, most: number): Condition {
  const bytes = source.cells.map(({ sql }) => `ifnull(octet_length(${sql}),1)`);
  const some = `SELECT ${balancedSum(bytes)} AS b FROM ${identifier(source.table)} LIMIT ${most}`;
  return { sql: `SELECT count(*) AS c0,total(b) AS c1 FROM (${some})`, params: [] };
}
