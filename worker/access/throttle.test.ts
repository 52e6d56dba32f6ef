import { expect, test } from 'vitest';
import { FREE_FAILURES, lockedUntil } from './throttle.ts';

test('failed sign-ins: some are free, then each waits twice as long, up to a quarter of an hour', () => {
  expect(lockedUntil(FREE_FAILURES - 1, 1_000)).toBe(0);
  expect(lockedUntil(FREE_FAILURES, 1_000)).toBe(3_000);
  expect(lockedUntil(FREE_FAILURES + 2, 1_000)).toBe(9_000);
  expect(lockedUntil(FREE_FAILURES + 90, 1_000)).toBe(1_000 + 15 * 60_000);
});
