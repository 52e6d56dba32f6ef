/** INSERT, UPDATE and DELETE: what triggers do, and what the linter reads. */
import type { Assignment, Dml, ResultColumn, Target, Upsert } from './ast.ts';
import { ordering, orderings } from './call.ts';
import { parseExpr } from './expression.ts';
import type { Reader } from './reader.ts';
import { indexedOf, limitOf, parseFrom, parseSelect, resultColumn, withOf } from './select.ts';

const CONFLICTS = ['ROLLBACK', 'ABORT', 'FAIL', 'IGNORE', 'REPLACE'];

/** One statement that reads or writes rows, up to its `;`. */
export function parseDml(reader: Reader): Dml {
  const mark = reader.mark;
  const withs = withOf(reader);
  if (reader.is('INSERT') || reader.is('REPLACE')) return insertOf(reader, withs);
  if (reader.take('UPDATE')) return updateOf(reader, withs);
  if (reader.take('DELETE')) return deleteOf(reader, withs);
  reader.reset(mark);
  return { kind: 'select', select: parseSelect(reader) };
}

/** `OR IGNORE`, `ON CONFLICT IGNORE` without the words before. */
export function conflictAction(reader: Reader): string {
  const action = CONFLICTS.find((word) => reader.take(word));
  if (action === undefined) throw reader.failure(`expected one of ${CONFLICTS.join(', ')}`);
  return action;
}

const orAction = (reader: Reader): string => (reader.take('OR') ? conflictAction(reader) : 'ABORT');

function targetOf(reader: Reader): Target {
  const at = reader.peek().start;
  const path = reader.path('a table');
  const alias = reader.take('AS') ? reader.name('an alias') : null;
  return { path, alias, indexed: indexedOf(reader), at };
}

type WithOf = Dml extends infer D ? (D extends { with: infer W } ? W : never) : never;

function insertOf(reader: Reader, withs: WithOf): Dml {
  let or = 'REPLACE';
  if (!reader.take('REPLACE')) {
    reader.expect('INSERT');
    or = orAction(reader);
  }
  reader.expect('INTO');
  const target = targetOf(reader);
  const columns = reader.is('(') ? reader.nameList() : null;
  const select = reader.take('DEFAULT', 'VALUES') ? null : parseSelect(reader);
  const upserts: Upsert[] = [];
  while (reader.take('ON', 'CONFLICT')) upserts.push(upsertOf(reader));
  return { kind: 'insert', with: withs, or, target, columns, select, upserts, returning: returningOf(reader) };
}

function upsertOf(reader: Reader): Upsert {
  const target = reader.is('(') ? reader.parenthesized(() => reader.list(() => ordering(reader))) : null;
  const targetWhere = target && reader.take('WHERE') ? parseExpr(reader) : null;
  reader.expect('DO');
  if (reader.take('NOTHING')) return { target, targetWhere, set: null, where: null };
  reader.expect('UPDATE', 'SET');
  const set = assignments(reader);
  return { target, targetWhere, set, where: reader.take('WHERE') ? parseExpr(reader) : null };
}

const assignments = (reader: Reader): Assignment[] =>
  reader.list(() => {
    const columns = reader.is('(') ? reader.nameList() : [reader.name('a column')];
    reader.expect('=');
    return { columns, value: parseExpr(reader) };
  });

function updateOf(reader: Reader, withs: WithOf): Dml {
  const or = orAction(reader);
  const target = targetOf(reader);
  reader.expect('SET');
  const set = assignments(reader);
  const from = reader.take('FROM') ? parseFrom(reader) : null;
  const where = reader.take('WHERE') ? parseExpr(reader) : null;
  return { kind: 'update', with: withs, or, target, set, from, where, ...tailOf(reader) };
}

function deleteOf(reader: Reader, withs: WithOf): Dml {
  reader.expect('FROM');
  const target = targetOf(reader);
  const where = reader.take('WHERE') ? parseExpr(reader) : null;
  return { kind: 'delete', with: withs, target, where, ...tailOf(reader) };
}

function tailOf(reader: Reader) {
  const returning = returningOf(reader);
  const orderBy = orderings(reader);
  return { returning, orderBy, ...limitOf(reader) };
}

const returningOf = (reader: Reader): ResultColumn[] => (reader.take('RETURNING') ? reader.list(() => resultColumn(reader)) : []);
