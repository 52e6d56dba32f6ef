import { describe, expect, test } from 'vitest';
import { measured, remember, type Sample } from './progress.ts';

const progress = { phase: 'rows', done: 0, total: 1_000, unit: 'rows' };

describe('speed and time left are measured', () => {
  test('nothing is said before there is something to say', () => {
    expect(measured({ ...progress, done: 5 }, [{ atMs: 0, done: 5 }])).toMatchObject({ ratePerSecond: null, secondsLeft: null });
  });

  test('rate over the window, time left from it', () => {
    let samples: Sample[] = [];
    for (const [atMs, done] of [
      [0, 0],
      [1_000, 100],
      [2_000, 200],
    ] as const)
      samples = remember(samples, { atMs, done });
    expect(measured({ ...progress, done: 200 }, samples)).toMatchObject({ ratePerSecond: 100, secondsLeft: 8 });
    expect(measured({ ...progress, done: 200, total: null }, samples)).toMatchObject({ ratePerSecond: 100, secondsLeft: null });
  });

  test('old samples and those before a step back are forgotten', () => {
    const samples = remember(remember([], { atMs: 0, done: 0 }), { atMs: 6_000, done: 600 });
    expect(samples).toEqual([{ atMs: 6_000, done: 600 }]);
    expect(remember(samples, { atMs: 6_100, done: 10 })).toEqual([{ atMs: 6_100, done: 10 }]);
  });
});
