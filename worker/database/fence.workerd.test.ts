import { reset } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, test } from 'vitest';
import { d1Database } from './d1.ts';
import { FENCE_MESSAGE, fenceState, fenceStatements, isFenceRefusal, lowerFence, raiseFence } from './fence.ts';
import { claim, effectOnce } from './guarded.ts';

const binding = (env as unknown as { DB: D1Database }).DB;
const database = d1Database(binding);
afterEach(() => reset());

const SCHEMA = [
  `CREATE TABLE parent (id INTEGER PRIMARY KEY, v TEXT UNIQUE)`,
  `CREATE TABLE child (id INTEGER PRIMARY KEY, p INTEGER REFERENCES parent(id) ON DELETE CASCADE, n INTEGER)`,
  `CREATE TABLE "we""ird ta]ble" ("group" TEXT PRIMARY KEY) WITHOUT ROWID`,
  `CREATE TABLE st (a INTEGER PRIMARY KEY AUTOINCREMENT, b TEXT) STRICT`,
  `CREATE TABLE doc (id INTEGER PRIMARY KEY, body TEXT)`,
  `CREATE VIRTUAL TABLE search USING fts5(body, content='doc', content_rowid='id')`,
  `CREATE TRIGGER doc_ai AFTER INSERT ON doc BEGIN INSERT INTO search(rowid, body) VALUES (new.id, new.body); END`,
  `CREATE VIEW v AS SELECT id, v FROM parent`,
  `CREATE TRIGGER v_insert INSTEAD OF INSERT ON v BEGIN INSERT INTO parent(v) VALUES (new.v); END`,
  `INSERT INTO parent VALUES (1, 'a'), (2, 'b')`,
  `INSERT INTO child VALUES (1, 1, 10), (2, 2, 20)`,
  `INSERT INTO "we""ird ta]ble" VALUES ('x')`,
  `INSERT INTO st(b) VALUES ('one')`,
  `INSERT INTO doc VALUES (1, 'red fox')`,
];
const make = () => database.batch(SCHEMA.map((sql) => ({ sql })));

/** Every way to write that there is, from a client that knows nothing of us. */
const WRITES = [
  `INSERT INTO parent(v) VALUES ('c')`,
  `INSERT OR IGNORE INTO parent(v) VALUES ('c')`,
  `INSERT OR REPLACE INTO parent VALUES (1, 'c')`,
  `REPLACE INTO child VALUES (1, 1, 11)`,
  `INSERT INTO parent(id, v) VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET v = 'y'`,
  `INSERT INTO parent(v) SELECT v || 'z' FROM parent`,
  `UPDATE parent SET v = 'q' WHERE id = 1`,
  `UPDATE OR IGNORE parent SET v = 'b' WHERE id = 1`,
  `UPDATE OR REPLACE parent SET v = 'b' WHERE id = 1`,
  `DELETE FROM parent WHERE id = 1`,
  `DELETE FROM child`,
  `INSERT INTO "we""ird ta]ble" VALUES ('y')`,
  `UPDATE "we""ird ta]ble" SET "group" = 'z'`,
  `INSERT INTO st(b) VALUES ('two')`,
  `INSERT INTO v(v) VALUES ('through the view')`,
  `INSERT INTO doc VALUES (2, 'blue fox')`,
];
const attempt = async (sql: string) => {
  try {
    await binding.prepare(sql).run();
    return 'committed';
  } catch (error) {
    return isFenceRefusal(error) ? 'fenced' : String(error);
  }
};
const everything = async () =>
  JSON.stringify(
    (
      await database.batch(
        ['parent', 'child', `"we""ird ta]ble"`, 'st', 'doc'].map((table) => ({ sql: `SELECT * FROM ${table} ORDER BY 1` })),
      )
    ).map(({ rows }) => rows),
  );

