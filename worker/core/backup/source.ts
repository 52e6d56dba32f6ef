/** How the rows of one table are read and written: their cells in the order of the INSERT, and the key that they are paged by. */
import type { Column, IndexColumn, Table } from '../schema/model.ts';
import { foldName, sameName } from '../schema/names.ts';
import { type CellReference, type Holds, splitRow } from '../sql/cells.ts';
import type { KeyColumn } from '../sql/keyset.ts';
import { identifier } from '../sql/quote.ts';

export interface RowSource {
  readonly table: string;
  /** `whole`: no key can be had, all rows are read at once. */
  readonly pagedBy: 'rowid' | 'key' | 'whole';
  readonly cells: readonly CellReference[];
  readonly key: readonly KeyColumn[];
  /** Where the key's columns stand in `cells`. */
  readonly keyCells: readonly number[];
  /** Where keys are looked up, if not in the table: an R*Tree answers no range of ids without walking all of itself. */
  readonly keyTable: string;
  /** `INSERT INTO …(…) VALUES` and a line feed. */
  readonly header: string;
  /** More than a hundred values (a hundred columns and the rowid) are taken one row at a time only. */
  readonly singly: boolean;
}

/** The cursor of a row in the codec's text. */
export function cursorOf({ keyCells }: RowSource, row: string): string {
  // Nearly always the key comes first: no need to take a long row apart.
  if (keyCells.length === 1 && keyCells[0] === 0 && /^\(-?\d+[,)]/.test(row)) return row.slice(1, row.search(/[,)]/));
  const cells = splitRow(row);
  return keyCells.map((n) => cells[n]).join(',');
}

/**
 * The same rows, where columns for numbers may hold long texts and blobs like all others: none of those has to be read by itself, but SQLite
 * works out the length of each number.
 */
export function withStrays(source: RowSource): RowSource {
  return { ...source, cells: source.cells.map(({ sql, holds }) => ({ sql, holds: holds === 'numeric' ? 'any' : holds })) };
}

/** Of any result in D1; the rows of a VALUES with several of them count as one. */
export const MAX_RESULT_COLUMNS = 100;

export function rowSource(table: Table): RowSource {
  const columns = table.columns.filter(({ generated }) => generated === 'no');
  const isRtree = table.module?.startsWith('rtree') ?? false;
  // Where nothing else is the rowid it is kept too: what refers to it (an FTS5 index, a change log) must find the same rows.
  const hiddenRowid = table.integerKey === null && table.rowidName !== null && !isRtree ? table.rowidName : null;
  const names = [...(hiddenRowid === null ? [] : [hiddenRowid]), ...columns.map(({ name }) => identifier(name))];
  const holds: Holds[] = columns.map((column, n) => holdsOf(column, table, isRtree && n === 0));
  return {
    table: table.name,
    ...paging(table, columns, hiddenRowid, isRtree),
    cells: names.map((sql, n) => ({
      sql,
      holds: hiddenRowid === null ? (holds[n] as Holds) : n === 0 ? 'rowid' : (holds[n - 1] as Holds),
    })),
    keyTable: identifier(isRtree ? `${table.name}_rowid` : table.name),
    singly: names.length > MAX_RESULT_COLUMNS,
    header: headerOf(table, names, hiddenRowid === null && columns.length === table.columns.length),
  };
}

/** Names can be so long that naming them leaves no room for values: then they are left out where that means the same. */
const MAX_NAMES_CHARACTERS = 20_000;

function headerOf(table: Table, names: readonly string[], needless: boolean): string {
  const list = names.join(',');
  return `INSERT INTO ${identifier(table.name)}${needless && list.length > MAX_NAMES_CHARACTERS ? '' : `(${list})`} VALUES\n`;
}

/** Of the types with numeric affinity, those that nobody takes for texts: JSON, UUID and STRING have it too, and a long text there is no stray. */
const NUMBERS = /NUM|DEC|BOOL|DATE|TIME|YEAR|MONEY|CURRENCY|SERIAL|FIXED|^BIT$/i;

function holdsOf(column: Column, table: Table, isRowid: boolean): Holds {
  if (isRowid || column.name === table.integerKey) return 'rowid';
  switch (column.affinity) {
    case 'text':
      return 'text';
    case 'integer':
    case 'real':
      return 'numeric';
    case 'numeric':
      return NUMBERS.test(column.declaredType) ? 'numeric' : 'any';
    case 'blob':
      return 'any';
  }
}

function paging(
  table: Table,
  columns: readonly Column[],
  hiddenRowid: string | null,
  isRtree: boolean,
): Pick<RowSource, 'pagedBy' | 'key' | 'keyCells'> {
  const byRowid = (sql: string, cell: number) =>
    ({ pagedBy: 'rowid', key: [{ sql, collation: null, descending: false }], keyCells: [cell] }) as const;
  if (isRtree) return byRowid('rowid', 0);
  if (hiddenRowid !== null) return byRowid(hiddenRowid, 0);
  if (table.integerKey !== null) {
    return byRowid(
      identifier(table.integerKey),
      columns.findIndex(({ name }) => name === table.integerKey),
    );
  }
  const key = uniqueKey(table, columns);
  if (key === null) return { pagedBy: 'whole', key: [], keyCells: [] };
  return {
    pagedBy: 'key',
    key: key.map((part) => keyColumn(part, columns)),
    keyCells: key.map((part) => columns.findIndex(({ name }) => sameName(name, part.name ?? ''))),
  };
}

/** A key that tells all rows apart: NULLs would not, and a generated column is not among what is written. */
function uniqueKey(table: Table, columns: readonly Column[]): readonly IndexColumn[] | null {
  const stored = new Map(columns.map((column) => [foldName(column.name), column]));
  const usable = (parts: readonly IndexColumn[]) =>
    parts.length > 0 &&
    parts.every(
      ({ name }) => name !== null && (stored.get(foldName(name))?.notNull || table.withoutRowid) && stored.has(foldName(name)),
    );
  if (table.withoutRowid) return usable(table.primaryKey) ? table.primaryKey : null;
  return table.indexes.find(({ unique, partial, columns: parts }) => unique && !partial && usable(parts))?.columns ?? null;
}

function keyColumn({ name, collation, descending }: IndexColumn, columns: readonly Column[]): KeyColumn {
  const column = columns.find((candidate) => sameName(candidate.name, name ?? ''));
  const asColumn = column !== undefined && sameName(column.collation, collation);
  return { sql: identifier(name ?? ''), collation: asColumn ? null : collation, descending };
}
