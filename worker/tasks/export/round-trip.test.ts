/** B1 and B2, judged by stock SQLite: real D1 → export → text → `node:sqlite` and the `sqlite3` shell, cell by cell. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { statements } from '../../core/sql/split.ts';
import type { Database } from '../../database/database.ts';
import { databaseFailure } from '../../database/errors.ts';
import type { Manifest } from '../../protocol/backup.ts';
import type { ExportParams } from '../../protocol/job.ts';
import { databaseExport, type ExportCursor } from '../database-export.ts';
import { MemoryArchive, MemoryJob, slice } from './testing/harness.ts';
import { type LocalD1, startLocalD1 } from './testing/local-d1.ts';
import { type RandomTable, randomTable } from './testing/schemas.ts';
import { askD1, askStock, contentOf, hasShell, loadInNode, loadInShell, withWrangler } from './testing/stock.ts';
import { LONG_CELLS, LONG_NAME, TORTURE } from './testing/torture.ts';

let d1: LocalD1;
beforeAll(async () => {
  d1 = await startLocalD1();
}, 60_000);
afterAll(() => d1.stop());

async function exportAll(params: ExportParams): Promise<{ text: string; manifest: Manifest; archive: MemoryArchive }> {
  const archive = new MemoryArchive();
  const job = new MemoryJob<ExportCursor>();
  const outcome = await slice(databaseExport, params, job, { database: d1.database, archive });
  expect(outcome.outcome).toBe('done');
  return { text: archive.text('bk_job-1'), manifest: archive.manifest('bk_job-1'), archive };
}

async function fill(tables: readonly RandomTable[]): Promise<void> {
  await d1.empty();
  await d1.binding.batch([
    ...tables.map(({ create }) => d1.binding.prepare(create)),
    ...tables.flatMap(({ inserts }) => inserts.map(({ sql, params }) => d1.binding.prepare(sql).bind(...params))),
  ]);
}

async function run(statements: readonly string[]): Promise<void> {
  await d1.database.batch(statements.map((sql) => ({ sql })));
}

/** Loads the text into stock SQLite, both ways, and hands over what came of it. */
async function withStock(text: string, judge: (stock: DatabaseSync) => Promise<void>): Promise<void> {
  const inNode = loadInNode(text);
  await judge(inNode);
  inNode.close();
  if (!hasShell) return;
  const shell = loadInShell(text);
  try {
    await judge(shell.database);
  } finally {
    shell.done();
  }
}