describe('M2: while a fence is up no write commits, from whatever client', () => {
  test.each(WRITES)('%s', async (sql) => {
    await make();
    await raiseFence(database);
    const before = await everything();
    expect(await attempt(sql)).toBe('fenced');
    expect(await everything()).toBe(before);
    await lowerFence(database);
    expect(await attempt(sql)).toBe('committed');
  });

  test('reads go on, and the refusal says why', async () => {
    await make();
    await raiseFence(database);
    expect((await database.query(`SELECT count(*) FROM search WHERE search MATCH 'fox'`)).rows).toEqual([[1]]);
    await expect(binding.prepare('DELETE FROM child').run()).rejects.toThrow(FENCE_MESSAGE);
  });

  test('the holding job passes inside its own batch only, and not when that batch fails', async () => {
    await make();
    await raiseFence(database);
    const by = { owner: 'job_1', epoch: 3, at: '2026-11-23T10:00:00Z' };
    await claim(database, by);
    expect(await effectOnce(database, by, 'a', [{ sql: `UPDATE child SET n = 99` }])).toBe('applied');
    expect((await database.query('SELECT DISTINCT n FROM child')).rows).toEqual([[99]]);
    expect(await attempt('UPDATE child SET n = 1')).toBe('fenced');
    await expect(effectOnce(database, by, 'b', [{ sql: 'SELECT * FROM nowhere' }])).rejects.toThrow(/no such table/);
    expect(await attempt('UPDATE child SET n = 1')).toBe('fenced');
  });

  test('a hammering client: what was acknowledged is there, what came while it was up is not', async () => {
    await make();
    const stopAt = Date.now() + 20_000;
    let stop = false;
    const acknowledged: number[] = [];
    const unexpected: string[] = [];
    let refused = 0;
    const until = async (enough: () => boolean) => {
      while (!enough() && Date.now() < stopAt) await new Promise((resolve) => setTimeout(resolve, 1));
    };
    const hammer = async (worker: number) => {
      for (let n = worker * 100_000; !stop && Date.now() < stopAt; n += 1) {
        // Answers of a database that is this near come so thick that timers would never have their turn.
        await new Promise((resolve) => setTimeout(resolve, 0));
        try {
          await binding.prepare('INSERT INTO child(n) VALUES (CAST(? AS INTEGER))').bind(String(n)).run();
          acknowledged.push(n);
        } catch (error) {
          if (isFenceRefusal(error)) refused += 1;
          else unexpected.push(String(error));
        }
      }
    };
    const hammers = [1, 2, 3].map(hammer);
    const count = async () => Number((await database.query('SELECT count(*) FROM child')).rows[0]?.[0]);
    for (let round = 0; round < 5; round += 1) {
      await raiseFence(database);
      const atStart = await count();
      const before = refused;
      await until(() => refused >= before + 20);
      expect(await count()).toBe(atStart);
      await lowerFence(database);
      const landed = acknowledged.length;
      await until(() => acknowledged.length >= landed + 20);
    }
    stop = true;
    await Promise.all(hammers);
    expect(unexpected).toEqual([]);
    const { rows } = await database.query('SELECT n FROM child WHERE n >= 100000 ORDER BY n');
    expect(rows.map(([n]) => Number(n))).toEqual(acknowledged.sort((a, b) => a - b));
    expect(refused).toBeGreaterThan(50);
  });
});

