/** The statements of each piece of work. */
import type { Table } from '../schema/model.ts';
import { identifier, textLiteral } from '../sql/quote.ts';
import { keyOf } from './doomed-sql.ts';
import type { Group, Reference } from './graph.ts';
import { openable } from './ring.ts';
import { removedOf, type Work } from './work.ts';

export interface Sql {
  readonly sql: string;
}

/** Where the keys of doomed rows are kept while they are removed. Ours: neither exported nor part of a basis. */
export const LIST = '_lk_doomed';

/** Without it RESTRICT acts at once, and a ring could not go in one batch. Ends with the batch. */
export const DEFER: Sql = { sql: 'PRAGMA defer_foreign_keys = ON' };

/** `n` counts the rows in the order in which they were listed: a slice is a stretch of it. */
export const makeList = ({ consequences: { doomed } }: Work): Sql[] => [
  { sql: `DROP TABLE IF EXISTS ${LIST}` },
  {
    sql: `CREATE TABLE ${LIST} (n INTEGER PRIMARY KEY, tab INTEGER NOT NULL, ${doomed.columns('k')}, UNIQUE (tab, ${doomed.columns('k')}))`,
  },
];
export const DROP_LIST: Sql = { sql: `DROP TABLE IF EXISTS ${LIST}` };

export const fillList = ({ consequences: { doomed } }: Work, group: Group): Sql => ({ sql: doomed.fill(group, LIST) });

/** Rows of one table in the list: after `after`, up to and with `upTo`. */
export interface Stretch {
  readonly after: number;
  readonly upTo: number;
}

/** Where the rows of this table begin in the list: groups are listed parents first, tables of a ring by their numbers. */
export function listStart(work: Work, table: Table): number {
  const { doomed } = work.consequences;
  const own = doomed.number(table);
  return doomed.dependents.filter((other) => doomed.number(other) < own).reduce((sum, other) => sum + removedOf(work, other), 0);
}

const keyText = (table: Table): string => {
  const key = keyOf(table).map(identifier);
  return key.length === 1 ? (key[0] as string) : `(${key.join(', ')})`;
};
const keysOfList = (table: Table): string =>
  keyOf(table)
    .map((_, at) => `k${at}`)
    .join(', ');

/** Rows of the table that stand in the list, as a condition. */
export function listedRows(work: Work, table: Table, stretch: Stretch | null): string {
  const number = work.consequences.doomed.number(table);
  const inside = stretch === null ? `tab = ${number}` : `n > ${stretch.after} AND n <= ${stretch.upTo} AND tab = ${number}`;
  return `${keyText(table)} IN (SELECT ${keysOfList(table)} FROM ${LIST} WHERE ${inside})`;
}

export const removeWhere = (table: Table, where: string | null): Sql => ({
  sql: `DELETE FROM ${identifier(table.name)}${where === null ? '' : ` WHERE ${where}`}`,
});

/** Unties at most so many rows. `where`: which rows go; null: all of the table. */
export function openRing(reference: Reference, where: string | null, rows: number | null): Sql | null {
  const opening = openable(reference);
  if (opening === null) return null;
  const { child } = reference;
  const key = keyOf(child).map(identifier);
  const tied = `${opening.tied}${where === null ? '' : ` AND ${where}`}`;
  const chosen = `SELECT ${key.map((column) => `c.${column}`).join(', ')} FROM ${identifier(child.name)} c WHERE ${tied}`;
  const limit = rows === null ? '' : ` LIMIT ${rows}`;
  return { sql: `UPDATE ${identifier(child.name)} SET ${opening.set} WHERE ${keyText(child)} IN (${chosen}${limit})` };
}

/** Rows of the ring that are still tied, as what follows FROM. */
export const tiedRows = (reference: Reference, where: string | null): string =>
  `${identifier(reference.child.name)} c WHERE ${openable(reference)?.tied ?? 'FALSE'}${where === null ? '' : ` AND ${where}`}`;

export const resetSequence = ({ target, params }: Work): Sql[] =>
  params.resetSequence && target.autoincrement
    ? [{ sql: `DELETE FROM sqlite_sequence WHERE name = ${textLiteral(target.name)}` }]
    : [];

/** Everything at once. `open`: untie the rings first. */
export function batchStatements(work: Work, open: boolean): Sql[] {
  const { consequences, target, params, rings } = work;
  const { doomed } = consequences;
  const dependents = params.dependents === 'clear' && doomed.dependents.some((table) => removedOf(work, table) > 0);
  const where = (table: Table) => (table === target ? null : listedRows(work, table, null));
  const untied = open ? rings.flatMap((reference) => openRing(reference, where(reference.child), null) ?? []) : [];
  return [
    DEFER,
    ...(dependents ? [...makeList(work), ...doomed.groups.map((group) => fillList(work, group))] : []),
    ...untied,
    ...(dependents ? removalOrder(work).map((table) => removeWhere(table, where(table))) : []),
    removeWhere(target, null),
    ...(dependents ? [DROP_LIST] : []),
    ...resetSequence(work),
  ];
}

/** Children first; the target comes last by itself. */
const removalOrder = (work: Work): Table[] =>
  [...work.consequences.doomed.groups]
    .reverse()
    .flatMap(({ tables }) => [...tables].reverse())
    .filter((table) => removedOf(work, table) > 0);
