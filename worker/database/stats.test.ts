/** Sizes against the truth: stock SQLite has `dbstat`, which D1 has not. */
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { PAGE_BYTES } from '../core/stats/btree.ts';
import type { TableStats } from '../protocol/database.ts';
import type { Bindable, Cell, Database, Rows } from './database.ts';
import { databaseFailure } from './errors.ts';
import { sampleTables } from './stats.ts';

const NOW = new Date('2026-11-23T08:00:00.000Z');
const OPTIONS = { previous: [], backupRows: new Map(), now: NOW };
const series = (rows: number) => `WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM s WHERE i<${rows})`;

/** The interface over stock SQLite. Sizes without free pages, as D1 tells them. */
function stock(sqlite: DatabaseSync): Database {
  const run = (sql: string, params: readonly Bindable[] = []): Rows => {
    const statement = sqlite.prepare(sql);
    statement.setReturnArrays(true);
    return { rows: statement.all(...params) as unknown as Cell[][], changes: 0 };
  };
  const guarded = async <T>(work: () => T): Promise<T> => {
    try {
      return work();
    } catch (error) {
      throw databaseFailure(error, false);
    }
  };
  return {
    query: (sql, params) => guarded(() => run(sql, params)),
    batch: (statements) => guarded(() => statements.map(({ sql, params }) => run(sql, params))),
    size: async () => {
      const page = (name: string) => Number(run(`PRAGMA ${name}`).rows[0]?.[0]);
      return (page('page_count') - page('freelist_count')) * page('page_size');
    },
  };
}

/** `hash(i)` and `noise(i)` are random but the same each time. */
async function sampled(statements: readonly string[]) {
  const sqlite = new DatabaseSync(':memory:');
  const hash = (text: unknown) => createHash('md5').update(String(text)).digest('hex');
  sqlite.function('hash', hash);
  sqlite.function('noise', (i: unknown) => Number.parseInt(hash(i).slice(0, 8), 16));
  for (const sql of statements) sqlite.exec(sql);
  const sample = await sampleTables(stock(sqlite), OPTIONS);
  const truth = sqlite.prepare('SELECT name, sum(pgsize) AS bytes FROM dbstat GROUP BY name').all();
  return { ...sample, sqlite, truth: new Map(truth.map((row) => [String(row.name), Number(row.bytes)])) };
}

const trees = (tables: readonly TableStats[]) =>
  tables.filter(({ kind }) => kind !== 'virtual').flatMap(({ name, bytes, indexes }) => [{ name, bytes }, ...indexes]);

const BIG: Readonly<Record<string, readonly string[]>> = {
  'narrow rows with indexes grown row by row': [
    'CREATE TABLE plain(id INTEGER PRIMARY KEY, a TEXT, b REAL, n INTEGER, at INTEGER)',
    'CREATE INDEX plain_a ON plain(a)',
    'CREATE INDEX plain_n ON plain(n DESC, at)',
    `${series(100_000)} INSERT INTO plain SELECT i, 'name '||(noise(i)%1000000), i*1.25, i%3, 1700000000+i FROM s`,
  ],
  'an index made after the rows': [
    'CREATE TABLE plain(id INTEGER PRIMARY KEY, a TEXT)',
    `${series(200_000)} INSERT INTO plain SELECT i, hash(i) FROM s`,
    'CREATE INDEX plain_a ON plain(a)',
  ],
  'partial and expression indexes': [
    'CREATE TABLE orders(id INTEGER PRIMARY KEY, state TEXT, mail TEXT)',
    `CREATE INDEX open_orders ON orders(state, mail) WHERE state = 'open' -- one in ten`,
    'CREATE INDEX by_mail ON orders(lower(mail), length(mail) DESC)',
    `${series(100_000)} INSERT INTO orders SELECT i, iif(i%10=0,'open','shipped'), 'Someone'||i||'@example.org' FROM s`,
  ],
  'text keys, with and without rowid': [
    'CREATE TABLE keyed(id TEXT PRIMARY KEY, body TEXT)',
    'CREATE TABLE kv(k TEXT PRIMARY KEY, v TEXT) WITHOUT ROWID',
    'CREATE INDEX kv_v ON kv(v)',
    `${series(60_000)} INSERT INTO keyed SELECT hash(i), substr(hash(-i)||hash(i*i)||hash(i+0.5),1,20+noise(i)%76) FROM s`,
    `${series(60_000)} INSERT INTO kv SELECT hash(i), 'value '||i FROM s`,
  ],
  'blob keys': [
    'CREATE TABLE hashes(h BLOB PRIMARY KEY, v TEXT) WITHOUT ROWID',
    'CREATE TABLE other(id INTEGER PRIMARY KEY, v TEXT)',
    `${series(100_000)} INSERT INTO hashes SELECT unhex(hash(i)), 'value '||i FROM s`,
    `${series(60_000)} INSERT INTO other SELECT i, hash(i) FROM s`,
  ],
  'keys of two columns': [
    'CREATE TABLE tags(post INTEGER, tag INTEGER, note TEXT, PRIMARY KEY (post, tag)) WITHOUT ROWID',
    'CREATE INDEX tags_tag ON tags(tag)',
    'CREATE TABLE posts(id INTEGER PRIMARY KEY, body TEXT)',
    `${series(150_000)} INSERT INTO tags SELECT i/10, i%10, 'note '||i FROM s`,
    `${series(40_000)} INSERT INTO posts SELECT i, hash(i)||hash(-i) FROM s`,
  ],
  'blobs that overflow': [
    'CREATE TABLE media(id INTEGER PRIMARY KEY, body BLOB)',
    'CREATE TABLE small(id INTEGER PRIMARY KEY, v TEXT)',
    `${series(3000)} INSERT INTO media SELECT i, zeroblob((noise(i)%9000)) FROM s`,
    `${series(100_000)} INSERT INTO small SELECT i, 'v'||i FROM s`,
  ],
  'rows deleted here and there, and in one piece': [
    'CREATE TABLE holes(id INTEGER PRIMARY KEY, v TEXT)',
    'CREATE TABLE other(id INTEGER PRIMARY KEY, v TEXT)',
    `${series(200_000)} INSERT INTO holes SELECT i, 'text '||i FROM s`,
    `${series(200_000)} INSERT INTO other SELECT i, 'text '||i FROM s`,
    'DELETE FROM holes WHERE id%3=0 OR id BETWEEN 50000 AND 90000',
  ],
  'int64 keys that are times': [
    'CREATE TABLE snow(id INTEGER PRIMARY KEY, v TEXT)',
    'CREATE TABLE other(id INTEGER PRIMARY KEY, v TEXT)',
    `${series(100_000)} INSERT INTO snow SELECT 7000000000000000000+i*4096*37+(noise(i)%4096), 'text '||i FROM s`,
    `${series(100_000)} INSERT INTO other SELECT i-200000, 'text '||i FROM s`,
  ],
  'generated columns': [
    'CREATE TABLE made(id INTEGER PRIMARY KEY, a TEXT, v TEXT AS (a||a||a||a) VIRTUAL, w TEXT AS (upper(a)||a) STORED)',
    'CREATE INDEX made_v ON made(v)',
    `${series(80_000)} INSERT INTO made(id,a) SELECT i, 'text '||i FROM s`,
  ],
};