describe('M3: the fence follows DDL', () => {
  test('a table made in a batch with its triggers is never open', async () => {
    await make();
    await raiseFence(database);
    await database.batch([{ sql: 'CREATE TABLE later (id INTEGER PRIMARY KEY)' }, ...fenceStatements('later')]);
    expect(await attempt('INSERT INTO later VALUES (1)')).toBe('fenced');
    expect((await fenceState(database)).unfenced).toEqual([]);
  });

  test.each([true, false])('a job that makes a table while the fence is up: %s', async (up) => {
    await make();
    const by = { owner: 'job_1', epoch: 3, at: '2026-11-23T10:00:00Z' };
    await claim(database, by);
    if (up) await raiseFence(database);
    expect(await effectOnce(database, by, 'a', [{ sql: 'CREATE TABLE "la""ter" (id INTEGER PRIMARY KEY)' }])).toBe('applied');
    expect(await attempt('INSERT INTO "la""ter" VALUES (1)')).toBe(up ? 'fenced' : 'committed');
    expect(await fenceState(database)).toMatchObject(up ? { up, unfenced: [] } : { up, triggers: 0 });
  });

  /** What rebuilds a table: the ways that people write, and the way that D1 needs. */
  const REBUILDS: [string, string[]][] = [
    [
      'a new one takes the name',
      [
        'CREATE TABLE __new_st (a INTEGER PRIMARY KEY, b TEXT)',
        'INSERT INTO __new_st SELECT a, b FROM st',
        'DROP TABLE st',
        'ALTER TABLE __new_st RENAME TO st',
      ],
    ],
    [
      'the old one gives its name away',
      [
        'ALTER TABLE st RENAME TO st_old',
        'CREATE TABLE st (a INTEGER PRIMARY KEY, b TEXT)',
        'INSERT INTO st SELECT a, b FROM st_old',
        'DROP TABLE st_old',
      ],
    ],
    [
      'a stash keeps its rows',
      [
        'CREATE TABLE _stash AS SELECT * FROM st',
        'DROP TABLE st',
        'CREATE TABLE st (a INTEGER PRIMARY KEY, b TEXT)',
        'INSERT INTO st SELECT a, b FROM _stash',
        'DROP TABLE _stash',
      ],
    ],
  ];
  test.each(REBUILDS)('a job that rebuilds a table again and again leaves it fenced: %s', async (_, sql) => {
    await make();
    const by = { owner: 'job_1', epoch: 3, at: '2026-11-23T10:00:00Z' };
    await claim(database, by);
    await raiseFence(database);
    for (const step of ['first', 'second', 'third']) {
      const statements = sql.map((text) => ({ sql: text }));
      expect(await effectOnce(database, by, step, statements)).toBe('applied');
      expect(await fenceState(database)).toMatchObject({ up: true, unfenced: [] });
      for (const write of [`INSERT INTO st(b) VALUES ('two')`, `UPDATE st SET b = 'x'`, 'DELETE FROM st'])
        expect(await attempt(write)).toBe('fenced');
    }
    await lowerFence(database);
    expect(await fenceState(database)).toMatchObject({ up: false, triggers: 0 });
    expect((await database.query('SELECT b FROM st')).rows).toEqual([['one']]);
  });

  test('one that takes the name of a renamed one is fenced by the next look, and the renamed one stays so', async () => {
    await make();
    await raiseFence(database);
    await binding.batch(
      ['ALTER TABLE st RENAME TO old', 'CREATE TABLE st (a INTEGER PRIMARY KEY, b TEXT)'].map((sql) => binding.prepare(sql)),
    );
    expect((await fenceState(database)).unfenced).toEqual(['st']);
    await raiseFence(database);
    expect(await attempt(`INSERT INTO st(b) VALUES ('x')`)).toBe('fenced');
    expect(await attempt(`INSERT INTO old(b) VALUES ('x')`)).toBe('fenced');
  });

  test('a table that lost one kind of trigger is not fenced, however many it has of the others', async () => {
    await make();
    await raiseFence(database);
    const lose = () =>
      binding
        .prepare(`SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'st' AND name LIKE '%insert%'`)
        .all<{ name: string }>();
    for (let round = 0; round < 2; round += 1) {
      for (const { name } of (await lose()).results) await binding.prepare(`DROP TRIGGER "${name}"`).run();
      expect((await fenceState(database)).unfenced).toEqual(['st']);
      await raiseFence(database);
      expect(await attempt(`INSERT INTO st(b) VALUES ('x')`)).toBe('fenced');
    }
  });

  test('a table that somebody else made is noticed and fenced by the next look', async () => {
    await make();
    await raiseFence(database);
    await binding.prepare('CREATE TABLE later (id INTEGER PRIMARY KEY)').run();
    expect((await fenceState(database)).unfenced).toEqual(['later']);
    await raiseFence(database);
    expect(await attempt('INSERT INTO later VALUES (1)')).toBe('fenced');
  });
});

describe('it costs nothing when no hold is active', () => {
  test('nothing of it stays but the guard', async () => {
    await make();
    const schema = async () =>
      (await database.query(`SELECT sql FROM sqlite_schema WHERE tbl_name NOT LIKE '\\_lk%' ESCAPE '\\' ORDER BY name`)).rows;
    const before = await schema();
    await raiseFence(database);
    expect(await fenceState(database)).toMatchObject({ up: true, triggers: 15, unfenced: [] });
    await lowerFence(database);
    await lowerFence(database);
    expect(await fenceState(database)).toMatchObject({ up: false, triggers: 0 });
    expect(await schema()).toEqual(before);
  });

  test('raised twice it is up once; an empty database can be fenced, too', async () => {
    await raiseFence(database);
    await raiseFence(database);
    expect(await fenceState(database)).toEqual({ up: true, triggers: 0, unfenced: [] });
  });
});
