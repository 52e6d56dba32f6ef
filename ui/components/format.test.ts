import { describe, expect, test } from 'vitest';
import type { TableStats } from '../../worker/protocol/database.ts';
import { ago, bytes, duration, exactTime, figure, plural, remaining, share, stopwatch, timeLeft, zoneOf } from './format.ts';
import { historyInWords, thinned } from './history.ts';
import { countedOnce, hiddenInWords, nextOrder, ordered, searched, sumFigures, totalFigure } from './table-order.ts';

const S = 1000;
const M = 60 * S;
const H = 60 * M;
const D = 24 * H;

describe('sizes', () => {
  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.00 kB'],
    [12_345, '12.3 kB'],
    [999_499, '999 kB'],
    [999_500, '1.00 MB'],
    [10_000_000_000, '10.0 GB'],
    [5e15, '5,000 TB'],
  ])('%d is %s', (value, text) => expect(bytes(value)).toBe(text));
  test.each([
    [0, 10, '0%'],
    [1, 100_000, '< 0.1%'],
    [1, 3, '33.3%'],
    [5, 0, '–'],
  ])('%d of %d is %s', (part, all, text) => expect(share(part, all)).toBe(text));
});

describe('times', () => {
  test.each([
    [-5, '0 ms'],
    [850, '850 ms'],
    [12_400, '12.4 s'],
    [59_949, '59.9 s'],
    [59_960, '1 min 00 s'],
    [3 * M + 5 * S, '3 min 05 s'],
    [2 * H + 7 * M, '2 h 07 min'],
    [3 * D + 4 * H, '3 d 4 h'],
  ])('%d ms took %s', (ms, text) => expect(duration(ms)).toBe(text));
  test.each([
    [7 * S, '0:07'],
    [12 * M + 45 * S, '12:45'],
    [H + 2 * M + 3 * S, '1:02:03'],
    [-1, '0:00'],
  ])('the clock at %d ms shows %s', (ms, text) => expect(stopwatch(ms)).toBe(text));
  test.each([
    [0, 'ending now'],
    [-5 * M, 'ending now'],
    [1, '0:01 left'],
    [7 * S, '0:07 left'],
    [59 * M + 59 * S, '59:59 left'],
    [H - 1, '1 h 00 min left'],
    [3 * H + 7 * M, '3 h 07 min left'],
    [2 * D + 4 * H, '2 d 4 h left'],
  ])('%d ms before the end reads %s', (ms, text) => expect(remaining(ms)).toBe(text));
  test.each([
    [0, 'a few seconds'],
    [12, 'about 15 s'],
    [60, 'about 1 min'],
    [1500, 'about 25 min'],
    [5400, 'about 1.5 h'],
  ])('%d s left reads %s', (seconds, text) => expect(timeLeft(seconds)).toBe(text));
  test.each([
    [2 * S, 'just now'],
    [30 * S, '30 seconds ago'],
    [3 * M, '3 minutes ago'],
    [D, 'yesterday'],
    [60 * D, '2 months ago'],
    [-2 * H, 'in 2 hours'],
    [800 * D, '2 years ago'],
  ])('%d ms ago reads %s', (ms, text) => expect(ago(1e12 - ms, 1e12)).toBe(text));
});

test.each(['2026-01-15T12:00:00Z', '2026-07-15T12:00:00Z'])('the zone at %s is the one behind exact times', (at) => {
  expect(zoneOf(at)).not.toBe('');
  expect(exactTime(at).endsWith(` ${zoneOf(at)}`)).toBe(true);
});

test('one is singular', () =>
  expect([plural(1, 'table'), plural(0, 'table'), plural(2, 'index', 'indexes')]).toEqual(['1 table', '0 tables', '2 indexes']));

const taken = { takenAt: '2026-11-23T10:00:00.000Z', method: 'm' };
const table = (name: string, rows: number | null, bytesOf: number | null) => ({
  name,
  kind: 'table' as const,
  columns: 1,
  indexes: [{ name: 'i', bytes: bytesOf === null ? null : { ...taken, value: 10, exact: true } }],
  rows: rows === null ? null : { ...taken, value: rows, exact: true },
  bytes: bytesOf === null ? null : { ...taken, value: bytesOf, exact: false },
});

describe('figures and tables', () => {
  test('an estimate carries its sign, an unknown is a dash', () => {
    expect([figure({ ...taken, value: 5, exact: true }), figure({ ...taken, value: 5, exact: false }), figure(null)]).toEqual([
      '5',
      '≈ 5',
      '–',
    ]);
  });
  test('a total with an estimated part is an estimate', () =>
    expect(totalFigure(table('a', 1, 5))).toMatchObject({ value: 15, exact: false }));
  test('bytes are counted once: a virtual table’s are those of its shadow tables', () => {
    const of = (name: string, kind: TableStats['kind'], size: number | null): TableStats => ({
      ...table(name, 1, size),
      kind,
      indexes: [],
    });
    const list = [
      of('notes', 'table', 100),
      of('Docs', 'virtual', 30),
      of('docs_data', 'shadow', 20),
      of('docs_idx', 'shadow', 10),
      of('docs_fts', 'virtual', 5),
      of('docs_fts_data', 'shadow', 5),
      of('rtree', 'virtual', null),
      of('rtree_node', 'shadow', 3),
      of('sqlite_schema', 'internal', 7),
    ];
    const sum = (some: TableStats[]) => sumFigures(countedOnce(some).map(({ bytes: data }) => data))?.value;
    expect(sum(list)).toBe(100 + 30 + 5 + 3 + 7);
    expect(sum(list.filter(({ kind }) => kind === 'shadow'))).toBe(38);
    expect(sum(list.filter(({ name }) => name !== 'docs_fts'))).toBe(145 - 5);
    expect(
      countedOnce(list)
        .filter(({ kind }) => kind === 'shadow')
        .map(({ name }) => name),
    ).toEqual(['rtree_node']);
    expect([hiddenInWords(list), hiddenInWords(list.slice(0, 2))]).toEqual(['4 shadow, 1 internal', '']);
  });
  test('unknown counts sort below every known one, equal ones by name', () => {
    const list = [table('c', null, null), table('b', 0, 1), table('a', 0, 1), table('d', 9, 1)];
    expect(ordered(list, { by: 'rows', direction: 'descending' }).map(({ name }) => name)).toEqual(['d', 'a', 'b', 'c']);
  });
  test('a column begins with its natural direction and then turns', () => {
    const once = nextOrder({ by: 'name', direction: 'ascending' }, 'rows');
    expect([once.direction, nextOrder(once, 'rows').direction, nextOrder(once, 'name').direction]).toEqual([
      'descending',
      'ascending',
      'ascending',
    ]);
  });
  test('every word must be found, in any case', () =>
    expect(searched([{ name: 'Order_Items' }, { name: 'orders' }], 'ORDER it').map(({ name }) => name)).toEqual(['Order_Items']));
});

describe('the history in words', () => {
  const point = (at: string, sizeBytes: number, rows: number) => ({ at, sizeBytes, rows });
  test('tells first and last, whatever the order', () => {
    const text = historyInWords([point('2026-11-23T00:00:00Z', 2000, 5), point('2026-11-22T00:00:00Z', 1000, 5)]);
    expect(text).toContain('up from 1.00 kB to 2.00 kB');
    expect(text).toContain('unchanged at 5');
  });
  test('thinning keeps both ends', () => expect(thinned([1, 2, 3, 4, 5, 6, 7], 3)).toEqual([1, 4, 7]));
});
