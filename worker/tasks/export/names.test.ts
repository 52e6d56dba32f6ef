/** B1: names of columns that the queries which read them use for something else. */
import { describe, expect, test } from 'vitest';
import { d1, exportAll, mustEqual, mustFitStatements, run, withLocalD1 } from './testing/exam.ts';

withLocalD1();

/** Every third row cannot be read in a page, so that all ways of reading are taken. */
const VALUE = `CASE WHEN i % 401 = 0 THEN CAST(x'61ff' AS TEXT) WHEN i % 300 = 0 THEN hex(zeroblob(9000)) ELSE 'v' || i END`;
const COUNT = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900)';

describe('B1 a key that is called like something in the query', () => {
  test.each(['x', 'X', 'a0', 'k', 'f', 'v', 'c0', 'rowid'])(
    '%s: as the rowid, as a text key, and as a column beside them',
    async (name) => {
      await d1.empty();
      await run([
        `CREATE TABLE as_rowid (other TEXT, "${name}" INTEGER PRIMARY KEY)`,
        `INSERT INTO as_rowid ("${name}", other) ${COUNT} SELECT i * 37 % 10007 - 500, ${VALUE} FROM n`,
        `CREATE TABLE as_key (other TEXT, "${name}" TEXT, PRIMARY KEY ("${name}")) WITHOUT ROWID`,
        `INSERT INTO as_key ("${name}", other) ${COUNT} SELECT 'k' || (i * 37 % 10007), ${VALUE} FROM n`,
        `CREATE TABLE beside ("${name}" TEXT, other TEXT)`,
        `INSERT INTO beside ("${name}", other) ${COUNT} SELECT i % 9, ${VALUE} FROM n`,
        `CREATE TABLE "${name}" ("${name}" TEXT, a TEXT)`,
        `INSERT INTO "${name}" ${COUNT} SELECT i % 9, ${VALUE} FROM n`,
      ]);
      const texts = new Set<string>();
      for (const consistency of ['fuzzy', 'snapshot'] as const) {
        const { text, manifest } = await exportAll({ consistency });
        mustFitStatements(text);
        expect(
          manifest.tables.map(({ rows }) => rows),
          consistency,
        ).toEqual([900, 900, 900, 900]);
        expect(await mustEqual(text, ['as_rowid', 'as_key', 'beside', name]), consistency).toBe(3600);
        texts.add(text);
      }
      expect(texts.size).toBe(1);
    },
  );
});
