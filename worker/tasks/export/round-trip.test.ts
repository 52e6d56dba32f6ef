/** B1 and B2, judged by stock SQLite: real D1 → export → text → `node:sqlite` and the `sqlite3` shell, cell by cell. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { databaseExport } from '../database-export.ts';
import { d1, exportAll, mustEqual, mustFitStatements, mustLoad, run, SCHEMA, withLocalD1, withStock } from './testing/exam.ts';
import { MemoryArchive } from './testing/harness.ts';
import { type RandomTable, randomTable } from './testing/schemas.ts';
import { askD1, askStock, contentOf, loadInNode, withWrangler } from './testing/stock.ts';
import { LONG_CELLS, LONG_NAME, TORTURE } from './testing/torture.ts';

withLocalD1();

async function fill(tables: readonly RandomTable[]): Promise<void> {
  await d1.empty();
  await d1.binding.batch([
    ...tables.map(({ create }) => d1.binding.prepare(create)),
    ...tables.flatMap(({ inserts }) => inserts.map(({ sql, params }) => d1.binding.prepare(sql).bind(...params))),
  ]);
}

describe('random schemas and values', () => {
  test('B1 B2 every value survives with its storage class; both ways of reading write the same text', {
    timeout: 300_000,
  }, async () => {
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
      { numRuns: Number(process.env.LOCKKEEPER_FUZZ_RUNS ?? 15), interruptAfterTimeLimit: 200_000 },
    );
    expect(compared).toBeGreaterThan(20);
  });
});

describe('one of everything', () => {
  beforeAll(async () => {
    await d1.empty();
    await run(TORTURE);
  });

  const TABLES = [
    'child',
    'parent',
    'person',
    'department',
    'employee',
    'counted',
    'counted, empty',
    'exact',
    'keyed',
    'sh"adowed',
    'hidden',
    'hundred',
  ].concat([
    'everything',
    'commented',
    'article',
    'note_search',
    'place',
    'd1_migrations',
    '__drizzle_migrations',
    'audit_logs',
    'sqlite_sequence',
    LONG_NAME,
  ]);

  test.each(['snapshot', 'fuzzy'] as const)('B1 B2 S4 %s: loads into stock SQLite, equal cell by cell', async (consistency) => {
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
  ])('S4 B3 %j is refused with %s', async (params, code) => {
    const context = { database: d1.database, databaseName: 'DB', archive: new MemoryArchive(), params };
    await expect(databaseExport.check?.(context)).rejects.toMatchObject({ name: 'Refusal', code });
  });
});

describe('long cells', () => {
  test('B1 B2 B3 cells of 1.9 MB, two in a row, long keys; above 4 MiB the default is fenced and a snapshot is refused', {
    timeout: 120_000,
  }, async () => {
    await d1.empty();
    await run(LONG_CELLS);
    const { text, manifest } = await exportAll({});
    mustFitStatements(text);
    expect(await mustEqual(text, ['long', 'long key'])).toBe(2 + 41 + 41 + 12);
    expect(manifest.consistency).toBe('fenced');
    const context = {
      database: d1.database,
      databaseName: 'DB',
      archive: new MemoryArchive(),
      params: { consistency: 'snapshot' as const },
    };
    await expect(databaseExport.check?.(context)).rejects.toMatchObject({ code: 'consistency_unavailable' });
    await expect(databaseExport.check?.(context)).rejects.toThrow(/4194304.*\d{7}/);
  });

  test('B1 a long cell in a snapshot', async () => {
    await d1.empty();
    await run(LONG_CELLS.slice(0, 1));
    await run([
      `INSERT INTO long(id, body, bytes) VALUES (1, replace(hex(zeroblob(300000)), '00', 'é'), randomblob(900000)), (2, 'short', NULL)`,
    ]);
    const snapshot = await exportAll({ consistency: 'snapshot' });
    await mustEqual(snapshot.text, ['long']);
    expect((await exportAll({ consistency: 'fuzzy' })).text).toBe(snapshot.text);
  });
});

const CHINOOK = join(import.meta.dirname, '../../../../shared/data/chinook.sqlite');

describe('a database that nobody here wrote', () => {
  test.skipIf(!existsSync(CHINOOK))(
    'B1 B2 Chinook: through D1 and back, equal row by row (skipped where the file is absent)',
    { timeout: 120_000 },
    async () => {
      await d1.empty();
      const original = new DatabaseSync(CHINOOK, { readOnly: true });
      const tables = await copyToD1(original);
      expect(tables.length).toBeGreaterThan(10);
      for (const consistency of ['snapshot', 'fuzzy'] as const) {
        const { text, manifest } = await exportAll({ consistency });
        expect(await mustEqual(text, tables)).toBe(manifest.rows);
        await withStock(text, async (stock) => {
          for (const table of tables)
            expect(await contentOf(askStock(stock), table)).toEqual(await contentOf(askStock(original), table));
        });
      }
      original.close();
    },
  );
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
    for (let at = 0; at < rows.length; at += 200)
      inserts.push(`INSERT INTO "${table}" VALUES ${rows.slice(at, at + 200).map(([row]) => `(${row})`)}`);
  }
  await run([
    'PRAGMA defer_foreign_keys = TRUE',
    ...objects.filter(([type]) => type === 'table').map(([, , sql]) => String(sql)),
    ...inserts,
  ]);
  await run(objects.filter(([type]) => type !== 'table').map(([, , sql]) => String(sql)));
  return tables;
}
