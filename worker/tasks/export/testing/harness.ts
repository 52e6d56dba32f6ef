/** What the tests of the export and of the verification share: hands that keep their steps in memory, an archive in memory. */
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import type { Archive } from '../../../archive/archive.ts';
import type { Database } from '../../../database/database.ts';
import { type BackupSummary, Manifest } from '../../../protocol/backup.ts';
import type { JobProgress } from '../../../protocol/job.ts';
import { Refusal } from '../../../protocol/problem.ts';
import type { Hands, Json, Outcome, Scratch, StepRecord, Task, Verdict } from '../../task.ts';

export const sha256Hex = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export class MemoryArchive implements Archive {
  readonly chunks = new Map<string, Uint8Array>();
  readonly drafts = new Map<string, string>();
  readonly manifests = new Map<string, string>();

  async putChunk(sha256: string, gzip: Uint8Array): Promise<void> {
    if (sha256Hex(gzip) !== sha256) throw new Error('A chunk does not have the name of its content.');
    if (!this.chunks.has(sha256)) this.chunks.set(sha256, gzip.slice());
  }
  async getChunk(sha256: string): Promise<Uint8Array> {
    const bytes = this.chunks.get(sha256);
    if (!bytes || sha256Hex(bytes) !== sha256) throw new Refusal('backup_damaged', `The chunk ${sha256} is missing or altered.`);
    return bytes;
  }
  async streamChunk(sha256: string, range?: { offset: number; length: number }): Promise<ReadableStream<Uint8Array>> {
    const bytes = await this.getChunk(sha256);
    const part = range ? bytes.subarray(range.offset, range.offset + range.length) : bytes;
    return new ReadableStream({
      start(controller) {
        controller.enqueue(part);
        controller.close();
      },
    });
  }
  async putDraft(id: string, sha256: string, json: string): Promise<void> {
    this.drafts.set(`${id} ${sha256}`, json);
  }
  async getDraft(id: string, sha256: string): Promise<string | null> {
    return this.drafts.get(`${id} ${sha256}`) ?? null;
  }
  async deleteDraft(id: string, sha256: string): Promise<void> {
    this.drafts.delete(`${id} ${sha256}`);
  }
  async putManifest(id: string, json: string): Promise<void> {
    this.manifests.set(id, json);
  }
  async getManifest(id: string): Promise<string | null> {
    return this.manifests.get(id) ?? null;
  }
  async deleteManifest(id: string): Promise<void> {
    this.manifests.delete(id);
  }

  manifest(id: string): Manifest {
    return Manifest.parse(JSON.parse(this.manifests.get(id) ?? 'null'));
  }

  /** The SQL text of a backup. */
  text(id: string): string {
    const members = this.manifest(id).chunks.map(({ sha256 }) => gunzipSync(this.chunks.get(sha256) as Uint8Array));
    return Buffer.concat(members).toString('utf8');
  }
}

/** The job's side: what has been committed survives any executor. */
export class MemoryJob<Cursor extends Json> implements Hands<Cursor> {
  cursor: Cursor | null = null;
  readonly committed: StepRecord[] = [];
  readonly reported: JobProgress[] = [];
  held = 0;
  /** Asked at each commit. */
  verdict: (step: StepRecord) => Verdict = () => 'go-on';

  async commit(step: { name: string; cursor: Cursor; progress: JobProgress; detail?: { [key: string]: Json } }): Promise<Verdict> {
    const record: StepRecord = { n: this.committed.length, name: step.name, detail: structuredClone(step.detail ?? {}) };
    this.committed.push(record);
    // As it will come back from the control plane's storage.
    this.cursor = JSON.parse(JSON.stringify(step.cursor));
    return this.verdict(record);
  }
  async steps(): Promise<StepRecord[]> {
    return JSON.parse(JSON.stringify(this.committed));
  }
  progress(progress: JobProgress): void {
    this.reported.push(progress);
  }
  async hold(): Promise<void> {
    this.held += 1;
  }
  async backup(_summary: BackupSummary): Promise<void> {
    throw new Error('This task gives its backup as its outcome.');
  }
  async effect(..._: Parameters<Hands<Cursor>['effect']>): Promise<'applied' | 'already'> {
    throw new Error('This task has no effects on the managed database.');
  }
}

export interface Setting {
  readonly database: Database;
  readonly archive: Archive;
  readonly scratch?: () => Scratch;
  readonly jobId?: string;
  readonly attempt?: number;
}

export const NOON = new Date('2026-11-23T12:00:00.000Z');

/** One slice: from the last committed cursor to the outcome. */
export function slice<Params, Cursor extends Json>(
  task: Task<Params, Cursor>,
  params: Params,
  job: Hands<Cursor> & { readonly cursor: Cursor | null },
  { database, archive, scratch, jobId = 'job-1', attempt = 1 }: Setting,
): Promise<Outcome> {
  return task.run({
    job: { id: jobId, database: 'DB', attempt, startedAt: NOON.toISOString() },
    params,
    plan: null,
    cursor: job.cursor,
    database,
    archive,
    scratch: scratch ?? (() => Promise.reject(new Error('no scratch here')) as never),
    hands: job,
    now: () => NOON,
  });
}
