import { describe, expect, test } from 'vitest';
import { BACKGROUND_WIDTH, startable } from './lanes.ts';

const x = (id: string) => ({ id, lane: 'exclusive' as const });
const b = (id: string) => ({ id, lane: 'background' as const });

describe('J1: one exclusive job at a time, in order, and a background lane of bounded width', () => {
  test.each([
    ['nothing waits', [], [], []],
    ['the first of two', [x('1'), x('2')], [], ['1']],
    ['one runs already', [x('2')], [x('1')], []],
    ['a background job passes a waiting exclusive one', [x('2'), b('3')], [x('1')], ['3']],
    ['both lanes start together', [x('1'), b('2')], [], ['1', '2']],
    ['the background lane is full', [b('8'), b('9')], [b('6'), b('7')], []],
    ['the background lane has one place', [b('8'), b('9')], [b('7')], ['8']],
  ])('%s', (_, queued, active, expected) => {
    expect(BACKGROUND_WIDTH).toBe(2);
    expect(startable(queued, active)).toEqual(expected);
  });
});
