/** SELECT and VALUES, with everything that may stand around them. */
import type { Cte, From, Joined, ResultColumn, Select, SelectCore, Source, With } from './ast.ts';
import { orderings, windowDef } from './call.ts';
import { expressionList, parseExpr } from './expression.ts';
import type { Reader } from './reader.ts';

/** Whether a select begins `ahead` tokens from here. */
export function startsSelect(reader: Reader, ahead = 0): boolean {
  const { upper } = reader.peek(ahead);
  return upper === 'SELECT' || upper === 'VALUES' || (upper === 'WITH' && reader.peek(ahead + 1).upper !== '(');
}

export function parseSelect(reader: Reader): Select {
  return reader.nested(() => {
    const at = reader.peek().start;
    const withs = withOf(reader);
    const cores: { op: string | null; core: SelectCore }[] = [{ op: null, core: coreOf(reader) }];
    for (let op = compoundOf(reader); op !== null; op = compoundOf(reader)) cores.push({ op, core: coreOf(reader) });
    const orderBy = orderings(reader);
    return { with: withs, cores, orderBy, ...limitOf(reader), at };
  });
}

export function limitOf(reader: Reader): Pick<Select, 'limit' | 'offset'> {
  if (!reader.take('LIMIT')) return { limit: null, offset: null };
  const first = parseExpr(reader);
  if (reader.take('OFFSET')) return { limit: first, offset: parseExpr(reader) };
  // `LIMIT a, b` means OFFSET a.
  return reader.take(',') ? { limit: parseExpr(reader), offset: first } : { limit: first, offset: null };
}

export function withOf(reader: Reader): With | null {
  if (!reader.take('WITH')) return null;
  const recursive = reader.is('RECURSIVE') && reader.take('RECURSIVE');
  return { recursive, ctes: reader.list(() => cteOf(reader)) };
}

function cteOf(reader: Reader): Cte {
  const name = reader.name();
  const columns = reader.is('(') ? reader.nameList() : null;
  reader.expect('AS');
  let materialized: Cte['materialized'] = null;
  if (reader.take('MATERIALIZED')) materialized = 'MATERIALIZED';
  else if (reader.take('NOT', 'MATERIALIZED')) materialized = 'NOT MATERIALIZED';
  return { name, columns, materialized, select: reader.parenthesized(() => parseSelect(reader)) };
}

function compoundOf(reader: Reader): string | null {
  if (reader.take('UNION', 'ALL')) return 'UNION ALL';
  for (const op of ['UNION', 'EXCEPT', 'INTERSECT']) if (reader.take(op)) return op;
  return null;
}

function coreOf(reader: Reader): SelectCore {
  if (reader.take('VALUES')) return { kind: 'values', rows: reader.list(() => expressionList(reader)) };
  reader.expect('SELECT');
  const distinct = reader.take('DISTINCT');
  if (!distinct) reader.take('ALL');
  const columns = reader.list(() => resultColumn(reader));
  const from = reader.take('FROM') ? parseFrom(reader) : null;
  const where = reader.take('WHERE') ? parseExpr(reader) : null;
  const groupBy = reader.take('GROUP', 'BY') ? reader.list(() => parseExpr(reader)) : [];
  const having = reader.take('HAVING') ? parseExpr(reader) : null;
  return { kind: 'select', distinct, columns, from, where, groupBy, having, windows: windowsOf(reader) };
}

function windowsOf(reader: Reader): [string, ReturnType<typeof windowDef>][] {
  if (!reader.take('WINDOW')) return [];
  return reader.list(() => {
    const name = reader.name();
    reader.expect('AS');
    return [name, windowDef(reader)];
  });
}

export function resultColumn(reader: Reader): ResultColumn {
  if (reader.take('*')) return { kind: 'star', table: null };
  if (reader.isName() && reader.peek(1).upper === '.' && reader.peek(2).upper === '*') {
    const table = reader.name();
    reader.expect('.', '*');
    return { kind: 'star', table };
  }
  return { kind: 'expression', expression: parseExpr(reader), alias: reader.alias() };
}

export function parseFrom(reader: Reader): From {
  const joined: Joined[] = [{ join: null, source: sourceOf(reader), ...constraintOf(reader) }];
  for (let join = joinOf(reader); join !== null; join = joinOf(reader))
    joined.push({ join, source: sourceOf(reader), ...constraintOf(reader) });
  return joined;
}

/** A comma, JOIN and INNER JOIN are the same to SQLite; CROSS keeps the order of the tables. */
function joinOf(reader: Reader): string | null {
  if (reader.take(',')) return 'JOIN';
  const mark = reader.mark;
  const natural = reader.take('NATURAL') ? 'NATURAL ' : '';
  const side = ['LEFT', 'RIGHT', 'FULL', 'INNER', 'CROSS'].find((word) => reader.take(word));
  reader.take('OUTER');
  if (!reader.take('JOIN')) {
    reader.reset(mark);
    return null;
  }
  return `${natural}${side === undefined || side === 'INNER' ? '' : `${side} `}JOIN`;
}

function constraintOf(reader: Reader): Pick<Joined, 'on' | 'using'> {
  if (reader.take('ON')) return { on: parseExpr(reader), using: null };
  return { on: null, using: reader.take('USING') ? reader.nameList() : null };
}

function sourceOf(reader: Reader): Source {
  const { start: at } = reader.peek();
  if (reader.is('(')) {
    if (startsSelect(reader, 1)) {
      const select = reader.parenthesized(() => parseSelect(reader));
      return { kind: 'subselect', select, alias: reader.alias() };
    }
    const from = reader.nested(() => reader.parenthesized(() => parseFrom(reader)));
    return { kind: 'group', from, alias: reader.alias() };
  }
  const path = reader.path('a table');
  const args = reader.is('(') ? expressionList(reader) : null;
  return { kind: 'table', path, args, alias: reader.alias(), indexed: indexedOf(reader), at };
}

export function indexedOf(reader: Reader): string | false | null {
  if (reader.take('INDEXED', 'BY')) return reader.name('an index');
  return reader.take('NOT', 'INDEXED') ? false : null;
}
