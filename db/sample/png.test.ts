import { crc32, inflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { picture } from './png.ts';
import { Random } from './random.ts';

const chunksOf = (png: Buffer) => {
  const chunks: { type: string; data: Buffer; crc: number; crcWanted: number }[] = [];
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const body = png.subarray(at + 4, at + 8 + length);
    chunks.push({
      type: body.toString('latin1', 0, 4),
      data: body.subarray(4),
      crc: png.readUInt32BE(at + 8 + length),
      crcWanted: crc32(body),
    });
    at += 12 + length;
  }
  return chunks;
};

describe('picture', () => {
  const png = Buffer.from(picture(new Random(1, 2, 3)));
  const chunks = chunksOf(png);

  test('is a PNG: signature, chunks in order, each with a right checksum', () => {
    expect(png.subarray(0, 8).toString('hex')).toBe('89504e470d0a1a0a');
    expect(chunks.map((chunk) => chunk.type)).toEqual(['IHDR', 'PLTE', 'IDAT', 'IEND']);
    for (const chunk of chunks) expect(chunk.crc).toBe(chunk.crcWanted);
  });

  test('its pixels unpack to 12 mirrored lines', () => {
    const raw = inflateSync(chunks[2]?.data ?? Buffer.alloc(0));
    expect(raw.length).toBe(12 * 4);
    for (let line = 0; line < 12; line++) {
      const bits = [...raw.subarray(line * 4 + 1, line * 4 + 4)].map((byte) => byte.toString(4).padStart(4, '0')).join('');
      expect(bits).toBe([...bits].toReversed().join(''));
    }
  });

  test('is the same for the same random numbers and another for others', () => {
    expect(Buffer.from(picture(new Random(1, 2, 3)))).toEqual(png);
    expect(Buffer.from(picture(new Random(1, 2, 4)))).not.toEqual(png);
  });
});
