/** B1: rows that get lost on their way out are missed, whoever has lost them. */
import { expect, test } from 'vitest';
import { WIRE_JOINT } from '../../core/sql/wire.ts';
import type { Database, Rows } from '../../database/database.ts';
import { databaseExport, type ExportCursor } from '../database-export.ts';
import { d1, run, withLocalD1 } from './testing/exam.ts';
import { MemoryArchive, MemoryJob, slice } from './testing/harness.ts';

withLocalD1();

/** Each page of rows without its last one. */
const less = ({ rows, ...rest }: Rows): Rows => ({
  ...rest,
  rows: rows.map((row) => row.map((cell) => (String(cell).includes(WIRE_JOINT) ? String(cell).replace(/;[^;]*$/, '') : cell))),
});
const forgetful = (database: Database): Database => ({
  ...database,
  query: async (sql, params) => {
    const answer = await database.query(sql, params);
    return sql.includes('group_concat(x') ? less(answer) : answer;
  },
  batch: async (batch) => {
    const answers = await database.batch(batch);
    return answers.map((answer, n) => (batch[n]?.sql.includes('group_concat(x') ? less(answer) : answer));
  },
});

test.each(['snapshot', 'fenced'] as const)('B1 B3 %s: a backup with fewer rows than there are is none', async (consistency) => {
  await d1.empty();
  await run([
    'CREATE TABLE "a b" (id INTEGER PRIMARY KEY, v TEXT)',
    'CREATE TABLE none (x)',
    `INSERT INTO "a b" WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 100) SELECT n, 'v' FROM c`,
  ]);
  const attempt = (database: Database, archive: MemoryArchive) =>
    slice(databaseExport, { consistency }, new MemoryJob<ExportCursor>(), { database, archive });
  const archive = new MemoryArchive();
  await expect(attempt(forgetful(d1.database), archive)).rejects.toMatchObject({
    code: 'backup_incomplete',
    message: expect.stringContaining('a b: 99 of 100 rows'),
  });
  expect([archive.manifests.size, archive.drafts.size]).toEqual([0, 0]);
  expect((await attempt(d1.database, archive)).outcome).toBe('done');
  expect(archive.manifest('bk_job-1').tables.map(({ rows }) => rows)).toEqual([100, 0]);
});
