/**
 * Paging by key: what comes after a row, in the order of its key. Cursors are the row's key cells in the codec's text, joined by commas.
 * Columns come with the collation and direction of their key, which need not be those of the column.
 */
import { cellValue, splitCells } from './cells.ts';
import { fromHex, identifier } from './quote.ts';

export interface KeyColumn {
  /** The quoted column. */
  readonly sql: string;
  /** Null where the key compares as the column does: an explicit COLLATE would keep SQLite from using the index for row values. */
  readonly collation: string | null;
  readonly descending: boolean;
}

export interface Condition {
  readonly sql: string;
  readonly params: readonly Uint8Array[];
}

/** Longer cursor values are bound: they would not fit into a statement. */
const INLINE_CHARACTERS = 400;

const compared = ({ sql, collation }: KeyColumn): string => (collation === null ? sql : `${sql} COLLATE ${identifier(collation)}`);

/** `table`: how it is called in the query. Needed where result columns have names: ORDER BY would take one of those for a column's. */
export const orderBy = (key: readonly KeyColumn[], table: string | null = null): string =>
  key.map((column) => `${table === null ? '' : `${table}.`}${compared(column)}${column.descending ? ' DESC' : ''}`).join(',');

/**
 * The cursor's values as SQL. The unary plus takes the affinity from a cast: with it, SQLite would convert what stands on the other
 * side of the comparison, and text would be compared with text where a typeless column holds numbers.
 */
function operands(cursor: string, firstParam: number): { sql: string[]; params: Uint8Array[] } {
  const params: Uint8Array[] = [];
  const sql = splitCells(cursor).map((cell) => {
    const value = cellValue(cell);
    if (value.kind === 'literal') return `(${cell})`;
    if (cell.length <= INLINE_CHARACTERS) return `+${cell}`;
    params.push(fromHex(value.hex()));
    const param = `?${firstParam + params.length - 1}`;
    return value.kind === 'text' ? `+CAST(${param} AS TEXT)` : param;
  });
  return { sql, params };
}

/** Neighbours of the same direction: SQLite compares those as one row value, with the index. */
function runs(key: readonly KeyColumn[]): [number, number][] {
  const found: [number, number][] = [];
  key.forEach((column, n) => {
    const last = found.at(-1);
    if (last && column.descending === key[last[0]]?.descending) last[1] = n + 1;
    else found.push([n, n + 1]);
  });
  return found;
}

/**
 * Conditions that are true for the rows after the cursor, each for one stretch of the key, in order: with mixed directions there are
 * several, so that each can use the index. `[TRUE]` when there is no cursor. All share the same parameters, from `?firstParam` on.
 */
export function rangesAfter(key: readonly KeyColumn[], after: string | null, firstParam = 1): Condition[] {
  if (after === null) return [{ sql: 'TRUE', params: [] }];
  const { sql, params } = operands(after, firstParam);
  return rangesBeyond(key, sql).map((range) => ({ sql: range, params }));
}

/** The same for a place that is known to SQL only: an expression for each column, without an affinity of its own. */
export function rangesBeyond(key: readonly KeyColumn[], values: readonly string[]): string[] {
  const row = (from: number, to: number, parts: readonly string[]) => {
    const inside = parts.slice(from, to).join(',');
    return to - from === 1 ? inside : `(${inside})`;
  };
  const columns = key.map(compared);
  return runs(key)
    .map(([from, to]) => {
      const equal = columns.slice(0, from).map((column, n) => `${column}=${values[n]} AND `);
      const beyond = key[from]?.descending ? '<' : '>';
      return `${equal.join('')}${row(from, to, columns)}${beyond}${row(from, to, values)}`;
    })
    .reverse();
}

/** True for the rows before the cursor: the end of a stretch. */
export function before(key: readonly KeyColumn[], end: string, firstParam = 1): Condition {
  const flipped = key.map((column) => ({ ...column, descending: !column.descending }));
  const ranges = rangesAfter(flipped, end, firstParam);
  return { sql: `(${ranges.map(({ sql }) => `(${sql})`).join(' OR ')})`, params: ranges[0]?.params ?? [] };
}
