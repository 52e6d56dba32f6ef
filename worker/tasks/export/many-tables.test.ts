/** B6: databases with more tables than one invocation may ask about: D1 allows it 1,000 queries. */
import { expect, test } from 'vitest';
import type { Database } from '../../database/database.ts';
import { databaseExport, type ExportCursor, exportTask } from '../database-export.ts';
import type { Verdict } from '../task.ts';
import { d1, run, withLocalD1 } from './testing/exam.ts';
import { MemoryArchive, MemoryJob, slice } from './testing/harness.ts';

withLocalD1();

const TABLES = 330;
/** What an invocation may ask, and after how much a slice ends at its next commit: 1,000 and 600 in truth, less here to save time. */
const ALLOWED = 450;
const BUDGET = 270;

class Invocation {
  calls = 0;
  readonly database: Database = {
    query: (...of) => this.counted(() => d1.database.query(...of)),
    batch: (...of) => this.counted(() => d1.database.batch(...of)),
    size: () => this.counted(() => d1.database.size()),
  };

  private counted<T>(work: () => Promise<T>): Promise<T> {
    this.calls += 1;
    if (this.calls > ALLOWED) return Promise.reject(new Error('Too many API requests by single worker invocation.'));
    return work();
  }
}

test('B6 many small tables: each slice stays within what an invocation may ask, and the chunks are those of one slice', async () => {
  await d1.empty();
  const names = Array.from({ length: TABLES }, (_, n) => `t${n}`);
  await run(names.map((name) => `CREATE TABLE ${name} (id INTEGER PRIMARY KEY)`));
  await run(names.map((name) => `INSERT INTO ${name} VALUES (1)`));
  const archive = new MemoryArchive();
  const job = new MemoryJob<ExportCursor>();
  let slices = 0;
  for (let over = false; !over; slices += 1) {
    const invocation = new Invocation();
    job.verdict = (): Verdict => (invocation.calls >= BUDGET ? 'pause' : 'go-on');
    const { outcome } = await slice(databaseExport, { consistency: 'fuzzy' }, job, { database: invocation.database, archive });
    over = outcome === 'done';
  }
  expect(slices).toBeGreaterThan(1);
  const manifest = archive.manifest('bk_job-1');
  expect([manifest.rows, manifest.tables.length]).toEqual([TABLES, TABLES]);

  const whole = new MemoryArchive();
  await slice(databaseExport, { consistency: 'fuzzy' }, new MemoryJob<ExportCursor>(), { database: d1.database, archive: whole });
  expect(whole.manifest('bk_job-1').chunks).toEqual(manifest.chunks);
});

test('B6 a chunk that ends in the middle of a table, and the next one by its number of tables: the same for whoever goes on', async () => {
  await d1.empty();
  const names = Array.from({ length: 340 }, (_, n) => `t${n}`);
  await run(names.map((name) => `CREATE TABLE ${name} (id INTEGER PRIMARY KEY)`));
  const rows = (n: number) => (n % 170 === 3 ? 20_000 : 1);
  const count = (n: number) =>
    `WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < ${rows(n)}) SELECT i FROM c`;
  await run(names.map((name, n) => `INSERT INTO ${name} ${count(n)}`));
  const task = exportTask({ chunkBytes: 16_000 });
  const chunksBy = async (verdict: Verdict) => {
    const archive = new MemoryArchive();
    const job = new MemoryJob<ExportCursor>();
    job.verdict = () => verdict;
    for (let over = false; !over; )
      over = (await slice(task, { consistency: 'fuzzy' }, job, { database: d1.database, archive })).outcome === 'done';
    return archive.manifest('bk_job-1').chunks;
  };
  const chunks = await chunksBy('go-on');
  expect(await chunksBy('pause')).toEqual(chunks);
  // Both kinds of ends are there: otherwise this test would prove nothing.
  const numbers = chunks.map(({ segments }) => new Set(segments.map(({ table }) => table)).size);
  expect(numbers).toContain(150);
  const tables = chunks.flatMap(({ segments }) => segments.map(({ table }) => table));
  expect(tables.length).toBeGreaterThan(new Set(tables).size);
});
