/** The whole of a schema from the rows of `sqlite_schema`: no pragma says it all (collations, checks, generated columns, triggers). */
import type { SchemaDef, TableDef } from '../../../protocol/schema.ts';
import type { SchemaEntry } from '../model.ts';
import { foldName, isLedger, isReserved, sameName } from '../names.ts';
import { type Created, parseCreate } from './create.ts';
import { sortedForeignKeys } from './table-def.ts';

/** S4: never proposed for change. */
const isOffLimits = (name: string): boolean => isReserved(name) || isLedger(name) || sameName(name, 'audit_logs');

const SHADOWS: { readonly [module: string]: readonly string[] } = {
  fts5: ['data', 'idx', 'content', 'docsize', 'config'],
  rtree: ['node', 'parent', 'rowid'],
  rtree_i32: ['node', 'parent', 'rowid'],
};

/**
 * `entries` in the order of creation, which the definitions keep. `shadow`: names of shadow tables, folded or not, where the database
 * itself said which they are; those of FTS5 and R*Tree are known without. What cannot be parsed is left out and named in `warnings`.
 */
export function schemaOf(
  entries: readonly SchemaEntry[],
  shadow: ReadonlySet<string> = new Set(),
): { schema: SchemaDef; warnings: string[] } {
  const schema: SchemaDef = { tables: [], virtualTables: [], indexes: [], views: [], triggers: [] };
  const warnings: string[] = [];
  const hidden = new Set([...shadow].map(foldName));
  const tables = new Map<string, TableDef>();
  const isUsers = ({ name, table, sql }: SchemaEntry) =>
    sql !== null && ![name, table].some((part) => isOffLimits(part) || hidden.has(foldName(part)));
  const read = (entry: SchemaEntry): Created | null => {
    const created = parseCreate(entry.sql as string, (name) => tables.get(foldName(name)));
    if (created.kind === 'problem')
      warnings.push(`${entry.type} ${entry.name} cannot be read (line ${created.line}): ${created.message}`);
    else warnings.push(...created.lost.map((what) => `${entry.type} ${entry.name}: ${what}`));
    return created.kind === 'problem' ? null : created;
  };
  for (const created of entries.filter(isVirtual).filter(isUsers).map(read)) {
    if (created?.kind !== 'virtual-table') continue;
    schema.virtualTables.push(created.def);
    for (const suffix of SHADOWS[created.def.module] ?? []) hidden.add(foldName(`${created.def.name}_${suffix}`));
  }
  // Tables before everything else: an index means columns of a table, which an altered database may list after it.
  for (const entry of entries.filter(({ type }) => type === 'table').filter((table) => !isVirtual(table) && isUsers(table))) {
    const created = read(entry);
    if (created?.kind === 'table') tables.set(foldName(entry.name), created.def);
  }
  schema.tables.push(...[...tables.values()].map((table) => withReferences(table, tables)));
  for (const entry of entries.filter(({ type }) => type !== 'table').filter(isUsers)) {
    const created = read(entry);
    if (created?.kind === 'index') schema.indexes.push(created.def);
    if (created?.kind === 'view') schema.views.push(created.def);
    if (created?.kind === 'trigger') schema.triggers.push({ ...created.def, table: entry.table });
  }
  return { schema, warnings };
}

const isVirtual = ({ type, sql }: SchemaEntry): boolean => type === 'table' && /^CREATE\s+VIRTUAL\s/i.test(sql ?? '');

/** Foreign keys with the parent's own spelling of its names, and its key where the text leaves it out. */
function withReferences(table: TableDef, tables: ReadonlyMap<string, TableDef>): TableDef {
  const foreignKeys = table.foreignKeys.map((key) => {
    const parent = tables.get(foldName(key.table));
    if (!parent) return key;
    const named = key.references.length > 0 ? key.references : keyColumns(parent);
    const references = named.length === key.columns.length ? named.map((name) => declaredIn(parent, name)) : key.references;
    return { ...key, table: parent.name, references };
  });
  // Spelled out, they may sort differently.
  return { ...table, foreignKeys: sortedForeignKeys(foreignKeys, table.columns) };
}

const keyColumns = ({ primaryKey }: TableDef): string[] => (primaryKey?.columns ?? []).flatMap(({ column }) => column ?? []);
const declaredIn = ({ columns }: TableDef, name: string): string =>
  columns.find((column) => sameName(column.name, name))?.name ?? name;
