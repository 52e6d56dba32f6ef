/**
 * A model under new names. In a table's own expressions every name is a column of that table, so that this is exact; in views and
 * triggers, where SQLite itself rewrites the text, it is as near as words can come.
 */
import type { IndexTerm, Rename, SchemaDef, TableDef, TriggerDef, ViewDef } from '../../../protocol/schema.ts';
import { identifier } from '../../sql/quote.ts';
import { meaningful, textOf, unquoted } from '../../sql/tokens.ts';
import { normalExpression, parseCreate } from '../ddl/index.ts';
import { foldName } from '../names.ts';

type Names = ReadonlyMap<string, string>;
const NONE: Names = new Map();

/** Folded old name to new name: of tables, and by folded old table name of its columns. */
export interface NameMap {
  readonly tables: Names;
  readonly columns: ReadonlyMap<string, Names>;
}

/** A column's table may be called by its old name or by its new one. */
export function nameMap(renames: readonly Rename[]): NameMap {
  const tables = new Map<string, string>();
  for (const rename of renames) if (rename.kind === 'table') tables.set(foldName(rename.from), rename.to);
  const oldNames = new Map([...tables].map(([from, to]) => [foldName(to), from]));
  const columns = new Map<string, Map<string, string>>();
  for (const { kind, table, from, to } of renames) {
    if (kind !== 'column') continue;
    const fold = foldName(table);
    const old = tables.has(fold) ? fold : (oldNames.get(fold) ?? fold);
    const own = columns.get(old) ?? new Map<string, string>();
    columns.set(old, own.set(foldName(from), to));
  }
  return { tables, columns };
}

/** The way back. */
export function invertRenames(renames: readonly Rename[]): Rename[] {
  const map = nameMap(renames);
  const back: Rename[] = [];
  for (const rename of renames) {
    if (rename.kind === 'table') back.push({ kind: 'table', table: rename.to, from: rename.to, to: rename.from });
    else back.push({ ...rename, table: map.tables.get(foldName(rename.table)) ?? rename.table, from: rename.to, to: rename.from });
  }
  return back;
}

/** Replaces names, but not where they call a function or stand in a string. */
function renamed(text: string, names: Names): string {
  if (names.size === 0) return text;
  const tokens = [...meaningful(text)];
  let result = '';
  let at = 0;
  tokens.forEach((token, n) => {
    if (token.kind !== 'word' && token.kind !== 'quoted') return;
    const next = tokens[n + 1];
    if (token.kind === 'word' && next && text[next.start] === '(') return;
    const to = names.get(foldName(unquoted(textOf(text, token))));
    if (to === undefined) return;
    result += text.slice(at, token.start) + identifier(foldName(to));
    at = token.end;
  });
  return result + text.slice(at);
}

const expression = (text: string, names: Names): string => {
  const result = renamed(text, names);
  return result === text ? text : normalExpression(result);
};

export function renameSchema(schema: SchemaDef, renames: readonly Rename[]): SchemaDef {
  if (renames.length === 0) return schema;
  const map = nameMap(renames);
  const tableName = (name: string) => map.tables.get(foldName(name)) ?? name;
  const everything = new Map([...map.tables, ...[...map.columns.values()].flatMap((names) => [...names])]);
  const names = (table: string) => map.columns.get(foldName(table)) ?? NONE;
  const touched = (text: string) => [...meaningful(text)].some((token) => everything.has(foldName(unquoted(textOf(text, token)))));
  return {
    tables: schema.tables.map((table) => renameTable(table, map)),
    virtualTables: schema.virtualTables,
    indexes: schema.indexes.map((index) =>
      map.tables.has(foldName(index.table)) || map.columns.has(foldName(index.table))
        ? {
            ...index,
            table: tableName(index.table),
            terms: index.terms.map((term) => renameTerm(term, names(index.table))),
            where: index.where === null ? null : expression(index.where, names(index.table)),
            sql: null,
          }
        : index,
    ),
    views: schema.views.map((view) => (touched(view.select) ? renamedView(view, everything) : view)),
    triggers: schema.triggers.map((trigger) =>
      map.tables.has(foldName(trigger.table)) || touched(trigger.body)
        ? { ...renamedTrigger(trigger, everything), table: tableName(trigger.table) }
        : trigger,
    ),
  };
}

/** Through the parser again, so that quoting is that of the normal form. */
function renamedView(view: ViewDef, names: Names): ViewDef {
  const select = renamed(view.select, names);
  const parsed = parseCreate(`CREATE VIEW ${identifier(view.name)} AS ${select}`);
  return { ...view, select: parsed.kind === 'view' ? parsed.def.select : select, sql: null };
}
function renamedTrigger(trigger: TriggerDef, names: Names): TriggerDef {
  const body = renamed(trigger.body, names);
  const parsed = parseCreate(`CREATE TRIGGER ${identifier(trigger.name)} ${body}`);
  return { ...trigger, body: parsed.kind === 'trigger' ? parsed.def.body : body, sql: null };
}

const renameTerm = (term: IndexTerm, names: Names): IndexTerm => ({
  ...term,
  column: term.column === null ? null : (names.get(foldName(term.column)) ?? term.column),
  expression: term.expression === null ? null : expression(term.expression, names),
});

export function renameTable(table: TableDef, { tables, columns }: NameMap): TableDef {
  const own = columns.get(foldName(table.name)) ?? NONE;
  const concerned = (name: string) => tables.has(foldName(name)) || columns.has(foldName(name));
  if (!concerned(table.name) && !table.foreignKeys.some((key) => concerned(key.table))) return table;
  const named = (name: string, names: Names) => names.get(foldName(name)) ?? name;
  return {
    ...table,
    name: tables.get(foldName(table.name)) ?? table.name,
    columns: table.columns.map((column) => ({
      ...column,
      name: named(column.name, own),
      generated: column.generated && { ...column.generated, expression: expression(column.generated.expression, own) },
    })),
    primaryKey: table.primaryKey && { ...table.primaryKey, columns: table.primaryKey.columns.map((term) => renameTerm(term, own)) },
    uniques: table.uniques.map((def) => ({ ...def, columns: def.columns.map((term) => renameTerm(term, own)) })),
    checks: table.checks.map((check) => ({ ...check, expression: expression(check.expression, own) })),
    foreignKeys: table.foreignKeys.map((key) => ({
      ...key,
      columns: key.columns.map((name) => named(name, own)),
      table: named(key.table, tables),
      references: key.references.map((name) => named(name, columns.get(foldName(key.table)) ?? NONE)),
    })),
    sql: null,
  };
}
