/** B4: pages are as large as rows of one length let them be. Where a table has long rows after short ones, that is found out and costs little. */
import { expect, test } from 'vitest';
import type { Database } from '../../database/database.ts';
import { databaseExport, type ExportCursor } from '../database-export.ts';
import { d1, mustEqual, run, withLocalD1 } from './testing/exam.ts';
import { MemoryArchive, MemoryJob, slice } from './testing/harness.ts';
import { asInProduction } from './testing/limits.ts';

withLocalD1();

const numbers = (from: number, to: number) =>
  `WITH RECURSIVE n(i) AS (SELECT ${from} UNION ALL SELECT i + 1 FROM n WHERE i < ${to})`;

test.each([
  ['60 long ones', 60],
  ['200 long ones', 200],
])('B1 B4 short rows, middling ones, %s, one of 1.9 MB, and short ones again', async (_, long) => {
  await d1.empty();
  await run([
    'CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)',
    `INSERT INTO t ${numbers(1, 9_000)} SELECT i, 'v' || i FROM n`,
    `INSERT INTO t ${numbers(1, 7_000)} SELECT 9000 + i, hex(zeroblob(200)) FROM n`,
    `INSERT INTO t ${numbers(1, long)} SELECT 16000 + i, hex(zeroblob(12000 + i)) FROM n`,
    'INSERT INTO t SELECT 16999, hex(zeroblob(950000))',
    `INSERT INTO t ${numbers(17_000, 22_000)} SELECT i, 'w' || i FROM n`,
  ]);
  const limited = asInProduction(d1.database);
  let [calls, refused, largest] = [0, 0, 0];
  const counted: Database = {
    ...limited,
    query: async (...of) => {
      calls += 1;
      const [, longest, rows] = />(\d+),'!',.* LIMIT (\d+)/.exec(of[0]) ?? [];
      largest = Math.max(largest, Number(longest ?? 0) * Number(rows ?? 0));
      return await limited.query(...of).catch((error: unknown) => {
        refused += 1;
        throw error;
      });
    },
  };
  const archive = new MemoryArchive();
  await slice(databaseExport, { consistency: 'fuzzy' }, new MemoryJob<ExportCursor>(), { database: counted, archive });
  expect(await mustEqual(archive.text('bk_job-1'), ['t'])).toBe(16_000 + long + 1 + 5_001);
  // Once it is known that the table is uneven, no page is asked for that can fail.
  expect(refused).toBe(1);
  expect(calls).toBeLessThan(100);
  // SQLite stops at a value that is too large only when it has read all of its rows: no page may have megabytes upon megabytes of them.
  expect(largest).toBeGreaterThan(1_000_000);
  expect(largest).toBeLessThan(10_000_000);
});
