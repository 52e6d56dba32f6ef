/**
 * The SQL that walks a table by its key: seeks at points, never a scan, never an OFFSET of more than a few rows. Names of our own begin
 * with `_lk_`: they stand beside the table's.
 */
import type { Table } from '../schema/model.ts';
import { identifier, toHex } from '../sql/quote.ts';
import type { Points } from './points.ts';
import { walkKey } from './trees.ts';

/** Rows taken from each point on, and from each end of the key. */
const ROWS_PER_POINT = 2;
const ROWS_OF_END = 5;
/** Of a window, beside the step over the point: with n in all the density at a point is off by 1 ÷ √(n-1), for keys at random. */
const STEPS = { below: 4, above: 3 };
/** Counting the rows of a window stops here. */
export const WINDOW_ROWS = 100;

/** The lowest or highest key as `type hex`; NULL without rows, or where there is no way to seek. */
export function keyEnd(table: Table, order: 'ASC' | 'DESC'): string {
  const column = walkKey(table)?.columns[0];
  if (column === undefined) return 'NULL';
  const key = identifier(column);
  return `(SELECT typeof(${key})||' '||${keyHex(key)} FROM ${identifier(table.name)} ORDER BY ${key} ${order} LIMIT 1)`;
}

/** The beginning of a key: what follows 40 bytes cannot matter, and might be two megabytes. */
function keyHex(key: string): string {
  return `hex(CASE WHEN typeof(${key}) IN ('text','blob') THEN substr(CAST(${key} AS BLOB),1,40) ELSE CAST(${key} AS TEXT) END)`;
}

/** The parameter that carries the points. */
export function pointsText(points: Points): string {
  switch (points.type) {
    case 'integer':
      return `[${points.values.join(',')}]`;
    case 'text':
      return JSON.stringify(points.values);
    case 'blob':
      return JSON.stringify(points.values.map(toHex));
  }
}

/**
 * Rows at the points: each once, though where rows stand in clusters many points find the same: that is the UNION. A few rows from both ends make sure
 * that there are enough of them even then. CROSS JOIN keeps the order of both joins: the other way round would be a scan of the table.
 */
export function fromPoints(table: Table, points: Points, parameter: number): string {
  const name = identifier(table.name);
  const columns = (walkKey(table)?.columns ?? []).map((column) => `${name}.${identifier(column)}`);
  const keys = columns.join(',');
  const some = (where: string, order: string, rows: number) =>
    `SELECT ${keys} FROM ${name} ${where} ORDER BY ${columns[0]} ${order} LIMIT ${rows}`;
  const found = columns.map((_, i) => `_lk_key${i}`);
  return `FROM (WITH _lk_keys(${found.join(',')}) AS (SELECT * FROM (${some('', 'ASC', ROWS_OF_END)})
UNION SELECT * FROM (${some('', 'DESC', ROWS_OF_END)})
UNION SELECT ${keys} FROM (SELECT ${pointSql(points)} AS _lk_point FROM json_each(?${parameter})) CROSS JOIN ${name}
WHERE (${keys}) IN (${some(`WHERE ${columns[0]}>=_lk_point`, 'ASC', ROWS_PER_POINT)}))
SELECT ${found.join(',')} FROM _lk_keys) CROSS JOIN ${name} WHERE ${columns.map((column, i) => `${column}=_lk_key${i}`).join(' AND ')}`;
}

function pointSql({ type }: Points): string {
  return type === 'blob' ? 'unhex(value)' : 'value';
}

/**
 * A window reaches from a key (`_lk_a`) some steps below that at the point (`_lk_b`) over the next (`_lk_c`) to one some steps above that
 * (`_lk_d`). Where many rows share a key, one step below and above is over all that share it, and the rows in between are counted up to
 * a limit. Answers `rows from floor to` for each, the last three in hex.
 */
export function windowsSql(table: Table, points: Points, parameter: number): string {
  const name = identifier(table.name);
  const walk = walkKey(table);
  const key = `${name}.${identifier(walk?.columns[0] ?? '')}`;
  const below = (than: string, offset = 0) =>
    `(SELECT ${key} FROM ${name} WHERE ${key}<${than} ORDER BY ${key} DESC LIMIT 1 OFFSET ${offset})`;
  const above = (than: string, offset = 0) =>
    `(SELECT ${key} FROM ${name} WHERE ${key}>${than} ORDER BY ${key} LIMIT 1 OFFSET ${offset})`;
  const at = below('=_lk_point');
  const [a, d] = walk?.unique
    ? [below('=_lk_point', STEPS.below), above('_lk_point', STEPS.above)]
    : [below(at), above(above('_lk_point'))];
  const counted = `(SELECT count(*) FROM (SELECT 1 FROM ${name} WHERE ${key}>=coalesce(_lk_a,_lk_b) AND ${key}<coalesce(_lk_d,_lk_c) LIMIT ${WINDOW_ROWS}))`;
  const rows = walk?.unique ? `1+${STEPS.below}*(_lk_a IS NOT NULL)+${STEPS.above}*(_lk_d IS NOT NULL)` : counted;
  // MATERIALIZED: folded into the expressions that use it, each seek would be done several times.
  return `(WITH _lk_w(_lk_a,_lk_b,_lk_c,_lk_d) AS MATERIALIZED (SELECT ${a},${at},${above('_lk_point')},${d}
FROM (SELECT ${pointSql(points)} AS _lk_point FROM json_each(?${parameter})))
SELECT group_concat((${rows})||' '||${keyHex('coalesce(_lk_a,_lk_b)')}||' '||${keyHex('_lk_b')}||' '||${keyHex('coalesce(_lk_d,_lk_c)')})
FROM _lk_w WHERE _lk_b IS NOT NULL AND _lk_c IS NOT NULL)`;
}
