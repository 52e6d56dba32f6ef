/** B1: tables that have a hundred columns, and rowids whose usual name a column has taken. */
import { expect, test } from 'vitest';
import type { Database } from '../../database/database.ts';
import { databaseExport, type ExportCursor } from '../database-export.ts';
import { d1, exportAll, mustEqual, mustFitStatements, run, withLocalD1 } from './testing/exam.ts';
import { MemoryArchive, MemoryJob, slice } from './testing/harness.ts';

withLocalD1();

test('B4 a table that is too wide for a page is read in few queries, and in small ones where its rows are long', async () => {
  await d1.empty();
  const names = Array.from({ length: 99 }, (_, n) => `c${n}`);
  const rows = (from: number, to: number, value: string) =>
    `INSERT INTO wide (id, c0, c98) WITH RECURSIVE n(i) AS (SELECT ${from} UNION ALL SELECT i + 1 FROM n WHERE i < ${to}) SELECT i, i / 3.0, ${value} FROM n`;
  await run([
    `CREATE TABLE wide (id INTEGER PRIMARY KEY, ${names.map((name) => `${name} REAL`).join(', ')})`,
    rows(1, 1_500, 'i'),
    rows(1_501, 1_520, 'hex(zeroblob(90000 + i))'),
    rows(1_521, 2_000, 'NULL'),
  ]);
  let [calls, largest] = [0, 0];
  const database: Database = {
    ...d1.database,
    query: async (...of) => {
      const answer = await d1.database.query(...of);
      calls += 1;
      largest = Math.max(
        largest,
        answer.rows.reduce((sum, row) => sum + String(row.at(-1)).length, 0),
      );
      return answer;
    },
  };
  const archive = new MemoryArchive();
  await slice(databaseExport, { consistency: 'fuzzy' }, new MemoryJob<ExportCursor>(), { database, archive });
  expect(await mustEqual(archive.text('bk_job-1'), ['wide'])).toBe(2_000);
  expect(calls).toBeLessThan(120);
  expect(largest).toBeLessThan(32 * 400_000);
});

const columns = (first: string) => [first, ...Array.from({ length: 99 }, (_, n) => `c${n}`)];

test.each(['rowid', 'Oid'])('B1 a hundred columns, one of them called %s: every row is there with its rowid', async (name) => {
  await d1.empty();
  const names = columns(name);
  await run([
    `CREATE TABLE wide (${names.map((column) => `"${column}" TEXT`).join(', ')})`,
    `INSERT INTO wide ("${name}", c0) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300) SELECT 'r' || (i % 3), 'v' || i FROM n`,
  ]);
  for (const consistency of ['fuzzy', 'snapshot'] as const) {
    const { text, manifest } = await exportAll({ consistency });
    mustFitStatements(text);
    expect(manifest.rows, consistency).toBe(300);
    expect(await mustEqual(text, ['wide'])).toBe(300);
  }
});
