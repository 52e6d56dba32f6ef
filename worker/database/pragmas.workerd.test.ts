/** Settings that a batch makes for itself must not outlive it: on D1 the connection is everybody's. */
import { reset } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, expect, test } from 'vitest';
import { d1Database } from './d1.ts';
import { lowerFence } from './fence.ts';
import { claim, effectOnce } from './guarded.ts';

const database = d1Database((env as unknown as { DB: D1Database }).DB);
const by = { owner: 'job_1', epoch: 1, at: '2026-11-23T10:00:00.000Z' };
afterEach(() => reset());

for (const [pragma, broken] of [
  ['ignore_check_constraints', 'INSERT INTO t VALUES (1)'],
  ['recursive_triggers', "REPLACE INTO s VALUES (1, 'b')"],
] as const)
  test(`S1, S2: a batch that fails leaves ${pragma} as it was, for whoever writes next`, async () => {
    await database.batch([
      { sql: 'CREATE TABLE t (n INTEGER CHECK (n > 1))' },
      { sql: 'CREATE TABLE s (id INTEGER PRIMARY KEY, v)' },
      { sql: 'CREATE TRIGGER gone AFTER DELETE ON s BEGIN INSERT INTO t VALUES (0); END' },
      { sql: "INSERT INTO s VALUES (1, 'a')" },
    ]);
    const outcome = async () =>
      database.query(broken).then(
        () => 'written',
        (error: unknown) => String(error),
      );
    const before = await outcome();
    await claim(database, by);
    const statements = [`PRAGMA ${pragma} = ON`, 'INSERT INTO nowhere VALUES (1)', `PRAGMA ${pragma} = OFF`];
    await expect(
      effectOnce(
        database,
        by,
        'a',
        statements.map((sql) => ({ sql })),
      ),
    ).rejects.toThrow('nowhere');
    expect(await outcome()).toBe(before);
    expect((await database.query(`PRAGMA ${pragma}`)).rows).toEqual([[0]]);
  });

test.each([
  ['the next executor', () => claim(database, { ...by, epoch: 2 })],
  ['the end of the fence', () => lowerFence(database)],
])('S2: CHECK that nobody was left to switch on again counts after %s', async (_, comes) => {
  await database.batch([{ sql: 'CREATE TABLE t (n INTEGER CHECK (n > 1))' }]);
  await claim(database, by);
  await expect(
    database.batch([{ sql: 'PRAGMA ignore_check_constraints = ON' }, { sql: 'INSERT INTO nowhere VALUES (1)' }]),
  ).rejects.toThrow();
  await database.query('INSERT INTO t VALUES (1)');
  await comes();
  await expect(database.query('INSERT INTO t VALUES (1)')).rejects.toThrow('CHECK');
});

test.each([
  ['the next executor', () => claim(database, { ...by, epoch: 2 })],
  ['the end of the fence', () => lowerFence(database)],
])('S1: a RENAME looks at views again after %s', async (_, comes) => {
  const rename = [
    { sql: 'CREATE TABLE t (n)' },
    { sql: 'CREATE VIEW v AS SELECT * FROM nowhere' },
    { sql: 'ALTER TABLE t RENAME TO u' },
  ];
  await claim(database, by);
  await expect(database.batch(rename)).rejects.toThrow('error in view v');
  await expect(
    database.batch([{ sql: 'PRAGMA legacy_alter_table = ON' }, { sql: 'INSERT INTO nowhere VALUES (1)' }]),
  ).rejects.toThrow();
  expect((await database.query('PRAGMA legacy_alter_table')).rows).toEqual([[1]]);
  await comes();
  await expect(database.batch(rename)).rejects.toThrow('error in view v');
});

test('J3: the epoch counts even when CHECK was left switched off', async () => {
  await database.batch([{ sql: 'CREATE TABLE t (n)' }]);
  await claim(database, { ...by, epoch: 2 });
  await database.query('PRAGMA ignore_check_constraints = ON');
  expect(await effectOnce(database, by, 'late', [{ sql: 'INSERT INTO t VALUES (1)' }])).toBe('stale');
  expect((await database.query('SELECT count(*) FROM t')).rows).toEqual([[0]]);
});
