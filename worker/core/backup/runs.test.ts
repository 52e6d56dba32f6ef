import { expect, test } from 'vitest';
import { runsOf } from './runs.ts';

const ROWS: { [letter: string]: string } = { p: '1,T70', o: '2,?', l: '!' };
const runs = (letters: string) =>
  runsOf([...letters].map((letter) => ROWS[letter] as string)).map(({ kind, from, to }) => kind[0]?.repeat(to - from));

test.each([
  ['', []],
  ['ppp', ['ppp']],
  ['pooplp', ['p', 'oo', 'p', 'l', 'p']],
  ['opopopo', ['o', 'p', 'o', 'p', 'o', 'p', 'o']],
  // Five odd runs: one query for all that lies between them.
  ['popopopopop', ['p', 'ooooooooo', 'p']],
  // Long rows are never read together with others.
  ['opopopopolop', ['ooooooooo', 'l', 'o', 'p']],
])('B4 %s', (letters, wanted) => expect(runs(letters)).toEqual(wanted));
