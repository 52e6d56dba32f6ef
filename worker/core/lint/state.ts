/** The schema as it is when a statement's turn comes: the script's own statements change it. */
import type { ColumnDef, SchemaDef, TableDef } from '../../protocol/schema.ts';
import { emptyTable } from '../schema/ddl/create-table.ts';
import { tableDef } from '../schema/ddl/table-def.ts';
import { sameName } from '../schema/names.ts';
import type { Statement } from './statement.ts';

export const tableNamed = (schema: SchemaDef, name: string): TableDef | undefined =>
  schema.tables.find((table) => sameName(table.name, name));
export const columnNamed = (table: TableDef | undefined, name: string): ColumnDef | undefined =>
  table?.columns.find((column) => sameName(column.name, name));

/** The last part of `main.users`. */
export const lastOf = (path: readonly string[]): string => path.at(-1) as string;

export function advance(schema: SchemaDef, { what }: Statement): SchemaDef {
  switch (what.kind) {
    case 'create':
      return created(schema, what.created);
    case 'create-as':
      return { ...schema, tables: [...schema.tables, tableDef(emptyTable(what.name), null)] };
    case 'drop':
      return dropped(schema, what.object, lastOf(what.path));
    case 'alter':
      return altered(schema, lastOf(what.path), what.action);
    case 'dml':
    case 'pragma':
    case 'command':
    case 'unread':
      return schema;
  }
}

type Create = Extract<Statement['what'], { kind: 'create' }>['created'];

/** IF NOT EXISTS of what exists changes nothing, and so does an error. */
function created(schema: SchemaDef, { kind, def }: Create): SchemaDef {
  const add = <T extends { name: string }>(list: readonly T[], item: T): T[] =>
    list.some(({ name }) => sameName(name, item.name)) ? [...list] : [...list, item];
  switch (kind) {
    case 'table':
      return { ...schema, tables: add(schema.tables, def) };
    case 'virtual-table':
      return { ...schema, virtualTables: add(schema.virtualTables, def) };
    case 'index':
      return { ...schema, indexes: add(schema.indexes, def) };
    case 'view':
      return { ...schema, views: add(schema.views, def) };
    case 'trigger':
      return { ...schema, triggers: add(schema.triggers, def) };
  }
}

function dropped(schema: SchemaDef, object: 'table' | 'index' | 'view' | 'trigger', name: string): SchemaDef {
  const without = <T extends { name: string }>(list: readonly T[]) => list.filter((item) => !sameName(item.name, name));
  const notOn = <T extends { table: string }>(list: readonly T[]) => list.filter((item) => !sameName(item.table, name));
  switch (object) {
    case 'table':
      return {
        ...schema,
        tables: without(schema.tables),
        virtualTables: without(schema.virtualTables),
        indexes: notOn(schema.indexes),
        triggers: notOn(schema.triggers),
      };
    case 'index':
      return { ...schema, indexes: without(schema.indexes) };
    case 'view':
      return { ...schema, views: without(schema.views) };
    case 'trigger':
      return { ...schema, triggers: without(schema.triggers) };
  }
}

type Action = Extract<Statement['what'], { kind: 'alter' }>['action'];

function altered(schema: SchemaDef, name: string, action: Action): SchemaDef {
  const change = (how: (table: TableDef) => TableDef): SchemaDef => ({
    ...schema,
    tables: schema.tables.map((table) => (sameName(table.name, name) ? how(table) : table)),
  });
  switch (action.kind) {
    case 'rename':
      return renamed(schema, name, action.to);
    case 'add': {
      const { columns, foreignKeys, checks } = tableDef(action.written, null);
      return change((table) => ({
        ...table,
        columns: [...table.columns, ...columns],
        foreignKeys: [...table.foreignKeys, ...foreignKeys],
        checks: [...table.checks, ...checks],
      }));
    }
    case 'drop':
      return change((table) => ({ ...table, columns: table.columns.filter((column) => !sameName(column.name, action.column)) }));
    case 'rename-column':
      return renamedColumn(schema, name, action.from, action.to);
    case 'refused':
      return schema;
  }
}

/** SQLite rewrites the foreign keys that point at the table, and what is on it. */
function renamed(schema: SchemaDef, from: string, to: string): SchemaDef {
  const now = (name: string) => (sameName(name, from) ? to : name);
  return {
    ...schema,
    tables: schema.tables.map((table) => ({
      ...table,
      name: now(table.name),
      foreignKeys: table.foreignKeys.map((key) => ({ ...key, table: now(key.table) })),
    })),
    virtualTables: schema.virtualTables.map((table) => ({ ...table, name: now(table.name) })),
    indexes: schema.indexes.map((index) => ({ ...index, table: now(index.table) })),
    triggers: schema.triggers.map((trigger) => ({ ...trigger, table: now(trigger.table) })),
  };
}

function renamedColumn(schema: SchemaDef, table: string, from: string, to: string): SchemaDef {
  const now = (name: string) => (sameName(name, from) ? to : name);
  const terms = <T extends { column: string | null }>(list: readonly T[]) =>
    list.map((term) => ({ ...term, column: term.column && now(term.column) }));
  return {
    ...schema,
    tables: schema.tables.map((each) => {
      const foreignKeys = each.foreignKeys.map((key) => ({
        ...key,
        columns: sameName(each.name, table) ? key.columns.map(now) : key.columns,
        references: sameName(key.table, table) ? key.references.map(now) : key.references,
      }));
      if (!sameName(each.name, table)) return { ...each, foreignKeys };
      return {
        ...each,
        foreignKeys,
        columns: each.columns.map((column) => ({ ...column, name: now(column.name) })),
        primaryKey: each.primaryKey && { ...each.primaryKey, columns: terms(each.primaryKey.columns) },
        uniques: each.uniques.map((unique) => ({ ...unique, columns: terms(unique.columns) })),
      };
    }),
    indexes: schema.indexes.map((index) => (sameName(index.table, table) ? { ...index, terms: terms(index.terms) } : index)),
  };
}
