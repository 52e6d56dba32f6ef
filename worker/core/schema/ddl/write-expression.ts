/** The tree of an expression as text, in the one spelling that all equal expressions share (S3). */
import { identifier, textLiteral } from '../../sql/quote.ts';
import { foldName } from '../names.ts';
import type { Expr, Ordering, WindowDef } from './ast.ts';
import { LEVEL, levelOf } from './expression.ts';
import { isPlainName, isReservedWord } from './keywords.ts';
import { writeSelect } from './write-select.ts';

/** What is known of the names in a text. Names folded. */
export interface Scope {
  /**
   * The columns that it can mean. With them `"x"` is a string where no column is called x, as SQLite takes it; null: unknown.
   */
  readonly columns: ReadonlySet<string> | null;
  /** Of CHECK, generated columns and indexes: `t.a` can mean nothing but `a`, and would break when the table is renamed. */
  readonly ownTable: string | null;
  /**
   * Columns without a table before them are always quoted. Where the columns are unknown, `"x"` may be a string and `x` not: to write
   * the one for the other would change what a view means.
   */
  readonly quoteColumns: boolean;
}

export const UNKNOWN_SCOPE: Scope = { columns: null, ownTable: null, quoteColumns: false };
/** Of views and triggers. */
export const STATEMENT_SCOPE: Scope = { columns: null, ownTable: null, quoteColumns: true };

const ROWID_NAMES: ReadonlySet<string> = new Set(['rowid', '_rowid_', 'oid']);

/** As declared, quoted where it has to be. */
export const writeName = (name: string): string => (isPlainName(name) ? name : identifier(name));
export const writeFolded = (name: string): string => writeName(foldName(name));
export const writePath = (path: readonly string[]): string => path.map(writeFolded).join('.');

/** Binds tighter than anything: never in parentheses. */
const ATOM = 100;

function levelOfExpr(expression: Expr): number {
  switch (expression.kind) {
    case 'unary':
      return expression.op === 'NOT' ? LEVEL.NOT : LEVEL.UNARY;
    case 'binary':
      return levelOf(expression.op);
    case 'collate':
      return LEVEL.COLLATE;
    case 'like':
    case 'between':
    case 'in':
    case 'null-test':
      return LEVEL.EQUALITY;
    case 'literal':
    case 'column':
    case 'placeholder':
    case 'call':
    case 'cast':
    case 'case':
    case 'exists':
    case 'subselect':
    case 'vector':
    case 'raise':
      return ATOM;
  }
}

/** In parentheses if it binds weaker than `level`. */
function part(expression: Expr, level: number, scope: Scope): string {
  const text = writeExpr(expression, scope);
  return levelOfExpr(expression) < level ? `(${text})` : text;
}

const list = (items: readonly Expr[], scope: Scope): string => items.map((item) => writeExpr(item, scope)).join(', ');

export function writeExpr(expression: Expr, scope: Scope): string {
  switch (expression.kind) {
    case 'literal':
    case 'placeholder':
      return expression.text;
    case 'column':
      return writeColumn(expression, scope);
    case 'unary':
      return writeUnary(expression, scope);
    case 'binary': {
      const level = levelOf(expression.op);
      return `${part(expression.left, level, scope)} ${expression.op} ${part(expression.right, level + 1, scope)}`;
    }
    case 'collate':
      return `${part(expression.operand, LEVEL.COLLATE, scope)} COLLATE ${writeName(expression.collation)}`;
    case 'like':
    case 'between':
    case 'in':
    case 'null-test':
      return `${part(expression.operand, LEVEL.EQUALITY, scope)} ${writeTest(expression, scope)}`;
    case 'call':
      return writeCall(expression, scope);
    case 'cast':
      return `CAST(${writeExpr(expression.operand, scope)} AS ${expression.type})`;
    case 'case':
      return writeCase(expression, scope);
    case 'exists':
      return `EXISTS (${writeSelect(expression.select, scope)})`;
    case 'subselect':
      return `(${writeSelect(expression.select, scope)})`;
    case 'vector':
      return `(${list(expression.items, scope)})`;
    case 'raise':
      return expression.message === null
        ? `RAISE(${expression.action})`
        : `RAISE(${expression.action}, ${writeExpr(expression.message, scope)})`;
  }
}

type Of<K extends Expr['kind']> = Extract<Expr, { kind: K }>;

