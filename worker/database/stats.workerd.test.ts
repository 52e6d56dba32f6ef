import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, test } from 'vitest';
import { TableStats } from '../protocol/database.ts';
import { d1Database } from './d1.ts';
import type { Database } from './database.ts';
import { DatabaseFailure } from './errors.ts';
import { type SampleOptions, sampleTables } from './stats.ts';

const binding = (env as unknown as { DB: D1Database }).DB;
const NOW = new Date('2026-11-23T08:00:00.000Z');
const takenAt = NOW.toISOString();
const OPTIONS: SampleOptions = { previous: [], backupRows: new Map(), now: NOW };
const series = (rows: number) => `WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM s WHERE i<${rows})`;

/** Counts calls, and the rows that D1 bills. */
function counted() {
  const spent = { calls: 0, rowsRead: 0, longestBytes: 0 };
  const prepare = (sql: string) => {
    spent.longestBytes = Math.max(spent.longestBytes, new TextEncoder().encode(sql).length);
    return binding.prepare(sql);
  };
  const counting = {
    prepare: (sql: string) => {
      const statement = prepare(sql);
      return {
        bind: (...params: unknown[]) => statement.bind(...params),
        all: () => noted(statement.all()).then(([result]) => result),
      };
    },
    batch: (statements: D1PreparedStatement[]) => noted(binding.batch(statements)),
  };
  const noted = async (answer: Promise<D1Result | D1Result[]>) => {
    const results = [await answer].flat();
    spent.calls++;
    spent.rowsRead += results.reduce((sum, { meta }) => sum + meta.rows_read, 0);
    return results;
  };
  return { spent, database: d1Database(counting as unknown as D1Database) };
}

async function run(...statements: string[]): Promise<void> {
  for (const sql of statements) await binding.prepare(sql).run();
}

async function sample(options: Partial<SampleOptions> = {}) {
  const { database, spent } = counted();
  const result = await sampleTables(database, { ...OPTIONS, ...options });
  for (const table of result.tables) TableStats.parse(table);
  const trees = result.tables
    .filter(({ kind }) => kind !== 'virtual')
    .flatMap(({ bytes, indexes }) => [bytes, ...indexes.map((index) => index.bytes)]);
  const named = (name: string) => result.tables.find((table) => table.name === name);
  return { ...result, spent, named, bytes: trees.reduce((sum, bytes) => sum + (bytes?.value ?? 0), 0) };
}

/** Each test begins with an empty database: virtual tables before the tables that they keep their data in. */
beforeEach(async () => {
  const { results } = await binding
    .prepare(
      "SELECT type, name FROM sqlite_schema WHERE type IN ('table','view') AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '~_cf~_%' ESCAPE '~' ORDER BY type DESC, sql LIKE 'CREATE VIRTUAL%' DESC",
    )
    .all<{ type: string; name: string }>();
  const shadows = new Set((await binding.prepare("SELECT name FROM pragma_table_list WHERE type='shadow'").raw<[string]>()).flat());
  const drops = results
    .filter(({ name }) => !shadows.has(name))
    .map(({ type, name }) => `DROP ${type} "${name.replaceAll('"', '""')}"`);
  if (drops.length > 0) await binding.batch(['PRAGMA defer_foreign_keys=ON', ...drops].map((sql) => binding.prepare(sql)));
});

