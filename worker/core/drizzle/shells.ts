/** The first look at a table: its name and the names of its columns, which is all that references to it need. */
import type { CallExpression, Expression, Node, ObjectExpression } from '@babel/types';
import {
  answerOf,
  type Context,
  EMPTY_SCOPE,
  expanded,
  packageFunction,
  type Scope,
  type ShellColumn,
  type TableShell,
} from './context.ts';
import { cased } from './model.ts';
import type { Declared } from './modules.ts';
import { bare, chainOf, keyOf, Refused, type SourceFile } from './source.ts';
import { constantValue } from './values.ts';

const MAX_COLUMNS = 2_000;
const MAX_GROUP_DEPTH = 20;

/** `sqliteTable(…)` or a call of a table creator; null when the constant is something else. */
export function tableCallOf(
  context: Context,
  declared: Declared,
): { call: CallExpression; name: (given: string) => string } | null {
  const call = bare(declared.init);
  if (call.type !== 'CallExpression') return null;
  const name = packageFunction(context, declared.file, call.callee, EMPTY_SCOPE);
  if (name === 'sqliteTable') return { call, name: (given) => given };
  if (name !== null || call.callee.type !== 'Identifier') return null;
  const creator = expanded(context, declared.file, call.callee.name);
  const rename = creator ? creatorOf(context, creator) : null;
  return rename ? { call, name: rename } : null;
}

/** `sqliteTableCreator((name) => `shop_${name}`)`. */
export function creatorOf(context: Context, declared: Declared): ((name: string) => string) | null {
  const call = bare(declared.init);
  if (call.type !== 'CallExpression') return null;
  if (packageFunction(context, declared.file, call.callee, EMPTY_SCOPE) !== 'sqliteTableCreator') return null;
  const callback = call.arguments[0];
  const answer = answerOf(callback);
  const parameter = callback?.type === 'ArrowFunctionExpression' ? callback.params[0] : undefined;
  if (answer?.type !== 'TemplateLiteral' || parameter?.type !== 'Identifier') {
    throw new Refused(declared.file, call, 'a table creator has to answer a template with the name in it');
  }
  for (const each of answer.expressions) {
    if (each.type !== 'Identifier' || each.name !== parameter.name)
      throw new Refused(declared.file, each, 'only the name can stand here');
  }
  return (name) => answer.quasis.map(({ value }) => value.cooked ?? '').join(name);
}

/** Columns may be an object, or a function from the builders to one. */
export function columnsObject(file: SourceFile, node: Node | undefined): { object: ObjectExpression; scope: Scope } {
  const plain = node ? bare(node as Expression) : undefined;
  if (plain?.type === 'ObjectExpression') return { object: plain, scope: EMPTY_SCOPE };
  const answer = answerOf(plain);
  if (answer?.type !== 'ObjectExpression') throw new Refused(file, node ?? 0, 'the columns have to be written out as an object');
  return { object: answer, scope: buildersScope(file, plain as Extract<Node, { type: 'ArrowFunctionExpression' }>) };
}

function buildersScope(file: SourceFile, callback: Extract<Node, { type: 'ArrowFunctionExpression' }>): Scope {
  const [parameter] = callback.params;
  if (!parameter) return EMPTY_SCOPE;
  if (parameter.type !== 'Identifier') throw new Refused(file, parameter, 'the builders need one name');
  return new Map([[parameter.name, { kind: 'builders' }]]);
}

export function shellOfTable(context: Context, declared: Declared): TableShell | null {
  const found = tableCallOf(context, declared);
  if (!found) return null;
  const { file } = declared;
  const [nameNode, columnsNode] = found.call.arguments;
  const given = nameNode ? constantValue(file, nameNode, (each, name) => expanded(context, each, name)) : null;
  if (typeof given !== 'string' || given === '') throw new Refused(file, nameNode ?? found.call, 'a table needs a name');
  const { object, scope } = columnsObject(file, columnsNode);
  const columns = columnsOf(context, file, object, scope, false, 0);
  const byKey = new Map<string, ShellColumn>();
  for (const column of columns) byKey.set(column.key, column);
  return {
    file,
    constant: declared.name,
    statement: declared.statement,
    call: found.call,
    name: found.name(given),
    columnsNode: object,
    // A key that comes twice: the later one replaces the earlier, in its place.
    columns: [...byKey.values()],
    byKey,
  };
}

