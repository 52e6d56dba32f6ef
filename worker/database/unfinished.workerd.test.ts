import { reset } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, expect, test } from 'vitest';
import { d1Database } from './d1.ts';
import { dropUnfinished, unfinishedDrops } from './unfinished.ts';

const database = d1Database((env as unknown as { DB: D1Database }).DB);
afterEach(() => reset());

const left = async () =>
  (await database.query("SELECT name FROM sqlite_schema WHERE name NOT LIKE '\\_cf%' ESCAPE '\\' ORDER BY name")).rows.map(
    ([name]) => name,
  );

test('nothing to do where nothing was left behind', async () => {
  await database.query('CREATE TABLE t (id INTEGER PRIMARY KEY)');
  expect(await unfinishedDrops(database)).toEqual([]);
  await dropUnfinished(database);
  expect(await left()).toEqual(['t']);
});

test('J5: copies go, whatever they refer to and whatever their keys do; what is not ours stays', async () => {
  const [one, two, three] = ['_lk_next_1', '_lk_next_2', '_lk_next_10'];
  await database.batch(
    [
      'CREATE TABLE t (id INTEGER PRIMARY KEY)',
      'INSERT INTO t VALUES (1)',
      'CREATE TABLE _lk_next (id INTEGER)',
      'CREATE TABLE _lk_slices (tab TEXT NOT NULL)',
      'PRAGMA defer_foreign_keys = ON',
      `CREATE TABLE "${one}" (id INTEGER PRIMARY KEY, two INTEGER REFERENCES ${two} (id) ON DELETE RESTRICT)`,
      `CREATE TABLE "${two}" (id INTEGER PRIMARY KEY, one INTEGER REFERENCES ${one} (id) ON DELETE CASCADE, t INTEGER REFERENCES t (id), code TEXT)`,
      `CREATE TABLE "${three}" (id INTEGER PRIMARY KEY, up INTEGER NOT NULL REFERENCES ${three} (id) ON DELETE SET NULL, code TEXT REFERENCES ${two} (code))`,
      `CREATE UNIQUE INDEX _lk_key_1 ON ${two} (code)`,
      `INSERT INTO ${one} VALUES (1, 2), (2, 1)`,
      `INSERT INTO ${two} VALUES (1, 1, 1, 'a'), (2, 2, NULL, 'b')`,
      `INSERT INTO ${three} VALUES (1, 1, 'a'), (2, 1, 'b'), (3, 2, NULL)`,
    ].map((sql) => ({ sql })),
  );
  await dropUnfinished(database);
  expect(await left()).toEqual(['_lk_next', 't']);
  expect((await database.query('SELECT * FROM t')).rows).toEqual([[1]]);
});
