/** Calls of functions: arguments, FILTER, OVER; and orderings and windows, which SELECT has, too. */
import type { Expr, FrameBound, Ordering, WindowDef } from './ast.ts';
import { parseExpr } from './expression.ts';
import type { Reader } from './reader.ts';

export function callOf(reader: Reader): Expr {
  const at = reader.peek().start;
  const name = reader.name('a function');
  reader.expect('(');
  let distinct = false;
  let args: Expr[] | '*' = [];
  let orderBy: Ordering[] = [];
  if (reader.take('*')) args = '*';
  else if (!reader.is(')')) {
    distinct = reader.take('DISTINCT');
    if (!distinct) reader.take('ALL');
    args = reader.list(() => parseExpr(reader));
    orderBy = orderings(reader);
  }
  reader.expect(')');
  const filter = reader.is('FILTER', '(') ? filterOf(reader) : null;
  return { kind: 'call', name, distinct, args, orderBy, filter, over: overOf(reader), at };
}

function filterOf(reader: Reader): Expr {
  reader.expect('FILTER', '(', 'WHERE');
  const filter = parseExpr(reader);
  reader.expect(')');
  return filter;
}

/** OVER is a keyword only where a window or its name follows. */
function overOf(reader: Reader): string | WindowDef | null {
  const { upper, kind } = reader.peek(1);
  if (!reader.is('OVER') || (upper !== '(' && kind !== 'word' && kind !== 'quoted')) return null;
  reader.next();
  return reader.is('(') ? windowDef(reader) : reader.name('a window');
}

const FRAME_UNITS: ReadonlySet<string> = new Set(['RANGE', 'ROWS', 'GROUPS']);
const WINDOW_WORDS: ReadonlySet<string> = new Set([...FRAME_UNITS, 'PARTITION', 'ORDER']);

export function windowDef(reader: Reader): WindowDef {
  return reader.parenthesized(() => {
    const base = reader.isName() && !reader.isOneOf(WINDOW_WORDS) ? reader.name() : null;
    const partitionBy = reader.take('PARTITION', 'BY') ? reader.list(() => parseExpr(reader)) : [];
    return { base, partitionBy, orderBy: orderings(reader), frame: reader.isOneOf(FRAME_UNITS) ? frameOf(reader) : null };
  });
}

function frameOf(reader: Reader): WindowDef['frame'] {
  const unit = reader.next().upper;
  const between = reader.take('BETWEEN');
  const from = frameBound(reader);
  if (between) reader.expect('AND');
  const to = between ? frameBound(reader) : null;
  return { unit, from, to, exclude: reader.take('EXCLUDE') ? excluded(reader) : 'NO OTHERS' };
}

function excluded(reader: Reader): string {
  if (reader.take('NO', 'OTHERS')) return 'NO OTHERS';
  if (reader.take('CURRENT', 'ROW')) return 'CURRENT ROW';
  if (reader.take('GROUP')) return 'GROUP';
  reader.expect('TIES');
  return 'TIES';
}

function frameBound(reader: Reader): FrameBound {
  if (reader.take('CURRENT', 'ROW')) return { kind: 'CURRENT ROW', offset: null };
  if (reader.take('UNBOUNDED', 'PRECEDING')) return { kind: 'UNBOUNDED PRECEDING', offset: null };
  if (reader.take('UNBOUNDED', 'FOLLOWING')) return { kind: 'UNBOUNDED FOLLOWING', offset: null };
  const offset = parseExpr(reader);
  if (reader.take('PRECEDING')) return { kind: 'PRECEDING', offset };
  reader.expect('FOLLOWING');
  return { kind: 'FOLLOWING', offset };
}

/** `ORDER BY …`, or nothing. */
export const orderings = (reader: Reader): Ordering[] => (reader.take('ORDER', 'BY') ? reader.list(() => ordering(reader)) : []);

export function ordering(reader: Reader): Ordering {
  const expression = parseExpr(reader);
  const descending = reader.take('DESC');
  if (!descending) reader.take('ASC');
  return { expression, descending, nulls: nullsOf(reader) };
}

function nullsOf(reader: Reader): Ordering['nulls'] {
  if (reader.take('NULLS', 'FIRST')) return 'FIRST';
  return reader.take('NULLS', 'LAST') ? 'LAST' : null;
}
