import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Offsets } from './offsets.ts';

test('a row begins where those before it end', () => {
  const offsets = new Offsets([10, 20, 30], 3);
  expect([offsets.of(0), offsets.of(1), offsets.of(2), offsets.of(3), offsets.total, offsets.of(99), offsets.of(-1)]).toEqual([
    0, 10, 30, 60, 60, 60, 0,
  ]);
  expect([0, 9.9, 10, 29, 30, 59, 1000].map((y) => offsets.at(y))).toEqual([0, 0, 1, 1, 2, 2, 2]);
});

test('an empty list has no rows; what is out of sight keeps one, so that there is something to measure', () => {
  expect(new Offsets([], 0).between(0, 100)).toEqual({ first: 0, end: 0 });
  expect(new Offsets([10, 10], 2).between(500, 900)).toEqual({ first: 0, end: 1 });
  expect(new Offsets([10, 10], 2).between(-900, -500)).toEqual({ first: 0, end: 1 });
});

test('the rows of a stretch cover it, and no row beside them touches it', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 60 }),
      fc.nat(3000),
      fc.nat(900),
      (heights, from, more) => {
        const offsets = new Offsets(heights, heights.length);
        const top = from % offsets.total;
        const { first, end } = offsets.between(top, top + more);
        expect(offsets.of(first)).toBeLessThanOrEqual(top);
        expect(offsets.of(first + 1)).toBeGreaterThan(top);
        expect(end === heights.length || offsets.of(end) > top + more).toBe(true);
        expect(offsets.of(end - 1)).toBeLessThanOrEqual(top + more);
      },
    ),
  );
});
