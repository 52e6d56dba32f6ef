/** One term of an index or key. */
import type { IndexTerm } from '../../../protocol/schema.ts';
import { unquoted } from '../../sql/tokens.ts';
import { foldName } from '../names.ts';
import type { Expr, Ordering } from './ast.ts';
import { type Scope, writeExpr } from './write-expression.ts';

/**
 * `declared` gives a column's name as it was declared; `collations` each column's own (names folded), which a term that repeats it
 * does not say.
 */
export function indexTerm(
  { expression, descending }: Ordering,
  scope: Scope,
  declared: (name: string) => string,
  collations: ReadonlyMap<string, string> | null,
): IndexTerm {
  const { operand, collation } = stripCollation(expression);
  const column = columnOf(operand, scope);
  if (column === null) {
    const said = collation === 'BINARY' ? null : collation;
    return { column: null, expression: writeExpr(operand, scope), collation: said, descending };
  }
  const own = collations === null ? null : (collations.get(foldName(column)) ?? 'BINARY');
  return { column: declared(column), expression: null, collation: collation === own ? null : collation, descending };
}

/** Of several the outermost counts. */
function stripCollation(expression: Expr): { operand: Expr; collation: string | null } {
  if (expression.kind !== 'collate') return { operand: expression, collation: null };
  return { operand: stripCollation(expression.operand).operand, collation: expression.collation };
}

/** SQLite takes a string for a column here, and a word in double quotes for a string where no column has the name. */
function columnOf(operand: Expr, { columns, ownTable }: Scope): string | null {
  if (operand.kind === 'literal' && operand.type === 'text') return unquoted(operand.text);
  if (operand.kind === 'literal' && operand.type === 'word' && columns?.has(foldName(operand.text))) return operand.text;
  if (operand.kind !== 'column') return null;
  const name = operand.path.at(-1) as string;
  if (columns !== null && !columns.has(foldName(name))) return null;
  if (operand.path.length === 1) return name;
  return ownTable !== null && foldName(operand.path.at(-2) as string) === ownTable ? name : null;
}
