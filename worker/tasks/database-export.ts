/**
 * `database.export`: the database as SQL text, in gzip members in R2, with a manifest. Steps: `plan`, one for each chunk (what a step
 * speaks of lies in R2 before it is committed: a crash leaves behind at most an object that the next executor finds there), `manifest`.
 */
import { backupIdOf, manifestOf, summaryOf } from '../core/backup/manifest.ts';
import { CHUNK_BYTES } from '../core/backup/pack.ts';
import type { Script } from '../core/backup/script.ts';
import { Chunk, Manifest } from '../protocol/backup.ts';
import { ExportParams, type JobProgress } from '../protocol/job.ts';
import { Refusal } from '../protocol/problem.ts';
import { chunksOf, type MadeChunk } from './export/chunks.ts';
import { liveContent, readSnapshot, type Snapshot, schemaEntries } from './export/content.ts';
import { fencedCounts, mustHaveAll } from './export/counts.ts';
import { sha256 } from './export/hash.ts';
import { estimatedRows, hashOf, planExport, planSchema } from './export/plan.ts';
import type { Json, Outcome, StepRecord, Task, TaskContext, Verdict } from './task.ts';

/** Everything that the next executor must know. */
export type ExportCursor = {
  /** `read`: chunks are to be made. `write`: they and the manifest lie in R2. `written`: that is committed too. */
  phase: 'read' | 'write' | 'written';
  consistency: Manifest['consistency'];
  startedAt: string;
  createdAt: string;
  schemaHash: string;
  /** The attempt that began to read: its hold ended with it. */
  attempt: number;
  item: number;
  after: string | null;
  chunk: number;
  rows: number;
  sqlBytes: number;
  totalRows: number | null;
  /** The SHA-256 of the manifest's text, once all of it is known. */
  manifest: string | null;
};
type Context = TaskContext<ExportParams, ExportCursor>;

/** How often a snapshot is begun anew because the schema changed between looking at it and reading. */
const SNAPSHOT_TRIES = 3;

/** Tests want several chunks without megabytes. A database has the same chunks only as long as their size stays the same. */
export interface ExportOptions {
  readonly chunkBytes: number;
}

export const exportTask = (options: ExportOptions): Task<ExportParams, ExportCursor> => ({
  kind: 'database.export',
  lane: 'exclusive',
  role: 'operator',
  params: ExportParams,
  start: { phase: 'plan', done: 0, total: null, unit: 'rows', bytes: 0 },
  async check({ database, params }) {
    await planExport(database, params);
  },
  async run(context) {
    let cursor = context.cursor;
    if (cursor === null || isTorn(cursor, context) || (await isWithdrawn(cursor, context))) {
      cursor = await plan(context);
      const verdict = await context.hands.commit({ name: 'plan', cursor, progress: progressOf(cursor) });
      if (verdict !== 'go-on') return stopped(verdict);
    }
    if (cursor.phase === 'read') {
      const read =
        cursor.consistency === 'snapshot' ? await readAtOnce(context, cursor, options) : await readInTurn(context, cursor, options);
      if ('outcome' in read) return read;
      cursor = read;
    }
    return finish(context, cursor);
  },
});

export const databaseExport = exportTask({ chunkBytes: CHUNK_BYTES });

/** Between two attempts there was no fence: what the first has read and what the second would read are of different moments. */
const isTorn = ({ phase, consistency, attempt }: ExportCursor, { job }: Context): boolean =>
  phase === 'read' && consistency === 'fenced' && attempt !== job.attempt;

/** A cancel takes the manifest back, and with it what a retry would go on from: it begins anew. */
async function isWithdrawn({ phase, manifest, attempt }: ExportCursor, { job, archive }: Context): Promise<boolean> {
  if (phase === 'read' || attempt === job.attempt) return false;
  const id = backupIdOf(job.id);
  if (manifest !== null && (await archive.getDraft(id, manifest)) !== null) return false;
  return (await archive.getManifest(id)) === null;
}

const stopped = (verdict: Exclude<Verdict, 'go-on'>): Outcome => ({ outcome: verdict === 'pause' ? 'paused' : 'cancelled' });

const progressOf = ({ phase, rows, totalRows, sqlBytes }: ExportCursor): JobProgress => ({
  phase: phase === 'read' ? 'rows' : 'manifest',
  done: rows,
  // An estimate that turned out too low would show more than all of it.
  total: phase === 'read' ? (totalRows === null ? null : Math.max(totalRows, rows)) : rows,
  unit: 'rows',
  bytes: sqlBytes,
});

