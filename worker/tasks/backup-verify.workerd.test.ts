/** B5 in the real runtime: D1 → R2 → a scratch Durable Object, and what the verification says of backups that were tampered with. */
import { env } from 'cloudflare:workers';
import { gunzipSync, gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Archive } from '../archive/archive.ts';
import { archiveOf } from '../archive/r2.ts';
import { d1Database } from '../database/d1.ts';
import { type ScratchDatabase, scratchDatabase } from '../database/scratch.ts';
import type { BackupSummary, Manifest } from '../protocol/backup.ts';
import { backupVerify, type VerifyCursor } from './backup-verify.ts';
import { databaseExport, type ExportCursor } from './database-export.ts';
import { MemoryJob, sha256Hex, slice } from './export/testing/harness.ts';
import { LONG_CELLS, TORTURE } from './export/testing/torture.ts';
import type { Outcome, Scratch, Verdict } from './task.ts';

const { DB, ARCHIVE, SCRATCH } = env as unknown as {
  DB: D1Database;
  ARCHIVE: R2Bucket;
  SCRATCH: { getByName(name: string): Pick<ScratchDatabase, keyof ScratchDatabase> };
};
const archive = archiveOf(ARCHIVE, 'DB');
const database = d1Database(DB);
const scratchOf = (name: string) => () => scratchDatabase(SCRATCH.getByName(name)) as Scratch;

async function exported(jobId: string, consistency: 'snapshot' | 'fuzzy', tables?: string[]): Promise<Manifest> {
  await slice(databaseExport, tables ? { consistency, tables } : { consistency }, new MemoryJob<ExportCursor>(), {
    database,
    archive,
    jobId,
  });
  return JSON.parse((await archive.getManifest(`bk_${jobId}`)) as string);
}

interface Found {
  readonly result: { verified: boolean; code?: string; message?: string; warnings: string[] };
  readonly backup: BackupSummary;
}

function found(outcome: Outcome): Found {
  if (outcome.outcome !== 'done') throw new Error(`The verification is ${outcome.outcome}.`);
  return { result: outcome.result as unknown as Found['result'], backup: outcome.backup as BackupSummary };
}

const verified = async (backupId: string, from: Archive = archive, scratch = scratchOf(crypto.randomUUID())): Promise<Found> =>
  found(await slice(backupVerify, { backupId }, new MemoryJob<VerifyCursor>(), { database, archive: from, scratch }));

/** The backup with some chunk's text changed, consistently: names, sizes and all, so that only what it says is wrong. */
async function tampered(manifest: Manifest, change: (sql: string) => string): Promise<string> {
  const chunks = await Promise.all(
    manifest.chunks.map(async (chunk) => {
      const text = new TextEncoder().encode(change(gunzipSync(await archive.getChunk(chunk.sha256)).toString('utf8')));
      const gzip = new Uint8Array(gzipSync(text));
      await archive.putChunk(sha256Hex(gzip), gzip);
      return { ...chunk, sha256: sha256Hex(gzip), gzipBytes: gzip.length, sqlBytes: text.length };
    }),
  );
  const id = `bk_${crypto.randomUUID()}`;
  await archive.putManifest(id, JSON.stringify({ ...manifest, id, chunks }));
  return id;
}

let whole: Manifest;
beforeAll(async () => {
  await database.batch(TORTURE.map((sql) => ({ sql })));
  whole = await exported('whole', 'snapshot');
});