describe('estimated bytes are within 25 % of the truth, and rows within 15 %:', () => {
  test.each(Object.entries(BIG))('%s', async (_, statements) => {
    const { tables, sizeBytes, sqlite, truth } = await sampled(statements);
    expect(sizeBytes).toBeGreaterThan(8 * 1024 * 1024 * 0.6);
    for (const { name, bytes } of trees(tables)) {
      const off = (bytes?.value ?? 0) / (truth.get(name) ?? 0);
      expect(off, `${name}: ${bytes?.value} for ${truth.get(name)}`).toBeGreaterThan(0.75);
      expect(off, `${name}: ${bytes?.value} for ${truth.get(name)}`).toBeLessThan(1.25);
    }
    for (const { name, rows, kind } of tables.filter((table) => table.kind === 'table')) {
      const count = Number(sqlite.prepare(`SELECT count(*) AS n FROM "${name}"`).get()?.n);
      expect(
        Math.abs((rows?.value ?? 0) / count - 1),
        `${kind} ${name}: ${rows?.value} by ${rows?.method} for ${count}`,
      ).toBeLessThan(0.15);
    }
  });

  test.each(Object.entries(BIG))('and add up to the exact size: %s', async (_, statements) => {
    const { tables, sizeBytes } = await sampled(statements);
    expect(trees(tables).reduce((sum, { bytes }) => sum + (bytes?.value ?? 0), 0)).toBe(sizeBytes);
  });
});

