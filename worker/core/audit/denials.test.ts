import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Crowd, type Denials, deny, QUIET, settle, WINDOW_MS } from './denials.ts';

const START = Date.parse('2026-11-23T10:00:00.000Z');
const DAY_MS = 24 * 3_600_000;

describe('A1: refused requests are recorded, and cannot fill the trail', () => {
  test('repeats within a minute are one entry; the next one says how many there were', () => {
    let state: Denials = QUIET;
    const at = (ms: number) => {
      const { denials, write } = deny(state, 'stranger', '203.0.113.9', START + ms);
      state = denials;
      return write;
    };
    expect(at(0)).toEqual({ repeats: 0, unrecorded: 0 });
    for (let n = 1; n <= 30; n += 1) expect(at(n * 1_000)).toBeNull();
    expect(at(WINDOW_MS)).toEqual({ repeats: 30, unrecorded: 0 });
  });

  test('a flood from ever new addresses is bounded by a budget, and every one of it is counted', () => {
    let state: Denials = QUIET;
    let written = 0;
    let told = 0;
    const floods = 20_000;
    for (let n = 0; n < floods; n += 1) {
      const verdict = deny(state, 'stranger', `2001:db8::${n.toString(16)}`, START + Math.floor((n * DAY_MS) / floods));
      state = verdict.denials;
      if (verdict.write) {
        written += 1;
        told += 1 + verdict.write.repeats + verdict.write.unrecorded;
      }
    }
    expect(written).toBeLessThanOrEqual(50 + 288);
    expect(written).toBeGreaterThan(250);
    expect(told + (settle(state, 'stranger', START + 2 * DAY_MS).write?.unrecorded ?? 0)).toBe(floods);
    expect(JSON.stringify(state).length).toBeLessThan(10_000);
  });

  test('strangers cannot use up what members have', () => {
    let state: Denials = QUIET;
    for (let n = 0; n < 500; n += 1) state = deny(state, 'stranger', `a${n}`, START).denials;
    expect(deny(state, 'stranger', 'one more', START).write).toBeNull();
    expect(deny(state, 'member', 'token:ci POST /tokens', START).write).toEqual({ repeats: 0, unrecorded: 0 });
  });

  test('whatever comes in whatever order: entries, what they say, and what is still to be said add up', () => {
    const event = fc.record({
      crowd: fc.constantFrom<Crowd>('stranger', 'member'),
      key: fc.integer({ min: 0, max: 120 }),
      waitMs: fc.integer({ min: 0, max: 90_000 }),
      settle: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 300 }), (events) => {
        let state: Denials = QUIET;
        let now = START;
        let told = 0;
        const hear = (verdict: { denials: Denials; write: { repeats: number; unrecorded: number } | null }, itself: number) => {
          state = verdict.denials;
          if (verdict.write) told += itself + verdict.write.repeats + verdict.write.unrecorded;
        };
        for (const { crowd, key, waitMs, settle: settling } of events) {
          now += waitMs;
          hear(deny(state, crowd, `${crowd} ${key}`, now), 1);
          if (settling) hear(settle(state, crowd, now), 0);
        }
        for (const crowd of ['stranger', 'member'] as const) hear(settle(state, crowd, now + WINDOW_MS), 0);
        expect(told).toBe(events.length);
      }),
    );
  });
});
