/** Expressions, by precedence climbing. The levels and their order are those of SQLite's own grammar. */
import { unquoted } from '../../sql/tokens.ts';
import type { Expr, InSet } from './ast.ts';
import { canonicalNumber } from './number.ts';
import { primary } from './primary.ts';
import type { Reader } from './reader.ts';
import { parseSelect, startsSelect } from './select.ts';

export const LEVEL = {
  OR: 1,
  AND: 2,
  NOT: 3,
  EQUALITY: 4,
  COMPARISON: 5,
  BITS: 7,
  SUM: 8,
  PRODUCT: 9,
  CONCAT: 10,
  COLLATE: 11,
  UNARY: 12,
} as const;

/** Each operator in its one spelling. */
const BINARY: ReadonlyMap<string, readonly [op: string, level: number]> = new Map(
  (
    [
      ['OR', LEVEL.OR],
      ['AND', LEVEL.AND],
      ['= <>', LEVEL.EQUALITY],
      ['< <= > >=', LEVEL.COMPARISON],
      ['& | << >>', LEVEL.BITS],
      ['+ -', LEVEL.SUM],
      ['* / %', LEVEL.PRODUCT],
      ['|| -> ->>', LEVEL.CONCAT],
    ] as const
  ).flatMap(([ops, level]) => ops.split(' ').map((op) => [op, [op, level]] as const)),
);
const SYNONYMS: { readonly [op: string]: string } = { '==': '=', '!=': '<>' };

/** Of an operator in the spelling that the tree has. */
export const levelOf = (op: string): number => (op === 'IS' || op === 'IS NOT' ? LEVEL.EQUALITY : (BINARY.get(op)?.[1] ?? 0));

const LIKES: ReadonlySet<string> = new Set(['LIKE', 'GLOB', 'REGEXP', 'MATCH']);
/** SQLite's own limit of a chain such as `a OR b OR c …`. */
const MAX_CHAIN = 1000;

export function parseExpr(reader: Reader, level = 0): Expr {
  return reader.nested(() => {
    let left = prefix(reader);
    for (let links = 0; ; links += 1) {
      if (links > MAX_CHAIN) throw reader.failure(`more than ${MAX_CHAIN} operators in a row`);
      const longer = infix(reader, left, level);
      if (longer === null) return left;
      left = longer;
    }
  });
}

function prefix(reader: Reader): Expr {
  const { upper } = reader.peek();
  if (upper === 'NOT') {
    reader.next();
    return negated(parseExpr(reader, LEVEL.NOT));
  }
  if (upper === '-' || upper === '+' || upper === '~') {
    reader.next();
    return { kind: 'unary', op: upper, operand: parseExpr(reader, LEVEL.UNARY) };
  }
  return primary(reader);
}

/** SQLite itself reads `a NOT IN b` as `NOT (a IN b)`: one form for both. */
function negated(operand: Expr): Expr {
  switch (operand.kind) {
    case 'like':
    case 'between':
    case 'in':
      return operand.not ? { kind: 'unary', op: 'NOT', operand } : { ...operand, not: true };
    default:
      return { kind: 'unary', op: 'NOT', operand };
  }
}

/** One more operator and its right side, or null when what follows binds weaker than `level` or is no operator. */
function infix(reader: Reader, left: Expr, level: number): Expr | null {
  const { upper } = reader.peek();
  const binary = BINARY.get(SYNONYMS[upper] ?? upper);
  if (binary) {
    const [op, own] = binary;
    if (own < level) return null;
    reader.next();
    return { kind: 'binary', op, left, right: parseExpr(reader, own + 1) };
  }
  if (upper === 'COLLATE') {
    if (LEVEL.COLLATE < level) return null;
    reader.next();
    return { kind: 'collate', operand: left, collation: reader.name('a collation').toUpperCase() };
  }
  return LEVEL.EQUALITY < level ? null : comparison(reader, left);
}

function comparison(reader: Reader, left: Expr): Expr | null {
  if (reader.take('ISNULL')) return { kind: 'null-test', not: false, operand: left };
  if (reader.take('NOTNULL') || reader.take('NOT', 'NULL')) return { kind: 'null-test', not: true, operand: left };
  if (reader.take('IS')) return is(reader, left);
  const not = reader.is('NOT');
  const word = reader.peek(not ? 1 : 0).upper;
  if (word !== 'BETWEEN' && word !== 'IN' && !LIKES.has(word)) return null;
  const at = reader.peek().start;
  if (not) reader.next();
  reader.next();
  if (word === 'BETWEEN') return between(reader, left, not);
  if (word === 'IN') return { kind: 'in', not, operand: left, set: inSet(reader) };
  const right = parseExpr(reader, LEVEL.COMPARISON);
  const escaper = reader.take('ESCAPE') ? parseExpr(reader, LEVEL.COMPARISON) : null;
  return { kind: 'like', op: word, not, operand: left, right, escape: escaper, at };
}

function is(reader: Reader, left: Expr): Expr {
  let not = reader.take('NOT');
  if (reader.take('DISTINCT', 'FROM')) not = !not;
  const right = parseExpr(reader, LEVEL.COMPARISON);
  if (right.kind === 'literal' && right.text === 'NULL') return { kind: 'null-test', not, operand: left };
  return { kind: 'binary', op: not ? 'IS NOT' : 'IS', left, right };
}

function between(reader: Reader, operand: Expr, not: boolean): Expr {
  const low = parseExpr(reader, LEVEL.NOT);
  reader.expect('AND');
  return { kind: 'between', not, operand, low, high: parseExpr(reader, LEVEL.COMPARISON) };
}

function inSet(reader: Reader): InSet {
  if (!reader.is('(')) {
    const path = reader.path('a table');
    return { kind: 'table', path, args: reader.is('(') ? expressionList(reader) : null };
  }
  if (!startsSelect(reader, 1)) return { kind: 'list', items: expressionList(reader) };
  return { kind: 'select', select: reader.parenthesized(() => parseSelect(reader)) };
}

/** `( a, b )` or `( )`. */
export function expressionList(reader: Reader): Expr[] {
  return reader.parenthesized(() => (reader.is(')') ? [] : reader.list(() => parseExpr(reader))));
}

/** Words and numbers of a type, in one spelling: `decimal ( 10 , 2 )` is `DECIMAL(10,2)`. Empty when there is none. */
export function typeName(reader: Reader, isEnd: () => boolean): string {
  const words: string[] = [];
  while (!isEnd() && reader.isName()) words.push(unquoted(reader.next().text).toUpperCase());
  if (words.length === 0 || !reader.is('(')) return words.join(' ');
  const args = reader.parenthesized(() => reader.list(() => signedNumber(reader)));
  return `${words.join(' ')}(${args.join(',')})`;
}

function signedNumber(reader: Reader): string {
  const sign = reader.take('-') ? '-' : '';
  if (sign === '') reader.take('+');
  if (reader.peek().kind !== 'number') throw reader.failure('expected a number');
  return `${sign}${canonicalNumber(reader.next().text).text}`;
}
