import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LiveMessage } from '../../worker/protocol/live.ts';
import { judge, type Seen } from './sequence.ts';
import { serving } from './testing/serving.ts';

const event = (seq: number): LiveMessage => ({
  type: 'event',
  event: { seq, at: '2026-11-23T00:00:00.000Z', type: 'tables.sampled', jobId: null, reason: 'test', data: {} },
});
const snapshot = (seq: number): LiveMessage => ({ type: 'snapshot', database: 'DB', seq, jobs: [], maintenance: serving });
const resumed = (seq: number): LiveMessage => ({ type: 'resumed', database: 'DB', seq });
const progress: LiveMessage = {
  type: 'progress',
  jobId: 'j',
  at: '2026-11-23T00:00:00.000Z',
  progress: { phase: 'rows', done: 1, total: 2, unit: 'rows' },
};

describe('J4: the numbers of events', () => {
  test.each([
    ['a snapshot begins', null, snapshot(7), 'fold', 7],
    ['a snapshot replaces, also backwards', 9, snapshot(3), 'fold', 3],
    ['the next event', 7, event(8), 'fold', 8],
    ['an event seen before', 7, event(7), 'ignore', 7],
    ['a gap keeps the last number', 7, event(9), 'gap', 7],
    ['an event before any snapshot', null, event(1), 'gap', null],
    ['resumed where we were', 7, resumed(7), 'fold', 7],
    ['resumed while the server is ahead', 7, resumed(12), 'fold', 7],
    ['the server knows less than we do', 7, resumed(2), 'restart', null],
    ['progress has no number', 7, progress, 'fold', 7],
    ['progress before any snapshot', null, progress, 'ignore', null],
  ] as const)('J4: %s', (_, seen, message, verdict, next) => {
    expect(judge(seen, message)).toEqual({ verdict, seen: next });
  });

  test('J4: whatever is repeated, lost or swapped on the way, each event is folded at most once and never out of order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 60 }), (arriving) => {
        let seen: Seen = 0;
        const folded: number[] = [];
        for (const seq of arriving) {
          const answer = judge(seen, event(seq));
          if (answer.verdict === 'fold') folded.push(seq);
          seen = answer.seen;
        }
        expect(folded).toEqual(folded.map((_, i) => i + 1));
      }),
    );
  });
});
