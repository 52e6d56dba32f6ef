/** A whole table or view of the code: columns, and what its last argument adds. */
import type { Expression, Node } from '@babel/types';
import { actionOf, keyName, readColumn } from './columns.ts';
import {
  answerOf,
  type Binding,
  type Context,
  columnRef,
  EMPTY_SCOPE,
  expanded,
  packageFunction,
  type Scope,
  type ShellColumn,
  type TableShell,
} from './context.ts';
import {
  type DrizzleForeignKey,
  type DrizzleIndex,
  type DrizzleIndexTerm,
  type DrizzleTable,
  primaryKeyName,
  recased,
  uniqueName,
} from './model.ts';
import { columnsObject } from './shells.ts';
import { bare, type Chain, chainOf, keyOf, type Link, Refused } from './source.ts';
import { type SqlPlace, sqlText } from './sql-text.ts';
import { constantValue, type Value } from './values.ts';

/** Something in the last argument of a table, and where it stands there. */
export interface Extra {
  readonly chain: Chain;
  /** The element of the list, or the property of the object. */
  readonly node: Node;
}

/** Where the parts of a table are written; `adopt` edits there. */
export interface TableSource {
  readonly shell: TableShell;
  readonly columns: readonly ShellColumn[];
  /** The list or object of extras; null when there is none. */
  readonly extras: Node | null;
  /** The name that the extras' function has for the table, if it has one. */
  readonly parameter: string | null;
  readonly primaryKey: Extra | null;
  readonly indexes: ReadonlyMap<string, Extra>;
  readonly checks: ReadonlyMap<string, Extra>;
  /** In the order of the model: those of `.references()` first. */
  readonly foreignKeys: readonly ({ readonly column: ShellColumn; readonly link: Link } | Extra)[];
}

export interface ReadTable {
  readonly table: DrizzleTable;
  readonly source: TableSource;
}

interface Work {
  readonly context: Context;
  readonly shell: TableShell;
  readonly scope: Scope;
  readonly indexes: { index: DrizzleIndex; extra: Extra }[];
  readonly checks: { name: string; expression: string; extra: Extra }[];
  readonly keys: { key: DrizzleForeignKey; extra: Extra }[];
  primaryKey: { key: NonNullable<DrizzleTable['primaryKey']>; extra: Extra } | null;
}

/** Throws `Refused` at the first thing that is not in the subset. */
export function readTable(context: Context, shell: TableShell, exportName: string): ReadTable {
  const { scope: columnScope } = columnsObject(shell.file, shell.call.arguments[1] as Node);
  const read = shell.columns.map((written) => ({
    written,
    ...readColumn(context, shell, written, written.shared ? EMPTY_SCOPE : columnScope),
  }));
  const extras = extrasOf(shell);
  const work: Work = { context, shell, scope: extras.scope, indexes: [], checks: [], keys: [], primaryKey: null };
  for (const extra of extras.list) readExtra(work, extra);
  const inline = read.flatMap(({ written, foreignKeys }) => foreignKeys.map(({ key, link }) => ({ key, column: written, link })));
  return {
    table: {
      exportName,
      name: shell.name,
      columns: read.map(({ column }) => column),
      primaryKey: work.primaryKey?.key ?? null,
      indexes: [...work.indexes.map(({ index }) => index)].sort((a, b) => Number(a.asConstraint) - Number(b.asConstraint)),
      checks: work.checks.map(({ name, expression }) => ({ name, expression })),
      foreignKeys: [...inline.map(({ key }) => key), ...work.keys.map(({ key }) => key)],
    },
    source: {
      shell,
      columns: shell.columns,
      extras: extras.node,
      parameter: extras.parameter,
      primaryKey: work.primaryKey?.extra ?? null,
      indexes: new Map(work.indexes.map(({ index, extra }) => [index.name, extra])),
      checks: new Map(work.checks.map(({ name, extra }) => [name, extra])),
      foreignKeys: [...inline.map(({ column, link }) => ({ column, link })), ...work.keys.map(({ extra }) => extra)],
    },
  };
}

interface Extras {
  readonly node: Node | null;
  readonly parameter: string | null;
  readonly scope: Scope;
  readonly list: readonly Extra[];
}

function extrasOf(shell: TableShell): Extras {
  const { file, call } = shell;
  const [, , third, fourth] = call.arguments;
  if (fourth) throw new Refused(file, fourth, 'a table takes three arguments');
  if (!third) return { node: null, parameter: null, scope: EMPTY_SCOPE, list: [] };
  const answer = answerOf(third);
  const parameter = third.type === 'ArrowFunctionExpression' || third.type === 'FunctionExpression' ? third.params[0] : undefined;
  const scope = parameter ? scopeOf(shell, parameter) : EMPTY_SCOPE;
  const name = parameter?.type === 'Identifier' ? parameter.name : null;
  if (answer?.type === 'ArrayExpression') {
    const list = answer.elements.map((element) => extraOf(shell, element));
    return { node: answer, parameter: name, scope, list };
  }
  if (answer?.type !== 'ObjectExpression')
    throw new Refused(file, third, 'indexes and constraints have to be written out as a list');
  const list = answer.properties.map((property) => {
    if (property.type !== 'ObjectProperty' || keyOf(property) === null)
      throw new Refused(file, property, 'only plain properties can stand here');
    return { chain: chainOf(property.value as Expression), node: property };
  });
  return { node: answer, parameter: name, scope, list };
}

