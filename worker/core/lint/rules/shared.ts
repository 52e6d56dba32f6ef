/** What several rules ask of a statement. */
import type { SchemaDef, TableDef } from '../../../protocol/schema.ts';
import type { Dml, Expr, Select, Source } from '../../schema/ddl/ast.ts';
import { walkDml, walkExpr, walkSelect } from '../../schema/ddl/walk.ts';
import { foldName, sameName } from '../../schema/names.ts';
import type { Context } from '../rule.ts';
import { lastOf } from '../state.ts';
import type { Statement } from '../statement.ts';

/** What the statement does to rows; null for DDL and for EXPLAIN, which does nothing. */
export function dmlOf({ what }: Statement): Dml | null {
  return what.kind === 'dml' && !what.explained ? what.dml : null;
}

/** No condition, or one that holds for every row. */
export const meansAll = (where: Expr | null): boolean =>
  where === null || (where.kind === 'literal' && (where.text === 'TRUE' || where.text === '1'));

export interface Found {
  readonly expressions: readonly Expr[];
  readonly selects: readonly Select[];
  readonly sources: readonly Source[];
}

/** The statements inside a view or trigger. */
export const treesIn = ({ what }: Statement): readonly Dml[] =>
  what.kind === 'create' && (what.created.kind === 'view' || what.created.kind === 'trigger') ? what.created.trees : [];

const searched = new WeakMap<Statement, Found>();

/** Everything in a statement's trees, each once. Most rules ask, so the answer is kept. */
export function everythingIn(statement: Statement): Found {
  const found = searched.get(statement) ?? search(statement);
  searched.set(statement, found);
  return found;
}

function search(statement: Statement): Found {
  const { what } = statement;
  const found = { expressions: [] as Expr[], selects: [] as Select[], sources: [] as Source[] };
  const visitor = {
    expression: (expression: Expr) => void found.expressions.push(expression),
    select: (select: Select) => void found.selects.push(select),
    source: (source: Source) => void found.sources.push(source),
  };
  if (what.kind === 'dml') walkDml(what.dml, visitor);
  for (const tree of treesIn(statement)) walkDml(tree, visitor);
  if (what.kind === 'create-as') walkSelect(what.select, visitor);
  const written =
    what.kind === 'create' ? what.written : what.kind === 'alter' && what.action.kind === 'add' ? what.action.written : null;
  for (const { expression } of written?.checks ?? []) walkExpr(expression, visitor);
  for (const column of written?.columns ?? []) {
    if (column.default) walkExpr(column.default, visitor);
    if (column.generated) walkExpr(column.generated.expression, visitor);
  }
  return found;
}

const renames = new WeakMap<readonly Statement[], { n: number; from: string; to: string }[]>();

/** The tables that a script renames, in order. Asked for each CREATE TABLE of scripts with thousands: looked for once. */
function renamesIn(statements: readonly Statement[]) {
  const known = renames.get(statements);
  if (known) return known;
  const found = statements.flatMap(({ n, what }) =>
    what.kind === 'alter' && what.action.kind === 'rename' ? [{ n, from: lastOf(what.path), to: what.action.to }] : [],
  );
  renames.set(statements, found);
  return found;
}

/** Of a shaped table: the foreign keys that the statement itself brings. */
export function keysBrought({ statement: { what } }: Context, table: TableDef): TableDef['foreignKeys'] {
  const column = what.kind === 'alter' && what.action.kind === 'add' ? what.action.written.columns[0]?.name : undefined;
  return table.foreignKeys.filter(({ columns }) => column === undefined || columns.some((name) => sameName(name, column)));
}

/** The table that a statement makes or alters, as it is when the script is through; null when it makes none, or it is gone by then. */
export function shapedTable({ statement: { what }, statements, final, statement }: Context): TableDef | null {
  let name: string | null = null;
  if (what.kind === 'create' && what.created.kind === 'table') name = what.created.def.name;
  if (what.kind === 'alter' && what.action.kind === 'add') name = lastOf(what.path);
  if (name === null) return null;
  for (const { n, from, to } of renamesIn(statements)) if (n > statement.n && sameName(from, name)) name = to;
  return final.tables.find((table) => sameName(table.name, name)) ?? null;
}

/** Foreign keys of other tables that point at this one. */
export const referencesTo = (schema: SchemaDef, table: string) =>
  schema.tables
    .filter(({ name }) => !sameName(name, table))
    .flatMap(({ name, foreignKeys }) =>
      foreignKeys.filter((key) => sameName(key.table, table)).map((key) => ({ ...key, child: name })),
    );

export const count = (rows: number): string => rows.toLocaleString('en-US');

/** Whether an index, the key or a UNIQUE begins with these columns, in any order. */
export function hasIndexOn(schema: SchemaDef, table: TableDef, columns: readonly string[]): boolean {
  const wanted = new Set(columns.map(foldName));
  const lists = [
    ...(table.primaryKey ? [table.primaryKey.columns] : []),
    ...table.uniques.map((unique) => unique.columns),
    ...schema.indexes.filter((index) => sameName(index.table, table.name) && index.where === null).map((index) => index.terms),
  ];
  return lists.some((terms) => {
    const leading = terms.slice(0, wanted.size).map(({ column }) => (column === null ? '' : foldName(column)));
    return leading.length === wanted.size && leading.every((column) => wanted.has(column));
  });
}
