import { reset } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { basisMustBe, readBasis } from './basis.ts';
import { d1Database } from './d1.ts';
import { type Expectations, rowsAre } from './expect.ts';
import { lowerFence, raiseFence } from './fence.ts';
import { claim, effectOnce } from './guarded.ts';

const database = d1Database((env as unknown as { DB: D1Database }).DB);
const by = { owner: 'job_1', epoch: 1, at: '2026-11-23T10:00:00.000Z' };
const run = (...statements: string[]) => database.batch(statements.map((sql) => ({ sql })));
const numbers = async () => (await database.query('SELECT n FROM done ORDER BY n')).rows.flat();
const effect = (step: string, expect: Expectations, sql = 'INSERT INTO done VALUES (1)') =>
  effectOnce(database, by, step, [{ sql }], [], expect);

beforeEach(async () => {
  await run(
    'CREATE TABLE done (n INTEGER)',
    'CREATE TABLE __drizzle_migrations (id INTEGER PRIMARY KEY, hash TEXT, created_at NUMERIC)',
  );
  await claim(database, by);
});
afterEach(() => reset());

describe('J6: the basis', () => {
  test.each([
    ['a table', 'CREATE TABLE more (x)'],
    ['a column', 'ALTER TABLE done ADD COLUMN x'],
    ['an index', 'CREATE INDEX i ON done (n)'],
    ['a trigger', 'CREATE TRIGGER t AFTER INSERT ON done BEGIN SELECT 1; END'],
    ['a view', 'CREATE VIEW v AS SELECT 1'],
    ['a migration in the ledger', "INSERT INTO __drizzle_migrations (hash, created_at) VALUES ('h', 1)"],
    ['another ledger', 'CREATE TABLE d1_migrations (id INTEGER PRIMARY KEY, name TEXT)'],
  ])('changes with %s, and what expects it fails in its batch', async (_, sql) => {
    const { hash, expectations } = await readBasis(database);
    expect(await effect('a', { before: expectations })).toBe('applied');
    await run(sql);
    expect((await readBasis(database)).hash).not.toBe(hash);
    await expect(basisMustBe(database, hash)).rejects.toMatchObject({ code: 'plan_stale' });
    await expect(effect('b', { before: expectations })).rejects.toMatchObject({ code: 'plan_stale' });
    expect(await numbers()).toEqual([1]);
  });

  test('S4: does not change with rows, the fence, our own tables and the audit log', async () => {
    const before = await readBasis(database);
    await raiseFence(database);
    await run(
      'CREATE TABLE audit_logs (id TEXT PRIMARY KEY)',
      'CREATE INDEX audit_logs_id ON audit_logs (id)',
      'CREATE TABLE _lk_x (y)',
    );
    expect((await readBasis(database)).hash).toBe(before.hash);
    expect(await effect('a', { before: before.expectations })).toBe('applied');
    await lowerFence(database);
    await run('INSERT INTO done VALUES (7)');
    expect((await readBasis(database)).hash).toBe(before.hash);
  });

  test('a schema of a megabyte and a thousand migrations', async () => {
    const columns = Array.from(
      { length: 60 },
      (_, n) => `a_column_with_a_long_name_${n} TEXT NOT NULL DEFAULT 'something or other'`,
    );
    await run(...Array.from({ length: 300 }, (_, n) => `CREATE TABLE "t ${n}" (${columns.join(', ')})`));
    await run(
      'INSERT INTO __drizzle_migrations WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < 1000) SELECT i, hex(i), i FROM s',
    );
    const { expectations } = await readBasis(database);
    expect(expectations.length).toBeGreaterThan(4);
    expect(await effect('a', { before: expectations })).toBe('applied');
    await run('ALTER TABLE "t 7" RENAME COLUMN a_column_with_a_long_name_9 TO b');
    await expect(effect('b', { before: expectations })).rejects.toMatchObject({ code: 'plan_stale' });
    expect(await numbers()).toEqual([1]);
  });
});

describe('S2: expectations inside a batch', () => {
  test('before and after the statements; what fails says what was found, and nothing is done', async () => {
    expect(await effect('a', { before: [rowsAre('done', 0)], after: [rowsAre('done', 1)] })).toBe('applied');
    await expect(effect('b', { before: [rowsAre('done', 5)] })).rejects.toMatchObject({
      code: 'count_mismatch',
      message: 'Rows of `done`: 5 expected, 1 found. Nothing was changed by this step.',
    });
    await expect(effect('c', { before: [rowsAre('done', 1)], after: [rowsAre('done', 1)] })).rejects.toMatchObject({
      code: 'count_mismatch',
      message: expect.stringContaining('1 expected, 2 found'),
    });
    expect(await numbers()).toEqual([1]);
    const left = await database.query('SELECT count(*) FROM _lk_expect');
    expect(left.rows).toEqual([[0]]);
    expect((await database.query('SELECT step FROM _lk_steps')).rows).toEqual([['a']]);
  });

  test('what is NULL, or no number, does not hold', async () => {
    for (const sql of ['NULL', "'x'", '0', '(SELECT n FROM done WHERE n > 99)'])
      await expect(effect('a', { before: [{ kind: 'count', what: 'Something', sql }] }), sql).rejects.toMatchObject({
        code: 'count_mismatch',
        message: expect.stringContaining('Something: not as the plan has it'),
      });
    expect(await numbers()).toEqual([]);
  });

  test('J3: a step that has landed does not fail on what it has changed itself', async () => {
    const expectations = { before: [rowsAre('done', 0)] };
    expect(await effect('a', expectations)).toBe('applied');
    expect(await effect('a', expectations)).toBe('already');
    expect(await effectOnce(database, { ...by, epoch: 0 }, 'b', [], [], expectations)).toBe('stale');
  });

  test('a database that an older version has guarded gets what is new', async () => {
    await run('DROP TABLE _lk_expect');
    await claim(database, { ...by, epoch: 2 });
    expect(await effectOnce(database, { ...by, epoch: 2 }, 'a', [], [], { before: [rowsAre('done', 0)] })).toBe('applied');
  });
});
