import { spawnSync } from 'node:child_process';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { realExpression, realLiteral } from './real.ts';
import { doubles } from './testing/doubles.ts';
import { canonicalRow, UNENCODED } from './wire.ts';

const database = new DatabaseSync(':memory:');
const read = (literal: string): unknown => Object.values(database.prepare(`SELECT ${literal}`).get() as object)[0];

describe('B1 reals', () => {
  test.each([
    [0, '0.0'],
    [-0, '-0.0'],
    [1, '1.0'],
    [-2.5, '-2.5'],
    [0.1, '0.1'],
    [0.0001, '0.0001'],
    [-0.0105, '-0.0105'],
    [99999999999.9999, '99999999999.9999'],
    [0.1 + 0.2, '345876451382054144/1152921504606846976.0'],
    [2 ** 62, '4611686018427387904*1.0'],
    [Number.POSITIVE_INFINITY, '9e999'],
    [Number.NEGATIVE_INFINITY, '-9e999'],
    [5e-324, `1/${Array.from({ length: 17 }, () => '1152921504606846976.0/').join('')}18014398509481984.0`],
  ])('B1 %d is written as %s', (value, text) => expect(realLiteral(value)).toBe(text));

  test('B1 every double comes back from SQLite with the same bits', () => {
    fc.assert(
      fc.property(doubles, (value) => {
        expect(Object.is(read(realLiteral(value)), value)).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });

  test('B1 the expression inside SQLite writes the same text, or leaves it to this one', () => {
    const statement = database.prepare(`SELECT ${realExpression('x')} AS t FROM (SELECT ? AS x)`);
    let written = 0;
    fc.assert(
      fc.property(doubles, (value) => {
        const text = (statement.get(value) as { t: string }).t;
        if (text === UNENCODED) {
          expect(Math.abs(value) < 2 ** -38 || Math.abs(value) >= 2 ** 63).toBe(true);
        } else {
          expect(canonicalRow(text)).toBe(`(${realLiteral(value)})`);
          written += 1;
        }
      }),
      {
        numRuns: 3_000,
        examples: [
          [2 ** -38],
          [2 ** 63],
          [2 ** 63 - 1024],
          [2 ** 53],
          [8],
          [-8],
          [8192],
          [8191.123456789],
          [0.0078125],
          [2 ** -27],
          [2 ** -17],
          [1e11],
          [-1e11],
        ],
      },
    );
    expect(written).toBeGreaterThan(1_000);
  });

  const shell = spawnSync('sqlite3', ['--version']);
  test.skipIf(shell.status !== 0)('B1 the sqlite3 shell of this machine reads the same bits (skipped where there is none)', () => {
    const values = fc.sample(doubles, { numRuns: 2_000, seed: 7 }).filter((value) => Number.isFinite(value) && value !== 0);
    // Compared inside the shell with the integers that make the value up: its own decimal printing is not to be trusted.
    const tests = values.map((value) => `SELECT (${realLiteral(value)}) = (${exactly(value)});`).join('\n');
    const { stdout } = spawnSync('sqlite3', [':memory:'], { input: tests, encoding: 'utf8', maxBuffer: 1e8 });
    expect(stdout.trim().split('\n')).toEqual(values.map(() => '1'));
  });
});

/** The value as a product of exact steps: its mantissa, doubled or halved. */
function exactly(value: number): string {
  let mantissa = Math.abs(value);
  let power = 0;
  for (; !Number.isInteger(mantissa); power -= 1) mantissa *= 2;
  for (; mantissa >= 2 ** 53; power += 1) mantissa /= 2;
  let text = `${value < 0 ? '-' : ''}${mantissa}`;
  for (let left = Math.abs(power); left > 0; left -= 30) text += `${power < 0 ? '/' : '*'}${2 ** Math.min(30, left)}.0`;
  return text;
}
