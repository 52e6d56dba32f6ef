/** Which b-trees a table consists of, what their records hold, and how its rows are reached one by one. */
import type { Column, Index, Table } from '../schema/model.ts';
import { foldName, sameName } from '../schema/names.ts';

/** D1's own tables, which it lets nobody read. */
export const isHidden = (name: string): boolean => foldName(name).startsWith('_cf_');

/** Indexes with a tree of their own: the primary key of a WITHOUT ROWID table is the table itself. */
export const indexTrees = (table: Table): readonly Index[] =>
  table.indexes.filter(({ origin }) => !(table.withoutRowid && origin === 'primary-key'));

/** Columns that stand in the record. A virtual generated column is reckoned at each read and kept nowhere but in indexes. */
export const recordColumns = (table: Table): readonly Column[] => table.columns.filter(({ generated }) => generated !== 'virtual');

/** Names of the columns of the primary key, in order; empty where none is declared. */
export function keyColumns(table: Table): string[] {
  if (table.integerKey !== null) return [table.integerKey];
  return table.primaryKey.flatMap(({ name }) => (name === null ? [] : [name]));
}

export interface WalkKey {
  /** They tell rows apart, and the first is sought by. */
  readonly columns: readonly string[];
  /** Whether the first alone tells them apart. */
  readonly unique: boolean;
  /** Whether the first is ordered without regard to case. */
  readonly nocase: boolean;
}

/** Null: there is no way to seek. */
export function walkKey(table: Table): WalkKey | null {
  if (!table.withoutRowid) return table.rowidName === null ? null : { columns: [table.rowidName], unique: true, nocase: false };
  const columns = keyColumns(table);
  const [first] = table.primaryKey;
  // A key may be ordered by another collation than its column is compared by: a search by the column would scan the table then.
  const ordered = table.primaryKey.every(
    ({ name, collation }) => name !== null && foldName(columnOf(table, name)?.collation ?? '') === foldName(collation),
  );
  return first && ordered ? { columns, unique: columns.length === 1, nocase: foldName(first.collation) === 'nocase' } : null;
}

/** Longest virtual table whose name, with `_`, begins that of the shadow table. */
export function ownerOfShadow(shadow: string, virtualTables: readonly string[]): string | undefined {
  const owners = virtualTables.filter((name) => foldName(shadow).startsWith(`${foldName(name)}_`));
  return owners.sort((a, b) => b.length - a.length)[0];
}

export const columnOf = (table: Table, name: string): Column | undefined =>
  table.columns.find((column) => sameName(column.name, name));
