import { expect, test } from 'vitest';
import { readIndexText } from './index-text.ts';

test.each([
  ['CREATE INDEX i ON t(a)', ['a'], null],
  ['create unique index "i(x" on "t,(" ("a,b" DESC, [c)d] ASC)', ['"a,b"', '[c)d]'], null],
  [
    'CREATE INDEX i ON t(lower(a), coalesce(b, 0) DESC, c COLLATE nocase)',
    ['lower(a)', 'coalesce(b, 0)', 'c COLLATE nocase'],
    null,
  ],
  ["CREATE INDEX i ON t(a || ' -- no comment, )' , b) WHERE c > 0", ["a || ' -- no comment, )'", 'b'], 'c > 0'],
  ["CREATE INDEX i ON t(a -- why, not)\n, b) where x = 'where' /* end */", ['a', 'b'], "x = 'where'"],
  ['CREATE INDEX i ON t(a) WHERE b IN (1, -- one\n2)', ['a'], 'b IN (1,  2)'],
  ['CREATE INDEX i ON t("desc")', ['"desc"'], null],
  ['CREATE INDEX i ON t(desc)', ['desc'], null],
  ["CREATE INDEX i ON t(json_extract(j, '$.a(') desc) WHERE (a IS NOT NULL)", ["json_extract(j, '$.a(')"], '(a IS NOT NULL)'],
])('%s', (sql, terms, where) => {
  expect(readIndexText(sql)).toEqual({ terms, where });
});

test.each(['CREATE TABLE t', 'CREATE INDEX i ON t(a'])('no list of keys in %s', (sql) => {
  expect(readIndexText(sql)).toBeNull();
});