describe('an honest backup', () => {
  test('B5 is verified: cycles, self-references, full-text search, every kind of table; the scratch database is empty afterwards', async () => {
    const scratch = scratchOf('honest');
    const { result, backup } = await verified('bk_whole', archive, scratch);
    expect(result).toMatchObject({ verified: true, warnings: [] });
    expect(backup).toMatchObject({
      id: 'bk_whole',
      jobId: 'whole',
      verification: { state: 'verified', at: '2026-11-23T12:00:00.000Z', tookMs: 0 },
    });
    expect((await scratch().query('SELECT count(*) FROM sqlite_schema')).rows).toEqual([[0]]);
  });

  test('B5 fuzzy backups and subsets are verified; of a subset, missing parents are only a remark', async () => {
    expect((await exported('fuzzy', 'fuzzy')).chunks).toEqual(whole.chunks);
    expect((await verified('bk_fuzzy')).result.verified).toBe(true);
    await exported('part', 'snapshot', ['child', 'keyed', 'note_search']);
    expect((await verified('bk_part')).result).toMatchObject({
      verified: true,
      warnings: ['Foreign keys are violated in child (3 rows).'],
    });
  });

  test('B5 J5 pauses after any step and goes on from there; cancelled, it leaves nothing behind', async () => {
    const job = new MemoryJob<VerifyCursor>();
    job.verdict = () => 'pause';
    const setting = { database, archive, scratch: scratchOf('paused') };
    let slices = 1;
    for (; (await slice(backupVerify, { backupId: 'bk_whole' }, job, setting)).outcome === 'paused'; slices += 1);
    expect(slices).toBe(1 + 1 + 2 * whole.chunks.length);
    expect(job.committed.map(({ name }) => name)).toEqual(['wipe', 'load 0', 'compare 0']);

    const cancelled = new MemoryJob<VerifyCursor>();
    cancelled.verdict = ({ name }): Verdict => (name === 'load 0' ? 'cancel' : 'go-on');
    expect(await slice(backupVerify, { backupId: 'bk_whole' }, cancelled, setting)).toEqual({ outcome: 'cancelled' });
    expect((await setting.scratch().query('SELECT count(*) FROM sqlite_schema')).rows).toEqual([[0]]);
  });

  test('B5 J2 an executor that dies in the middle of a chunk: the next one loads only what is missing', async () => {
    await database.batch(LONG_CELLS.map((sql) => ({ sql })));
    const { chunks } = await exported('long', 'fuzzy', ['long', 'long key', 'everything']);
    expect(chunks.length).toBeGreaterThan(1);
    const scratch = scratchOf('dies');
    const job = new MemoryJob<VerifyCursor>();
    for (let calls = 2; calls < 8; calls += 1) {
      const dying = dyingAfter(calls, scratch());
      await expect(slice(backupVerify, { backupId: 'bk_long' }, job, { database, archive, scratch: () => dying })).rejects.toThrow(
        'died',
      );
    }
    const outcome = await slice(backupVerify, { backupId: 'bk_long' }, job, { database, archive, scratch });
    expect(found(outcome).result.verified).toBe(true);
  });
});

/** Does its work a number of times, and then does it once more without an answer. */
function dyingAfter(calls: number, scratch: Scratch): Scratch {
  let left = calls;
  return {
    ...scratch,
    async batch(statements) {
      const answer = await scratch.batch(statements);
      left -= 1;
      if (left < 0) throw new Error('died');
      return answer;
    },
  };
}

