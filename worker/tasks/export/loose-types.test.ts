/** B1: columns whose declared type gives them numeric affinity, though they hold text: JSON, STRING, UUID, DATE and their like. */
import { expect, test } from 'vitest';
import type { Database } from '../../database/database.ts';
import { databaseExport, type ExportCursor } from '../database-export.ts';
import { d1, mustEqual, run, withLocalD1 } from './testing/exam.ts';
import { MemoryArchive, MemoryJob, slice } from './testing/harness.ts';
import { asInProduction } from './testing/limits.ts';

withLocalD1();

const COUNT = (rows: number) => `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows})`;

test.each(['STRING', 'DATE', 'INTEGER'])(
  'B1 B3 texts in columns of type %s in a small database: no value of its snapshot is too large for D1',
  async (type) => {
    await d1.empty();
    const names = Array.from({ length: 60 }, (_, n) => `c${n}`);
    const texts = names.map(() => `'x' || hex(zeroblob(94))`);
    await run([`CREATE TABLE t (${names.map((name) => `${name} ${type}`).join(', ')})`]);
    for (let n = 0; n < 4; n += 1) await run([`INSERT INTO t ${COUNT(64)} SELECT ${texts.join(', ')} FROM n`]);
    expect(await d1.database.size()).toBeLessThan(4 * 1024 * 1024);
    const archive = new MemoryArchive();
    await slice(databaseExport, {}, new MemoryJob<ExportCursor>(), { database: asInProduction(d1.database), archive });
    expect(archive.manifest('bk_job-1')).toMatchObject({ consistency: 'snapshot', rows: 256 });
    expect(await mustEqual(archive.text('bk_job-1'), ['t'])).toBe(256);
  },
);

/** In production an invocation may make 1,000 queries. */
test.each([
  ['of type JSON', 'JSON', 1],
  ['for dates, all with texts', 'DATETIME', 1],
  ['for dates, every fiftieth with a text', 'DATETIME', 50],
  ['for numbers, among sixty', `INTEGER, ${Array.from({ length: 60 }, (_, n) => `c${n} REAL`).join(', ')}`, 1],
])('B6 a column %s costs no query for each row', async (_, type, each) => {
  await d1.empty();
  await run([
    `CREATE TABLE t (id INTEGER PRIMARY KEY, doc ${type})`,
    `INSERT INTO t (id, doc) ${COUNT(3_000)} SELECT i, iif(i % ${each} = 0, '"' || hex(zeroblob(150)) || '"', i) FROM n`,
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
  expect(await mustEqual(archive.text('bk_job-1'), ['t'])).toBe(3_000);
  expect(calls).toBeLessThan(60);
});
