/** Loads chunks of SQL text into a scratch database, each statement exactly once. */
import { gunzipSync } from 'node:zlib';
import type { Archive } from '../archive/archive.ts';
import { statementAt } from '../core/sql/split.ts';
import type { Database, Statement } from '../database/database.ts';
import { type Chunk, Manifest } from '../protocol/backup.ts';
import { Refusal } from '../protocol/problem.ts';
import { Damaged } from './damage.ts';

/** Of SQL text in one call: far below the 32 MiB of an RPC message, and a transaction of a fraction of a second. */
const BATCH_CHARACTERS = 1_000_000;
const LOADED = '"_lk_loaded"';

/** An executor that died in the middle of a chunk left whole batches behind: the scratch database itself knows which. */
export async function loadChunk(archive: Archive, scratch: Database, chunk: Chunk): Promise<void> {
  const gzip = await archive.getChunk(chunk.sha256);
  const text = decode(unpack(gzip, chunk), chunk);
  const done = await batchesLoaded(scratch, chunk.n);
  let n = 0;
  for (const batch of batches(text, chunk)) {
    if (n >= done) await scratch.batch([...batch, { sql: `INSERT INTO ${LOADED}(chunk,batch) VALUES(${chunk.n},${n})` }]);
    n += 1;
  }
}

function decode(bytes: Uint8Array, { sha256 }: Chunk): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Damaged(`The chunk ${sha256} is not UTF-8.`);
  }
}

async function batchesLoaded(scratch: Database, chunk: number): Promise<number> {
  const [, counted] = await scratch.batch([
    {
      sql: `CREATE TABLE IF NOT EXISTS ${LOADED}(chunk INTEGER NOT NULL,batch INTEGER NOT NULL,PRIMARY KEY(chunk,batch)) WITHOUT ROWID`,
    },
    { sql: `SELECT count(*) FROM ${LOADED} WHERE chunk=${chunk}` },
  ]);
  return Number(counted?.rows[0]?.[0]);
}

/** The same text falls into the same batches, whoever loads it. */
function* batches(text: string, { sha256 }: Chunk): Generator<Statement[]> {
  let batch: Statement[] = [];
  let characters = 0;
  for (let at = 0; ; ) {
    const piece = statementAt(text, at);
    if (piece === null) break;
    if (!piece.complete) throw new Damaged(`The chunk ${sha256} ends in the middle of a statement.`);
    at = piece.end;
    // Pragmas are for the reader's connection, and this one has its own.
    if (/^PRAGMA\b/i.test(piece.sql)) continue;
    batch.push({ sql: piece.sql });
    characters += piece.sql.length;
    if (characters < BATCH_CHARACTERS) continue;
    yield batch;
    batch = [];
    characters = 0;
  }
  if (batch.length > 0) yield batch;
}

/** Never more than the manifest says: a small member can unpack to anything. */
function unpack(gzip: Uint8Array, { sha256, sqlBytes }: Chunk): Uint8Array {
  try {
    const text = gunzipSync(gzip, { maxOutputLength: Math.max(1, sqlBytes) });
    if (text.length === sqlBytes) return text;
    throw new Damaged(`The chunk ${sha256} unpacks to ${text.length} bytes instead of ${sqlBytes}.`);
  } catch (error) {
    throw error instanceof Damaged ? error : new Damaged(`The chunk ${sha256} does not unpack: ${error}`);
  }
}

/** Of a backup of this database, or `backup_not_found`. */
export async function manifestOf(archive: Archive, databaseName: string, backupId: string): Promise<Manifest> {
  const text = await archive.getManifest(backupId);
  if (text === null) throw new Refusal('backup_not_found', `There is no backup ${backupId} of ${databaseName}.`);
  return Manifest.parse(JSON.parse(text));
}

/** What loading leaves beside the backup's own tables. */
export const FORGET_LOADED: Statement = { sql: `DROP TABLE IF EXISTS ${LOADED}` };
