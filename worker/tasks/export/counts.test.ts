/** B1: rows that get lost on their way out are missed, whoever has lost them. */
import { expect, test } from 'vitest';
import { WIRE_JOINT } from '../../core/sql/wire.ts';
import type { Database, Rows } from '../../database/database.ts';
import { databaseExport, type ExportCursor } from '../database-export.ts';
import { d1, run, withLocalD1 } from './testing/exam.ts';
import { MemoryArchive, MemoryJob, slice } from './testing/harness.ts';

withLocalD1();

/** Each page of rows without its last one, as if it had never been there or as if it had got lost on the way. */
type Loss = 'unread' | 'lost';
const less = ({ rows, ...rest }: Rows, loss: Loss): Rows => ({
  ...rest,
  rows: rows.map(([page, count, ...more]) =>
    String(page).includes(WIRE_JOINT)
      ? [String(page).replace(/;[^;]*$/, ''), loss === 'unread' ? Number(count) - 1 : (count ?? null), ...more]
      : [page ?? null, count ?? null, ...more],
  ),
});
const forgetful = (database: Database, loss: Loss): Database => ({
  ...database,
  query: async (sql, params) => {
    const answer = await database.query(sql, params);
    return sql.includes('group_concat(x') ? less(answer, loss) : answer;
  },
  batch: async (batch) => {
    const answers = await database.batch(batch);
    return answers.map((answer, n) => (batch[n]?.sql.includes('group_concat(x') ? less(answer, loss) : answer));
  },
});

test.each([
  ['snapshot', 'unread'],
  ['fenced', 'unread'],
  ['fenced', 'lost'],
  ['fuzzy', 'lost'],
] as const)('B1 B3 %s: a backup without a row that was %s is none', async (consistency, loss) => {
  await d1.empty();
  await run([
    'CREATE TABLE "a b" (id INTEGER PRIMARY KEY, v TEXT)',
    'CREATE TABLE none (x)',
    `INSERT INTO "a b" WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 100) SELECT n, 'v' FROM c`,
  ]);
  const attempt = (database: Database, archive: MemoryArchive) =>
    slice(databaseExport, { consistency }, new MemoryJob<ExportCursor>(), { database, archive });
  const archive = new MemoryArchive();
  await expect(attempt(forgetful(d1.database, loss), archive)).rejects.toMatchObject({
    code: 'backup_incomplete',
    message: expect.stringContaining('a b: 99 of 100 rows'),
  });
  expect([archive.manifests.size, archive.drafts.size]).toEqual([0, 0]);
  expect((await attempt(d1.database, archive)).outcome).toBe('done');
  expect(archive.manifest('bk_job-1').tables.map(({ rows }) => rows)).toEqual([100, 0]);
});
