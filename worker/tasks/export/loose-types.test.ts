/** B1: columns whose declared type gives them numeric affinity, though they hold text: JSON, STRING, UUID, DATE and their like. */
import { expect, test } from 'vitest';
import type { Database } from '../../database/database.ts';
import { databaseExport, type ExportCursor } from '../database-export.ts';
import { d1, mustEqual, run, withLocalD1 } from './testing/exam.ts';
import { MemoryArchive, MemoryJob, slice } from './testing/harness.ts';
import { asInProduction } from './testing/limits.ts';

withLocalD1();

const COUNT = (rows: number) => `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows})`;

test('B1 B3 columns of type STRING in a small database: no value of its snapshot is too large for D1', {
  timeout: 60_000,
}, async () => {
  await d1.empty();
  const names = Array.from({ length: 60 }, (_, n) => `c${n}`);
  const texts = names.map(() => `'x' || hex(zeroblob(94))`);
  await run([`CREATE TABLE t (${names.map((name) => `${name} STRING`).join(', ')})`]);
  for (let n = 0; n < 4; n += 1) await run([`INSERT INTO t ${COUNT(64)} SELECT ${texts.join(', ')} FROM n`]);
  expect(await d1.database.size()).toBeLessThan(4 * 1024 * 1024);
  const archive = new MemoryArchive();
  await slice(databaseExport, {}, new MemoryJob<ExportCursor>(), { database: asInProduction(d1.database), archive });
  expect(archive.manifest('bk_job-1')).toMatchObject({ consistency: 'snapshot', rows: 256 });
  expect(await mustEqual(archive.text('bk_job-1'), ['t'])).toBe(256);
});

test('B6 a column of type JSON costs no query for each row', { timeout: 60_000 }, async () => {
  await d1.empty();
  await run([
    'CREATE TABLE t (id INTEGER PRIMARY KEY, doc JSON)',
    `INSERT INTO t ${COUNT(3_000)} SELECT i, '"' || hex(zeroblob(150)) || '"' FROM n`,
  ]);
  let calls = 0;
  const counted: Database = {
    ...d1.database,
    query: (...of) => {
      calls += 1;
      return d1.database.query(...of);
    },
  };
  const archive = new MemoryArchive();
  await slice(databaseExport, { consistency: 'fuzzy' }, new MemoryJob<ExportCursor>(), { database: counted, archive });
  expect(archive.manifest('bk_job-1').rows).toBe(3_000);
  expect(calls).toBeLessThan(60);
});
