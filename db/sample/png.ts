/** Small true PNG files: mirrored 12 × 12 patterns in four colours, 160 bytes each, that a browser shows. */
import type { Random } from './random.ts';

const SIDE = 12;
const ROW_BYTES = SIDE / 4;

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

const crc32 = (bytes: readonly number[]): number => {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (CRC_TABLE[(crc ^ byte) & 255] ?? 0) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
};

const adler32 = (bytes: readonly number[]): number => {
  let a = 1;
  let b = 0;
  for (const byte of bytes) {
    a = (a + byte) % 65_521;
    b = (b + a) % 65_521;
  }
  return ((b << 16) | a) >>> 0;
};

const uint32 = (value: number): number[] => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];

const chunk = (type: string, data: readonly number[]): number[] => {
  const typed = [...Array.from(type, (letter) => letter.charCodeAt(0)), ...data];
  return [...uint32(data.length), ...typed, ...uint32(crc32(typed))];
};

/** zlib with one stored block: no compressor is needed, and every decoder reads it. */
const zlibStored = (raw: readonly number[]): number[] => [
  0x78,
  0x01,
  0x01,
  raw.length & 255,
  raw.length >> 8,
  ~raw.length & 255,
  (~raw.length >> 8) & 255,
  ...raw,
  ...uint32(adler32(raw)),
];

/** Two bits a pixel, the right half mirrors the left. */
const scanline = (random: Random): number[] => {
  const left = Array.from({ length: SIDE / 2 }, () => random.below(4));
  const pixels = [...left, ...left.toReversed()];
  const bytes = Array.from({ length: ROW_BYTES }, (_, n) =>
    pixels.slice(n * 4, n * 4 + 4).reduce((byte, pixel) => (byte << 2) | pixel, 0),
  );
  return [0, ...bytes];
};

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const HEADER = chunk('IHDR', [...uint32(SIDE), ...uint32(SIDE), 2, 3, 0, 0, 0]);
const END = chunk('IEND', []);

export const picture = (random: Random): Uint8Array => {
  const palette = Array.from({ length: 12 }, () => random.below(256));
  const raw = Array.from({ length: SIDE }, () => scanline(random)).flat();
  return Uint8Array.from([...SIGNATURE, ...HEADER, ...chunk('PLTE', palette), ...chunk('IDAT', zlibStored(raw)), ...END]);
};
