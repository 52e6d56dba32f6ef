import { expect, test } from 'vitest';
import { excess } from './in-sight.ts';

test.each([
  ['inside', 20, 30, 10, 50, 0],
  ['at both edges', 10, 50, 10, 50, 0],
  ['before', -5, 5, 10, 50, -15],
  ['behind', 60, 80, 10, 50, 30],
  ['longer than the list: its beginning counts', 20, 90, 10, 50, 10],
])('an item that stands %s', (_where, from, to, start, end, wanted) => expect(excess(from, to, start, end)).toBe(wanted));