describe('a backup that is not what it says', () => {
  const damaged = async (backupId: string, message: RegExp, from: Archive = archive) => {
    const { result, backup } = await verified(backupId, from);
    expect(result).toMatchObject({ verified: false, code: 'backup_damaged', message: expect.stringMatching(message) });
    expect(backup.verification).toMatchObject({ state: 'damaged', code: 'backup_damaged' });
  };

  test('B5 a changed value', async () => damaged(await tampered(whole, (sql) => sql.replace("'Ann'", "'Ana'")), /rows of person/));
  test('B5 another storage class', async () =>
    damaged(await tampered(whole, (sql) => sql.replace(",0.1,1.0,X'00')", ",0.1,1,X'00')")), /rows of exact/));
  test('B5 a missing row', async () =>
    damaged(await tampered(whole, (sql) => sql.replace("(2,3,'Bob'),\n", '')), /person has 3 rows/));
  test('B5 an additional row', async () =>
    damaged(await tampered(whole, (sql) => sql.replace("(4,4,'Dot')", "(4,4,'Dot'),\n(99,NULL,'Eve')")), /person has more rows/));
  test('B5 a missing index', async () =>
    damaged(
      await tampered(whole, (sql) => sql.replace(/CREATE INDEX article_lower[^;]*';'[^;]*;/, '')),
      /article_lower is missing/,
    ));
  test('B5 a changed trigger', async () =>
    damaged(await tampered(whole, (sql) => sql.replace("'delete', old.id", "'delete', 1")), /article_gone/));
  test('B5 another sequence', async () =>
    damaged(
      await tampered(whole, (sql) => sql.replace("VALUES('counted',900)", "VALUES('counted',7)")),
      /AUTOINCREMENT of counted/,
    ));
  test('B5 broken references in a snapshot', async () => {
    const orphan = await orphaned();
    await damaged(orphan.snapshot, /Foreign keys are violated in child/);
    expect((await verified(orphan.fuzzy)).result).toMatchObject({
      verified: true,
      warnings: ['Foreign keys are violated in child (1 rows).'],
    });
  });
  test('B5 text that is no SQL', async () =>
    damaged(await tampered(whole, (sql) => `${sql}\nINSERT INTO nowhere VALUES (1);\n`), /does not load.*nowhere/));
  test('B5 text that ends too early', async () =>
    damaged(await tampered(whole, (sql) => sql.trimEnd().slice(0, -1)), /middle of a statement/));
  test('B5 more text than the manifest says', async () => {
    const manifest = structuredClone(whole);
    manifest.id = 'bk_bomb';
    for (const chunk of manifest.chunks) chunk.sqlBytes -= 1;
    await archive.putManifest('bk_bomb', JSON.stringify(manifest));
    await damaged('bk_bomb', /does not unpack|unpacks to/);
  });

  test('B5 B6 altered bytes in R2, and a missing chunk', async () => {
    const sha256 = whole.chunks[0]?.sha256 as string;
    const key = `db/DB/chunks/${sha256}.sql.gz`;
    const bytes = await archive.getChunk(sha256);
    const altered = bytes.slice();
    altered[altered.length >> 1] = (altered[altered.length >> 1] as number) ^ 1;
    await ARCHIVE.put(key, altered);
    await damaged('bk_whole', /other bytes than its name/);
    await ARCHIVE.delete(key);
    await damaged('bk_whole', /missing in R2/);
    await archive.putChunk(sha256, bytes);
    expect((await verified('bk_whole')).result.verified).toBe(true);
  });

  test('B5 a backup that does not exist is no damaged backup', async () => {
    await expect(verified('bk_nothing')).rejects.toMatchObject({ code: 'backup_not_found' });
  });
});

/** A backup whose rows are as its manifest says, but do not fit together. */
async function orphaned(): Promise<{ snapshot: string; fuzzy: string }> {
  const part = await exported('orphans', 'fuzzy', ['child', 'parent']);
  const [chunk] = part.chunks as [Manifest['chunks'][number]];
  const sql = gunzipSync(await archive.getChunk(chunk.sha256)).toString('utf8');
  const rows = /INSERT INTO "child"[^\n]*\n([\s\S]*?);\n/.exec(sql)?.[1] as string;
  const changed = rows.replace("'b'", "'nobody'");
  const segments = chunk.segments.map((segment) =>
    segment.table === 'child' ? { ...segment, sha256: sha256Hex(new TextEncoder().encode(changed)) } : segment,
  );
  const own = segments.filter(({ table }) => table === 'child').map(({ sha256 }) => sha256);
  const tables = part.tables.map((table) =>
    table.name === 'child' ? { ...table, contentHash: sha256Hex(new TextEncoder().encode(own.join('\n'))) } : table,
  );
  const manifest: Manifest = { ...part, tables, partial: false, consistency: 'snapshot', chunks: [{ ...chunk, segments }] };
  const snapshot = await tampered(manifest, (text) => text.replace(rows, changed));
  const fuzzy = await tampered({ ...manifest, consistency: 'fuzzy' }, (text) => text.replace(rows, changed));
  return { snapshot, fuzzy };
}
