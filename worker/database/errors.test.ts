import { describe, expect, test } from 'vitest';
import { d1Database } from './d1.ts';
import { databaseFailure, isRead, isTooBig } from './errors.ts';

describe('what the texts of D1 mean', () => {
  test.each([
    ['D1_ERROR: Network connection lost.', 'database_unreachable', true, true],
    ['D1 DB reset because its code was updated.', 'database_unreachable', true, true],
    ['Internal error in D1 DB storage caused object to be reset.', 'database_unreachable', true, true],
    ['Cannot resolve D1 DB due to transient issue on remote node.', 'database_unreachable', true, true],
    ['D1 DB is overloaded. Requests queued for too long.', 'database_unreachable', true, false],
    ['D1 DB storage operation exceeded timeout which caused object to be reset.', 'database_limit', false, true],
    ["D1 DB's isolate exceeded its memory limit and was reset.", 'database_limit', false, true],
    ['D1_ERROR: statement too long: SQLITE_TOOBIG', 'database_limit', false, false],
    ['D1_ERROR: string or blob too big: SQLITE_TOOBIG', 'database_limit', false, false],
    ['D1_ERROR: too many columns in result set: SQLITE_ERROR', 'database_limit', false, false],
    ['D1_ERROR: UNIQUE constraint failed: t.id: SQLITE_CONSTRAINT', 'database_failed', false, false],
    ['D1_ERROR: no such table: x: SQLITE_ERROR', 'database_failed', false, false],
  ])('%s', (message, code, transient, outcomeUnknown) => {
    expect(databaseFailure(new Error(message), true)).toMatchObject({
      code,
      transient,
      outcomeUnknown,
      retryable: transient,
      message,
    });
    expect(databaseFailure(new Error(message), false).outcomeUnknown).toBe(false);
  });

  test('only what smaller pages can cure is too big', () => {
    for (const message of [
      'string or blob too big: SQLITE_TOOBIG',
      'D1 DB storage operation exceeded timeout which caused object to be reset.',
      'D1 DB exceeded its memory limit and was reset.',
      'D1 DB exceeded its CPU time limit and was reset.',
    ]) {
      expect(isTooBig(databaseFailure(new Error(message), false)), message).toBe(true);
    }
    expect(isTooBig(databaseFailure(new Error('too many columns in result set'), false))).toBe(false);
    expect(isTooBig(new Error('string or blob too big'))).toBe(false);
  });

  test.each([
    ['SELECT 1', true],
    ['  with x as (select 1) select * from x', true],
    ['WITH x AS (SELECT 1) INSERT INTO t SELECT * FROM x', false],
    ['PRAGMA foreign_key_check', true],
    ['PRAGMA foreign_keys = OFF', false],
    ['INSERT INTO t VALUES (1)', false],
    ['EXPLAIN DELETE FROM t', true],
  ])('isRead: %s is %s', (sql, wanted) => expect(isRead(sql)).toBe(wanted));
});

/** A binding that loses the connection a number of times. */
function flaky(failures: number): { binding: D1Database; calls: () => number } {
  let calls = 0;
  const answer = async () => {
    calls += 1;
    if (calls <= failures) throw new Error('D1_ERROR: Network connection lost.');
    return [[1]];
  };
  const all = async () => {
    await answer();
    return { results: [], meta: { changes: 1, size_after: 4096 } };
  };
  const prepared = { bind: () => ({ raw: answer, all }), all };
  return { binding: { prepare: () => prepared, batch: async () => [await all()] } as unknown as D1Database, calls: () => calls };
}

describe('retries', () => {
  const pauses: number[] = [];
  const pause = async (ms: number) => void pauses.push(ms);

  test('J2 a read is tried again after a pause, and gives up in the end', async () => {
    const passing = flaky(3);
    expect((await d1Database(passing.binding, { pause }).query('SELECT 1')).rows).toEqual([[1]]);
    expect(pauses).toEqual([50, 200, 800]);
    await expect(d1Database(flaky(9).binding, { pause }).query('SELECT 1')).rejects.toMatchObject({
      code: 'database_unreachable',
      outcomeUnknown: false,
    });
  });

  test('J3 a write is never said twice: its outcome is unknown', async () => {
    const once = flaky(1);
    await expect(d1Database(once.binding, { pause }).query('DELETE FROM t')).rejects.toMatchObject({
      transient: true,
      outcomeUnknown: true,
    });
    expect(once.calls()).toBe(1);
    const batch = flaky(1);
    await expect(d1Database(batch.binding, { pause }).batch([{ sql: 'SELECT 1' }, { sql: 'DELETE FROM t' }])).rejects.toMatchObject(
      { outcomeUnknown: true },
    );
    expect(batch.calls()).toBe(1);
    expect(await d1Database(flaky(1).binding, { pause }).batch([{ sql: 'SELECT 1' }])).toHaveLength(1);
  });
});
