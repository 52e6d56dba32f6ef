/** B3 and B4: what an export does while others write, and with databases that refuse what it asks for. */
import { describe, expect, test } from 'vitest';
import type { Database } from '../../database/database.ts';
import { databaseFailure } from '../../database/errors.ts';
import type { ExportParams } from '../../protocol/job.ts';
import { databaseExport, type ExportCursor } from '../database-export.ts';
import { d1, exportAll, run, withLocalD1 } from './testing/exam.ts';
import { MemoryArchive, MemoryJob, slice } from './testing/harness.ts';
import { askD1, askStock, loadInNode } from './testing/stock.ts';

withLocalD1();

describe('a database that is written to meanwhile', () => {
  test('B3 a snapshot is of one moment: a sum that is moved between two tables stays what it was', async () => {
    await d1.empty();
    const rows = Array.from({ length: 500 }, (_, n) => `(${n}, 100)`).join(',');
    await run([
      'CREATE TABLE a (id INTEGER PRIMARY KEY, n INT)',
      'CREATE TABLE z (id INTEGER PRIMARY KEY, n INT)',
      `INSERT INTO a VALUES ${rows}`,
      `INSERT INTO z VALUES ${rows}`,
    ]);
    let writing = true;
    let moved = 0;
    const writer = (async () => {
      for (; writing; moved += 1)
        await run([`UPDATE a SET n = n - 1 WHERE id = ${moved % 500}`, `UPDATE z SET n = n + 1 WHERE id = ${moved % 500}`]);
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
  test('B4 without a key and too large to be held: table_not_pageable', async () => {
    await d1.empty();
    const count = 'WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 100001)';
    await run(['CREATE TABLE s (rowid, _rowid_, oid)', `INSERT INTO s ${count} SELECT n, 1, 2 FROM c`, 'CREATE TABLE fine (a)']);
    const check = (params: ExportParams) =>
      databaseExport.check?.({ database: d1.database, databaseName: 'DB', archive: new MemoryArchive(), params });
    await expect(check({})).rejects.toMatchObject({ code: 'table_not_pageable', message: expect.stringContaining('s has no key') });
    await expect(check({ tables: ['fine'] })).resolves.toBeUndefined();
  });

  test('B3 the schema changes again and again under a snapshot: snapshot_contended; once, and it is read anew', async () => {
    await d1.empty();
    await run(['CREATE TABLE a (id INTEGER PRIMARY KEY)', 'INSERT INTO a VALUES (1)']);
    const restless = (changes: number): Database => {
      let left = changes;
      return {
        ...d1.database,
        async batch(batch) {
          // The read of the snapshot begins with the schema, and with nothing else of it.
          if (batch[0]?.sql.includes('sqlite_schema') && batch.some(({ sql }) => sql.includes('group_concat(x')) && left > 0) {
            left -= 1;
            await run([`CREATE TABLE t${crypto.randomUUID().replaceAll('-', '')} (x)`]);
          }
          return d1.database.batch(batch);
        },
      };
    };
    const attempt = (database: Database, archive = new MemoryArchive()) =>
      slice(databaseExport, {}, new MemoryJob<ExportCursor>(), { database, archive });
    await expect(attempt(restless(9))).rejects.toMatchObject({ code: 'snapshot_contended' });
    const archive = new MemoryArchive();
    expect((await attempt(restless(1), archive)).outcome).toBe('done');
    expect(archive.manifest('bk_job-1').tables).toHaveLength(5);
  });
});

describe('fuzzy reading', () => {
  test('B4 a database that refuses large values is read in smaller pages, with the same result', async () => {
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

  test('B3 rows that nobody touches are there once, whatever happens to their neighbours meanwhile', async () => {
    await d1.empty();
    const count = 'WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 4000)';
    // Every third row cannot be read in a page, and every fifth is long.
    const value = `CASE WHEN n % 3 = 0 THEN CAST(x'61ff' AS TEXT) WHEN n % 5 = 0 THEN hex(zeroblob(4000)) ELSE 'v' || n END`;
    await run([
      'CREATE TABLE t (k TEXT PRIMARY KEY, v TEXT) WITHOUT ROWID',
      `INSERT INTO t ${count} SELECT printf('%06d', n), ${value} FROM c`,
    ]);
    let writing = true;
    const writer = (async () => {
      for (let n = 0; writing; n += 1) {
        const at = (n * 7919) % 4000;
        await run([
          `DELETE FROM t WHERE k IN ('${String(at | 1).padStart(6, '0')}')`,
          `INSERT OR REPLACE INTO t VALUES ('${String(at | 1).padStart(6, '0')}+', CAST(x'ff' AS TEXT))`,
        ]);
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
