/** J5 B6: an export that was cancelled can be tried again, wherever it was stopped. */
import { describe, expect, test } from 'vitest';
import { type ExportCursor, exportTask } from '../database-export.ts';
import { d1, mustEqual, run, withLocalD1 } from './testing/exam.ts';
import { MemoryArchive, MemoryJob, slice } from './testing/harness.ts';

withLocalD1();

const task = exportTask({ chunkBytes: 10_000 });

describe.each(['snapshot', 'fenced', 'fuzzy'] as const)('J5: a retry after a cancel, %s', (consistency) => {
  const world = () => ({ archive: new MemoryArchive(), job: new MemoryJob<ExportCursor>() });
  const attempt = ({ archive, job }: ReturnType<typeof world>, number: number) =>
    slice(task, { consistency }, job, { database: d1.database, archive, attempt: number });

  test('at each commit: the backup is there and whole', async () => {
    await d1.empty();
    const count = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)';
    await run(['CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)', `INSERT INTO t ${count} SELECT i, hex(randomblob(50)) FROM n`]);
    const clean = world();
    await attempt(clean, 1);
    const commits = clean.job.committed.length;
    expect(commits).toBeGreaterThan(2);
    for (let at = 0; at < commits; at += 1) {
      const here = world();
      here.job.verdict = ({ n }) => (n === at ? 'cancel' : 'go-on');
      expect((await attempt(here, 1)).outcome, `commit ${at}`).toBe('cancelled');
      expect([...here.archive.manifests.keys(), ...here.archive.drafts.keys()], `commit ${at}`).toEqual([]);
      here.job.verdict = () => 'go-on';
      expect((await attempt(here, 2)).outcome, `commit ${at}`).toBe('done');
      expect([...here.archive.drafts.keys()], `commit ${at}`).toEqual([]);
      expect(await mustEqual(here.archive.text('bk_job-1'), ['t']), `commit ${at}`).toBe(300);
    }
  });
});
