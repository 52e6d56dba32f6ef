import { describe, expect, test } from 'vitest';
import { backoffMs, type Connection, isStale, STALE_AFTER_MS, secondsUntil } from './connection.ts';

describe('back-off', () => {
  test('doubles from half a second to fifteen, and stays there', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 50, 5000].map((attempt) => backoffMs(attempt, 0.999999))).toEqual([
      500, 1000, 2000, 4000, 8000, 15000, 15000, 15000, 15000,
    ]);
  });
  test('jitter takes away at most half', () => {
    expect(backoffMs(4, 0)).toBe(2000);
    expect(backoffMs(4, 0.5)).toBe(3000);
  });
});

describe('stale data', () => {
  const waiting = (lastLiveMs: number | null): Connection => ({
    state: 'waiting',
    attempt: 1,
    retryAtMs: 0,
    lastLiveMs,
    reason: '',
  });
  test.each([
    ['live is never stale', { state: 'live', sinceMs: 0 } as Connection, false],
    ['a blink is forgiven', waiting(100_000 - STALE_AFTER_MS), false],
    ['longer is not', waiting(100_000 - STALE_AFTER_MS - 1), true],
    ['what was never live cannot be old', waiting(null), false],
    ['offline counts', { state: 'offline', lastLiveMs: 1 } as Connection, true],
  ])('%s', (_, connection, stale) => {
    expect(isStale(connection, 100_000)).toBe(stale);
  });
});

test('the countdown is whole seconds and ends at 0', () => {
  expect([5001, 5000, 1, 0, -900].map((left) => secondsUntil(10_000 + left, 10_000))).toEqual([6, 5, 1, 0, 0]);
});
