import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ActiveHold, effectiveMode, nextExpiry } from './holds.ts';

const hold = (
  mode: ActiveHold['mode'],
  createdAt: number,
  expiresAt: number | null = null,
  message: string | null = null,
): ActiveHold => ({
  mode,
  createdAt,
  expiresAt,
  message,
  reason: `${mode} since ${createdAt}`,
});

describe('M1: the effective mode is the strictest of the active holds', () => {
  test.each<[string, ActiveHold[], object]>([
    ['none', [], { mode: 'off', reason: null, since: null, expiresAt: null }],
    ['one', [hold('read-only', 5)], { mode: 'read-only', reason: 'read-only since 5', since: 5 }],
    ['closed beats read-only, whichever came first', [hold('read-only', 1), hold('closed', 5)], { mode: 'closed', since: 5 }],
    ['an expired one counts no more', [hold('closed', 1, 100), hold('read-only', 2)], { mode: 'read-only' }],
    ['of equals the oldest speaks', [hold('closed', 7), hold('closed', 3)], { reason: 'closed since 3', since: 3 }],
    ['it lasts as long as the longest', [hold('closed', 1, 200), hold('closed', 2, 300)], { expiresAt: 300 }],
    ['without end when one has none', [hold('closed', 1, 200), hold('closed', 2)], { expiresAt: null }],
    ['a message of any that decides', [hold('closed', 1), hold('closed', 2, null, 'Back at ten')], { message: 'Back at ten' }],
  ])('%s', (_, holds, expected) => {
    expect(effectiveMode(holds, 100)).toMatchObject(expected);
  });

  test('another hold never makes it laxer, and its order does not matter', () => {
    const any = fc.record({
      mode: fc.constantFrom('read-only' as const, 'closed' as const),
      createdAt: fc.integer({ min: 0, max: 99 }),
      expiresAt: fc.option(fc.integer({ min: 0, max: 200 })),
      message: fc.constant(null),
      reason: fc.constant('r'),
    });
    const rank = { off: 0, 'read-only': 1, closed: 2 };
    fc.assert(
      fc.property(fc.array(any), any, (holds, more) => {
        const before = effectiveMode(holds, 100);
        expect(rank[effectiveMode([...holds, more], 100).mode]).toBeGreaterThanOrEqual(rank[before.mode]);
        expect(effectiveMode([...holds].reverse(), 100).mode).toBe(before.mode);
        expect(before.mode === 'off').toBe(holds.every(({ expiresAt }) => expiresAt !== null && expiresAt <= 100));
      }),
    );
  });
});

describe('M4: a hold ends at its expiry', () => {
  test('the next one to run out is known', () => {
    expect(nextExpiry([{ expiresAt: 50 }, { expiresAt: 300 }, { expiresAt: 200 }, { expiresAt: null }], 100)).toBe(200);
    expect(nextExpiry([{ expiresAt: null }], 100)).toBeNull();
  });
});