describe('a small database', () => {
  test('is counted exactly, its views are left out, and its bytes add up to its size', async () => {
    await run(
      'CREATE TABLE customers(id INTEGER PRIMARY KEY, name TEXT UNIQUE)',
      `${series(1234)} INSERT INTO customers SELECT i, 'customer '||i FROM s`,
      'CREATE TABLE notes(body TEXT)',
      'CREATE VIEW names AS SELECT name FROM customers',
    );
    const { tables, totalRows, bytes, sizeBytes, named, spent } = await sample();
    expect(tables.map(({ name, kind, columns }) => [name, kind, columns])).toEqual([
      ['customers', 'table', 2],
      ['notes', 'table', 1],
      ['sqlite_schema', 'internal', 5],
    ]);
    expect(named('customers')?.rows).toEqual({ value: 1234, exact: true, takenAt, method: 'count(*)' });
    expect(named('customers')?.bytes).toMatchObject({
      exact: false,
      takenAt,
      method: expect.stringMatching(/^sampled 2\d\d rows, scaled to the size$/),
    });
    expect(named('customers')?.indexes).toMatchObject([{ name: 'sqlite_autoindex_customers_1' }]);
    expect(named('notes')).toMatchObject({ rows: { value: 0, exact: true }, bytes: { value: 4096 } });
    expect(totalRows).toEqual({ value: 1234, exact: true, takenAt, method: 'sum of tables: 2 counted' });
    expect(bytes).toBe(sizeBytes);
    expect(spent.calls).toBe(4);
  });

  test('S4: SQLite’s and Lockkeeper’s own tables are internal and count for no total; D1’s are left out', async () => {
    await run(
      'CREATE TABLE _lk_guard(id INTEGER PRIMARY KEY)',
      `${series(30)} INSERT INTO _lk_guard SELECT i FROM s`,
      'CREATE TABLE mine(id INTEGER PRIMARY KEY AUTOINCREMENT)',
      'INSERT INTO mine VALUES (1), (2)',
    );
    const { tables, named, totalRows, facts, bytes, sizeBytes } = await sample();
    expect(tables.map(({ name, kind }) => `${name}: ${kind}`).sort()).toEqual([
      '_lk_guard: internal',
      'mine: table',
      'sqlite_schema: internal',
      'sqlite_sequence: internal',
    ]);
    expect(named('_lk_guard')?.rows).toMatchObject({ value: 30, exact: true });
    expect(totalRows.value).toBe(2);
    expect(facts.tables).toBe(1);
    expect(bytes).toBe(sizeBytes);
  });

  test('an empty one has no tables and no rows', async () => {
    const { tables, totalRows, bytes, sizeBytes, spent } = await sample();
    expect(tables.filter(({ kind }) => kind !== 'internal')).toEqual([]);
    expect(totalRows).toMatchObject({ value: 0, exact: true, method: 'no tables' });
    expect(bytes).toBe(sizeBytes);
    expect(spent.calls).toBeLessThanOrEqual(4);
  });

  test('X3: names that need quoting, and columns that hide the rowid', async () => {
    await run(
      `CREATE TABLE "we""ird [x]; --"("a b" INTEGER PRIMARY KEY, "group" TEXT, "sel,ect" INT, 'q''uote' REAL)`,
      `CREATE INDEX "in""dex" ON "we""ird [x]; --"("group" DESC, ("sel,ect" + 1)) WHERE "q'uote" > 0.5`,
      `${series(300)} INSERT INTO "we""ird [x]; --" SELECT i, 'g'||i, i, i FROM s`,
      'CREATE TABLE hidden(rowid TEXT, oid TEXT, _rowid_ TEXT)',
      `${series(500)} INSERT INTO hidden SELECT i, i, i FROM s`,
      'CREATE TABLE likeours(a, b, c, d, n, "column1", "column2", "value")',
      'CREATE INDEX likeours_value ON likeours(lower("value"), abs("column1"))',
      `${series(500)} INSERT INTO likeours SELECT i, i, i, i, i, i, i, 'v'||i FROM s`,
    );
    const { named, facts } = await sample();
    expect(named('we"ird [x]; --')).toMatchObject({ rows: { value: 300 }, indexes: [{ name: 'in"dex', bytes: { exact: false } }] });
    expect(named('hidden')).toMatchObject({
      rows: { value: 500 },
      bytes: { method: expect.stringMatching(/^sampled 2\d\d rows, scaled to the size$/) },
    });
    expect(named('likeours')).toMatchObject({ rows: { value: 500 }, indexes: [{ bytes: { exact: false } }] });
    expect(facts.unreadable).toEqual([]);
  });

  test('tables WITHOUT ROWID, generated columns, STRICT, names of a thousand characters, 100 columns', async () => {
    const long = 'n'.repeat(1000);
    const wide = Array.from({ length: 99 }, (_, i) => `c${i} INTEGER`);
    await run(
      'CREATE TABLE pairs(a INTEGER, b TEXT, v BLOB, PRIMARY KEY (b, a DESC)) WITHOUT ROWID, STRICT',
      'CREATE INDEX pairs_v ON pairs(v)',
      `${series(400)} INSERT INTO pairs SELECT i, 'b'||(i%7), x'00' FROM s`,
      'CREATE TABLE made(a TEXT, v TEXT AS (a||a) VIRTUAL, w INT AS (length(a)) STORED)',
      'CREATE INDEX made_v ON made(v)',
      `${series(400)} INSERT INTO made(a) SELECT 'text '||i FROM s`,
      `CREATE TABLE "${long}"("${long}" TEXT)`,
      `INSERT INTO "${long}" VALUES ('x')`,
      `CREATE TABLE wide(id INTEGER PRIMARY KEY, ${wide.join(',')})`,
      'CREATE INDEX wide_all ON wide(c0, c1, c2, c3, c4, c5, c6, c7)',
      `${series(300)} INSERT INTO wide(id, c5) SELECT i, i FROM s`,
    );
    const { named, facts, bytes, sizeBytes, tables } = await sample();
    expect(named('pairs')).toMatchObject({ rows: { value: 400, exact: true }, indexes: [{ name: 'pairs_v' }] });
    expect(named('made')).toMatchObject({ rows: { value: 400 }, columns: 3 });
    expect(named(long)).toMatchObject({ rows: { value: 1 }, bytes: { value: 4096 } });
    expect(named('wide')).toMatchObject({ rows: { value: 300 }, columns: 100 });
    expect(tables.flatMap((table) => [table.bytes, ...table.indexes.map((index) => index.bytes)])).not.toContain(null);
    expect(bytes).toBe(sizeBytes);
    expect(facts.widest).toEqual({ table: 'wide', columns: 100 });
  });

  test('FTS5: the shadow tables are listed as such, and count for their virtual table', async () => {
    await run(
      'CREATE VIRTUAL TABLE words USING fts5(body)',
      `${series(500)} INSERT INTO words SELECT 'word'||(i%50)||' other'||i FROM s`,
      'CREATE VIRTUAL TABLE bare USING fts5(body, content="", columnsize=0)',
      "INSERT INTO bare(rowid, body) VALUES (1, 'x')",
    );
    const { named, tables, facts, totalRows } = await sample();
    const shadows = tables.filter(({ name, kind }) => kind === 'shadow' && name.startsWith('words_'));
    expect(shadows.map(({ name }) => name).sort()).toEqual([
      'words_config',
      'words_content',
      'words_data',
      'words_docsize',
      'words_idx',
    ]);
    expect(named('words')).toMatchObject({ kind: 'virtual', rows: { value: 500, exact: true }, indexes: [] });
    expect(named('words')?.bytes?.value).toBe(shadows.reduce((sum, { bytes }) => sum + (bytes?.value ?? 0), 0));
    expect(named('bare')).toMatchObject({ kind: 'virtual', rows: null });
    expect(facts.fullText).toEqual(['words', 'bare']);
    expect(totalRows.value).toBe(0);
  });

  test('what notes need: int64, large rows, tables without a key, children without an index', async () => {
    await run(
      'CREATE TABLE parents(id INTEGER PRIMARY KEY, big INTEGER)',
      'INSERT INTO parents VALUES (1, 9007199254740993)',
      'CREATE TABLE slow(id INTEGER PRIMARY KEY, parent INTEGER REFERENCES parents(id))',
      'CREATE TABLE quick(parent INTEGER REFERENCES parents(id), n INTEGER, body BLOB)',
      'CREATE INDEX quick_parent ON quick(parent, n)',
      'INSERT INTO quick VALUES (1, 1, zeroblob(1500000))',
      'CREATE TABLE partial(parent INTEGER REFERENCES parents(id), n INTEGER PRIMARY KEY)',
      'CREATE INDEX partial_parent ON partial(parent) WHERE n > 5',
    );
    const { facts } = await sample();
    expect(facts.bigIntegers).toEqual(['parents']);
    expect(facts.largestRow?.table).toBe('quick');
    expect(facts.largestRow?.bytes).toBeGreaterThan(1_500_000);
    expect(facts.keyless).toEqual(['quick']);
    expect(facts.foreignKeys).toBe(3);
    expect(facts.unindexedForeignKeys).toEqual([
      { table: 'slow', columns: ['parent'] },
      { table: 'partial', columns: ['parent'] },
    ]);
  });

  test('a table that fails has null figures, and the others do not suffer', async () => {
    await run(...Array.from({ length: 9 }, (_, n) => `CREATE TABLE t${n} AS SELECT 1 AS a`));
    const failing: Database = {
      ...d1Database(binding),
      batch: async (statements) => {
        if (statements.some(({ sql }) => sql.includes('"t4"'))) {
          throw new DatabaseFailure('database_failed', 'broken', { transient: false, outcomeUnknown: false });
        }
        return d1Database(binding).batch(statements);
      },
    };
    const { tables, facts, totalRows } = await sampleTables(failing, OPTIONS);
    const ordinary = tables.filter(({ kind }) => kind === 'table');
    expect(ordinary.find(({ name }) => name === 't4')).toMatchObject({ rows: null, bytes: null });
    expect(ordinary.filter(({ rows, bytes }) => rows?.value === 1 && bytes !== null)).toHaveLength(8);
    expect(facts.unreadable).toEqual(['t4']);
    expect(totalRows).toMatchObject({ value: 8, exact: false, method: 'sum of tables: 8 counted, 1 unknown' });
  });

  test('a database that does not answer is an error, not a lot of empty figures', async () => {
    const gone = new DatabaseFailure('database_unreachable', 'Network connection lost.', {
      transient: true,
      outcomeUnknown: false,
    });
    let calls = 0;
    const flaky: Database = {
      ...d1Database(binding),
      batch: async (statements) => {
        if (calls++ > 0) throw gone;
        return d1Database(binding).batch(statements);
      },
    };
    await expect(sampleTables(flaky, OPTIONS)).rejects.toBe(gone);
    expect(calls).toBe(2);
  });
});

