/** Loads chunks of SQL text into a scratch database, each statement exactly once. */
import type { Archive } from '../../archive/archive.ts';
import { statementAt } from '../../core/sql/split.ts';
import type { Statement } from '../../database/database.ts';
import type { Chunk } from '../../protocol/backup.ts';
import type { Scratch } from '../task.ts';
import { Damaged } from './damage.ts';

/** Of SQL text in one call: far below the 32 MiB of an RPC message, and a transaction of a fraction of a second. */
const BATCH_CHARACTERS = 1_000_000;
const LOADED = '"_lk_loaded"';

/** An executor that died in the middle of a chunk left whole batches behind: the scratch database itself knows which. */
export async function loadChunk(
  archive: Archive,
  scratch: Scratch,
  chunk: Chunk,
  unpack: (gzip: Uint8Array, chunk: Chunk) => Uint8Array,
): Promise<void> {
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

async function batchesLoaded(scratch: Scratch, chunk: number): Promise<number> {
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
