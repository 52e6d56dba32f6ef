import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromCursor, toCursor } from './cursor.ts';

describe('X1: cursors', () => {
  test('each list takes back what it gave out, whatever its name: files may be called anything', () => {
    const lists = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('drafts:DB:db/my schema/é.ts', 'drafts:DB:日本 .ts', ' ', ''),
    );
    fc.assert(
      fc.property(lists, fc.nat(), (list, position) => {
        expect(fromCursor(list, toCursor(list, String(position)) ?? undefined)).toBe(String(position));
      }),
    );
  });

  test('no list takes one of another', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), fc.nat(), (list, other, position) => {
        fc.pre(list !== other);
        const cursor = toCursor(other, String(position)) ?? undefined;
        expect(() => fromCursor(list, cursor)).toThrow(expect.objectContaining({ code: 'bad_cursor' }));
      }),
    );
  });

  test.each([
    '',
    'x',
    '!!!',
    'é',
    btoa('tokens'),
    btoa('tokens '),
    btoa('tokens 1 2'),
    btoa('tokens -1'),
    btoa('tokens 1e3'),
    btoa('tokens 99999999999999999'),
  ])('a made-up one is refused: %j', (cursor) => {
    expect(() => fromCursor('tokens', cursor)).toThrow(expect.objectContaining({ code: 'bad_cursor' }));
  });
});
