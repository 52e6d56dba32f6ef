/** Expressions as others use them: checked, and in normal form. */
import { textLiteral } from '../../sql/quote.ts';
import { unquoted } from '../../sql/tokens.ts';
import { foldName } from '../names.ts';
import type { Expr } from './ast.ts';
import { parseExpr } from './expression.ts';
import { isReservedWord } from './keywords.ts';
import { type Lexeme, lex } from './lex.ts';
import { canonicalNumber } from './number.ts';
import { attempt, type SyntaxProblem, syntaxFailure } from './problem.ts';
import { Reader } from './reader.ts';
import { walkExpr } from './walk.ts';
import { type Scope, UNKNOWN_SCOPE, writeExpr, writeName } from './write-expression.ts';

export interface ExpressionOptions {
  /** The columns that it may mean, in any case. With them `"x"` is a string where no column is called x, as SQLite takes it. */
  readonly columns?: Iterable<string>;
  /** Its own table, by whose name columns may be called. */
  readonly table?: string;
  /** Whether `(SELECT …)` may stand in it. */
  readonly subselects?: boolean;
}

export interface ParsedExpression {
  readonly kind: 'expression';
  /** In normal form. */
  readonly text: string;
  readonly tree: Expr;
  /** The columns that it names, as written, each once; `table` null where none is said. Strings in double quotes are left out. */
  readonly names: readonly { readonly table: string | null; readonly column: string }[];
  /** In lower case, each once. */
  readonly functions: readonly string[];
  /** A plain value: a number with or without sign, a string, a blob, NULL, TRUE or a CURRENT_ word. */
  readonly literal: boolean;
}

const scopeOf = ({ columns, table }: ExpressionOptions): Scope => ({
  columns: columns === undefined ? null : new Set([...columns].map(foldName)),
  ownTable: table === undefined ? null : foldName(table),
  quoteColumns: false,
});

/** The text as one expression and nothing else: no placeholder, no second statement. */
export function parseExpression(text: string, options: ExpressionOptions = {}): ParsedExpression | SyntaxProblem {
  return attempt(text, () => {
    const reader = new Reader(text);
    const tree = parseExpr(reader);
    if (!reader.atEnd) throw reader.failure('expected the end of the expression');
    return describe(tree, text, options);
  });
}

function describe(tree: Expr, text: string, options: ExpressionOptions): ParsedExpression {
  const scope = scopeOf(options);
  const names = new Map<string, { table: string | null; column: string }>();
  const functions = new Set<string>();
  walkExpr(tree, {
    expression: (part) => {
      if (part.kind === 'placeholder') throw syntaxFailure(`${part.text} stands for a value that nobody gives here`, part.at);
      if (part.kind === 'call') functions.add(foldName(part.name));
      if (part.kind !== 'column' || writeExpr(part, scope).startsWith("'")) return;
      const table = part.path.length > 1 ? (part.path.at(-2) as string) : null;
      const column = part.path.at(-1) as string;
      const key = `${foldName(table ?? '')}.${foldName(column)}`;
      if (!names.has(key)) names.set(key, { table, column });
    },
    select: (select) => {
      if (!options.subselects) throw syntaxFailure('a subselect cannot stand here', Math.min(select.at, text.length));
    },
  });
  return {
    kind: 'expression',
    text: writeExpr(tree, scope),
    tree,
    names: [...names.values()],
    functions: [...functions],
    literal: isLiteral(tree),
  };
}

/** What may stand after DEFAULT without parentheses. */
export const isLiteral = (tree: Expr): boolean =>
  tree.kind === 'literal' ||
  (tree.kind === 'unary' && tree.op !== '~' && tree.op !== 'NOT' && tree.operand.kind === 'literal' && isNumber(tree.operand));
const isNumber = ({ type }: Extract<Expr, { kind: 'literal' }>): boolean => type === 'integer' || type === 'real';

/** Equal expressions give equal texts (S3). What is no expression comes back with its tokens in one spelling. */
export function normalExpression(text: string, columns?: Iterable<string>, table?: string): string {
  const options: ExpressionOptions = {
    subselects: true,
    ...(columns === undefined ? {} : { columns }),
    ...(table === undefined ? {} : { table }),
  };
  const tree = attempt(text, () => {
    const reader = new Reader(text);
    const parsed = parseExpr(reader);
    if (!reader.atEnd) throw reader.failure('expected the end of the expression');
    return { kind: 'tree' as const, parsed };
  });
  return tree.kind === 'tree' ? writeExpr(tree.parsed, scopeOf(options)) : normalTokens(text);
}

/** A default: what SQLite takes for the same value is one text, and NULL is none. */
export function normalDefault(tree: Expr): string | null {
  // Nothing can be a column here: a word is a string.
  if (tree.kind === 'column') return textLiteral(tree.path.at(-1) as string);
  const text = writeExpr(plainDefault(tree), { ...UNKNOWN_SCOPE, columns: new Set() });
  if (text === 'NULL') return null;
  if (text === 'TRUE') return '1';
  return text === 'FALSE' ? '0' : text;
}

/** `+1` is `1`. */
const plainDefault = (tree: Expr): Expr =>
  tree.kind === 'unary' && tree.op === '+' && tree.operand.kind === 'literal' && isNumber(tree.operand) ? tree.operand : tree;

/** Tokens in one spelling, for what the grammar does not know. */
export function normalTokens(text: string): string {
  const lexemes = attempt(text, () => ({ kind: 'tokens' as const, list: lex(text) }));
  if (lexemes.kind === 'problem') return text.trim();
  const parts = lexemes.list.map(normalToken);
  return parts.filter((part) => part !== '').join(' ');
}

function normalToken({ kind, text, upper }: Lexeme): string {
  switch (kind) {
    case 'word':
      return isReservedWord(upper) ? upper : foldName(text);
    case 'quoted':
      return writeName(foldName(unquoted(text)));
    case 'string':
      return textLiteral(unquoted(text));
    case 'number':
      return canonicalNumber(text).text;
    case 'blob':
      return `X${text.slice(1).toUpperCase()}`;
    case 'symbol':
    case 'placeholder':
    case 'end':
      return text;
  }
}
