/** Turns a script and its content into chunks, from any cursor on. */
import { gzipSync } from 'node:zlib';
import { type Packed, Packer, RowDoesNotFit } from '../../core/backup/pack.ts';
import type { Item, Script } from '../../core/backup/script.ts';
import { identifier, textLiteral } from '../../core/sql/quote.ts';
import type { RowBlock } from '../../core/sql/row-block.ts';
import type { Chunk, Manifest } from '../../protocol/backup.ts';
import { Refusal } from '../../protocol/problem.ts';
import type { Content, Pair } from './content.ts';
import { newSha256, sha256 } from './hash.ts';

/**
 * Higher levels and a wider window cost more time than they save bytes: the database and R2 wait meanwhile. Large output pieces spare a copy
 * for each 16 KiB.
 */
const GZIP = { level: 1, memLevel: 9, windowBits: 13, chunkSize: 4 * 1024 * 1024 };

/** Where in the script the next chunk begins: at which item, and in a table, after which row. */
export type Position = { readonly item: number; readonly after: string | null };

/**
 * A chunk is cut before it has rows of more tables: each table costs a query or two, an invocation may make 1,000 of them, and a slice
 * can end at a chunk only.
 */
const MAX_TABLES = 150;

export interface MadeChunk {
  readonly chunk: Chunk;
  readonly gzip: Uint8Array;
  readonly sequences: Manifest['sequences'];
  readonly next: Position;
  readonly last: boolean;
}

export interface Start extends Position {
  /** The number of the next chunk. */
  readonly chunk: number;
}

export interface ChunkOptions {
  readonly chunkBytes: number;
  /** `written`: rows and bytes of SQL text of the chunk that is being filled. */
  readonly onProgress: (written: { rows: number; bytes: number }) => void;
}

/** Each chunk as soon as it is full. The same script, content and start give the same chunks. */
export async function* chunksOf(
  script: Script,
  content: Content,
  start: Start,
  { chunkBytes, onProgress }: ChunkOptions,
): AsyncGenerator<MadeChunk> {
  const packer = new Packer(newSha256, chunkBytes);
  let n = start.chunk;
  let sequences: Manifest['sequences'] = [];
  let breathedAt = Date.now();
  /** Tables with rows in this chunk. Whoever goes on in the middle of one counts it too: chunks must not depend on where an executor stopped. */
  let tables = 0;
  const made = (next: Position, last: boolean): MadeChunk => {
    const chunk = { ...chunkOf(n, packer.cut()), sequences, next, last };
    n += 1;
    sequences = [];
    tables = 0;
    return chunk;
  };
  for (let item = start.item; item < script.items.length; item += 1) {
    const current = script.items[item] as Item;
    if (current.kind === 'rows') {
      if (tables >= MAX_TABLES) yield made({ item, after: null }, false);
      const after = item === start.item ? start.after : null;
      tables += 1;
      packer.beginTable(current.source, after);
      for await (const block of content.rows(current.source, after)) {
        if (Date.now() - breathedAt > BREATHE_EVERY_MS) {
          await breathe();
          breathedAt = Date.now();
        }
        for (let row = 0; row < block.ends.length; row = taken(packer, block, row)) {
          onProgress(packer.written);
          // Only when more is to come: the last chunk must not be an empty one.
          if (packer.full) {
            yield made({ item, after: packer.cursor }, false);
            tables = 1;
          }
        }
      }
      packer.endTable();
    } else {
      if (packer.full) yield made({ item, after: null }, false);
      sequences = [...sequences, ...(await writeItem(packer, current, content))];
    }
  }
  yield made({ item: script.items.length, after: null }, true);
}

const BREATHE_EVERY_MS = 100;
/**
 * Pages of a near database come so thick that an event loop which it shares with others would never get to them: consoles would see no
 * progress, and nobody an answer.
 */
const breathe = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

function taken(packer: Packer, block: RowBlock, from: number): number {
  try {
    return packer.rows(block, from);
  } catch (error) {
    if (!(error instanceof RowDoesNotFit)) throw error;
    throw new Refusal('database_limit', `A row of ${error.message} does not fit into statements of less than 100,000 bytes.`);
  }
}

/** Answers the sequences that it wrote. */
async function writeItem(packer: Packer, item: Exclude<Item, { kind: 'rows' }>, content: Content): Promise<Manifest['sequences']> {
  switch (item.kind) {
    case 'statement':
      packer.statement(item.sql, item.lineBreak);
      return [];
    case 'fts-settings':
      for (const [name, literal] of await content.ftsSettings(item.table)) {
        packer.statement(`INSERT INTO ${identifier(item.table)}(${identifier(item.table)},rank) VALUES(${name},${literal})`);
      }
      return [];
    case 'sequences':
      return writeSequences(packer, item.tables, await content.sequences());
  }
}

/** Loading rows has counted on its own: what was counted to must be said, and also that nothing was. */
function writeSequences(packer: Packer, tables: readonly string[], counted: readonly Pair[]): Manifest['sequences'] {
  const wanted = counted.filter(([name]) => tables.includes(name));
  for (const table of tables) packer.statement(`DELETE FROM sqlite_sequence WHERE name=${textLiteral(table)}`);
  for (const [name, literal] of wanted)
    packer.statement(`INSERT INTO sqlite_sequence(name,seq) VALUES(${textLiteral(name)},${literal})`);
  return wanted.map(([table, seq]) => ({ table, seq }));
}

function chunkOf(n: number, { text, segments }: Packed): { chunk: Chunk; gzip: Uint8Array } {
  const gzip = gzipSync(text, GZIP);
  return { chunk: { n, sha256: sha256(gzip), gzipBytes: gzip.length, sqlBytes: text.length, segments }, gzip };
}
