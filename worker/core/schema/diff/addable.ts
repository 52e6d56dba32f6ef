/** What `ALTER TABLE … ADD COLUMN` can do on a table that has rows. */
import type { CheckDef, ColumnDef, ForeignKeyDef, TableDef } from '../../../protocol/schema.ts';
import { mentions } from '../create-text.ts';
import { foldName, sameName } from '../names.ts';
import { termName } from './items.ts';

const CONSTANT =
  /^(?:[+-]?\s*(?:\d[\w.]*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|'(?:[^']|'')*'|[xX]'[0-9a-fA-F]*'|NULL|TRUE|FALSE)$/i;

/** A literal: anything else is computed for each row, which ALTER refuses when there are rows. */
export const isConstant = (value: string): boolean => CONSTANT.test(value);

const isNull = (value: string | null): boolean => value === null || value.toUpperCase() === 'NULL';

/** Why ALTER cannot add this column; null when it can. `empty`: the table has no rows. */
export function whyNotAddable(column: ColumnDef, table: TableDef, empty = false): string | null {
  if (table.primaryKey?.columns.some((term) => sameName(termName(term), column.name))) return 'it is part of the primary key';
  if (column.generated) return column.generated.kind === 'stored' ? 'a stored generated column cannot be added' : null;
  if (empty) return null;
  if (column.notNull && isNull(column.default)) return 'it is NOT NULL without a default';
  if (column.default !== null && !isConstant(column.default)) return 'its default is computed';
  return null;
}

/** Whether the key can come along with the new column: one column, which starts as NULL. */
export const isAddableKey = (key: ForeignKeyDef, column: ColumnDef, empty = false): boolean =>
  key.columns.length === 1 && sameName(key.columns[0] ?? '', column.name) && (empty || isNull(column.default));

/** Whether the check can stand in the new column's own definition. Any check may stand there; SQLite tests it on the rows. */
export const isAddableCheck = (check: CheckDef, added: readonly ColumnDef[]): boolean =>
  added.some(({ name }) => mentions(check.expression, name));

/** Why ALTER cannot drop this column; null when it can. What is in `to` only counts, as the rest is gone before. */
export function whyNotDroppable(column: ColumnDef, from: TableDef): string | null {
  const is = (name: string) => foldName(name) === foldName(column.name);
  if (from.primaryKey?.columns.some((term) => is(termName(term)))) return 'it is part of the primary key';
  if (from.uniques.some(({ columns }) => columns.some((term) => is(termName(term))))) return 'it is in a UNIQUE constraint';
  if (from.checks.some(({ expression }) => mentions(expression, column.name))) return 'a CHECK mentions it';
  if (from.foreignKeys.some(({ columns }) => columns.some(is))) return 'it is part of a foreign key';
  if (from.columns.some(({ generated }) => generated && mentions(generated.expression, column.name)))
    return 'a generated column is made from it';
  if (from.columns.length === 1) return 'it is the only column';
  return null;
}