async function plan({ job, database, params, now }: Context): Promise<ExportCursor> {
  const startedAt = now().toISOString();
  const { script, schemaHash, consistency } = await planExport(database, params);
  const totalRows = await estimatedRows(database, script, now());
  const counters = { item: 0, after: null, chunk: 0, rows: 0, sqlBytes: 0 };
  return {
    phase: 'read',
    consistency,
    startedAt,
    createdAt: startedAt,
    schemaHash,
    attempt: job.attempt,
    ...counters,
    totalRows,
    manifest: null,
  };
}

/** B3 `fuzzy` and `fenced`: page after page, and a commit with each chunk. */
async function readInTurn(context: Context, from: ExportCursor, { chunkBytes }: ExportOptions): Promise<ExportCursor | Outcome> {
  const { database, archive, params, hands, now } = context;
  if (from.consistency === 'fenced') await hands.hold('read-only', 'An export copies the database.');
  const planned = await planSchema(database, params);
  mustBe(from.schemaHash, planned.schemaHash);
  let cursor = from;
  const options = { chunkBytes, onProgress: reporter(context, () => cursor) };
  for await (const made of chunksOf(planned.script, liveContent(database), from, options)) {
    // After the rows were read: what came out of a table whose columns changed under the reader must not be kept.
    mustBe(from.schemaHash, hashOf(await schemaEntries(database)));
    await archive.putChunk(made.chunk.sha256, made.gzip);
    cursor = after(cursor, [made], now());
    if (made.last) {
      const counts = cursor.consistency === 'fenced' ? await fencedCounts(database, planned.script) : new Map();
      cursor = { ...cursor, manifest: await draftManifest(context, cursor, planned.script, [made], counts) };
    }
    const verdict = await hands.commit({
      name: stepName(made.chunk),
      cursor,
      progress: progressOf(cursor),
      detail: detailOf([made]),
    });
    if (verdict !== 'go-on') return leave(context, cursor, verdict);
  }
  return cursor;
}

/** B3 `snapshot`: everything in one batch, and one commit: after a crash in between, it is a new moment that is read. */
async function readAtOnce(context: Context, from: ExportCursor, { chunkBytes }: ExportOptions): Promise<ExportCursor | Outcome> {
  const { archive, hands, now } = context;
  const { script, content, counts, schemaHash } = await snapshot(context);
  const made: Omit<MadeChunk, 'gzip'>[] = [];
  const soFar = () => after(from, made, now());
  const options = { chunkBytes, onProgress: reporter(context, soFar) };
  for await (const { gzip, ...chunk } of chunksOf(script, content, from, options)) {
    await archive.putChunk(chunk.chunk.sha256, gzip);
    made.push(chunk);
  }
  const read = { ...soFar(), schemaHash };
  const cursor = { ...read, manifest: await draftManifest(context, read, script, made, counts) };
  const verdict = await hands.commit({ name: 'snapshot', cursor, progress: progressOf(cursor), detail: detailOf(made) });
  return verdict === 'go-on' ? cursor : leave(context, cursor, verdict);
}

type Read = Omit<Snapshot, 'entries'> & { readonly script: Script; readonly schemaHash: string };

async function snapshot({ database, params }: Context): Promise<Read> {
  for (let tried = 0; tried < SNAPSHOT_TRIES; tried += 1) {
    const { script, schemaHash } = await planSchema(database, params);
    const read = await readSnapshot(database, script).catch((error) => contended(database, schemaHash, error));
    if (read !== null && hashOf(read.entries) === schemaHash) return { ...read, script, schemaHash };
  }
  throw new Refusal('snapshot_contended', `The schema changed ${SNAPSHOT_TRIES} times between looking at it and reading.`, {
    retryable: true,
  });
}

/** A failure of the batch is no failure when the table that it asked for is gone. */
async function contended(database: Context['database'], schemaHash: string, error: unknown): Promise<null> {
  if (hashOf(await schemaEntries(database)) === schemaHash) throw error;
  return null;
}

function mustBe(planned: string, found: string): void {
  if (planned !== found)
    throw new Refusal('schema_changed', 'The schema of the database is not the one that this export began with.');
}

const reporter =
  ({ hands }: Context, cursor: () => ExportCursor) =>
  ({ rows, bytes }: { rows: number; bytes: number }): void => {
    const at = cursor();
    hands.progress(progressOf({ ...at, phase: 'read', rows: at.rows + rows, sqlBytes: at.sqlBytes + bytes }));
  };

function after(cursor: ExportCursor, made: readonly Omit<MadeChunk, 'gzip'>[], now: Date): ExportCursor {
  const last = made.at(-1);
  if (last === undefined) return cursor;
  const rows = made.reduce(
    (sum, { chunk }) => sum + chunk.segments.reduce((inner, segment) => inner + segment.rows, 0),
    cursor.rows,
  );
  return {
    ...cursor,
    phase: last.last ? 'write' : 'read',
    createdAt: now.toISOString(),
    item: last.next.item,
    after: last.next.after,
    chunk: last.chunk.n + 1,
    rows,
    sqlBytes: made.reduce((sum, { chunk }) => sum + chunk.sqlBytes, cursor.sqlBytes),
  };
}

