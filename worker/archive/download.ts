/** A backup as one file, streamed: never more than one chunk is held. Lengths are known beforehand: `sqlBytes` and `gzipBytes` of the manifest. */
import type { Chunk, Manifest } from '../protocol/backup.ts';
import { Refusal } from '../protocol/problem.ts';
import type { Archive } from './archive.ts';

/** Bytes of the file, not of a chunk. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/** The part of one chunk that a range covers. */
interface Slice {
  readonly chunk: Chunk;
  readonly offset: number;
  readonly length: number;
}

type Files = Pick<Manifest, 'chunks'>;

/** The gzip members one after another: together they are one valid gzip file, and nothing is decoded. */
export function sqlGzStream({ chunks }: Files, archive: Archive, range?: ByteRange): ReadableStream<Uint8Array> {
  return pulled(
    slices(chunks, ({ gzipBytes }) => gzipBytes, range),
    async function* ({ chunk, offset, length }) {
      const whole = offset === 0 && length === chunk.gzipBytes;
      yield* await archive.streamChunk(chunk.sha256, whole ? undefined : { offset, length });
    },
  );
}

/** The text itself, unpacked member by member; each chunk is checked against its name first. */
export function sqlStream({ chunks }: Files, archive: Archive, range?: ByteRange): ReadableStream<Uint8Array> {
  return pulled(
    slices(chunks, ({ sqlBytes }) => sqlBytes, range),
    async function* ({ chunk, offset, length }) {
      const packed = new Response((await archive.getChunk(chunk.sha256)) as BodyInit).body as ReadableStream<Uint8Array>;
      const text = packed.pipeThrough(new DecompressionStream('gzip') as unknown as TransformStream<Uint8Array, Uint8Array>);
      yield* cutOut(text, offset, length, chunk);
    },
  );
}

/** Leaves out what is before `offset`, and stops after `length` bytes. */
async function* cutOut(text: ReadableStream<Uint8Array>, offset: number, length: number, chunk: Chunk): AsyncGenerator<Uint8Array> {
  let skip = offset;
  let left = length;
  for await (const bytes of text) {
    const from = Math.min(skip, bytes.length);
    skip -= from;
    const part = bytes.subarray(from, from + left);
    left -= part.length;
    if (part.length > 0) yield part;
    if (left === 0) return;
  }
  throw new Refusal(
    'backup_damaged',
    `The chunk ${chunk.sha256} unpacks to less than the ${chunk.sqlBytes} bytes of the manifest.`,
  );
}

function slices(chunks: readonly Chunk[], bytesOf: (chunk: Chunk) => number, range?: ByteRange): Slice[] {
  const total = chunks.reduce((sum, chunk) => sum + bytesOf(chunk), 0);
  const { offset: from, length: wanted } = range ?? { offset: 0, length: total };
  if (from < 0 || wanted < 0 || from + wanted > total) throw new Refusal('range_not_satisfiable', `The file has ${total} bytes.`);
  let start = 0;
  const found: Slice[] = [];
  for (const chunk of chunks) {
    const size = bytesOf(chunk);
    const first = Math.max(from, start);
    const end = Math.min(from + wanted, start + size);
    if (end > first) found.push({ chunk, offset: first - start, length: end - first });
    start += size;
  }
  return found;
}

/** Reads a slice only when the reader wants more: a slow client must not make the chunks pile up. */
function pulled(parts: readonly Slice[], read: (slice: Slice) => AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array> {
  const bytes = (async function* () {
    for (const part of parts) yield* read(part);
  })();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await bytes.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await bytes.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}
