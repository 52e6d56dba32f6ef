/** What the exams of the export share: a real local D1, exporting it, and comparing what stock SQLite makes of the text. */
import type { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect } from 'vitest';
import { statements } from '../../../core/sql/split.ts';
import type { Manifest } from '../../../protocol/backup.ts';
import type { ExportParams } from '../../../protocol/job.ts';
import { databaseExport, type ExportCursor } from '../../database-export.ts';
import { MemoryArchive, MemoryJob, slice } from './harness.ts';
import { type LocalD1, startLocalD1 } from './local-d1.ts';
import { askD1, askStock, contentOf, hasShell, loadInNode, loadInShell } from './stock.ts';

export let d1: LocalD1;
/** To be called once in a test file. */
export function withLocalD1(): void {
  beforeAll(async () => {
    d1 = await startLocalD1();
  }, 60_000);
  afterAll(() => d1.stop());
}

export async function exportAll(params: ExportParams): Promise<{ text: string; manifest: Manifest; archive: MemoryArchive }> {
  const archive = new MemoryArchive();
  const job = new MemoryJob<ExportCursor>();
  const outcome = await slice(databaseExport, params, job, { database: d1.database, archive });
  expect(outcome.outcome).toBe('done');
  return { text: archive.text('bk_job-1'), manifest: archive.manifest('bk_job-1'), archive };
}

export async function run(statements: readonly string[]): Promise<void> {
  await d1.database.batch(statements.map((sql) => ({ sql })));
}

/** Loads the text into stock SQLite, both ways, and hands over what came of it. */
export async function withStock(text: string, judge: (stock: DatabaseSync) => Promise<void>): Promise<void> {
  const inNode = loadInNode(text);
  await judge(inNode);
  inNode.close();
  if (!hasShell) return;
  const shell = loadInShell(text);
  try {
    await judge(shell.database);
  } finally {
    shell.done();
  }
}

/** Answers how many rows were compared. */
export async function mustEqual(text: string, tables: readonly string[]): Promise<number> {
  const wanted = new Map<string, string[]>();
  for (const table of tables) wanted.set(table, await contentOf(askD1(d1.database), table));
  await withStock(text, async (stock) => {
    for (const table of tables) expect(await contentOf(askStock(stock), table), table).toEqual(wanted.get(table));
    expect(stock.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
    expect(stock.prepare('PRAGMA foreign_key_check').all()).toEqual([]);
  });
  return [...wanted.values()].reduce((sum, rows) => sum + rows.length, 0);
}

export async function mustLoad(text: string): Promise<void> {
  await withStock(text, async (stock) => expect(stock.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' }));
}

export const SCHEMA = `SELECT type AS c0, name AS c1, tbl_name AS c2, sql AS c3 FROM sqlite_schema
  WHERE substr(name, 1, 4) NOT IN ('_cf_', '_lk_') AND substr(name, 1, 7) <> 'sqlite_' ORDER BY type, name`;

export function mustFitStatements(text: string): void {
  for (const { sql, complete } of statements(text)) {
    expect(complete).toBe(true);
    expect(Buffer.byteLength(sql)).toBeLessThan(100_000);
  }
}
