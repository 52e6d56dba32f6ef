/** B1: tables that have a hundred columns, and rowids whose usual name a column has taken. */
import { expect, test } from 'vitest';
import { d1, exportAll, mustEqual, mustFitStatements, run, withLocalD1 } from './testing/exam.ts';

withLocalD1();

const columns = (first: string) => [first, ...Array.from({ length: 99 }, (_, n) => `c${n}`)];

test.each(['rowid', 'Oid'])(
  'B1 a hundred columns, one of them called %s: every row is there with its rowid',
  { timeout: 60_000 },
  async (name) => {
    await d1.empty();
    const names = columns(name);
    await run([
      `CREATE TABLE wide (${names.map((column) => `"${column}" TEXT`).join(', ')})`,
      `INSERT INTO wide ("${name}", c0) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300) SELECT 'r' || (i % 3), 'v' || i FROM n`,
    ]);
    for (const consistency of ['fuzzy', 'snapshot'] as const) {
      const { text, manifest } = await exportAll({ consistency });
      mustFitStatements(text);
      expect(manifest.rows, consistency).toBe(300);
      expect(await mustEqual(text, ['wide'])).toBe(300);
    }
  },
);
