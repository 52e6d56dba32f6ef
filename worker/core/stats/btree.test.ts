import { expect, test } from 'vitest';
import { bytesPerEntry, cellBytes, localBytes, overflowPages, PAGE_BYTES, recordBytes, treeBytes, varintBytes } from './btree.ts';

test.each([
  [0, 1],
  [127, 1],
  [128, 2],
  [16_383, 2],
  [16_384, 3],
  [2_097_152, 4],
  [2 ** 53, 8],
  [2 ** 62, 9],
  [-1, 9],
])('a varint of %d takes %d bytes', (value, bytes) => {
  expect(varintBytes(value)).toBe(bytes);
});

test.each([
  [1, 10, 11],
  [126, 126, 127],
  [127, 127, 129],
])('a record of %d columns whose values take %d bytes has %d', (columns, values, bytes) => {
  expect(recordBytes(columns, values)).toBe(bytes);
});

// By the rules of the file format, "B-tree Cell Format": U = 4096, X = U-35 for tables, ((U-12)*64/255)-23 for indexes, M = 489.
test.each([
  ['table', 4061, 4061, 0],
  ['table', 4062, 489, 1],
  ['table', 489 + 4092 + 100, 589, 1],
  ['table', 1_000_000, 489 + ((1_000_000 - 489) % 4092), 244],
  ['index', 1002, 1002, 0],
  ['index', 1003, 489, 1],
  ['index', 489 + 4092 + 600, 489, 2],
] as const)(
  'of a record in a %s of %d bytes %d stay in the page, and %d overflow pages hold the rest',
  (tree, payload, local, pages) => {
    expect(localBytes(payload, tree)).toBe(local);
    expect(overflowPages(payload, tree)).toBe(pages);
  },
);

test.each([
  ['table', 10, 1, 1 + 1 + 10 + 2],
  ['table', 200, 3, 2 + 3 + 200 + 2],
  ['table', 4062, 1, 2 + 1 + 489 + 4 + 2],
  ['index', 10, 3, 1 + 10 + 2],
  ['index', 1, 1, 4 + 2],
] as const)('a cell in a %s with %d bytes of payload and %d of rowid takes %d', (tree, payload, rowidBytes, bytes) => {
  expect(cellBytes(payload, tree, rowidBytes)).toBe(bytes);
});

const sample = { tree: 'table', rowidBytes: 3, fill: 1 } as const;

test('an empty tree is its root page', () => {
  expect(treeBytes({ ...sample, payloads: [], entries: 0 })).toBe(PAGE_BYTES);
  expect(bytesPerEntry({ ...sample, payloads: [], entries: 9 })).toBe(0);
});

test('a tree that was sampled whole is laid out row by row: three rows of 1,500 bytes need two leaves and a page above them', () => {
  expect(treeBytes({ ...sample, payloads: [1500, 1500, 1500], entries: 3 })).toBe(3 * PAGE_BYTES);
});

test('what no row fits into counts: rows of 2,100 bytes stand alone in a page', () => {
  expect(treeBytes({ ...sample, payloads: [2100], entries: 10_000 }) / PAGE_BYTES / 10_000).toBeCloseTo(1, 1);
});

test('leaves half empty make the table twice as large', () => {
  const full = treeBytes({ ...sample, payloads: [50], entries: 100_000 });
  expect(treeBytes({ ...sample, payloads: [50], entries: 100_000, fill: 0.5 }) / full).toBeCloseTo(2, 1);
});