function extraOf(shell: TableShell, element: Node | null): Extra {
  if (!element || element.type === 'SpreadElement')
    throw new Refused(shell.file, element ?? shell.call, 'only indexes and constraints can stand here');
  return { chain: chainOf(element as Expression), node: element };
}

function scopeOf(shell: TableShell, parameter: Node): Scope {
  const scope = new Map<string, Binding>();
  if (parameter.type === 'Identifier') return scope.set(parameter.name, { kind: 'table', table: shell });
  if (parameter.type !== 'ObjectPattern') throw new Refused(shell.file, parameter, 'the table needs one name here');
  for (const property of parameter.properties) {
    const key = property.type === 'ObjectProperty' ? keyOf(property) : null;
    const column = key === null ? undefined : shell.byKey.get(key);
    if (property.type !== 'ObjectProperty' || property.value.type !== 'Identifier' || !column) {
      throw new Refused(shell.file, property, 'this is no column of the table');
    }
    scope.set(property.value.name, { kind: 'column', table: shell, column });
  }
  return scope;
}

function readExtra(work: Work, extra: Extra): void {
  const { base, links } = extra.chain;
  const { file } = work.shell;
  const builder = base.type === 'CallExpression' ? packageFunction(work.context, file, base.callee, EMPTY_SCOPE) : null;
  if (base.type !== 'CallExpression') throw new Refused(file, base, 'only indexes and constraints can stand here');
  switch (builder) {
    case 'index':
    case 'uniqueIndex':
      work.indexes.push({ index: indexOf(work, base.arguments, links, builder === 'uniqueIndex', base), extra });
      return;
    case 'unique':
      work.indexes.push({ index: uniqueOf(work, base.arguments, links, base), extra });
      return;
    case 'check':
      work.checks.push({ ...checkOf(work, base.arguments, links, base), extra });
      return;
    case 'primaryKey':
      if (work.primaryKey) throw new Refused(file, base, 'the table has a primary key already');
      work.primaryKey = { key: primaryKeyOf(work, base.arguments, links, base), extra };
      return;
    case 'foreignKey':
      work.keys.push({ key: foreignKeyOf(work, base.arguments, links, base), extra });
      return;
    default:
      throw new Refused(file, base, 'only index, uniqueIndex, unique, check, primaryKey and foreignKey can stand here');
  }
}

const place = (work: Work, style: SqlPlace['style']): SqlPlace => ({
  context: work.context,
  file: work.shell.file,
  scope: work.scope,
  style,
});

function nameOf(work: Work, node: Node | undefined, at: Node): string {
  const value = node ? constantValue(work.shell.file, node, (file, name) => expanded(work.context, file, name)) : null;
  if (typeof value !== 'string' || value === '') throw new Refused(work.shell.file, node ?? at, 'a name has to stand here');
  return value;
}

function ownColumns(work: Work, nodes: readonly Node[]): ShellColumn[] {
  return nodes.map((node) => {
    const found = columnRef(work.context, work.shell.file, node, work.scope);
    if (found?.table !== work.shell) throw new Refused(work.shell.file, node, `a column of ${work.shell.name} has to stand here`);
    return found.column;
  });
}

function onLink(work: Work, links: readonly Link[], at: Node): { on: readonly Node[]; rest: readonly Link[] } {
  const [on, ...rest] = links;
  if (on?.name !== 'on' || on.args.length === 0)
    throw new Refused(work.shell.file, on?.node ?? at, '.on() with its columns has to follow');
  return { on: on.args, rest };
}

function indexOf(work: Work, args: readonly Node[], links: readonly Link[], unique: boolean, at: Node): DrizzleIndex {
  const { on, rest } = onLink(work, links, at);
  let where: string | null = null;
  for (const link of rest) {
    if (link.name !== 'where' || link.args.length !== 1)
      throw new Refused(work.shell.file, link.node, `an index of SQLite has no .${link.name}()`);
    where = sqlText(place(work, 'qualified'), link.args[0] as Node);
  }
  return { name: nameOf(work, args[0], at), unique, terms: on.map((node) => termOf(work, node)), where, asConstraint: false };
}

function termOf(work: Work, node: Node): DrizzleIndexTerm {
  const column = columnRef(work.context, work.shell.file, node, work.scope);
  if (!column) return { expression: sqlText(place(work, 'bare'), node) };
  if (column.table !== work.shell) throw new Refused(work.shell.file, node, `a column of ${work.shell.name} has to stand here`);
  return { column: column.column.name };
}

