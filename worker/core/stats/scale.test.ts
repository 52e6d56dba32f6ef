import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PAGE_BYTES } from './btree.ts';
import { scaleToTotal } from './scale.ts';

test.each([
  ['nothing', [], 8192, []],
  ['what is right already', [4096, 8192], 12_288, [4096, 8192]],
  ['only what lies above the root pages', [4096, 8192], 16_384, [4096, 12_288]],
  ['downwards too', [4096, 12_288, 20_480], 24_576, [4096, 8192, 12_288]],
  ['nothing to scale: the rest goes to the last', [4096, 4096], 12_288, [4096, 8192]],
  ['less than the root pages: equal shares', [4096, 4096], 4096, [2048, 2048]],
])('scales %s', (_, estimates, total, scaled) => {
  expect(scaleToTotal(estimates, total)).toEqual(scaled);
});

test('the parts add up to the total to the byte, and none loses its root page', () => {
  const estimates = fc.array(fc.integer({ min: PAGE_BYTES, max: 1e10 }), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(estimates, fc.integer({ min: 0, max: 2_000_000 }), (parts, pages) => {
      const total = (parts.length + pages) * PAGE_BYTES;
      const scaled = scaleToTotal(parts, total);
      expect(scaled.reduce((sum, bytes) => sum + bytes, 0)).toBe(total);
      expect(Math.min(...scaled)).toBeGreaterThanOrEqual(PAGE_BYTES);
    }),
  );
});
