/** The parts of an expression between its operators: literals, names, calls, CASE, subselects. */
import { unquoted } from '../../sql/tokens.ts';
import type { Expr } from './ast.ts';
import { callOf } from './call.ts';
import { expressionList, parseExpr, typeName } from './expression.ts';
import { isReservedWord } from './keywords.ts';
import { canonicalNumber } from './number.ts';
import type { Reader } from './reader.ts';
import { parseSelect, startsSelect } from './select.ts';

const word = (text: string): Expr => ({ kind: 'literal', text, type: 'word' });

export function primary(reader: Reader): Expr {
  const { kind, text, start } = reader.peek();
  switch (kind) {
    case 'number':
      reader.next();
      return { kind: 'literal', ...canonicalNumber(text) };
    case 'blob':
      reader.next();
      return { kind: 'literal', text: `X${text.slice(1).toUpperCase()}`, type: 'blob' };
    case 'string':
      if (reader.peek(1).upper === '.') return named(reader);
      reader.next();
      return { kind: 'literal', text, type: 'text' };
    case 'placeholder':
      reader.next();
      return { kind: 'placeholder', text, at: start };
    case 'quoted':
      return named(reader);
    case 'word':
      return worded(reader);
    case 'symbol':
      if (text === '(') return parenthesis(reader);
      throw reader.failure('expected an expression');
    case 'end':
      throw reader.failure('expected an expression');
  }
}

function worded(reader: Reader): Expr {
  const { upper } = reader.peek();
  const calls = reader.peek(1).upper === '(';
  switch (upper) {
    case 'NULL':
    case 'TRUE':
    case 'FALSE':
    case 'CURRENT_DATE':
    case 'CURRENT_TIME':
    case 'CURRENT_TIMESTAMP':
      if (reader.peek(1).upper === '.') break;
      reader.next();
      return word(upper);
    case 'CASE':
      return caseOf(reader);
    case 'EXISTS':
      reader.next();
      return { kind: 'exists', select: reader.parenthesized(() => parseSelect(reader)) };
    case 'CAST':
      if (calls) return castOf(reader);
      break;
    case 'RAISE':
      if (calls) return raiseOf(reader);
      break;
  }
  if (isReservedWord(upper)) throw reader.failure('expected an expression');
  return named(reader);
}

/** A column, or a call. */
function named(reader: Reader): Expr {
  const { text, start, kind } = reader.peek();
  if (reader.peek(1).upper === '(') return callOf(reader);
  const path = reader.path('a column');
  return { kind: 'column', path, quote: kind === 'word' || path.length > 1 ? '' : (text[0] as string), at: start };
}

function parenthesis(reader: Reader): Expr {
  if (startsSelect(reader, 1)) return { kind: 'subselect', select: reader.parenthesized(() => parseSelect(reader)) };
  const items = expressionList(reader);
  const [only] = items;
  if (!only) throw reader.failure('expected an expression');
  return items.length === 1 ? only : { kind: 'vector', items };
}

function caseOf(reader: Reader): Expr {
  reader.expect('CASE');
  const subject = reader.is('WHEN') ? null : parseExpr(reader);
  const whens: [Expr, Expr][] = [];
  while (reader.take('WHEN')) {
    const when = parseExpr(reader);
    reader.expect('THEN');
    whens.push([when, parseExpr(reader)]);
  }
  if (whens.length === 0) throw reader.failure('expected WHEN');
  const otherwise = reader.take('ELSE') ? parseExpr(reader) : null;
  reader.expect('END');
  return { kind: 'case', subject, whens, otherwise };
}

function castOf(reader: Reader): Expr {
  reader.expect('CAST', '(');
  const operand = parseExpr(reader);
  reader.expect('AS');
  const type = typeName(reader, () => false);
  reader.expect(')');
  return { kind: 'cast', operand, type };
}

const RAISES: ReadonlySet<string> = new Set(['IGNORE', 'ROLLBACK', 'ABORT', 'FAIL']);

function raiseOf(reader: Reader): Expr {
  reader.expect('RAISE', '(');
  const action = unquoted(reader.next().text).toUpperCase();
  if (!RAISES.has(action)) throw reader.failure('expected IGNORE, ROLLBACK, ABORT or FAIL');
  let message: Expr | null = null;
  if (action !== 'IGNORE') {
    reader.expect(',');
    message = parseExpr(reader);
  }
  reader.expect(')');
  return { kind: 'raise', action, message };
}
