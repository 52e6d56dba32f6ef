/** What a written table means, in normal form: implicit NOT NULLs said, keys by column, names as declared, order where it matters. */

import type {
  CheckDef,
  ColumnDef,
  ForeignKeyDef,
  IndexTerm,
  PrimaryKeyDef,
  TableDef,
  UniqueDef,
} from '../../../protocol/schema.ts';
import { affinityOf } from '../model.ts';
import { foldName, sameName } from '../names.ts';
import type { WrittenColumn, WrittenForeignKey, WrittenKey, WrittenTable } from './create-table.ts';
import { normalDefault } from './normal.ts';
import { indexTerm } from './terms.ts';
import { type Scope, UNKNOWN_SCOPE, writeExpr } from './write-expression.ts';

export function tableDef(written: WrittenTable, sql: string | null): TableDef {
  const scope: Scope = {
    columns: new Set(written.columns.map(({ name }) => foldName(name))),
    ownTable: foldName(written.name),
    quoteColumns: false,
  };
  const place = new Map(written.columns.map(({ name }, n) => [foldName(name), n]));
  const declared = (name: string): string => written.columns[place.get(foldName(name)) ?? -1]?.name ?? name;
  const collations = new Map(written.columns.map(({ name, collation }) => [foldName(name), collation ?? 'BINARY']));
  const terms = ({ terms: list }: WrittenKey) => list.map((term) => indexTerm(term, scope, declared, collations));
  const primaryKey = written.primaryKey && primaryKeyDef(written.primaryKey, terms(written.primaryKey), written);
  const columns = written.columns.map((column) => columnDef(column, written, primaryKey, scope));
  return {
    name: written.name,
    strict: written.strict,
    withoutRowid: written.withoutRowid,
    columns,
    primaryKey,
    uniques: sorted(
      uniqueDefs(written, terms, primaryKey),
      ({ columns: terms, ...rest }) =>
        byPlace(
          terms.map(({ column }) => column),
          columns,
        ) + foldName(JSON.stringify([terms, rest])),
    ),
    checks: sorted(checkDefs(written, scope), ({ expression, name }) => `${expression}\n${name ?? ''}`),
    foreignKeys: sortedForeignKeys(
      written.foreignKeys.map((key) => foreignKeyDef(key, declared)),
      written.columns,
    ),
    sql,
  };
}

/** Their order means nothing to SQLite: one order, so that equal tables are equal values. */
export function sorted<T>(items: readonly T[], keyOf: (item: T) => string): T[] {
  const keyed = items.map((item) => ({ item, key: keyOf(item) }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key))).map(({ item }) => item);
}

/** Where they stand in the table, as text that sorts. */
function byPlace(names: readonly (string | null)[], columns: readonly { readonly name: string }[]): string {
  const places = names.map((name) => columns.findIndex((column) => name !== null && foldName(column.name) === foldName(name)));
  return places.map((place) => String(place < 0 ? 9999 : place).padStart(4, '0')).join();
}

/** By their columns' places in the table, then by what they say. */
export const sortedForeignKeys = (keys: readonly ForeignKeyDef[], columns: readonly { readonly name: string }[]): ForeignKeyDef[] =>
  sorted(keys, (key) => byPlace(key.columns, columns) + foldName(JSON.stringify(key)));

/** Whether the key is the rowid itself: `INTEGER PRIMARY KEY` in a table that has rowids, and not DESC. */
export function isRowid(
  key: PrimaryKeyDef | null,
  columns: readonly Pick<ColumnDef, 'name' | 'type'>[],
  { withoutRowid }: { readonly withoutRowid: boolean },
): boolean {
  const [only, more] = key?.columns ?? [];
  if (!only || more || withoutRowid || only.descending) return false;
  return columns.some(({ name, type }) => type === 'INTEGER' && only.column !== null && foldName(name) === foldName(only.column));
}

function columnDef(column: WrittenColumn, table: WrittenTable, key: PrimaryKeyDef | null, scope: Scope): ColumnDef {
  const inKey = key?.columns.some((term) => term.column === column.name) ?? false;
  // A rowid is never NULL, whether that is written or not. In STRICT and WITHOUT ROWID tables no part of a key can be.
  const neverNull = inKey && (table.strict || table.withoutRowid || isRowid(key, [column], table));
  return {
    name: column.name,
    type: column.type,
    affinity: affinityOf(column.type, table.strict),
    notNull: column.notNull || neverNull,
    default: column.default && normalDefault(column.default),
    collation: column.collation ?? 'BINARY',
    generated: column.generated && { expression: writeExpr(column.generated.expression, scope), kind: column.generated.kind },
  };
}

