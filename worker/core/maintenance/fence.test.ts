import { describe, expect, test } from 'vitest';
import { fenceAction, fenceRetryMs } from './fence.ts';

describe('M2, M4: the fence goes where the mode wants it, from wherever it was left', () => {
  test.each([
    ['off', 'down', null, 'wait'],
    ['read-only', 'down', null, 'raise'],
    ['closed', 'down', null, 'raise'],
    ['read-only', 'up', 200, 'wait'],
    ['read-only', 'up', 100, 'raise'],
    ['off', 'up', 200, 'lower'],
    ['read-only', 'raising', null, 'raise'],
    ['off', 'raising', null, 'lower'],
    ['off', 'lowering', null, 'lower'],
    ['closed', 'lowering', null, 'raise'],
    ['read-only', 'failed', 200, 'wait'],
    ['read-only', 'failed', 100, 'raise'],
    ['off', 'failed', 100, 'lower'],
  ] as const)('mode %s, fence %s, due at %s: %s', (mode, state, wakeAt, expected) => {
    expect(fenceAction(mode, state, wakeAt, 100)).toBe(expected);
  });

  test('retries: soon at first, never further apart than half a minute', () => {
    expect([1, 2, 3, 20].map(fenceRetryMs)).toEqual([500, 1_000, 2_000, 30_000]);
  });
});