function uniqueOf(work: Work, args: readonly Node[], links: readonly Link[], at: Node): DrizzleIndex {
  const { on, rest } = onLink(work, links, at);
  if (rest[0]) throw new Refused(work.shell.file, rest[0].node, `unique() of SQLite has no .${rest[0].name}()`);
  const columns = ownColumns(work, on);
  const name = args[0]
    ? nameOf(work, args[0], at)
    : uniqueName(
        work.shell.name,
        columns.map(({ plainName }) => plainName),
      );
  return { name, unique: true, terms: columns.map((column) => ({ column: column.name })), where: null, asConstraint: true };
}

function checkOf(work: Work, args: readonly Node[], links: readonly Link[], at: Node): { name: string; expression: string } {
  const [name, value, ...more] = args;
  if (!value || more.length > 0 || links.length > 0) throw new Refused(work.shell.file, at, 'a check takes a name and sql`…`');
  return { name: nameOf(work, name, at), expression: sqlText(place(work, 'qualified'), value) };
}

/** The object's properties by name, unread. */
function properties(work: Work, node: Node | undefined, at: Node): ReadonlyMap<string, Node> {
  if (node?.type !== 'ObjectExpression') throw new Refused(work.shell.file, node ?? at, 'an object has to stand here');
  const found = new Map<string, Node>();
  for (const property of node.properties) {
    const key = property.type === 'ObjectProperty' ? keyOf(property) : null;
    if (property.type !== 'ObjectProperty' || key === null)
      throw new Refused(work.shell.file, property, 'only plain properties can stand here');
    found.set(key, property.value);
  }
  return found;
}

function listIn(work: Work, node: Node | undefined, at: Node): readonly Node[] {
  const plain = node ? bare(node as Expression) : undefined;
  if (plain?.type !== 'ArrayExpression' || plain.elements.length === 0 || plain.elements.includes(null)) {
    throw new Refused(work.shell.file, node ?? at, 'a list of columns has to stand here');
  }
  return plain.elements as Node[];
}

function primaryKeyOf(
  work: Work,
  args: readonly Node[],
  links: readonly Link[],
  at: Node,
): NonNullable<DrizzleTable['primaryKey']> {
  if (links[0]) throw new Refused(work.shell.file, links[0].node, 'nothing can follow primaryKey()');
  const [first] = args;
  const config = first?.type === 'ObjectExpression' ? properties(work, first, at) : null;
  const columns = ownColumns(work, config ? listIn(work, config.get('columns'), at) : args);
  if (columns.length === 0) throw new Refused(work.shell.file, at, 'a primary key needs columns');
  const [plain, names] = [columns.map(({ plainName }) => plainName), columns.map(({ name }) => name)];
  const given = config?.get('name');
  return { name: recased(given ? nameOf(work, given, at) : primaryKeyName(work.shell.name, plain), plain, names), columns: names };
}

function foreignKeyOf(work: Work, args: readonly Node[], links: readonly Link[], at: Node): DrizzleForeignKey {
  const { file } = work.shell;
  const config = properties(work, answerOf(args[0]) ?? args[0], at);
  const columns = ownColumns(work, listIn(work, config.get('columns'), at));
  const targets = listIn(work, config.get('foreignColumns'), at).map((node) => {
    const found = columnRef(work.context, file, node, work.scope);
    if (!found) throw new Refused(file, node, 'a column of a table in these files has to stand here');
    return found;
  });
  const other = (targets[0] as (typeof targets)[number]).table;
  if (targets.some(({ table }) => table !== other) || targets.length !== columns.length) {
    throw new Refused(file, config.get('foreignColumns') as Node, 'as many columns of one table have to stand here');
  }
  const references = targets.map(({ column }) => column);
  const name = config.get('name');
  return {
    name: keyName(work.shell, columns, other, references, name && nameOf(work, name, at)),
    columns: columns.map((column) => column.name),
    table: other.name,
    references: references.map((column) => column.name),
    ...actionsOf(work, links),
  };
}

function actionsOf(work: Work, links: readonly Link[]): Pick<DrizzleForeignKey, 'onUpdate' | 'onDelete'> {
  const said = new Map<string, Value>();
  for (const link of links) {
    if ((link.name !== 'onDelete' && link.name !== 'onUpdate') || link.args.length !== 1) {
      throw new Refused(work.shell.file, link.node, `a foreign key has no .${link.name}()`);
    }
    said.set(
      link.name,
      constantValue(work.shell.file, link.args[0] as Node, (file, name) => expanded(work.context, file, name)),
    );
  }
  const at = links.at(-1)?.node ?? work.shell.call;
  return {
    onUpdate: actionOf(work.shell.file, at, said.get('onUpdate')),
    onDelete: actionOf(work.shell.file, at, said.get('onDelete')),
  };
}