function writeColumn({ path, quote }: Of<'column'>, scope: Scope): string {
  const own = scope.ownTable !== null && path.length > 1 && foldName(path.at(-2) as string) === scope.ownTable;
  if (path.length > 1 && !own) return writePath(path);
  const name = foldName(path.at(-1) as string);
  const isString = quote === '"' && scope.columns !== null && !scope.columns.has(name) && !ROWID_NAMES.has(name);
  if (isString) return textLiteral(path[0] as string);
  return scope.quoteColumns ? identifier(name) : writeName(name);
}

function writeUnary({ op, operand }: Of<'unary'>, scope: Scope): string {
  if (op === 'NOT') return `NOT ${part(operand, LEVEL.NOT, scope)}`;
  // One minus directly after another would begin a comment.
  return `${op}${part(operand, LEVEL.UNARY + 1, scope)}`;
}

function writeTest(test: Of<'like'> | Of<'between'> | Of<'in'> | Of<'null-test'>, scope: Scope): string {
  const not = test.not ? 'NOT ' : '';
  const operand = (expression: Expr) => part(expression, LEVEL.COMPARISON, scope);
  switch (test.kind) {
    case 'null-test':
      return `IS ${not}NULL`;
    case 'between':
      return `${not}BETWEEN ${operand(test.low)} AND ${operand(test.high)}`;
    case 'like':
      return `${not}${test.op} ${operand(test.right)}${test.escape ? ` ESCAPE ${operand(test.escape)}` : ''}`;
    case 'in':
      return `${not}IN ${writeSet(test.set, scope)}`;
  }
}

function writeSet(set: Of<'in'>['set'], scope: Scope): string {
  switch (set.kind) {
    case 'list':
      return `(${list(set.items, scope)})`;
    case 'select':
      return `(${writeSelect(set.select, scope)})`;
    case 'table':
      return `${writePath(set.path)}${set.args === null ? '' : `(${list(set.args, scope)})`}`;
  }
}

/** More words can name a function than a column: what follows is a parenthesis. */
function writeFunction(name: string): string {
  const folded = foldName(name);
  return /^[a-z_][a-z0-9_]*$/.test(folded) && !isReservedWord(folded.toUpperCase()) ? folded : identifier(folded);
}

function writeCall({ name, distinct, args, orderBy, filter, over }: Of<'call'>, scope: Scope): string {
  const inner = args === '*' ? '*' : `${distinct ? 'DISTINCT ' : ''}${list(args, scope)}`;
  const called = `${writeFunction(name)}(${inner}${writeOrderBy(orderBy, scope)})`;
  const filtered = filter === null ? '' : ` FILTER (WHERE ${writeExpr(filter, scope)})`;
  const window = over === null ? '' : ` OVER ${typeof over === 'string' ? writeFolded(over) : writeWindow(over, scope)}`;
  return `${called}${filtered}${window}`;
}

function writeCase({ subject, whens, otherwise }: Of<'case'>, scope: Scope): string {
  const arms = whens.map(([when, then]) => ` WHEN ${writeExpr(when, scope)} THEN ${writeExpr(then, scope)}`).join('');
  const head = subject === null ? '' : ` ${writeExpr(subject, scope)}`;
  return `CASE${head}${arms}${otherwise === null ? '' : ` ELSE ${writeExpr(otherwise, scope)}`} END`;
}

export function writeWindow({ base, partitionBy, orderBy, frame }: WindowDef, scope: Scope): string {
  const parts = [
    base === null ? '' : writeFolded(base),
    partitionBy.length === 0 ? '' : `PARTITION BY ${list(partitionBy, scope)}`,
    writeOrderBy(orderBy, scope).trim(),
    frame === null ? '' : writeFrame(frame, scope),
  ];
  return `(${parts.filter((text) => text !== '').join(' ')})`;
}

function writeFrame({ unit, from, to, exclude }: NonNullable<WindowDef['frame']>, scope: Scope): string {
  const bound = ({ kind, offset }: typeof from) => (offset === null ? kind : `${writeExpr(offset, scope)} ${kind}`);
  const extent = to === null ? bound(from) : `BETWEEN ${bound(from)} AND ${bound(to)}`;
  return `${unit} ${extent}${exclude === 'NO OTHERS' ? '' : ` EXCLUDE ${exclude}`}`;
}

export function writeOrdering({ expression, descending, nulls }: Ordering, scope: Scope): string {
  return `${writeExpr(expression, scope)}${descending ? ' DESC' : ''}${nulls === null ? '' : ` NULLS ${nulls}`}`;
}

/** With a space before it, or empty. */
export const writeOrderBy = (orderBy: readonly Ordering[], scope: Scope): string =>
  orderBy.length === 0 ? '' : ` ORDER BY ${orderBy.map((term) => writeOrdering(term, scope)).join(', ')}`;