test('the size of each record is reckoned to the byte: every class of value, of affinity, of column', async () => {
  const values = [
    ...[
      'NULL',
      '0',
      '1',
      '-1',
      '127',
      '128',
      '-128',
      '-129',
      '32767',
      '32768',
      '8388607',
      '8388608',
      '-8388609',
      '2147483647',
      '2147483648',
    ],
    ...[
      '140737488355327',
      '140737488355328',
      '-140737488355328',
      '-140737488355329',
      '9223372036854775807',
      '-9223372036854775808',
    ],
    ...['0.0', '1.0', '-2.5', '1e300', '9e999', '3.0e10', "''", "'a'", "'42'", "'é😀'", "x''", "x'00ff'", "'a'||char(0)||'b'"],
    ...[57, 58, 59, 116, 3000, 8184, 8185, 8186, 20_000].flatMap((n) => [`zeroblob(${n})`, `printf('%${n}s', 'x')`]),
  ];
  const { sqlite } = await sampled([
    `CREATE TABLE v(id INTEGER PRIMARY KEY, a, b INTEGER, c TEXT, d REAL, e NUMERIC, f BLOB, g AS (a) VIRTUAL, h TEXT AS (a) STORED)`,
    'CREATE TABLE w(id INTEGER, a, d REAL, PRIMARY KEY (id DESC, a)) WITHOUT ROWID',
    'CREATE INDEX v_a ON v(a)',
    'CREATE INDEX v_d ON v(d, c)',
    'CREATE INDEX v_g ON v(g) WHERE b IS NOT NULL',
    'CREATE INDEX w_d ON w(d)',
    ...values.map((value, i) => `INSERT INTO v(id,a,b,c,d,e,f) VALUES (${i ** 4 - 40}, ${Array(6).fill(value).join(',')})`),
    ...values.filter((value) => value !== 'NULL').map((value, i) => `INSERT INTO w VALUES (${i}, ${value}, ${value})`),
  ]);
  const { probeQuestion, sampleQuestion } = await import('../core/stats/sample-sql.ts');
  const { readProbe, readSample } = await import('../core/stats/answers.ts');
  const { packQuestions } = await import('../core/stats/pack.ts');
  const { introspect } = await import('./introspect.ts');
  const database = stock(sqlite);
  for (const table of (await introspect(database)).tables) {
    const ask = async (question: ReturnType<typeof probeQuestion>) => {
      const [statement] = packQuestions([question], [0]).batches[0]?.statements ?? [];
      return (await database.query(statement?.sql ?? '', statement?.params)).rows[0]?.slice(1) as (string | number | null)[];
    };
    const probe = readProbe(table, await ask(probeQuestion(table, null)), null);
    const sample = readSample(table, probe, { from: 'whole' }, await ask(sampleQuestion(table, { from: 'whole' })));
    const payload = (name: string) => Number(sqlite.prepare('SELECT sum(payload) AS n FROM dbstat WHERE name=?').get(name)?.n);
    const total = (sizes: readonly number[]) => sizes.reduce((sum, bytes) => sum + bytes, 0);
    expect(total(sample.records), table.name).toBe(payload(table.name));
    const trees = table.indexes.filter(({ origin }) => origin === 'create');
    for (const [i, { name }] of trees.entries()) expect(total(sample.indexes[i] ?? []), name).toBe(payload(name));
  }
});

test('a damaged table has null figures, and the others have theirs', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'stats-'));
  const path = join(folder, 'damaged.sqlite');
  const before = new DatabaseSync(path);
  for (const n of [1, 2, 3, 4, 5])
    before.exec(`CREATE TABLE t${n}(id INTEGER PRIMARY KEY, a); INSERT INTO t${n} VALUES (1, 2), (2, 3)`);
  const root = Number(before.prepare("SELECT rootpage AS n FROM sqlite_schema WHERE name='t3'").get()?.n);
  before.close();
  const file = readFileSync(path);
  writeFileSync(path, file.fill(0xff, (root - 1) * PAGE_BYTES, root * PAGE_BYTES));
  const damaged = new DatabaseSync(path);
  const { tables, totalRows, facts } = await sampleTables(stock(damaged), OPTIONS);
  damaged.close();
  rmSync(folder, { recursive: true });
  expect(tables.find(({ name }) => name === 't3')).toMatchObject({ rows: null, bytes: null });
  for (const name of ['t1', 't2', 't4', 't5']) {
    expect(tables.find((table) => table.name === name)).toMatchObject({
      rows: { value: 2, exact: true },
      bytes: { value: PAGE_BYTES },
    });
  }
  expect(totalRows).toMatchObject({ value: 8, exact: false });
  expect(facts.unreadable).toEqual(['t3']);
});

const CHINOOK = join(import.meta.dirname, '../../../shared/data/chinook.sqlite');

test.skipIf(!existsSync(CHINOOK))('Chinook (skipped where the file is absent): exact rows, bytes near the truth', async () => {
  const sqlite = new DatabaseSync(CHINOOK, { readOnly: true });
  const { tables, totalRows } = await sampleTables(stock(sqlite), OPTIONS);
  const truth = new Map(
    sqlite
      .prepare('SELECT name, sum(pgsize) AS bytes FROM dbstat GROUP BY name')
      .all()
      .map((row) => [row.name, Number(row.bytes)]),
  );
  expect(totalRows.exact).toBe(true);
  for (const { name, rows } of tables.filter(({ kind }) => kind === 'table')) {
    expect(rows?.value, name).toBe(sqlite.prepare(`SELECT count(*) AS n FROM "${name}"`).get()?.n);
  }
  const large = trees(tables).filter(({ name }) => (truth.get(name) ?? 0) >= 10 * PAGE_BYTES);
  expect(large.length).toBeGreaterThan(3);
  for (const { name, bytes } of large) expect(Math.abs((bytes?.value ?? 0) / (truth.get(name) ?? 1) - 1), name).toBeLessThan(0.25);
  sqlite.close();
});

test('an empty database has the page of its schema', async () => {
  const { tables, totalRows } = await sampled([]);
  expect(tables).toMatchObject([{ name: 'sqlite_schema', kind: 'internal', rows: { value: 0 }, bytes: { value: 0 } }]);
  expect(totalRows).toMatchObject({ value: 0, exact: true });
  const one = await sampled(['CREATE TABLE t(a)']);
  expect(trees(one.tables).map(({ name, bytes }) => [name, bytes?.value])).toEqual([
    ['t', PAGE_BYTES],
    ['sqlite_schema', PAGE_BYTES],
  ]);
});
