/**
 * Packs rows and statements into chunks of SQL text. What comes out depends only on the rows and their order, never on the pages they came
 * in or on where an earlier executor stopped: a chunk ends with a statement, and what follows it begins as if nothing had been before.
 */
import type { Segment } from '../../protocol/backup.ts';
import { splitRow } from '../sql/cells.ts';
import { JOINT_BYTES, type RowBlock, rowOf, startOf } from '../sql/row-block.ts';
import { continuation, MAX_STATEMENT_BYTES } from './continuation.ts';
import { cursorOf, type RowSource } from './source.ts';

/** A chunk ends with the statement that reaches this. */
export const CHUNK_BYTES = 8 * 1024 * 1024;

export interface Hash {
  update(bytes: Uint8Array): void;
  /** Lower-case hex. */
  digest(): string;
}

/** The text of a chunk, valid until the next call of the packer, and what rows it holds. */
export interface Packed {
  readonly text: Uint8Array;
  readonly segments: Segment[];
}

/** A row that cannot be written in statements below D1's limit, whatever is done. */
export class RowDoesNotFit extends Error {
  override readonly name = 'RowDoesNotFit';
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const END = encoder.encode(';\n');

interface OpenSegment {
  readonly source: RowSource;
  readonly header: Uint8Array;
  readonly after: string | null;
  readonly hash: Hash;
  rows: number;
  lastRow: Uint8Array | null;
}

export class Packer {
  private buffer: Uint8Array;
  private length = 0;
  /** Where the open INSERT begins; -1 when none is. */
  private statementAt = -1;
  private segment: OpenSegment | null = null;
  private finished: Segment[] = [];
  private wantsCut = false;

  constructor(
    private readonly newHash: () => Hash,
    private readonly chunkBytes = CHUNK_BYTES,
  ) {
    this.buffer = new Uint8Array(chunkBytes + 2 * MAX_STATEMENT_BYTES);
  }

  /** The chunk has its size: take it with `cut` before giving it more. */
  get full(): boolean {
    return this.wantsCut || (this.statementAt < 0 && this.length >= this.chunkBytes && this.canCut);
  }

  /** A table without a key has no cursor in its middle. It is small, or would not have been taken. */
  private get canCut(): boolean {
    return this.segment === null || this.segment.source.key.length > 0 || this.segment.rows === 0;
  }

  /** What the chunk holds so far. */
  get written(): { rows: number; bytes: number } {
    return { rows: this.finished.reduce((sum, { rows }) => sum + rows, this.segment?.rows ?? 0), bytes: this.length };
  }

  /** Of the last row taken from the open table. */
  get cursor(): string | null {
    const { segment } = this;
    if (segment === null || segment.lastRow === null) return segment?.after ?? null;
    return segment.source.key.length === 0 ? null : cursorOf(segment.source, decoder.decode(segment.lastRow));
  }

  /** A whole statement, without its `;`. `lineBreak`: put the `;` on a line of its own, where a comment would swallow it. */
  statement(sql: string, lineBreak = false): void {
    this.endTable();
    this.append(encoder.encode(lineBreak ? `${sql}\n` : sql));
    this.append(END);
  }

  /** From here on `rows` takes rows of this table, the first of which comes after the cursor `after`. */
  beginTable(source: RowSource, after: string | null): void {
    this.endTable();
    this.segment = { source, header: encoder.encode(source.header), after, hash: this.newHash(), rows: 0, lastRow: null };
  }

  /** The table has no more rows. */
  endTable(): void {
    this.endStatement();
    this.endSegment();
    this.segment = null;
  }

  /** Takes rows from number `from` on. Answers which is next: the number of rows, or less when the chunk is full. */
  rows(block: RowBlock, from: number): number {
    let next = from;
    while (next < block.ends.length && !this.full) {
      next = this.someRows(block, next);
      if (this.segment?.source.singly) this.endStatement();
    }
    return next;
  }

  /** Ends the chunk. An open table goes on in the next one. */
  cut(): Packed {
    this.endStatement();
    const open = this.segment;
    const after = this.cursor;
    this.endSegment();
    if (open !== null) this.segment = { ...open, after, hash: this.newHash(), rows: 0, lastRow: null };
    const packed = { text: this.buffer.subarray(0, this.length), segments: this.finished };
    this.finished = [];
    this.length = 0;
    this.wantsCut = false;
    return packed;
  }

  /** As many rows as the open statement has room for, or the end of that statement. */
  private someRows(block: RowBlock, from: number): number {
    const segment = this.segment as OpenSegment;
    const opening = this.statementAt < 0;
    const used = opening ? segment.header.length : this.length - this.statementAt + JOINT_BYTES.length;
    const room = MAX_STATEMENT_BYTES - used;
    const to = rowsWithin(block, from, room, segment.source.singly ? 1 : block.ends.length);
    if (to > from) {
      if (opening) this.openStatement(segment.header);
      else this.append(JOINT_BYTES);
      const copied = block.bytes.subarray(startOf(block, from), block.ends[to - 1]);
      this.append(copied);
      this.count(segment, copied, to - from, rowOf(block, to - 1).slice());
      return to;
    }
    if (opening) return this.longRow(segment, rowOf(block, from)) ? from + 1 : from;
    this.endStatement();
    return from;
  }

  private openStatement(header: Uint8Array): void {
    this.statementAt = this.length;
    this.append(header);
  }

  private count(segment: OpenSegment, bytes: Uint8Array, rows: number, lastRow: Uint8Array): void {
    if (segment.rows > 0) segment.hash.update(JOINT_BYTES);
    segment.hash.update(bytes);
    segment.rows += rows;
    segment.lastRow = lastRow;
  }

  /** One row by continuation. Its statements stay together: a chunk must begin where a row begins. Answers whether there was room for it. */
  private longRow(segment: OpenSegment, row: Uint8Array): boolean {
    const statements = continuation(segment.source, splitRow(decoder.decode(row)));
    if (statements === null) throw new RowDoesNotFit(segment.source.table);
    const sizeBytes = statements.reduce((sum, sql) => sum + sql.length + END.length, 0);
    if (this.length > 0 && this.length + sizeBytes > this.chunkBytes && this.canCut) {
      this.wantsCut = true;
      return false;
    }
    for (const sql of statements) {
      this.append(encoder.encode(sql));
      this.append(END);
    }
    this.count(segment, row, 1, row.slice());
    return true;
  }

  private endStatement(): void {
    if (this.statementAt < 0) return;
    this.append(END);
    this.statementAt = -1;
  }

  private endSegment(): void {
    const { segment } = this;
    if (segment === null || segment.lastRow === null) return;
    const { source, after, rows, hash } = segment;
    this.finished.push({ table: source.table, rows, after, upTo: this.cursor, sha256: hash.digest() });
  }

  private append(bytes: Uint8Array): void {
    if (this.length + bytes.length > this.buffer.length) {
      const larger = new Uint8Array(Math.max(this.length + bytes.length, this.buffer.length * 1.5));
      larger.set(this.buffer.subarray(0, this.length));
      this.buffer = larger;
    }
    this.buffer.set(bytes, this.length);
    this.length += bytes.length;
  }
}

/** Up to which row (not with it) rows from number `from` on fit into `room` bytes, at most `most` of them. */
function rowsWithin(block: RowBlock, from: number, room: number, most: number): number {
  const limit = startOf(block, from) + room;
  let [low, high] = [from, Math.min(block.ends.length, from + most)];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((block.ends[middle] as number) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