function primaryKeyDef(written: WrittenKey, terms: IndexTerm[], table: WrittenTable): PrimaryKeyDef {
  const { name, autoincrement, onConflict } = written;
  return { name, columns: keyTerms(terms, table), autoincrement, onConflict };
}

/** A key of one INTEGER column, which SQLite takes for the rowid until it learns better; not with DESC beside the column. */
function isSoleInteger({ primaryKey, columns }: WrittenTable): boolean {
  const [only, more] = primaryKey?.terms ?? [];
  if (!primaryKey || !only || more || (primaryKey.inColumn && only.descending)) return false;
  const { column } = indexTerm(only, UNKNOWN_SCOPE, (name) => name, null);
  return columns.some(({ name, type }) => type === 'INTEGER' && column !== null && sameName(name, column));
}

/** Such a key loses its COLLATE, and its DESC where it does become the rowid. */
function keyTerms(terms: IndexTerm[], table: WrittenTable): IndexTerm[] {
  const [only] = terms;
  if (!only || !isSoleInteger(table)) return withoutRepeats(terms, table);
  return [{ ...only, collation: null, descending: only.descending && table.withoutRowid }];
}

/** WITHOUT ROWID: a column that comes again in the key is left out of it. */
function withoutRepeats(terms: IndexTerm[], table: WrittenTable): IndexTerm[] {
  if (!table.withoutRowid) return terms;
  const seen = new Set<string>();
  return terms.filter(({ column, collation }) => {
    const key = `${column === null ? '' : foldName(column)} ${collation ?? ''}`;
    return !seen.has(key) && seen.add(key);
  });
}

/** What SQLite goes by to see that two constraints want the same index: direction does not count. */
const indexKey = (terms: readonly IndexTerm[]): string =>
  JSON.stringify(terms.map(({ column, collation }) => [column && foldName(column), collation]));

/**
 * SQLite makes one index of constraints that say the same, the first of them; the primary key is no exception, and the index is its
 * own then. Only the rowid needs none.
 */
function mergeKeys(uniques: readonly UniqueDef[], key: PrimaryKeyDef | null, uniquesBeforeKey: number): UniqueDef[] {
  const merged: { def: UniqueDef; isKey: boolean }[] = [];
  const all = uniques.map((def) => ({ def, isKey: false }));
  if (key) all.splice(uniquesBeforeKey, 0, { def: key, isKey: true });
  for (const next of all) {
    const first = merged.find(({ def }) => indexKey(def.columns) === indexKey(next.def.columns));
    if (!first) merged.push(next);
    else {
      if (first.def.onConflict === 'ABORT') first.def.onConflict = next.def.onConflict;
      first.isKey ||= next.isKey;
    }
  }
  const [made] = merged.filter(({ isKey }) => isKey);
  if (key && made) Object.assign(key, { columns: made.def.columns, onConflict: made.def.onConflict });
  return merged.filter(({ isKey }) => !isKey).map(({ def }) => def);
}

function uniqueDefs(table: WrittenTable, termsOf: (key: WrittenKey) => IndexTerm[], key: PrimaryKeyDef | null): UniqueDef[] {
  const uniques = table.uniques.map((unique) => ({ name: unique.name, columns: termsOf(unique), onConflict: unique.onConflict }));
  if (isRowid(key, table.columns, table)) return mergeKeys(uniques, null, 0);
  // A sole INTEGER key becomes an index at the end, when it turns out that there are no rowids for it to be.
  return mergeKeys(uniques, key, isSoleInteger(table) ? uniques.length : table.uniquesBeforeKey);
}

function checkDefs(table: WrittenTable, scope: Scope): CheckDef[] {
  const found = table.checks.map(({ name, expression }) => ({ name, expression: writeExpr(expression, scope) }));
  const seen = new Set<string>();
  return found.filter((check) => !seen.has(JSON.stringify(check)) && seen.add(JSON.stringify(check)));
}

function foreignKeyDef(key: WrittenForeignKey, declared: (name: string) => string): ForeignKeyDef {
  return {
    name: key.name,
    columns: key.columns.map(declared),
    table: key.table,
    references: [...key.references],
    onUpdate: key.onUpdate as ForeignKeyDef['onUpdate'],
    onDelete: key.onDelete as ForeignKeyDef['onDelete'],
    deferred: key.deferred,
  };
}
