/** Searching and sorting tables. Pure. */
import type { Figure, TableStats } from '../../worker/protocol/database.ts';

export const TABLE_COLUMNS = ['name', 'rows', 'bytes', 'indexes', 'total', 'columns'] as const;
export type TableColumn = (typeof TABLE_COLUMNS)[number];
export interface TableOrder {
  readonly by: TableColumn;
  readonly direction: 'ascending' | 'descending';
}

/** The sum of what is known, or null when nothing is. It is exact only if every part is. */
export function sumFigures(figures: readonly (Figure | null)[]): Figure | null {
  const known = figures.filter((figure) => figure !== null);
  const [first] = known;
  if (first === undefined) return null;
  return {
    value: known.reduce((sum, { value }) => sum + value, 0),
    exact: known.length === figures.length && known.every(({ exact }) => exact),
    takenAt: known.map(({ takenAt }) => takenAt).sort()[0] ?? first.takenAt,
    method: [...new Set(known.map(({ method }) => method))].join(', '),
  };
}
export const indexFigure = (table: TableStats): Figure | null => sumFigures(table.indexes.map(({ bytes }) => bytes));
export const totalFigure = (table: TableStats): Figure | null =>
  sumFigures([table.bytes, ...table.indexes.map(({ bytes }) => bytes)]);

/** What is not known sorts below everything known. */
function sortKey(table: TableStats, by: TableColumn): number | string {
  switch (by) {
    case 'name':
      return table.name.toLowerCase();
    case 'rows':
      return table.rows?.value ?? -1;
    case 'bytes':
      return table.bytes?.value ?? -1;
    case 'indexes':
      return indexFigure(table)?.value ?? -1;
    case 'total':
      return totalFigure(table)?.value ?? -1;
    case 'columns':
      return table.columns;
  }
}

export function ordered(list: readonly TableStats[], { by, direction }: TableOrder): TableStats[] {
  const sign = direction === 'ascending' ? 1 : -1;
  const keyed = list.map((table) => ({ table, key: sortKey(table, by) }));
  keyed.sort((a, b) => (a.key < b.key ? -sign : a.key > b.key ? sign : a.table.name.localeCompare(b.table.name)));
  return keyed.map(({ table }) => table);
}

/** A name begins with its first direction: names from A, numbers from the largest. */
export const nextOrder = (order: TableOrder, by: TableColumn): TableOrder => {
  const first = by === 'name' ? 'ascending' : 'descending';
  const other = first === 'ascending' ? 'descending' : 'ascending';
  return { by, direction: order.by === by && order.direction === first ? other : first };
};

/** Every word of the search must occur in the name; case does not matter. */
export function searched<T extends { readonly name: string }>(list: readonly T[], search: string): T[] {
  const words = search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return list.filter(({ name }) => words.every((word) => name.toLowerCase().includes(word)));
}

/** The virtual table that a shadow table belongs to: the longest name that its own begins with. */
function ownerOf(shadow: TableStats, virtual: readonly TableStats[]): TableStats | undefined {
  return virtual
    .filter(({ name }) => shadow.name.toLowerCase().startsWith(`${name.toLowerCase()}_`))
    .sort((a, b) => b.name.length - a.name.length)[0];
}

/**
 * The tables whose bytes make up the sum of `list`: a virtual table's bytes are those of its shadow tables, so where both are listed the
 * shadow tables would be counted twice.
 */
export function countedOnce(list: readonly TableStats[]): TableStats[] {
  const virtual = list.filter(({ kind, bytes }) => kind === 'virtual' && bytes !== null);
  return list.filter((table) => table.kind !== 'shadow' || ownerOf(table, virtual) === undefined);
}

/** `2 shadow, 1 internal`: what is behind the switch, by kind. Empty for nothing. */
export function hiddenInWords(list: readonly TableStats[]): string {
  const counted = (kind: TableStats['kind']): string => {
    const some = list.filter((table) => table.kind === kind).length;
    return some === 0 ? '' : `${some} ${kind}`;
  };
  return [counted('shadow'), counted('internal')].filter((text) => text !== '').join(', ');
}

/** The tables that a person can pick for an export: not those of the platform, nor an FTS5 table's own shadow tables. */
export const isPickable = (table: TableStats): boolean => table.kind === 'table' || table.kind === 'virtual';
