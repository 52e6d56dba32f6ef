import { describe, expect, test } from 'vitest';
import { Random } from './random.ts';

const first = (random: Random, n = 8) => Array.from({ length: n }, () => random.bits());

describe('Random', () => {
  test('the same seed, stream and index give the same numbers, any other gives others', () => {
    const base = first(new Random(1, 2, 3));
    expect(first(new Random(1, 2, 3))).toEqual(base);
    for (const other of [new Random(2, 2, 3), new Random(1, 3, 3), new Random(1, 2, 4), new Random(1 + 2 ** 32, 2, 3)]) {
      expect(first(other)).not.toEqual(base);
    }
  });

  test('negative and very large seeds are seeds of their own', () => {
    const seeds = [0, -1, 1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, -(2 ** 32)];
    expect(new Set(seeds.map((seed) => first(new Random(seed, 0, 0)).join())).size).toBe(seeds.length);
  });

  test('neighbouring indexes are spread evenly', () => {
    const buckets = new Array<number>(10).fill(0);
    for (let i = 0; i < 10_000; i++) {
      const bucket = new Random(1, 1, i).below(10);
      buckets[bucket] = (buckets[bucket] ?? 0) + 1;
    }
    for (const count of buckets) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });

  test('between includes both ends, and nothing can be picked from nothing', () => {
    const random = new Random(5, 5, 5);
    const seen = new Set(Array.from({ length: 200 }, () => random.between(3, 5)));
    expect([...seen].sort()).toEqual([3, 4, 5]);
    expect(() => random.pick([])).toThrow(RangeError);
  });
});
