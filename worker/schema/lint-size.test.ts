import { expect, test } from 'vitest';
import { report } from './lint.ts';

const schema = { tables: [], indexes: [], views: [], triggers: [], virtualTables: [] };
const made = (count: number) => Array.from({ length: count }, (_, n) => `CREATE TABLE t${n} (a REFERENCES t${n});`).join('\n');

test('X1: a text that would take a Worker all its CPU is refused before it is read', () => {
  expect(() => report({ sql: made(2_001), silence: {} }, schema, {})).toThrow(/at most 2000 are read at once/);
  expect(report({ sql: made(20), silence: {} }, schema, {})).toMatchObject({ statements: 20 });
});
