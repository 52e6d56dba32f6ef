import { describe, expect, test } from 'vitest';
import { isKnown, rangeOf } from './range.ts';

const ask = (range?: string, ifRange?: string) => {
  const headers = new Headers();
  if (range !== undefined) headers.set('Range', range);
  if (ifRange !== undefined) headers.set('If-Range', ifRange);
  return rangeOf(headers, 100, '"a"');
};
const whole = { kind: 'whole' };
const part = (offset: number, length: number) => ({ kind: 'part', offset, length });

describe('byte ranges', () => {
  test.each([
    [undefined, undefined, whole],
    ['bytes=0-9', undefined, part(0, 10)],
    ['bytes=90-', undefined, part(90, 10)],
    ['bytes=90-500', undefined, part(90, 10)],
    ['bytes=-30', undefined, part(70, 30)],
    ['bytes=-300', undefined, part(0, 100)],
    ['bytes=-0', undefined, { kind: 'unsatisfiable' }],
    ['bytes=100-', undefined, { kind: 'unsatisfiable' }],
    ['bytes=9-3', undefined, whole],
    ['bytes=0-1,4-5', undefined, whole],
    ['rows=0-1', undefined, whole],
    ['bytes=-', undefined, whole],
    ['bytes=0-9', '"a"', part(0, 10)],
    ['bytes=0-9', '"another"', whole],
  ])('%s with If-Range %s', (range, ifRange, expected) => {
    expect(ask(range, ifRange)).toEqual(expected);
  });
});

describe('If-None-Match', () => {
  test.each([
    [null, false],
    ['"a"', true],
    ['W/"a"', true],
    ['"x", "a"', true],
    ['"x",W/"a"', true],
    ['*', true],
    ['"x"', false],
    ['a', false],
    ['"aa"', false],
  ])('%s', (header, known) => {
    expect(isKnown(header, '"a"')).toBe(known);
  });
});
