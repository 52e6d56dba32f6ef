/**
 * One slice of a statement that copies a whole table: the next rows in the order of its key. Where the last slice ended stands in the
 * database itself, written by the batch that has copied it: no value has to be carried through JavaScript, which could not.
 */
import type { TableDef } from '../../../protocol/schema.ts';
import { type KeyColumn, orderBy, rangesBeyond } from '../../sql/keyset.ts';
import { identifier, textLiteral } from '../../sql/quote.ts';
import { isRowidAlias } from '../diff/items.ts';
import { sameName } from '../names.ts';
import { rowidName } from './projection.ts';

/** One row for each slice: how many rows it moved, and the key of the last one. The check has the name of the database's own refusal. */
export const SLICES = '_lk_slices';

/**
 * What tells the rows of a table apart, and in which order they are taken; null when nothing does. With the table before each name: a column
 * may be called like something of ours.
 */
export function pageKey(table: TableDef): KeyColumn[] | null {
  const own = (name: string) => `${identifier(table.name)}.${name}`;
  const plain = (name: string) => [{ sql: own(name), collation: null, descending: false }];
  const alias = table.columns.find((column) => isRowidAlias(column, table));
  if (alias) return plain(identifier(alias.name));
  if (!table.withoutRowid) {
    const rowid = rowidName(table);
    return rowid === null ? null : plain(rowid);
  }
  const terms = table.primaryKey?.columns ?? [];
  return terms.map(({ column, collation, descending }) => {
    const usual = table.columns.find(({ name }) => sameName(name, column ?? ''))?.collation ?? 'BINARY';
    const asColumn = collation === null || sameName(collation, usual);
    return { sql: own(identifier(column ?? '')), collation: asColumn ? null : collation, descending };
  });
}

/** As many columns as the longest of the keys has. */
export function slicesTable(keys: readonly (readonly KeyColumn[])[]): string {
  const columns = Array.from({ length: Math.max(1, ...keys.map((key) => key.length)) }, (_, n) => `k${n}`);
  const moved = 'moved INTEGER NOT NULL CONSTRAINT _lk_expect_count CHECK (moved >= 0)';
  return `CREATE TABLE ${SLICES} (tab TEXT NOT NULL, n INTEGER NOT NULL, ${moved}, ${columns.join(', ')}, PRIMARY KEY (tab, n)) WITHOUT ROWID`;
}

/**
 * Statements for one batch: slice `n` (from 0) of `sql`, an `INSERT … SELECT … FROM` this table without a WHERE, of at most `rows` rows. The
 * second counts what has come (S2) and remembers how far it is.
 */
export function sliceStatements(sql: string, table: TableDef, n: number, rows: number): string[] {
  const key = pageKey(table);
  if (key === null) throw new Error(`${table.name} has no key to page by`);
  const names = key.map(({ sql: column }) => column);
  const order = orderBy(key);
  const where = n === 0 ? '' : ` WHERE ${beyond(key, table.name, n - 1)}`;
  const cut = `${where} ORDER BY ${order} LIMIT ${Math.trunc(rows)}`;
  const keys = names.map((_, at) => `k${at}`);
  const chosen = `SELECT ${names.map((name, at) => `${name} AS k${at}`).join(', ')} FROM ${identifier(table.name)}${cut}`;
  const counted = `SELECT row_number() OVER () AS place, ${keys.join(', ')} FROM (${chosen})`;
  return [
    `${sql}${cut}`,
    `INSERT INTO ${SLICES} (tab, n, moved, ${keys.join(', ')}) SELECT ${textLiteral(table.name)}, ${n}, CASE WHEN place = changes() THEN place ELSE -1 END, ${keys.join(', ')} FROM (${counted}) ORDER BY place DESC LIMIT 1`,
  ];
}

/** How many rows slice `n` has moved: one row with one number. */
export const movedSql = (table: string, n: number): string =>
  `SELECT coalesce((SELECT moved FROM ${SLICES} WHERE tab = ${textLiteral(table)} AND n = ${n}), 0) AS c0`;

/**
 * True for the rows behind the end of slice `n`. The unary plus takes the affinity from the remembered value: with it SQLite would not use
 * the index. With mixed directions the first stretch finds the place by the index, and the rest is filtered.
 */
function beyond(key: readonly KeyColumn[], table: string, n: number): string {
  const values = key.map((_, at) => `+(SELECT k${at} FROM ${SLICES} WHERE tab = ${textLiteral(table)} AND n = ${n})`);
  const ranges = rangesBeyond(key, values);
  if (ranges.length === 1) return ranges[0] ?? 'TRUE';
  const [first] = key as [KeyColumn];
  const column = first.collation === null ? first.sql : `${first.sql} COLLATE ${identifier(first.collation)}`;
  return `${column}${first.descending ? '<=' : '>='}${values[0]} AND (${ranges.map((range) => `(${range})`).join(' OR ')})`;
}