describe('a large database', () => {
  test('200,000 rows are not counted: few calls, few rows read, near the truth', async () => {
    await run(
      'CREATE TABLE events(id INTEGER PRIMARY KEY, kind TEXT, body TEXT, at INTEGER)',
      'CREATE INDEX events_at ON events(at)',
      `${series(200_000)} INSERT INTO events SELECT i, 'kind '||(i%9), 'body of event '||i, 1700000000+i FROM s`,
      'CREATE TABLE few(id INTEGER PRIMARY KEY)',
      `${series(50)} INSERT INTO few SELECT i FROM s`,
    );
    const { named, spent, totalRows, bytes, sizeBytes, facts } = await sample();
    expect(named('events')?.rows).toEqual({ value: 200_000, exact: false, takenAt, method: 'highest − lowest rowid + 1' });
    expect(named('few')?.rows).toMatchObject({ value: 50, exact: true });
    expect(totalRows).toMatchObject({ value: 200_050, exact: false, method: 'sum of tables: 1 counted, 1 estimated' });
    expect(bytes).toBe(sizeBytes);
    expect(facts.estimatedRows).toBe(true);
    expect(spent.calls).toBe(4);
    expect(spent.rowsRead).toBeLessThan(8000);
    await run('DELETE FROM events WHERE id % 4 = 0 OR id BETWEEN 100000 AND 120000');
    const thinned = (await sample()).named('events')?.rows;
    expect(thinned).toMatchObject({ exact: false, method: 'rowid range × density at 100 points' });
    expect(Math.abs((thinned?.value ?? 0) / 135_000 - 1)).toBeLessThan(0.1);
  });

  test.each([
    ['two columns', 'a INTEGER, b TEXT, PRIMARY KEY (a, b)', "i/20, 'b'||(i%20)", 0.2],
    ['two columns, few different first ones', 'a TEXT, b INTEGER, PRIMARY KEY (a, b DESC)', "'tenant '||(i%5), i", 0.9],
    ['text without case', 'a TEXT COLLATE NOCASE, b, PRIMARY KEY (a)', "printf('%s%06x', iif(i%2,'K','k'), i), 1", 0.2],
    ['blobs', 'a BLOB, b, PRIMARY KEY (a)', "unhex(printf('%012x', i*2654435761)), 1", 0.2],
    ['reals', 'a REAL, b, PRIMARY KEY (a)', 'i + 0.5, 1', 0.3],
    ['values of all classes', 'a, b, PRIMARY KEY (a)', "CASE i%3 WHEN 0 THEN i WHEN 1 THEN 't'||i ELSE i+0.5 END, 1", 0.3],
    ['another collation', 'a TEXT, b, PRIMARY KEY (a COLLATE NOCASE)', "printf('%s%06x', iif(i%2,'K','k'), i), 1", 0.3],
  ])('a key of %s is sought in, never scanned', async (_, columns, values, tolerance) => {
    await run(
      `CREATE TABLE keyed(${columns}) WITHOUT ROWID`,
      `${series(100_000)} INSERT INTO keyed SELECT ${values} FROM s`,
      'CREATE TABLE ballast(id INTEGER PRIMARY KEY, body TEXT)',
      `${series(40_000)} INSERT INTO ballast SELECT i, printf('%200s', i) FROM s`,
    );
    const { named, spent } = await sample();
    expect(named('keyed')?.rows?.exact).toBe(false);
    expect(Math.abs((named('keyed')?.rows?.value ?? 0) / 100_000 - 1)).toBeLessThan(tolerance);
    expect(spent.rowsRead).toBeLessThan(20_000);
    expect(spent.calls).toBe(4);
  });

  test('a table whose rowid no name reaches is not scanned either', async () => {
    await run(
      'CREATE TABLE hidden(rowid TEXT, oid TEXT, _rowid_ TEXT)',
      `${series(200_000)} INSERT INTO hidden SELECT 'some text '||i, i, 'some more text '||i FROM s`,
    );
    const { named, spent } = await sample();
    expect(named('hidden')?.rows?.method).toBe('rest of the size ÷ sampled row size');
    expect(Math.abs((named('hidden')?.rows?.value ?? 0) / 200_000 - 1)).toBeLessThan(0.3);
    expect(spent.rowsRead).toBeLessThan(5000);
  });

  test('where rowids tell nothing: a backup, an earlier count, ANALYZE, and at last the rest of the size', async () => {
    await run(
      'CREATE TABLE ballast(id INTEGER PRIMARY KEY, body TEXT)',
      `${series(60_000)} INSERT INTO ballast SELECT i, printf('%150s', i) FROM s`,
      // Two far ends and one dense block in between: every point falls between the rows.
      'CREATE TABLE clustered(id INTEGER PRIMARY KEY, body TEXT)',
      `${series(30_000)} INSERT INTO clustered SELECT i, printf('%100s', i) FROM s`,
      'INSERT INTO clustered VALUES (9000000000000000000, 1), (-9000000000000000000, 1)',
    );
    const rowsWith = async (options: Partial<SampleOptions>) => (await sample(options)).named('clustered')?.rows;
    const rest = await rowsWith({});
    expect(rest?.method).toBe('rest of the size ÷ sampled row size');
    expect(Math.abs((rest?.value ?? 0) / 30_002 - 1)).toBeLessThan(0.25);
    const backupRows = new Map([['clustered', { rows: 29_000, takenAt: '2026-11-20T00:00:00.000Z' }]]);
    const fromBackup = { value: 29_000, exact: false, takenAt: '2026-11-20T00:00:00.000Z', method: 'last backup' };
    expect(await rowsWith({ backupRows })).toEqual(fromBackup);
    const figure = { value: 28_000, exact: true, takenAt: '2026-11-21T00:00:00.000Z', method: 'count(*)' };
    const previous = [{ name: 'clustered', kind: 'table', rows: figure, bytes: null, indexes: [], columns: 2 }] as const;
    const handedOn = { ...figure, exact: false, method: 'last exact count' };
    expect(await rowsWith({ backupRows, previous: previous.map((table) => ({ ...table, indexes: [] })) })).toEqual(handedOn);
    await run('ANALYZE');
    expect(await rowsWith({})).toMatchObject({ value: 30_002, method: 'ANALYZE (sqlite_stat1)' });
    await run('DELETE FROM sqlite_stat1');
  });

  test('1,000 tables cost five calls, within D1’s bounds for each statement', async () => {
    const columns = 'name TEXT, amount INTEGER, price REAL, body BLOB, state TEXT, at INTEGER';
    for (let k = 0; k < 10; k++) {
      const some = Array.from({ length: 100 }, (_, j) => k * 100 + j).flatMap((i) => [
        `CREATE TABLE t${i}(id INTEGER PRIMARY KEY, ${columns})`,
        `CREATE INDEX t${i}_name ON t${i}(name, amount)`,
        `${series(20)} INSERT INTO t${i}(name, amount, price) SELECT 'name '||i, i, i * 1.5 FROM s`,
      ]);
      await binding.batch(some.map((sql) => binding.prepare(sql)));
    }
    const { tables, totalRows, spent, bytes, sizeBytes } = await sample();
    expect(tables.filter(({ kind }) => kind === 'table')).toHaveLength(1000);
    expect(totalRows).toMatchObject({ value: 20_000, method: expect.stringMatching(/1000 (counted|estimated)/) });
    expect(tables.filter((table) => table.bytes === null || table.rows === null)).toEqual([]);
    expect(bytes).toBe(sizeBytes);
    expect(spent.calls).toBeLessThanOrEqual(5);
    expect(spent.longestBytes).toBeLessThan(100_000);
  });
});
