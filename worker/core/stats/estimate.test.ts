import { describe, expect, test } from 'vitest';
import type { Figure } from '../../protocol/database.ts';
import {
  capBySize,
  estimateRows,
  fillByGaps,
  newestCount,
  type RowEvidence,
  rowsFromRest,
  rowsInRange,
  totalOf,
  type Window,
} from './estimate.ts';

const NOW = new Date('2026-11-23T08:00:00.000Z');
const takenAt = NOW.toISOString();
const window = (n: number, rows: number, span: number, cut = false): Window => ({ rows, span, floor: String(n), cut });
const windows = (count: number, rows: number, span: number) => Array.from({ length: count }, (_, n) => window(n, rows, span));
const nothing: RowEvidence = { counted: { rows: 2000, complete: false }, range: null, windows: [], dated: null, analyzed: null };
const rowids = { of: 'rowid', distance: 999_999 } as const;
const dated = { rows: 5000, takenAt: '2026-11-20T00:00:00.000Z', from: 'backup' } as const;

describe('the best of what is known about the number of rows', () => {
  test.each<[string, RowEvidence, Figure]>([
    [
      'a count of now',
      { ...nothing, counted: { rows: 7, complete: true }, dated },
      { value: 7, exact: true, takenAt, method: 'count(*)' },
    ],
    [
      'rowids without gaps',
      { ...nothing, range: rowids, windows: windows(10, 4, 4), dated, analyzed: 9 },
      { value: 1_000_000, exact: false, takenAt, method: 'highest − lowest rowid + 1' },
    ],
    [
      'rowids with gaps',
      { ...nothing, range: rowids, windows: windows(10, 4, 8) },
      { value: 500_001, exact: false, takenAt, method: 'rowid range × density at 10 points' },
    ],
    [
      'a backup',
      { ...nothing, dated, analyzed: 9000 },
      { value: 5000, exact: false, takenAt: dated.takenAt, method: 'last backup' },
    ],
    [
      'an earlier count',
      { ...nothing, dated: { ...dated, from: 'count' } },
      { value: 5000, exact: false, takenAt: dated.takenAt, method: 'last exact count' },
    ],
    ['ANALYZE', { ...nothing, analyzed: 9000 }, { value: 9000, exact: false, takenAt, method: 'ANALYZE (sqlite_stat1)' }],
    [
      'never less than was counted',
      { ...nothing, analyzed: 12 },
      { value: 2000, exact: false, takenAt, method: 'ANALYZE (sqlite_stat1)' },
    ],
  ])('%s', (_, evidence, figure) => {
    expect(estimateRows(evidence, NOW)).toEqual({ kind: 'figure', figure });
  });

  test('nothing but a lower bound leaves it open', () => {
    expect(estimateRows(nothing, NOW)).toEqual({ kind: 'open', atLeast: 2000 });
  });

  test('a table that could not be read has no figure, whatever was known before', () => {
    expect(estimateRows({ ...nothing, counted: null, dated }, NOW)).toBeNull();
  });
});

describe('rows in a range of keys', () => {
  test.each<[string, Pick<RowEvidence, 'range' | 'windows'>]>([
    ['no range', { range: null, windows: windows(10, 4, 4) }],
    ['no windows', { range: rowids, windows: [] }],
    [
      'clusters: all points see the same rows',
      { range: rowids, windows: Array.from({ length: 100 }, (_, n) => window(n % 3, 4, 1000)) },
    ],
    [
      'too many rows for each key',
      {
        range: { of: 'start', distance: 50 },
        windows: [...windows(7, 4, 4), window(8, 100, 1, true), window(9, 100, 1, true), window(10, 100, 2, true)],
      },
    ],
    [
      'keys in another order than the scale',
      { range: { of: 'start', distance: 50 }, windows: [...windows(9, 4, 4), window(9, 4, -2)] },
    ],
  ])('are not reckoned from %s', (_, evidence) => {
    expect(rowsInRange(evidence)).toBeNull();
  });

  test('are unbiased: rows left at random places are found again to a tenth', () => {
    const present = Array.from({ length: 200_000 }, (_, n) => n).filter((n) => (n * 2_654_435_761) % 4_294_967_296 < 1e9);
    const points = Array.from({ length: 100 }, (_, i) => Math.floor((present.length - 10) * (i / 100)) + 4);
    // A point falls into a gap as often as the gap is wide: every key between the first and last row is as likely.
    const last = present.at(-1) ?? 0;
    const seen = points.map((_, i) => {
      const at = Math.floor((last * (i + 0.5)) / points.length);
      const floor = present.findLastIndex((n) => n <= at);
      return { rows: 4, span: (present[floor + 2] ?? last) - (present[floor - 2] ?? 0), floor: String(floor), cut: false };
    });
    const found = rowsInRange({ range: { of: 'rowid', distance: last }, windows: seen })?.rows ?? 0;
    expect(found / present.length).toBeGreaterThan(0.9);
    expect(found / present.length).toBeLessThan(1.1);
  });

  test('a key of several columns counts all rows that share its first', () => {
    const range = { of: 'start', distance: 100 } as const;
    expect(rowsInRange({ range, windows: windows(20, 30, 3) })).toEqual({ rows: 1001, method: 'key range × density at 20 points' });
  });
});

