/** Puts the rows of the introspection queries together. Which queries: `worker/database/introspect.ts`. */
import { declaredCollations, declaresAutoincrement, virtualTable } from './create-text.ts';
import {
  affinityOf,
  type Column,
  type ForeignKey,
  type Index,
  type IndexColumn,
  type SchemaEntry,
  type SchemaModel,
  type Table,
  type TableKind,
} from './model.ts';
import { foldName, isReserved } from './names.ts';

/** Rows as SQLite's pragmas give them, each with the table that it is about. */
export interface RawSchema {
  readonly entries: readonly SchemaEntry[];
  readonly tables: readonly { name: string; type: string; withoutRowid: boolean; strict: boolean }[];
  readonly columns: readonly {
    table: string;
    name: string;
    type: string;
    notNull: boolean;
    default: string | null;
    pk: number;
    hidden: number;
  }[];
  readonly indexes: readonly { table: string; name: string; unique: boolean; origin: string; partial: boolean }[];
  readonly indexColumns: readonly { index: string; name: string | null; descending: boolean; collation: string }[];
  readonly foreignKeys: readonly {
    table: string;
    id: number;
    parent: string;
    from: string;
    to: string | null;
    onUpdate: string;
    onDelete: string;
  }[];
}

export function buildModel(raw: RawSchema): SchemaModel {
  const grouped = {
    facts: groupBy(raw.tables, ({ name }) => foldName(name)),
    columns: groupBy(raw.columns, ({ table }) => table),
    indexes: groupBy(raw.indexes, ({ table }) => table),
    indexColumns: groupBy(raw.indexColumns, ({ index }) => index),
    foreignKeys: groupBy(raw.foreignKeys, ({ table }) => table),
    sqlOf: new Map(raw.entries.filter(({ type }) => type === 'index').map(({ name, sql }) => [name, sql])),
  };
  const ofType = (type: string) => raw.entries.filter((entry) => entry.type === type);
  return {
    tables: ofType('table').map((entry) => tableOf(entry, grouped)),
    views: ofType('view').map(({ name, sql }) => ({ name, sql: sql ?? '' })),
    triggers: ofType('trigger').map(({ name, table, sql }) => ({ name, table, sql: sql ?? '' })),
    entries: raw.entries,
  };
}

interface Grouped {
  readonly facts: Map<string, RawSchema['tables'][number][]>;
  readonly columns: Map<string, RawSchema['columns'][number][]>;
  readonly indexes: Map<string, RawSchema['indexes'][number][]>;
  readonly indexColumns: Map<string, RawSchema['indexColumns'][number][]>;
  readonly foreignKeys: Map<string, RawSchema['foreignKeys'][number][]>;
  readonly sqlOf: Map<string, string | null>;
}

function tableOf(entry: SchemaEntry, grouped: Grouped): Table {
  const { name } = entry;
  const sql = entry.sql ?? '';
  const facts = grouped.facts.get(foldName(name))?.[0];
  const kind = kindOf(name, facts?.type ?? 'table');
  const strict = facts?.strict ?? false;
  const withoutRowid = facts?.withoutRowid ?? false;
  const columns = columnsOf(sql, grouped.columns.get(name) ?? [], strict, kind);
  const indexes = (grouped.indexes.get(name) ?? []).map((index) => indexOf(index, grouped));
  const integerKey = integerKeyOf(columns, indexes, withoutRowid || kind === 'virtual');
  return {
    name,
    kind,
    module: kind === 'virtual' ? virtualTable(sql).module : null,
    sql,
    columns,
    strict,
    withoutRowid,
    autoincrement: integerKey !== null && declaresAutoincrement(sql),
    rowidName: withoutRowid ? null : (integerKey ?? freeRowidName(columns)),
    integerKey,
    primaryKey: indexes.find(({ origin }) => origin === 'primary-key')?.columns ?? [],
    foreignKeys: foreignKeysOf(grouped.foreignKeys.get(name) ?? []),
    indexes,
  };
}

function kindOf(name: string, type: string): TableKind {
  if (isReserved(name)) return 'internal';
  if (type === 'virtual') return 'virtual';
  return type === 'shadow' ? 'shadow' : 'table';
}

function columnsOf(sql: string, raw: readonly RawSchema['columns'][number][], strict: boolean, kind: TableKind): Column[] {
  const collations = kind === 'virtual' ? new Map<string, string>() : declaredCollations(sql);
  return raw.map((column) => ({
    name: column.name,
    declaredType: column.type,
    // A virtual table keeps what it is given, whatever it declares.
    affinity: kind === 'virtual' ? 'blob' : affinityOf(column.type, strict),
    notNull: column.notNull,
    default: column.default,
    pk: column.pk,
    generated: (['no', 'hidden', 'virtual', 'stored'] as const)[column.hidden] ?? 'no',
    collation: collations.get(foldName(column.name)) ?? 'BINARY',
  }));
}

const ORIGINS: { readonly [letter: string]: Index['origin'] } = { c: 'create', u: 'unique', pk: 'primary-key' };

function indexOf(raw: RawSchema['indexes'][number], grouped: Grouped): Index {
  const columns: IndexColumn[] = (grouped.indexColumns.get(raw.name) ?? []).map(({ name, collation, descending }) => ({
    name,
    collation,
    descending,
  }));
  return {
    name: raw.name,
    sql: grouped.sqlOf.get(raw.name) ?? null,
    unique: raw.unique,
    origin: ORIGINS[raw.origin] ?? 'create',
    partial: raw.partial,
    columns,
  };
}

/** Only a sole INTEGER PRIMARY KEY is the rowid; `INTEGER PRIMARY KEY DESC` is not, and has an index of its own. */
function integerKeyOf(columns: readonly Column[], indexes: readonly Index[], impossible: boolean): string | null {
  const [first, second] = columns.filter(({ pk }) => pk > 0);
  if (impossible || !first || second || foldName(first.declaredType) !== 'integer') return null;
  return indexes.some(({ origin }) => origin === 'primary-key') ? null : first.name;
}

function freeRowidName(columns: readonly Column[]): string | null {
  const taken = new Set(columns.map(({ name }) => foldName(name)));
  return ['rowid', '_rowid_', 'oid'].find((name) => !taken.has(name)) ?? null;
}

function foreignKeysOf(raw: readonly RawSchema['foreignKeys'][number][]): ForeignKey[] {
  return [...groupBy(raw, ({ id }) => id).values()].map((parts) => {
    const [{ parent, onUpdate, onDelete }] = parts as [RawSchema['foreignKeys'][number]];
    return { columns: parts.map(({ from }) => from), table: parent, references: parts.map(({ to }) => to), onUpdate, onDelete };
  });
}

function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
