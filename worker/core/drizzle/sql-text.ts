/** sql`…` as text: what drizzle would write, without ever running it. */
import type { Expression, Node, TemplateLiteral } from '@babel/types';
import { identifier, textLiteral } from '../sql/quote.ts';
import { type Context, columnRef, EMPTY_SCOPE, expanded, packageFunction, type Scope, tableRef } from './context.ts';
import { bare, Refused, type SourceFile } from './source.ts';
import { constantValue } from './values.ts';

/** `qualified`: `"table"."column"`. `bare`: `"column"`, in indexes and generated columns. `none`: a default knows no columns. */
export type ColumnStyle = 'qualified' | 'bare' | 'none';

export interface SqlPlace {
  readonly context: Context;
  readonly file: SourceFile;
  readonly scope: Scope;
  readonly style: ColumnStyle;
}

const MAX_DEPTH = 30;
/** D1 takes no longer statement. */
const MAX_CHARS = 100_000;
const SUFFIXES: Readonly<Record<string, string>> = { asc: ' asc', desc: ' desc', isNull: ' is null', isNotNull: ' is not null' };

/** Whether an expression is SQL of drizzle: a tagged template, `sql.raw`, `desc(…)` and the like, or a constant that is one. */
export function isSqlExpression(place: SqlPlace, expression: Expression): boolean {
  const node = bare(expression);
  if (node.type === 'TaggedTemplateExpression') return true;
  if (node.type === 'Identifier') return isSqlConstant(place, node.name);
  if (node.type !== 'CallExpression') return false;
  const name = packageFunction(place.context, place.file, node.callee, place.scope);
  return (name !== null && Object.hasOwn(SUFFIXES, name)) || isHelper(place, node.callee) !== null;
}

function isSqlConstant(place: SqlPlace, name: string): boolean {
  if (place.scope.has(name)) return false;
  const found = expanded(place.context, place.file, name);
  return found !== null && bare(found.init).type === 'TaggedTemplateExpression';
}

/** `sql.raw`, `sql.identifier`, `sql.empty`. */
function isHelper(place: SqlPlace, callee: Node): string | null {
  if (callee.type !== 'MemberExpression' || callee.computed || callee.property.type !== 'Identifier') return null;
  return packageFunction(place.context, place.file, callee.object, place.scope) === 'sql' ? callee.property.name : null;
}

/** Throws `Refused` where it is no SQL, or one that is not all here. */
export function sqlText(place: SqlPlace, expression: Node, depth = 0): string {
  const text = textOf(place, expression, depth);
  if (text.length > MAX_CHARS) throw new Refused(place.file, expression, `the SQL has more than ${MAX_CHARS} characters`);
  return text;
}

function textOf(place: SqlPlace, expression: Node, depth: number): string {
  if (depth > MAX_DEPTH) throw new Refused(place.file, expression, 'SQL is nested too deeply');
  const node = bare(expression as Expression);
  switch (node.type) {
    case 'TaggedTemplateExpression':
      if (packageFunction(place.context, place.file, node.tag, place.scope) !== 'sql') break;
      return templateText(place, node.quasi, depth);
    case 'CallExpression':
      return callText(place, node, depth);
    case 'Identifier': {
      const found = place.scope.has(node.name) ? null : expanded(place.context, place.file, node.name);
      if (found && bare(found.init).type === 'TaggedTemplateExpression') {
        return sqlText({ ...place, file: found.file, scope: EMPTY_SCOPE }, found.init, depth + 1);
      }
      break;
    }
  }
  throw new Refused(place.file, node, 'this has to be written as sql`…`');
}

function templateText(place: SqlPlace, template: TemplateLiteral, depth: number): string {
  let text = '';
  for (const [n, { value }] of template.quasis.entries()) {
    if (value.cooked === null || value.cooked === undefined)
      throw new Refused(place.file, template, 'the text has a broken escape');
    text += value.cooked;
    const inside = template.expressions[n];
    if (inside) text += insertedText(place, inside as Node, depth + 1);
  }
  return text;
}

/** A column, a table, SQL, or a constant, which drizzle would bind and SQLite has to read as a literal. */
function insertedText(place: SqlPlace, node: Node, depth: number): string {
  const expression = bare(node as Expression);
  const column = columnRef(place.context, place.file, expression, place.scope);
  if (column) return columnText(place, expression, column.table.name, column.column.name);
  const table = tableRef(place.context, place.file, expression, place.scope);
  if (table) return identifier(table.name);
  if (isSqlExpression(place, expression)) return sqlText(place, expression, depth);
  const value = constantValue(place.file, expression, (file, name) => expanded(place.context, file, name));
  switch (typeof value) {
    case 'string':
      return textLiteral(value);
    case 'number':
    case 'boolean':
    case 'bigint':
      return String(value);
    default:
      if (value === null) return 'null';
      throw new Refused(place.file, expression, 'such a value has no SQL');
  }
}

function columnText(place: SqlPlace, node: Node, table: string, column: string): string {
  switch (place.style) {
    case 'qualified':
      return `${identifier(table)}.${identifier(column)}`;
    case 'bare':
      return identifier(column);
    case 'none':
      throw new Refused(place.file, node, 'a default cannot refer to a column');
  }
}

function callText(place: SqlPlace, node: Extract<Node, { type: 'CallExpression' }>, depth: number): string {
  const [first, ...more] = node.arguments;
  const helper = isHelper(place, node.callee);
  if (helper === 'empty' && !first) return '';
  if (first && more.length === 0) {
    const name = packageFunction(place.context, place.file, node.callee, place.scope) ?? '';
    if (Object.hasOwn(SUFFIXES, name)) return `${insertedText(place, first, depth + 1)}${SUFFIXES[name]}`;
    if (helper === 'raw' || helper === 'identifier') {
      const value = constantValue(place.file, first, (file, each) => expanded(place.context, file, each));
      if (typeof value === 'string') return helper === 'raw' ? value : identifier(value);
    }
  }
  throw new Refused(place.file, node, 'this has to be written as sql`…`');
}
