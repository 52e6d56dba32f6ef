import { expect, test } from 'vitest';
import type { LintRule } from '../../worker/protocol/lint.ts';
import { bodyOf, countsInWords, ruleHref, rulesMatching, slugOf } from './lint-words.ts';

const rule = (code: string, title: string, page: string): LintRule => ({ code, level: 'warning', title, page });

test('only a code of the linter leads to a page, and only where pages are', () => {
  expect(ruleHref('/DB/schema/rules', 'lint/missing-index')).toBe('/DB/schema/rules/missing-index');
  expect(ruleHref('/DB/schema/rules', 'lint/a b/c')).toBe('/DB/schema/rules/a%20b%2Fc');
  expect(ruleHref('/DB/schema/rules', 'rows_violate_not_null')).toBeNull();
  expect(ruleHref('', 'lint/missing-index')).toBeNull();
  expect([slugOf('lint/x'), slugOf('x')]).toEqual(['x', 'x']);
});

test('counts are told worst first, and levels without findings not at all', () => {
  const levels = ['note', 'warning', 'stop', 'warning'] as const;
  expect(countsInWords(levels.map((level) => ({ level })))).toBe('1 refusal, 2 warnings, 1 note');
  expect(countsInWords([])).toBe('');
});

test('every word of a search has to be in code, title or page', () => {
  const rules = [
    rule('lint/missing-index', 'A foreign key without an index', 'reads the whole child'),
    rule('lint/large-index', 'An index', 'slow'),
  ];
  const found = (search: string) => rulesMatching(rules, search).map(({ code }) => slugOf(code));
  expect(found('')).toEqual(['missing-index', 'large-index']);
  expect(found(' INDEX  child ')).toEqual(['missing-index']);
  expect(found('lint/large')).toEqual(['large-index']);
  expect(found('trigger')).toEqual([]);
});

test('the head of a page is left to the console; anything else in it stays', () => {
  const page = '# Title\n\n`lint/missing-index` (warning)\n\nText with `lint/x` (note).\n\n# Not the head\n';
  expect(bodyOf({ page })).toBe('Text with `lint/x` (note).\n\n# Not the head\n');
  expect(bodyOf({ page: 'Text' })).toBe('Text');
});
