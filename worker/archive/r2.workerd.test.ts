import { env } from 'cloudflare:workers';
import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Chunk } from '../protocol/backup.ts';
import { sqlGzStream, sqlStream } from './download.ts';
import { archiveOf } from './r2.ts';

const { ARCHIVE } = env as unknown as { ARCHIVE: R2Bucket };
const archive = archiveOf(ARCHIVE, 'DB');
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const keyOf = (name: string) => `db/DB/chunks/${name}.sql.gz`;

const texts = ['SELECT 1;\n'.repeat(500), `-- é ${'x'.repeat(70_000)}\n`, 'SELECT 3;\n'];
const members = texts.map((text) => new Uint8Array(gzipSync(text)));
const chunks: Chunk[] = members.map((gzip, n) => ({
  n,
  sha256: sha256(gzip),
  gzipBytes: gzip.length,
  sqlBytes: new TextEncoder().encode(texts[n]).length,
  segments: [],
}));
const bytesOf = async (stream: ReadableStream<Uint8Array>) => new Uint8Array(await new Response(stream as BodyInit).arrayBuffer());

beforeAll(async () => {
  for (const [n, gzip] of members.entries()) await archive.putChunk(chunks[n]?.sha256 as string, gzip);
});

describe('chunks in R2', () => {
  test('B6 a chunk is written once, and its bytes are those of its name', async () => {
    const [{ sha256: name }] = chunks as [Chunk];
    const first = await ARCHIVE.head(keyOf(name));
    await archive.putChunk(name, members[0] as Uint8Array);
    expect((await ARCHIVE.head(keyOf(name)))?.version).toBe(first?.version);
    expect(await archive.getChunk(name)).toEqual(members[0]);
  });

  test('B6 R2 refuses bytes that do not have the name that they are given', async () => {
    await expect(archive.putChunk('0'.repeat(64), members[0] as Uint8Array)).rejects.toThrow(/10037/);
  });

  test('B6 altered and missing chunks are found; writing the right bytes again heals', async () => {
    const bytes = new Uint8Array(gzipSync('to be altered'));
    const name = sha256(bytes);
    await ARCHIVE.put(keyOf(name), 'something else');
    await expect(archive.getChunk(name)).rejects.toMatchObject({ code: 'backup_damaged' });
    await archive.putChunk(name, bytes);
    expect(await archive.getChunk(name)).toEqual(bytes);
    await ARCHIVE.delete(keyOf(name));
    await expect(archive.getChunk(name)).rejects.toMatchObject({ code: 'backup_damaged' });
    await expect(archive.streamChunk(name)).rejects.toMatchObject({ code: 'backup_damaged' });
  });

  test('manifests come and go', async () => {
    expect(await archive.getManifest('bk_x')).toBeNull();
    await archive.putManifest('bk_x', '{}');
    expect(await archive.getManifest('bk_x')).toBe('{}');
    await archive.deleteManifest('bk_x');
    expect(await archive.getManifest('bk_x')).toBeNull();
  });
});

describe('downloads', () => {
  const whole = new TextEncoder().encode(texts.join(''));

  test('B2 the members joined are one gzip file; the text is the text', async () => {
    const gz = await bytesOf(sqlGzStream({ chunks }, archive));
    expect(gz.length).toBe(chunks.reduce((sum, { gzipBytes }) => sum + gzipBytes, 0));
    expect(new Uint8Array(gunzipSync(gz))).toEqual(whole);
    expect(await bytesOf(sqlStream({ chunks }, archive))).toEqual(whole);
  });

  test('any range gives exactly those bytes, across members too', async () => {
    const gz = await bytesOf(sqlGzStream({ chunks }, archive));
    for (const [file, stream] of [
      [gz, sqlGzStream],
      [whole, sqlStream],
    ] as const) {
      const edges = [0, 1, 7, 4_999, 5_000, 5_001, file.length - 11, file.length - 1, file.length].filter(
        (edge) => edge >= 0 && edge <= file.length,
      );
      for (const from of edges) {
        for (const to of edges.filter((edge) => edge >= from)) {
          expect(await bytesOf(stream({ chunks }, archive, { offset: from, length: to - from })), `${from}-${to}`).toEqual(
            file.subarray(from, to),
          );
        }
      }
    }
  });

  test('a range outside of the file is refused', () => {
    expect(() => sqlStream({ chunks }, archive, { offset: 0, length: 1e9 })).toThrow(
      expect.objectContaining({ code: 'range_not_satisfiable' }),
    );
  });

  test('B4 nothing is read before it is wanted, and nothing after the reader has gone', async () => {
    let read = 0;
    const counting = {
      ...archive,
      streamChunk: (...args: Parameters<typeof archive.streamChunk>) => archive.streamChunk(...args).finally(() => (read += 1)),
    };
    const stream = sqlGzStream({ chunks }, counting);
    expect(read).toBe(0);
    const reader = stream.getReader();
    await reader.read();
    expect(read).toBe(1);
    await reader.cancel();
    expect(read).toBe(1);
  });

  test('B6 a damaged chunk ends the text with an error, not early', async () => {
    const broken = [...chunks.slice(0, 2), { ...(chunks[2] as Chunk), sha256: 'f'.repeat(64) }];
    await expect(bytesOf(sqlStream({ chunks: broken }, archive))).rejects.toMatchObject({ code: 'backup_damaged' });
    const short = [{ ...(chunks[2] as Chunk), sqlBytes: 5_000 }];
    await expect(bytesOf(sqlStream({ chunks: short }, archive))).rejects.toMatchObject({ code: 'backup_damaged' });
  });
});
