import { expect, test } from 'vitest';
import { report } from './lint.ts';

const EMPTY = { tables: [], virtualTables: [], indexes: [], views: [], triggers: [] };
const check = (sql: string) => report({ sql, silence: {} }, EMPTY, {});

test.each([
  ['on its own line', 'SELECT 1;\n\n  DELETE FROM a\n  ;', { line: 3, column: 3 }],
  ['behind another one', 'SELECT 1; DELETE FROM a', { line: 1, column: 11 }],
  ['after comments', '-- first\n/* DELETE FROM a */ DELETE FROM a;', { line: 2, column: 21 }],
  ['at the end, with a comment in it', 'SELECT 1;\nDELETE FROM a -- all', { line: 2, column: 1 }],
  ['after the same text', 'DELETE FROM b;\nDELETE FROM a;', { line: 2, column: 1 }],
])('a finding says where its statement begins: a reason written above it silences that statement alone (%s)', (_, sql, begins) => {
  const found = check(sql).findings.filter(({ code }) => code === 'lint/delete-all');
  expect(found.at(-1)?.begins).toEqual(begins);
  const lines = sql.split('\n');
  const line = lines[begins.line - 1] as string;
  lines[begins.line - 1] =
    `${line.slice(0, begins.column - 1)}\n-- lint-silence lint/delete-all: test data\n${line.slice(begins.column - 1)}`;
  const after = check(lines.join('\n')).findings.filter(({ code }) => code === 'lint/delete-all');
  expect(after.map(({ silenced }) => silenced)).toEqual([...found.slice(1).map(() => null), 'test data']);
});