/** Answers how many rows were compared. */
async function mustEqual(text: string, tables: readonly string[]): Promise<number> {
  const wanted = new Map<string, string[]>();
  for (const table of tables) wanted.set(table, await contentOf(askD1(d1.database), table));
  await withStock(text, async (stock) => {
    for (const table of tables) expect(await contentOf(askStock(stock), table), table).toEqual(wanted.get(table));
    expect(stock.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
    expect(stock.prepare('PRAGMA foreign_key_check').all()).toEqual([]);
  });
  return [...wanted.values()].reduce((sum, rows) => sum + rows.length, 0);
}

async function mustLoad(text: string): Promise<void> {
  await withStock(text, async (stock) => expect(stock.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' }));
}

const SCHEMA = `SELECT type AS c0, name AS c1, tbl_name AS c2, sql AS c3 FROM sqlite_schema
  WHERE substr(name, 1, 4) NOT IN ('_cf_', '_lk_') AND substr(name, 1, 7) <> 'sqlite_' ORDER BY type, name`;

function mustFitStatements(text: string): void {
  for (const { sql, complete } of statements(text)) {
    expect(complete).toBe(true);
    expect(Buffer.byteLength(sql)).toBeLessThan(100_000);
  }
}

describe('random schemas and values', () => {
  test('B1 B2 every value survives with its storage class; both ways of reading write the same text', { timeout: 300_000 }, async () => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(randomTable('one'), randomTable('it\'s "two", [3]'), randomTable('a'), async (...random) => {
        await fill(random);
        const fuzzy = await exportAll({ consistency: 'fuzzy' });
        mustFitStatements(fuzzy.text);
        compared += await mustEqual(
          fuzzy.text,
          random.map(({ name }) => name),
        );
        const snapshot = await exportAll({ consistency: 'snapshot' });
        expect(snapshot.text).toBe(fuzzy.text);
        expect(snapshot.manifest.chunks).toEqual(fuzzy.manifest.chunks);
      }),
      { numRuns: Number(process.env.LOCKKEEPER_FUZZ_RUNS ?? 25), interruptAfterTimeLimit: 200_000 },
    );
    expect(compared).toBeGreaterThan(20);
  });
});

describe('one of everything', () => {
  beforeAll(async () => {
    await d1.empty();
    await run(TORTURE);
  });

  const TABLES = ['child', 'parent', 'person', 'department', 'employee', 'counted', 'counted, empty', 'exact', 'keyed', 'sh"adowed', 'hidden', 'hundred']
    .concat(['everything', 'commented', 'article', 'note_search', 'place', 'd1_migrations', '__drizzle_migrations', 'audit_logs', 'sqlite_sequence', LONG_NAME]);

  test.each(['snapshot', 'fuzzy'] as const)('B1 B2 S4 %s: loads into stock SQLite, equal cell by cell', { timeout: 60_000 }, async (consistency) => {
    const { text, manifest } = await exportAll({ consistency });
    mustFitStatements(text);
    expect(await mustEqual(text, TABLES)).toBeGreaterThan(100);
    expect(manifest.consistency).toBe(consistency);
    expect(manifest.ledgers).toEqual([
      { name: 'd1_migrations', rows: 1 },
      { name: '__drizzle_migrations', rows: 2 },
    ]);
    expect(manifest.tables.map(({ name }) => name)).not.toContain('_lk_guard');
    expect(text).not.toContain('_lk_guard');
    expect(Object.fromEntries(manifest.tables.map(({ name, pagedBy }) => [name, pagedBy]))).toMatchObject({
      keyed: 'key',
      hidden: 'rowid',
      'sh"adowed': 'whole',
      article_search: 'derived',
      ghost_search: 'none',
      note_search: 'rowid',
    });
    expect(manifest.warnings.some((warning) => warning.includes('ghost_search'))).toBe(true);
    expect(manifest.warnings.some((warning) => warning.includes('fuzzy'))).toBe(consistency === 'fuzzy');
  });

  test('B1 the schema comes back word for word', async () => {
    const { text } = await exportAll({});
    const wanted = await askD1(d1.database)(SCHEMA);
    const inNode = loadInNode(text);
    expect(await askStock(inNode)(SCHEMA)).toEqual(wanted);
    inNode.close();
    // The shell itself drops a CR before a line feed, wherever it stands.
    const asShellReads = JSON.parse(JSON.stringify(wanted).replaceAll('\\r\\n', '\\n'));
    await withStock(text.replaceAll('\r\n', '\n'), async (stock) => expect(await askStock(stock)(SCHEMA)).toEqual(asShellReads));
  });

  test('B1 full-text search finds after loading: own content, external content, and its triggers', async () => {
    const { text } = await exportAll({});
    await withStock(text, async (stock) => {
      const ask = askStock(stock);
      expect(await ask(`SELECT rowid FROM article_search('boats')`)).toEqual([[1]]);
      expect(await ask(`SELECT rowid, tag FROM note_search('lock')`)).toEqual([[-2, Uint8Array.of(0)]]);
      expect(await ask(`SELECT v FROM note_search_config WHERE k = 'rank'`)).toEqual([['bm25(10.0)']]);
      expect(await ask(`SELECT doc FROM words WHERE term = 'canal'`)).toEqual([[1]]);
      stock.exec(`INSERT INTO boats VALUES ('Narrowboats'); INSERT INTO ghost_search(rowid, text) VALUES (2, 'it works again')`);
      expect(await ask(`SELECT title FROM article_search('narrowboats')`)).toEqual([['Narrowboats']]);
      expect(await ask(`SELECT rowid FROM ghost_search('again')`)).toEqual([[2]]);
      stock.exec(`INSERT INTO article_search(article_search) VALUES ('integrity-check')`);
    });
  });

  test('B2 loads with wrangler d1 execute --local --file', { timeout: 120_000 }, async () => {
    const { text } = await exportAll({});
    const wanted = new Map<string, string[]>();
    for (const table of TABLES) wanted.set(table, await contentOf(askD1(d1.database), table));
    await withWrangler(text, async (loaded) => {
      for (const table of TABLES) expect(await contentOf(askStock(loaded), table), table).toEqual(wanted.get(table));
    });
  });

  test('B3 a subset of tables: names without case; what is left out is said', async () => {
    const { text, manifest } = await exportAll({ tables: ['ARTICLE', 'child'] });
    await mustLoad(text);
    expect(manifest.partial).toBe(true);
    expect(manifest.tables.map(({ name }) => name)).toEqual(['child', 'article']);
    expect(manifest.warnings).toEqual([
      'The trigger article_added mentions article_search, which is not in the backup.',
      'The trigger article_gone mentions article_search, which is not in the backup.',
      'child references parent, which is not in the backup.',
    ]);
    expect(manifest.notExported.map(({ name }) => name)).toEqual(['boats', 'boats_again']);
  });

  test.each([
    [{ tables: ['nothing'] }, 'table_not_found'],
    [{ tables: ['boats'] }, 'table_not_found'],
    [{ tables: ['_cf_METADATA'] }, 'table_is_ours'],
    [{ tables: ['_LK_guard'] }, 'table_is_ours'],
    [{ tables: ['article_search_data'] }, 'table_is_ours'],
    [{ tables: ['sqlite_sequence'] }, 'table_is_ours'],
    [{ consistency: 'captured' as const }, 'consistency_unavailable'],
    [{ consistency: 'fenced' as const }, 'consistency_unavailable'],
  ])('S4 B3 %j is refused with %s', async (params, code) => {
    const context = { database: d1.database, databaseName: 'DB', params };
    await expect(databaseExport.check?.(context)).rejects.toMatchObject({ name: 'Refusal', code });
  });
});

describe('long cells', () => {
  test('B1 B2 B3 cells of 1.9 MB, two in a row, long keys; above 4 MiB the default is fuzzy and a snapshot is refused', { timeout: 120_000 }, async () => {
    await d1.empty();
    await run(LONG_CELLS);
    const { text, manifest } = await exportAll({});
    mustFitStatements(text);
    expect(await mustEqual(text, ['long', 'long key'])).toBe(2 + 41 + 41 + 12);
    expect(manifest.consistency).toBe('fuzzy');
    const context = { database: d1.database, databaseName: 'DB', params: { consistency: 'snapshot' as const } };
    await expect(databaseExport.check?.(context)).rejects.toMatchObject({ code: 'consistency_unavailable' });
    await expect(databaseExport.check?.(context)).rejects.toThrow(/4194304.*\d{7}/);
  });

  test('B1 a long cell in a snapshot', async () => {
    await d1.empty();
    await run(LONG_CELLS.slice(0, 1));
    await run([`INSERT INTO long(id, body, bytes) VALUES (1, replace(hex(zeroblob(300000)), '00', 'é'), randomblob(900000)), (2, 'short', NULL)`]);
    const snapshot = await exportAll({ consistency: 'snapshot' });
    await mustEqual(snapshot.text, ['long']);
    expect((await exportAll({ consistency: 'fuzzy' })).text).toBe(snapshot.text);
  });
});

describe('a database that is written to meanwhile', () => {
  test('B3 a snapshot is of one moment: a sum that is moved between two tables stays what it was', { timeout: 60_000 }, async () => {
    await d1.empty();
    const rows = Array.from({ length: 500 }, (_, n) => `(${n}, 100)`).join(',');
    await run(['CREATE TABLE a (id INTEGER PRIMARY KEY, n INT)', 'CREATE TABLE z (id INTEGER PRIMARY KEY, n INT)', `INSERT INTO a VALUES ${rows}`, `INSERT INTO z VALUES ${rows}`]);
    let writing = true;
    let moved = 0;
    const writer = (async () => {
      for (; writing; moved += 1) await run([`UPDATE a SET n = n - 1 WHERE id = ${moved % 500}`, `UPDATE z SET n = n + 1 WHERE id = ${moved % 500}`]);
    })();
    const sums = new Set<number>();
    for (let n = 0; n < 8; n += 1) {
      const stock = loadInNode((await exportAll({})).text);
      const [row] = await askStock(stock)('SELECT (SELECT sum(n) FROM a) + (SELECT sum(n) FROM z), (SELECT sum(n) FROM a)');
      expect(row?.[0]).toBe(100_000);
      sums.add(row?.[1] as number);
      stock.close();
    }
    writing = false;
    await writer;
    expect(moved).toBeGreaterThan(8);
    // The writer did write between the exports: otherwise this test would prove nothing.
    expect(sums.size).toBeGreaterThan(1);
  });
});

describe('tables that cannot be had', () => {
  test('B4 without a key and too large to be held: table_not_pageable', { timeout: 60_000 }, async () => {
    await d1.empty();
    const count = 'WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 100001)';
    await run(['CREATE TABLE s (rowid, _rowid_, oid)', `INSERT INTO s ${count} SELECT n, 1, 2 FROM c`, 'CREATE TABLE fine (a)']);
    const check = (params: ExportParams) => databaseExport.check?.({ database: d1.database, databaseName: 'DB', params });
    await expect(check({})).rejects.toMatchObject({ code: 'table_not_pageable', message: expect.stringContaining('s has no key') });
    await expect(check({ tables: ['fine'] })).resolves.toBeUndefined();
  });

  test('B3 the schema changes again and again under a snapshot: snapshot_contended; once, and it is read anew', { timeout: 60_000 }, async () => {
    await d1.empty();
    await run(['CREATE TABLE a (id INTEGER PRIMARY KEY)', 'INSERT INTO a VALUES (1)']);
    const restless = (changes: number): Database => {
      let left = changes;
      return {
        ...d1.database,
        async batch(batch) {
          // The read of the snapshot begins with the schema, and with nothing else of it.
          if (batch[0]?.sql.includes('sqlite_schema') && batch.some(({ sql }) => sql.includes('group_concat')) && left > 0) {
            left -= 1;
            await run([`CREATE TABLE t${crypto.randomUUID().replaceAll('-', '')} (x)`]);
          }
          return d1.database.batch(batch);
        },
      };
    };
    const attempt = (database: Database, archive = new MemoryArchive()) => slice(databaseExport, {}, new MemoryJob<ExportCursor>(), { database, archive });
    await expect(attempt(restless(9))).rejects.toMatchObject({ code: 'snapshot_contended' });
    const archive = new MemoryArchive();
    expect((await attempt(restless(1), archive)).outcome).toBe('done');
    expect(archive.manifest('bk_job-1').tables).toHaveLength(5);
  });
});

describe('fuzzy reading', () => {
  test('B4 a database that refuses large values is read in smaller pages, with the same result', { timeout: 60_000 }, async () => {
    await d1.empty();
    const count = 'WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 3000)';
    await run(['CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)', `INSERT INTO t ${count} SELECT n, hex(zeroblob(n % 90)) FROM c`]);
    let refused = 0;
    const strict: Database = {
      ...d1.database,
      async query(sql, params) {
        const answer = await d1.database.query(sql, params);
        if (String(answer.rows[0]?.[0]).length <= 9_000) return answer;
        refused += 1;
        throw databaseFailure(new Error('D1_ERROR: string or blob too big: SQLITE_TOOBIG'), false);
      },
    };
    const archive = new MemoryArchive();
    await slice(databaseExport, { consistency: 'fuzzy' }, new MemoryJob<ExportCursor>(), { database: strict, archive });
    expect(refused).toBeGreaterThan(0);
    expect(archive.text('bk_job-1')).toBe((await exportAll({ consistency: 'fuzzy' })).text);
  });

  test('B3 rows that nobody touches are there once, whatever happens to their neighbours meanwhile', { timeout: 60_000 }, async () => {
    await d1.empty();
    const count = 'WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 4000)';
    // Every third row cannot be read in a page, and every fifth is long.
    const value = `CASE WHEN n % 3 = 0 THEN CAST(x'61ff' AS TEXT) WHEN n % 5 = 0 THEN hex(zeroblob(4000)) ELSE 'v' || n END`;
    await run(['CREATE TABLE t (k TEXT PRIMARY KEY, v TEXT) WITHOUT ROWID', `INSERT INTO t ${count} SELECT printf('%06d', n), ${value} FROM c`]);
    let writing = true;
    const writer = (async () => {
      for (let n = 0; writing; n += 1) {
        const at = (n * 7919) % 4000;
        await run([`DELETE FROM t WHERE k IN ('${String(at | 1).padStart(6, '0')}')`, `INSERT OR REPLACE INTO t VALUES ('${String(at | 1).padStart(6, '0')}+', CAST(x'ff' AS TEXT))`]);
      }
    })();
    const { text } = await exportAll({ consistency: 'fuzzy' });
    writing = false;
    await writer;
    const stock = loadInNode(text);
    const untouched = `SELECT k, quote(v) AS q FROM t WHERE length(k) = 6 AND CAST(k AS INTEGER) % 2 = 0`;
    expect(await askStock(stock)(untouched)).toHaveLength(2000);
    expect(await askStock(stock)(untouched)).toEqual(await askD1(d1.database)(untouched));
    stock.close();
  });
});

const CHINOOK = join(import.meta.dirname, '../../../../shared/data/chinook.sqlite');

describe('a database that nobody here wrote', () => {
  test.skipIf(!existsSync(CHINOOK))('B1 B2 Chinook: through D1 and back, equal row by row (skipped where the file is absent)', { timeout: 120_000 }, async () => {
    await d1.empty();
    const original = new DatabaseSync(CHINOOK, { readOnly: true });
    const tables = await copyToD1(original);
    expect(tables.length).toBeGreaterThan(10);
    for (const consistency of ['snapshot', 'fuzzy'] as const) {
      const { text, manifest } = await exportAll({ consistency });
      expect(await mustEqual(text, tables)).toBe(manifest.rows);
      await withStock(text, async (stock) => {
        for (const table of tables) expect(await contentOf(askStock(stock), table)).toEqual(await contentOf(askStock(original), table));
      });
    }
    original.close();
  });
});

/** The stock file's tables and rows, by `quote()`: plain values only. Answers the tables. */
async function copyToD1(original: DatabaseSync): Promise<string[]> {
  const ask = askStock(original);
  const objects = await ask(`SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite%'`);
  const tables = objects.filter(([type]) => type === 'table').map(([, name]) => String(name));
  const inserts: string[] = [];
  for (const table of tables) {
    const columns = await ask(`SELECT name FROM pragma_table_info('${table}')`);
    const rows = await ask(`SELECT ${columns.map(([name]) => `quote("${name}")`).join(`||','||`)} FROM "${table}"`);
    for (let at = 0; at < rows.length; at += 200) inserts.push(`INSERT INTO "${table}" VALUES ${rows.slice(at, at + 200).map(([row]) => `(${row})`)}`);
  }
  await run(['PRAGMA defer_foreign_keys = TRUE', ...objects.filter(([type]) => type === 'table').map(([, , sql]) => String(sql)), ...inserts]);
  await run(objects.filter(([type]) => type !== 'table').map(([, , sql]) => String(sql)));
  return tables;
}