function columnsOf(
  context: Context,
  file: SourceFile,
  object: ObjectExpression,
  scope: Scope,
  shared: boolean,
  depth: number,
): ShellColumn[] {
  if (depth > MAX_GROUP_DEPTH) throw new Refused(file, object, 'groups of columns are nested too deeply');
  const columns = object.properties.flatMap((property) => {
    if (property.type === 'SpreadElement') return groupOf(context, file, property.argument, depth);
    return [columnOf(context, file, property, scope, shared)];
  });
  if (columns.length > MAX_COLUMNS) throw new Refused(file, object, `a table has at most ${MAX_COLUMNS} columns`);
  return columns;
}

function groupOf(context: Context, file: SourceFile, argument: Expression, depth: number): ShellColumn[] {
  const node = bare(argument);
  if (node.type === 'ObjectExpression') return columnsOf(context, file, node, EMPTY_SCOPE, true, depth + 1);
  const found = node.type === 'Identifier' ? expanded(context, file, node.name) : null;
  const init = found ? bare(found.init) : null;
  if (!found || init?.type !== 'ObjectExpression')
    throw new Refused(file, node, 'only an object of columns in these files can be spread');
  return columnsOf(context, found.file, init, EMPTY_SCOPE, true, depth + 1);
}

function columnOf(
  context: Context,
  file: SourceFile,
  property: Exclude<ObjectExpression['properties'][number], { type: 'SpreadElement' }>,
  scope: Scope,
  shared: boolean,
): ShellColumn {
  const key = property.type === 'ObjectProperty' ? keyOf(property) : null;
  if (property.type !== 'ObjectProperty' || key === null || key === '__proto__' || key === '') {
    throw new Refused(file, property, 'a column needs a plain name');
  }
  const value = property.value as Expression;
  const source = sourceOf(context, file, value, scope);
  const [first] = source.chain.base.type === 'CallExpression' ? source.chain.base.arguments : [];
  const given = first && isText(first) ? constantValue(source.file, first, () => null) : '';
  const plainName = given === '' ? key : String(given);
  // Casing is for columns without a name of their own.
  const name = given === '' ? cased(key, context.casing) : plainName;
  return {
    key,
    plainName,
    name,
    file: source.file,
    property,
    keyNode: property.key,
    chain: source.chain,
    shared: shared || source.shared,
  };
}

const isText = (node: Node) => node.type === 'StringLiteral' || (node.type === 'TemplateLiteral' && node.expressions.length === 0);

/** The chain that makes the column; a constant stands for the chain it was made by. */
function sourceOf(context: Context, file: SourceFile, value: Expression, scope: Scope) {
  const chain = chainOf(value);
  if (chain.base.type !== 'Identifier' || chain.links.length > 0) return { file, chain, shared: false };
  const found = scope.has(chain.base.name) ? null : expanded(context, file, chain.base.name);
  if (!found) throw new Refused(file, value, 'this is no column');
  return { file: found.file, chain: chainOf(found.init), shared: true };
}

/** The columns that a view names, as a table of that name would have them; drizzle-kit leaves their case alone. */
export function shellOfView(context: Context, declared: Declared, name: string, columnsNode: Node): TableShell {
  const { file } = declared;
  const { object, scope } = columnsObject(file, columnsNode);
  const columns = columnsOf({ ...context, casing: undefined }, file, object, scope, false, 0);
  const call = chainOf(declared.init).base as CallExpression;
  const byKey = new Map(columns.map((column) => [column.key, column]));
  return { file, constant: declared.name, statement: declared.statement, call, name, columnsNode: object, columns, byKey };
}

/** A group of columns that no table has taken yet, for checking it by itself. */
export function shellOfGroup(context: Context, declared: Declared, object: ObjectExpression): TableShell {
  const columns = columnsOf(context, declared.file, object, EMPTY_SCOPE, true, 0);
  const call = object as unknown as CallExpression;
  const { file, name: constant, statement } = declared;
  return { file, constant, statement, call, name: constant, columnsNode: object, columns, byKey: new Map() };
}
