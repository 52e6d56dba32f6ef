/** A view of the code: `sqliteView(name, columns).as(sql`…`)` or `.existing()`. */
import type { Expression, Node } from '@babel/types';
import { readColumn } from './columns.ts';
import { type Context, EMPTY_SCOPE, expanded, packageFunction, type TableShell } from './context.ts';
import type { DrizzleView } from './model.ts';
import type { Declared } from './modules.ts';
import { shellOfView } from './shells.ts';
import { type Chain, chainOf, Refused } from './source.ts';
import { sqlText } from './sql-text.ts';
import { constantValue } from './values.ts';

export interface ViewSource {
  readonly declared: Declared;
  readonly chain: Chain;
  /** The argument of `.as()`; null for `.existing()`. */
  readonly select: Node | null;
}

export interface ReadView {
  readonly view: DrizzleView;
  readonly source: ViewSource;
}

export function isView(context: Context, declared: Declared): boolean {
  const { base } = chainOf(declared.init);
  const name = base.type === 'CallExpression' ? packageFunction(context, declared.file, base.callee, EMPTY_SCOPE) : null;
  return name === 'sqliteView' || name === 'view';
}

/** Throws `Refused`; above all for a view that a query builder makes, as that would have to be run. */
export function readView(context: Context, declared: Declared, exportName: string): ReadView {
  const { file } = declared;
  const chain = chainOf(declared.init);
  const [nameNode, columnsNode] = chain.base.type === 'CallExpression' ? chain.base.arguments : [];
  const name = nameNode ? constantValue(file, nameNode, (each, constant) => expanded(context, each, constant)) : null;
  if (typeof name !== 'string' || name === '') throw new Refused(file, nameNode ?? declared.init, 'a view needs a name');
  if (!columnsNode) {
    const what = 'a view made by a query builder would have to be run: write sqliteView(name, { …columns }).as(sql`…`)';
    throw new Refused(file, declared.init, what);
  }
  const shell = shellOfView(context, declared, name, columnsNode);
  const columns = shell.columns.map((column) => readColumn(context, shell, column, EMPTY_SCOPE).column);
  const [last, ...more] = chain.links;
  if (!last || more.length > 0) throw new Refused(file, declared.init, 'a view ends with .as(sql`…`) or .existing()');
  const select = selectOf(context, declared, last.name, last.args, shell);
  return {
    view: { exportName, name, select, columns },
    source: { declared, chain, select: select === null ? null : (last.args[0] as Node) },
  };
}

function selectOf(context: Context, declared: Declared, method: string, args: readonly Node[], shell: TableShell): string | null {
  const { file } = declared;
  if (method === 'existing' && args.length === 0) return null;
  const [only, ...more] = args;
  if (method !== 'as' || !only || more.length > 0)
    throw new Refused(file, only ?? declared.init, `a view has no such .${method}()`);
  return sqlText({ context, file: shell.file, scope: EMPTY_SCOPE, style: 'qualified' }, only as Expression);
}
