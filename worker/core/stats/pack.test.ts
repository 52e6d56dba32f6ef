import { expect, test } from 'vitest';
import { packQuestions, type Question } from './pack.ts';

const question = (bytes: number, param: string | null = null): Question => ({
  sql: (n, parameter) => `(${n},${param === null ? 0 : `?${parameter}`},'${'x'.repeat(bytes)}',NULL)`,
  param,
});
const all = (questions: readonly Question[]) => packQuestions(questions, [...questions.keys()]);

test('many questions share a statement; each asks for its own parameter', () => {
  const { batches } = all([question(1), question(1, '[7]'), question(1), question(1, '[8]')]);
  expect(batches).toHaveLength(1);
  expect(batches[0]?.statements).toEqual([
    {
      sql: "WITH _lk_answers(n,a,b,c) AS (VALUES (0,0,'x',NULL),(1,?1,'x',NULL),(2,0,'x',NULL),(3,?2,'x',NULL)) SELECT n,a,b,c FROM _lk_answers",
      params: ['[7]', '[8]'],
    },
  ]);
});

test('every statement keeps D1’s bounds, and every question is asked once', () => {
  const questions = Array.from({ length: 3000 }, (_, i) => question((i * 7919) % 9000, i % 3 === 0 ? '[1]' : null));
  const { batches, tooLong } = all(questions);
  expect(tooLong).toEqual([]);
  expect(batches.flatMap(({ places }) => places)).toEqual([...questions.keys()]);
  for (const { sql, params } of batches.flatMap(({ statements }) => statements)) {
    expect(new TextEncoder().encode(sql).length).toBeLessThan(100_000);
    expect(params.length).toBeLessThanOrEqual(100);
  }
  const lengths = batches.map(({ statements }) => statements.reduce((sum, { sql }) => sum + sql.length, 0));
  expect(Math.max(...lengths)).toBeLessThan(4_100_000);
  expect(batches.length).toBeLessThanOrEqual(Math.ceil(lengths.reduce((sum, length) => sum + length, 0) / 3_900_000));
});

test('a question that fits into no statement is left out, and named', () => {
  const { batches, tooLong } = all([question(10), question(99_000), question(10)]);
  expect(tooLong).toEqual([1]);
  expect(batches[0]?.places).toEqual([0, 2]);
});

test('nothing to ask is no batch', () => {
  expect(all([])).toEqual({ batches: [], tooLong: [] });
});
