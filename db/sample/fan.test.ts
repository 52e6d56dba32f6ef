import { describe, expect, test } from 'vitest';
import { fan } from './fan.ts';

describe('fan', () => {
  test.each([[[1]], [[0, 2, 1]], [[1, 3, 2, 4, 1, 2, 5, 2]], [[0, 0, 0, 1]]])('%j: locate, size and total agree', (pattern) => {
    const children = fan(pattern);
    const walked: { parent: number; place: number }[] = [];
    for (let parent = 0; parent < 100; parent++) {
      expect(children.total(parent)).toBe(walked.length);
      for (let place = 0; place < children.size(parent); place++) walked.push({ parent, place });
    }
    expect(walked.map((_, child) => children.locate(child))).toEqual(walked);
  });

  test('the pattern turns from block to block', () => {
    const children = fan([1, 2, 3]);
    expect([0, 1, 2, 3, 4, 5].map(children.size)).toEqual([1, 2, 3, 2, 3, 1]);
  });
});
