/** Walking a table by `rangesAfter` must meet every row once, in key order: judged by SQLite's own ORDER BY. */
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pageSql } from '../backup/read-sql.ts';
import { cursorOf, type RowSource } from '../backup/source.ts';
import { before, type KeyColumn, orderBy, rangesAfter } from './keyset.ts';
import { identifier } from './quote.ts';
import { canonicalRow, WIRE_JOINT } from './wire.ts';

const values = fc.oneof(
  fc.constantFrom(
    'NULL',
    '1',
    '2',
    '1.0',
    '1.5',
    "'a'",
    "'A'",
    "'b '",
    "'b'",
    "x'61'",
    "'1'",
    '9007199254740993',
    "'?1'",
    '-9e999',
    "x''",
  ),
);
const part = fc.tuple(
  fc.constantFrom('', 'TEXT', 'INTEGER', 'REAL', 'BLOB'),
  fc.boolean(),
  fc.constantFrom('BINARY', 'NOCASE', 'RTRIM'),
);

/** What the index has, which is not always what was declared: a sole INTEGER key of a table without rowid ignores its COLLATE. */
const keyOf = (database: DatabaseSync): KeyColumn[] =>
  database
    .prepare(
      `SELECT x.name, x.coll, x."desc" FROM pragma_index_list('t') l, pragma_index_xinfo(l.name) x WHERE l.origin = 'pk' AND x.key`,
    )
    .all()
    .map(({ name, coll, desc }) => ({ sql: identifier(String(name)), collation: String(coll), descending: desc === 1 }));

test('B1 paging by key: each row once, with any types, directions and collations', () => {
  fc.assert(
    fc.property(
      fc.array(part, { minLength: 1, maxLength: 7 }),
      fc.array(fc.array(values, { minLength: 7, maxLength: 7 }), { maxLength: 30 }),
      (parts, rows) => {
        const database = new DatabaseSync(':memory:');
        const definition = parts.map(([, descending, collation], n) => `k${n} COLLATE ${collation}${descending ? ' DESC' : ''}`);
        database.exec(`CREATE TABLE t (${parts.map(([type], n) => `k${n} ${type}`)}, PRIMARY KEY (${definition})) WITHOUT ROWID`);
        for (const row of rows) database.exec(`INSERT OR IGNORE INTO t VALUES (${row.slice(0, parts.length)})`);
        const key = keyOf(database);
        const source: RowSource = {
          table: 't',
          pagedBy: 'key',
          cells: key.map(({ sql }) => ({ sql, holds: 'any' })),
          key,
          keyCells: key.map((_, n) => n),
          keyTable: '"t"',
          header: '',
          singly: false,
        };
        const ask = (sql: string, params: readonly Uint8Array[] = []) =>
          Object.values(database.prepare(sql).get(...(params as SQLInputValue[])) as object)[0];
        const page = (after: string | null, end: string | null, limit: number) => {
          const { sql, params } = pageSql(source, { after, before: end, limit }, 1_000_000);
          return ((ask(sql, params) as string | null) ?? '')
            .split(WIRE_JOINT)
            .flatMap((row) => (row === '' ? [] : canonicalRow(row)));
        };
        const all = page(null, null, 1_000);
        expect(all).toHaveLength(ask('SELECT count(*) FROM t') as number);
        const ordered = database.prepare(`SELECT quote(k0) AS q FROM t ORDER BY ${orderBy(key)}`).all() as { q: string }[];
        expect(ordered).toHaveLength(all.length);
        const walked: string[] = [];
        for (let at: string | null = null; ; ) {
          const some = page(at, null, 3);
          if (some.length === 0) break;
          walked.push(...some);
          at = cursorOf(source, some.at(-1) as string);
        }
        expect(walked).toEqual(all);
        if (all.length > 2)
          expect(page(cursorOf(source, all[0] as string), cursorOf(source, all.at(-1) as string), 1_000)).toEqual(all.slice(1, -1));
        database.close();
      },
    ),
    {
      numRuns: 300,
      // Once failed in the test's own idea of the key: see `keyOf`.
      examples: [
        [
          [['INTEGER', false, 'RTRIM']],
          ["'b '", '9007199254740993', "'b'"].map((value) => [value, 'NULL', 'NULL', 'NULL', 'NULL', 'NULL', 'NULL']),
        ],
      ],
    },
  );
});

test('X3 long cursor values are bound, short ones are literals; parameters are numbered from where they are told', () => {
  const key: KeyColumn[] = [
    { sql: '"a"', collation: null, descending: false },
    { sql: '"b"', collation: 'NOCASE', descending: true },
  ];
  const long = `'${'x'.repeat(500)}'`;
  expect(rangesAfter(key, `${long},X'00'`, 3)).toEqual([
    { sql: `"a"=+CAST(?3 AS TEXT) AND "b" COLLATE "NOCASE"<+X'00'`, params: [new TextEncoder().encode('x'.repeat(500))] },
    { sql: `"a">+CAST(?3 AS TEXT)`, params: [new TextEncoder().encode('x'.repeat(500))] },
  ]);
  expect(before([key[0] as KeyColumn], '5')).toEqual({ sql: '(("a"<(5)))', params: [] });
});
