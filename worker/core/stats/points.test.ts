import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Key, keyScale, type Points, spread } from './points.ts';

const key = (type: Key['type'], text: string): Key => ({ type, bytes: new TextEncoder().encode(text) });
const text = (value: string) => key('text', value);
const texts = (points: Points | undefined) => (points?.type === 'text' ? points.values : []);
const uuid = (n: bigint) => text(n.toString(16).padStart(32, '0'));

test('points lie in the range, one in each equal part, and are the same each time', () => {
  fc.assert(
    fc.property(
      fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
      fc.bigInt(0n, 2n ** 64n - 1n),
      fc.integer({ min: 1, max: 100 }),
      (low, distance, count) => {
        const points = spread(low, low + distance, count);
        expect(points).toHaveLength(count);
        expect(points).toEqual(spread(low, low + distance, count));
        for (const [i, point] of points.entries()) {
          expect(point).toBeGreaterThanOrEqual(low + (distance * BigInt(i)) / BigInt(count));
          expect(point).toBeLessThanOrEqual(low + (distance * BigInt(i + 1)) / BigInt(count));
        }
      },
    ),
  );
});

describe('the scale of a key', () => {
  test('integers keep all their digits', () => {
    const scale = keyScale(key('integer', '-9223372036854775808'), key('integer', '9223372036854775807'));
    expect(scale?.lowest).toBe(-(2n ** 63n));
    expect(scale?.pointsAt([9223372036854775807n])).toEqual({ type: 'integer', values: [9223372036854775807n] });
  });

  test('reals between integers have a place', () => {
    expect(keyScale(key('integer', '1'), key('integer', '9'))?.placeOf(key('real', '2.75'))).toBe(2n);
  });

  test.each([
    ['integer', 'text'],
    ['real', 'real'],
  ] as const)('there is none between %s and %s', (low, high) => {
    expect(keyScale(key(low, '1'), key(high, '2'))).toBeNull();
  });

  test('text: the greater key never has the lower place', () => {
    const word = fc.string({ unit: 'binary', maxLength: 12 });
    fc.assert(
      fc.property(fc.array(word, { minLength: 2, maxLength: 20 }), (words) => {
        const bytes = (value: string) => Buffer.from(value);
        const ordered = words.map((value) => value.toWellFormed()).sort((a, b) => Buffer.compare(bytes(a), bytes(b)));
        const scale = keyScale(text(ordered[0] ?? ''), text(ordered.at(-1) ?? ''));
        const places = ordered.map((value) => scale?.placeOf(text(value)) ?? 0n);
        for (const [i, place] of places.entries()) if (i > 0) expect(place).toBeGreaterThanOrEqual(places[i - 1] ?? 0n);
      }),
    );
  });

  test('hexadecimal keys: the points spread over the sixteen digits', () => {
    const low = uuid(0x0003a1b2c3d4e5f60718293a4b5c6d7en);
    const high = uuid(0xfff7a1b2c3d4e5f60718293a4b5c6d7en);
    const scale = keyScale(low, high);
    const points = scale?.pointsAt(spread(scale.lowest, scale.highest, 160));
    const firsts = new Set(texts(points).map((value) => value[0]));
    expect([...firsts].sort().join('')).toBe('0123456789abcdef');
  });

  test('without regard to case both cases have the same place', () => {
    const scale = keyScale(text('Ka0'), text('kZ9'), true);
    expect(scale?.placeOf(text('KM5'))).toBe(scale?.placeOf(text('km5')));
    expect(keyScale(text('Ka0'), text('kZ9'))?.placeOf(text('KM5'))).not.toBe(scale?.placeOf(text('km5')));
  });

  test('what all keys begin with stays', () => {
    const scale = keyScale(text('user:0001'), text('user:9998'));
    const points = scale?.pointsAt(spread(scale.lowest, scale.highest, 20));
    expect(texts(points).every((value) => value.startsWith('user:'))).toBe(true);
    expect(new Set(texts(points)).size).toBeGreaterThan(15);
  });

  test('blobs are numbers in base 256', () => {
    const blob = (...bytes: number[]): Key => ({ type: 'blob', bytes: Uint8Array.from(bytes) });
    const scale = keyScale(blob(0, 1, 2, 3), blob(255, 254, 253, 252));
    const points = scale?.pointsAt(spread(scale.lowest, scale.highest, 64));
    const firsts = points?.type === 'blob' ? points.values.map((bytes) => bytes[0] ?? 0) : [];
    expect(Math.max(...firsts)).toBeGreaterThan(245);
    expect(new Set(firsts).size).toBeGreaterThan(60);
  });

  test('a single key is its own only point', () => {
    const scale = keyScale(text('only'), text('only'));
    expect(new Set(texts(scale?.pointsAt(spread(scale.lowest, scale.highest, 5))))).toEqual(new Set(['only']));
  });
});