test.each([
  ['no gaps', windows(10, 4, 4), 1],
  ['every third row deleted', [...windows(5, 4, 5), ...windows(5, 4, 7)], (0.8 + 4 / 7) / 2],
  ['ids that step by two', windows(10, 4, 8), 1],
  ['ids that are times', [...windows(5, 4, 900), ...windows(5, 4, 4000)], 1],
])('pages are as full as the gaps between rowids tell: %s', (_, seen, fill) => {
  expect(fillByGaps({ range: rowids, windows: seen })).toBeCloseTo(fill, 5);
});

test.each([
  [1000, 100, 60_000, 1000],
  [1000, 100, 50_000, 1000],
  [1000, 100, 49_000, 490],
])('%d rows of %d bytes in a database of %d bytes: at most %d', (value, bytesPerRow, sizeBytes, capped) => {
  const figure = { value, exact: false, takenAt, method: 'last backup' };
  expect(capBySize(figure, bytesPerRow, sizeBytes).value).toBe(capped);
  expect(capBySize({ ...figure, exact: true }, bytesPerRow, sizeBytes).value).toBe(value);
});

test('tables of which only a lower bound is known share the rest of the size', () => {
  const open = [
    { atLeast: 10, bytesPerRow: 100 },
    { atLeast: 5000, bytesPerRow: 50 },
    { atLeast: 10, bytesPerRow: 0 },
  ];
  expect(rowsFromRest(open, 300_000, NOW).map((rows) => rows?.value)).toEqual([1000, 5000, undefined]);
  expect(rowsFromRest(open, -5, NOW).map((rows) => rows?.value)).toEqual([10, 5000, undefined]);
});

const exact = (value: number, at: string): Figure => ({ value, exact: true, takenAt: at, method: 'count(*)' });
test.each([
  ['nothing', undefined, null, null],
  ['an estimate is no count', undefined, { ...exact(1, takenAt), exact: false, method: 'rowid range' }, null],
  ['the newer one', { rows: 3, takenAt: '2026-01-02T00:00:00Z' }, exact(4, '2026-01-01T00:00:00Z'), 3],
  ['the newer one, the other way round', { rows: 3, takenAt: '2026-01-02T00:00:00Z' }, exact(4, '2026-01-03T00:00:00Z'), 4],
  [
    'an exact count that was handed on',
    undefined,
    { ...exact(5, '2026-01-01T00:00:00Z'), exact: false, method: 'last exact count' },
    5,
  ],
])('of dated counts: %s', (_, backup, previous, rows) => {
  expect(newestCount(backup, previous)?.rows ?? null).toBe(rows);
});

test('the sum is exact only when every part is, and says of what it is made', () => {
  const estimated = { ...exact(5, takenAt), exact: false };
  expect(totalOf([], NOW)).toEqual({ value: 0, exact: true, takenAt, method: 'no tables' });
  expect(totalOf([exact(1, takenAt), exact(2, takenAt)], NOW)).toMatchObject({ value: 3, exact: true });
  expect(totalOf([exact(1, takenAt), estimated, null], NOW)).toEqual({
    value: 6,
    exact: false,
    takenAt,
    method: 'sum of tables: 1 counted, 1 estimated, 1 unknown',
  });
});
