import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canBeSilenced, isBlank, isCurrent, NOTHING_TYPED, withSilence } from './lint-state.ts';
import { ready } from './resource.ts';

const at = (line: number, column: number) => ({ code: 'lint/delete-all', begins: { line, column } });

describe('a reason is written above the statement', () => {
  test('on its own line, as far in as the statement', () => {
    expect(withSilence('SELECT 1;\n  DELETE FROM a;\n', at(2, 3), 'test data')).toBe(
      'SELECT 1;\n  -- lint-silence lint/delete-all: test data\n  DELETE FROM a;\n',
    );
  });

  test('behind another statement it gets a line, and the statement too', () => {
    expect(withSilence('SELECT 1; DELETE FROM a; SELECT 2;', at(1, 11), 'test data')).toBe(
      'SELECT 1;\n-- lint-silence lint/delete-all: test data\nDELETE FROM a; SELECT 2;',
    );
  });

  test('a reason of several lines stays one comment: its second line would be SQL', () => {
    expect(withSilence('DELETE FROM a', at(1, 1), ' old;\r\nDROP TABLE b ')).toBe(
      '-- lint-silence lint/delete-all: old; DROP TABLE b\nDELETE FROM a',
    );
  });

  test('whatever the text and the place: without the comment it says the same as before, and nothing else is touched', () => {
    const script = fc.array(fc.stringMatching(/^[ \w;'"]*$/), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(script, fc.nat(), fc.nat(), fc.string({ minLength: 3 }), (lines, l, c, reason) => {
        const line = l % lines.length;
        const column = c % ((lines[line] as string).length + 1);
        const after = withSilence(lines.join('\n'), at(line + 1, column + 1), reason).split('\n');
        const comments = after.filter((one) => one.includes('-- lint-silence'));
        expect(comments).toHaveLength(1);
        const rest = after.filter((one) => !one.includes('-- lint-silence')).join(' ');
        expect(rest.replaceAll(/\s+/g, '')).toBe(lines.join('').replaceAll(/\s+/g, ''));
        // What follows the comment is the statement, and it is whole.
        const below = after[after.indexOf(comments[0] as string) + 1] as string;
        expect(below.trimStart()).toBe((lines[line] as string).slice(column).trimStart() || below.trimStart());
      }),
    );
  });
});

test('what D1 refuses, and what is silenced already, is not offered for silence', () => {
  expect(canBeSilenced({ level: 'stop', silenced: null })).toBe(false);
  expect(canBeSilenced({ level: 'danger', silenced: 'test data' })).toBe(false);
  for (const level of ['danger', 'warning', 'note'] as const) expect(canBeSilenced({ level, silenced: null })).toBe(true);
});

test('a report is of the text that was sent, not of what was typed since', () => {
  const report = ready({ sql: 'SELECT 1', findings: [], statements: 1 }, 0);
  expect(isCurrent({ sql: 'SELECT 1', report })).toBe(true);
  expect(isCurrent({ sql: 'SELECT 12', report })).toBe(false);
  expect(isCurrent(NOTHING_TYPED)).toBe(false);
  expect([isBlank(' \n\t'), isBlank('--')]).toEqual([true, false]);
});
