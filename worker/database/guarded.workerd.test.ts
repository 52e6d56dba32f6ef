import { reset } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, test } from 'vitest';
import { d1Database } from './d1.ts';
import { claim, effectOnce, hasLanded } from './guarded.ts';

const database = d1Database((env as unknown as { DB: D1Database }).DB);
const by = (epoch: number, owner = 'job_1') => ({ owner, epoch, at: '2026-11-23T10:00:00.000Z' });
const add = (n: number) => [{ sql: `INSERT INTO done (n) VALUES (CAST(? AS INTEGER))`, params: [String(n)] }];
const done = async () => (await database.query('SELECT n FROM done ORDER BY n')).rows.map(([n]) => n);
const table = () => database.query('CREATE TABLE done (n INTEGER NOT NULL CHECK (n < 100))');

afterEach(() => reset());

describe('J3: every effect on the managed database happens exactly once', () => {
  test('work, marker and check of the epoch are one batch', async () => {
    await table();
    expect(await claim(database, by(5))).toBe(5);
    expect(await effectOnce(database, by(5), 'a', add(1))).toBe('applied');
    expect(await effectOnce(database, by(5), 'a', add(1))).toBe('already');
    expect(await done()).toEqual([1]);
    expect(await hasLanded(database, 'job_1', 'a')).toBe(true);
    expect(await hasLanded(database, 'job_1', 'b')).toBe(false);
  });

  test('a batch of an executor that was replaced aborts whole', async () => {
    await table();
    await claim(database, by(5));
    expect(await claim(database, by(6))).toBe(6);
    expect(await effectOnce(database, by(5), 'a', add(1))).toBe('stale');
    expect(await done()).toEqual([]);
    expect(await effectOnce(database, by(6), 'a', add(2))).toBe('applied');
    expect(await effectOnce(database, by(5), 'a', add(3))).toBe('stale');
    expect(await done()).toEqual([2]);
  });

  test('a late claim does not lower the guard, and is told which epoch is there', async () => {
    await claim(database, by(9));
    expect(await claim(database, by(4))).toBe(9);
  });

  test('who never claimed is stale', async () => {
    await table();
    await claim(database, by(1));
    await database.query('DELETE FROM _lk_guard');
    expect(await effectOnce(database, by(1), 'a', add(1))).toBe('stale');
    expect(await done()).toEqual([]);
  });

  test('work that fails leaves no marker, so it can be done later', async () => {
    await table();
    await claim(database, by(1));
    await expect(effectOnce(database, by(1), 'a', [...add(1), ...add(100)])).rejects.toThrow(/CHECK/);
    expect(await done()).toEqual([]);
    expect(await hasLanded(database, 'job_1', 'a')).toBe(false);
    expect(await effectOnce(database, by(1), 'a', add(1))).toBe('applied');
  });

  test('two executors at once: one batch lands', async () => {
    await table();
    await claim(database, by(1));
    const effects = await Promise.all(Array.from({ length: 8 }, () => effectOnce(database, by(1), 'a', add(1))));
    expect(effects.filter((effect) => effect === 'applied')).toHaveLength(1);
    expect(await done()).toEqual([1]);
  });

  test('epochs beyond 2^53 stay exact: they go in as text', async () => {
    await claim(database, { ...by(1), epoch: Number.MAX_SAFE_INTEGER });
    const { rows } = await database.query('SELECT CAST(epoch AS TEXT) FROM _lk_guard');
    expect(rows).toEqual([[String(Number.MAX_SAFE_INTEGER)]]);
  });

  test('markers of long finished work are swept, those of this job and recent ones stay', async () => {
    await claim(database, by(1, 'old'));
    await effectOnce(database, { owner: 'old', epoch: 1, at: '2026-01-01T00:00:00.000Z' }, 'a', []);
    await effectOnce(database, by(1, 'recent'), 'a', []);
    await claim(database, by(2));
    expect((await database.query('SELECT owner FROM _lk_steps')).rows).toEqual([['recent']]);
  });
});
