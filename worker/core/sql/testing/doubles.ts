/** Doubles of every kind that a decimal reader or a power of two could stumble over. */
import fc from 'fast-check';

export const doubles = fc.oneof(
  fc.double({ noNaN: true }),
  fc.constantFrom(
    0,
    -0,
    1,
    -1,
    0.1,
    0.1 + 0.2,
    5e-324,
    -5e-324,
    2.2250738585072014e-308,
    1.7976931348623157e308,
    Infinity,
    -Infinity,
    2 ** 63,
    2 ** 53,
    1e15,
    1e22,
  ),
  fc.integer({ min: -(10 ** 9), max: 10 ** 9 }).map((n) => n / 100),
  fc.integer({ min: -1_000_000, max: 1_000_000 }),
  fc
    .tuple(fc.double({ min: 1, max: 2, noNaN: true }), fc.integer({ min: -60, max: 80 }))
    .map(([mantissa, power]) => mantissa * 2 ** power),
);
