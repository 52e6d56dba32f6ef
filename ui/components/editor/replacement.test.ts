import fc from 'fast-check';
import { expect, test } from 'vitest';
import { replacement } from './replacement.ts';

const lines = fc.array(fc.constantFrom('a', 'b', 'aa', '', '😀'), { maxLength: 8 });

test('the old text, changed so, is the new one; nothing that is the same at both ends is touched', () => {
  fc.assert(
    fc.property(lines, lines, (a, b) => {
      const [old, text] = [a.join('\n'), b.join('\n')];
      const change = replacement(old, text);
      expect(change === null).toBe(old === text);
      const { from, to, insert } = change ?? { from: 0, to: 0, insert: '' };
      expect(old.slice(0, from) + insert + old.slice(to)).toBe(text);
      const replaced = old.slice(from, to);
      if (replaced !== '' && insert !== '')
        expect([replaced[0] === insert[0], replaced.at(-1) === insert.at(-1)]).toEqual([false, false]);
    }),
  );
});

test('a file with other ends of lines says the same: otherwise each look at it would add lines', () => {
  expect(replacement('a\nb\n', 'a\r\nb\r')).toBeNull();
  expect(replacement('a\nb', 'a\r\nc')).toEqual({ from: 2, to: 3, insert: 'c' });
});
