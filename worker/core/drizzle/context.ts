/** What the parts of the reader share: names and their meanings, tables that were begun, and a budget against schemas that explode. */
import type { CallExpression, Expression, Node, Statement } from '@babel/types';
import type { Casing } from './model.ts';
import { type Declared, type FromPackage, type Module, meaningOf } from './modules.ts';
import { bare, type Chain, Refused, type SourceFile } from './source.ts';

export interface ShellColumn {
  readonly key: string;
  /** Before casing; constraint names are made of it. */
  readonly plainName: string;
  readonly name: string;
  /** Where the column is written: in a shared group it may be another file than the table's. */
  readonly file: SourceFile;
  readonly property: Node;
  readonly keyNode: Node;
  readonly chain: Chain;
  /** Written in an object that is spread into the table. */
  readonly shared: boolean;
}

/** A table whose columns have names and nothing more yet: what references need. */
export interface TableShell {
  readonly file: SourceFile;
  /** Name of the constant. */
  readonly constant: string;
  readonly statement: Statement;
  readonly call: CallExpression;
  readonly name: string;
  readonly columnsNode: Node;
  readonly columns: readonly ShellColumn[];
  readonly byKey: ReadonlyMap<string, ShellColumn>;
}

/** What a parameter of a callback stands for: the table, the column builders, or one column. */
export type Binding =
  | { readonly kind: 'table'; readonly table: TableShell }
  | { readonly kind: 'builders' }
  | { readonly kind: 'column'; readonly table: TableShell; readonly column: ShellColumn };
export type Scope = ReadonlyMap<string, Binding>;
export const EMPTY_SCOPE: Scope = new Map();

/** Of names that stand for other text. A schema of a thousand tables needs far fewer; a bomb of nested constants far more. */
const MAX_EXPANSIONS = 20_000;

export interface Context {
  readonly modules: ReadonlyMap<string, Module>;
  readonly casing: Casing | undefined;
  /** Null when the constant is no table. Throws `Refused` for a broken one. */
  readonly shellOf: (declared: Declared) => TableShell | null;
  expansions: number;
}

export function meaningIn(context: Context, file: SourceFile, name: string): Declared | FromPackage | null {
  const module = context.modules.get(file.path);
  return module ? meaningOf(context.modules, module, name) : null;
}

/** The declaration that an identifier stands for, where its text is about to be read in place. */
export function expanded(context: Context, file: SourceFile, name: string): Declared | null {
  const meaning = meaningIn(context, file, name);
  if (meaning?.kind !== 'declared') return null;
  context.expansions += 1;
  if (context.expansions > MAX_EXPANSIONS) throw new Refused(file, 0, 'constants here stand for constants too many times');
  return meaning;
}

export interface PackageFunction {
  readonly kind: 'package';
  readonly name: string;
}

/** Whether a callee is a function of drizzle (also through a namespace or a builders' parameter), and which. */
export function packageFunction(context: Context, file: SourceFile, callee: Node, scope: Scope): string | null {
  if (callee.type === 'Identifier') {
    if (scope.has(callee.name)) return null;
    const meaning = meaningIn(context, file, callee.name);
    return meaning?.kind === 'package' && meaning.name !== '*' ? meaning.name : null;
  }
  if (callee.type !== 'MemberExpression' || callee.computed || callee.object.type !== 'Identifier') return null;
  const name = callee.property.type === 'Identifier' ? callee.property.name : null;
  if (scope.get(callee.object.name)?.kind === 'builders') return name;
  const meaning = meaningIn(context, file, callee.object.name);
  return meaning?.kind === 'package' && meaning.name === '*' ? name : null;
}

export interface ColumnRef {
  readonly table: TableShell;
  readonly column: ShellColumn;
}

/** `t.customerId`, `customers.id`, or a column taken out of a parameter; null when it is something else. */
export function columnRef(context: Context, file: SourceFile, node: Node, scope: Scope): ColumnRef | null {
  const expression = bare(node as Expression);
  if (expression.type === 'Identifier') {
    const binding = scope.get(expression.name);
    return binding?.kind === 'column' ? binding : null;
  }
  if (expression.type !== 'MemberExpression' || expression.object.type !== 'Identifier') return null;
  const table = tableRef(context, file, expression.object, scope);
  if (!table) return null;
  const key = memberKey(expression);
  const column = key === null ? undefined : table.byKey.get(key);
  if (!column) throw new Refused(file, expression.property, `the table ${table.name} has no such column in the code`);
  return { table, column };
}

const memberKey = (node: Extract<Node, { type: 'MemberExpression' }>): string | null => {
  if (!node.computed) return node.property.type === 'Identifier' ? node.property.name : null;
  return node.property.type === 'StringLiteral' ? node.property.value : null;
};

export function tableRef(context: Context, file: SourceFile, node: Node, scope: Scope): TableShell | null {
  if (node.type !== 'Identifier') return null;
  const binding = scope.get(node.name);
  if (binding) return binding.kind === 'table' ? binding.table : null;
  const meaning = meaningIn(context, file, node.name);
  return meaning?.kind === 'declared' ? context.shellOf(meaning) : null;
}

/** What an arrow function answers: its expression, or that of its only statement. Null for anything else. */
export function answerOf(node: Node | undefined): Expression | null {
  if (node?.type !== 'ArrowFunctionExpression' && node?.type !== 'FunctionExpression') return null;
  if (node.async || node.generator) return null;
  if (node.body.type !== 'BlockStatement') return bare(node.body);
  const [only, ...more] = node.body.body;
  return only?.type === 'ReturnStatement' && only.argument && more.length === 0 ? bare(only.argument) : null;
}