/** An export that began anew has steps of its first beginning before those that count. */
const sinceLastPlan = (steps: readonly StepRecord[]): StepRecord[] =>
  steps.slice(steps.findLastIndex(({ name }) => name === 'plan') + 1);

const sequencesIn = ({ detail }: StepRecord) => (detail.sequences ?? []) as unknown as Manifest['sequences'];

const stepName = ({ n }: Chunk): string => `chunk ${n}`;

/** One chunk as itself, several as `chunks`; `sequences` where the chunk holds them. */
function detailOf(made: readonly Omit<MadeChunk, 'gzip'>[]): { [key: string]: Json } {
  const sequences = made.flatMap((one) => one.sequences);
  const chunks = made.map(({ chunk }) => chunk as unknown as { [key: string]: Json });
  const detail = chunks.length === 1 ? (chunks[0] as { [key: string]: Json }) : { chunks };
  return sequences.length === 0 ? detail : { ...detail, sequences };
}

function chunksIn({ detail }: StepRecord): Chunk[] {
  if (Array.isArray(detail.chunks)) return detail.chunks.map((chunk) => Chunk.parse(chunk));
  return 'sha256' in detail ? [Chunk.parse(detail)] : [];
}

/**
 * Before the last chunk's step is committed: afterwards nothing of the backup depends on the live database any more. A draft, because an
 * executor that has been replaced comes this far too: which draft counts is in the cursor that was committed.
 */
async function draftManifest(
  context: Context,
  cursor: ExportCursor,
  script: Script,
  made: readonly Omit<MadeChunk, 'gzip'>[],
  counts: ReadonlyMap<string, number>,
): Promise<string> {
  const { job, archive, hands } = context;
  const steps = sinceLastPlan(await hands.steps());
  const { startedAt, createdAt, consistency } = cursor;
  const manifest = manifestOf(
    {
      jobId: job.id,
      database: job.database,
      startedAt,
      createdAt,
      consistency,
      script,
      chunks: [...steps.flatMap(chunksIn), ...made.map(({ chunk }) => chunk)],
      sequences: [...steps.flatMap(sequencesIn), ...made.flatMap(({ sequences }) => sequences)],
    },
    sha256,
  );
  mustHaveAll(manifest, counts);
  const text = JSON.stringify(manifest);
  const name = sha256(new TextEncoder().encode(text));
  await archive.putDraft(manifest.id, name, text);
  return name;
}

/** A manifest without its job would be a backup that nobody knows. Its chunks may be another backup's too, and stay. */
async function leave({ job, archive }: Context, cursor: ExportCursor, verdict: Exclude<Verdict, 'go-on'>): Promise<Outcome> {
  const id = backupIdOf(job.id);
  if (verdict === 'cancel') {
    await archive.deleteManifest(id);
    if (cursor.manifest !== null) await archive.deleteDraft(id, cursor.manifest);
  }
  return stopped(verdict);
}

/** The committed draft becomes the manifest: whoever does it, and however often, the bytes are the same. */
async function finish(context: Context, cursor: ExportCursor): Promise<Outcome> {
  const { job, archive, hands } = context;
  const backupId = backupIdOf(job.id);
  const draft = cursor.manifest === null ? null : await archive.getDraft(backupId, cursor.manifest);
  const text = draft ?? (await archive.getManifest(backupId));
  if (text === null) throw new Refusal('backup_damaged', `The manifest of ${backupId} was written and is gone.`);
  const manifest = Manifest.parse(JSON.parse(text));
  if (cursor.phase !== 'written') {
    await archive.putManifest(backupId, text);
    const written: ExportCursor = { ...cursor, phase: 'written' };
    const verdict = await hands.commit({ name: 'manifest', cursor: written, progress: progressOf(written), detail: { backupId } });
    if (verdict !== 'go-on') return leave(context, written, verdict);
  }
  if (draft !== null && cursor.manifest !== null) await archive.deleteDraft(backupId, cursor.manifest);
  const { rows, sqlBytes, gzipBytes, consistency, warnings } = manifest;
  return {
    outcome: 'done',
    result: {
      backupId,
      tables: manifest.tables.length,
      rows,
      sqlBytes,
      gzipBytes,
      chunks: manifest.chunks.length,
      consistency,
      warnings,
    },
    backup: summaryOf(manifest, { state: 'unverified' }),
  };
}
