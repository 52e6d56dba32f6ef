import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { schemaIn } from '../testing/exam.ts';
import { sqliteHand } from '../testing/sqlite.ts';
import { movedSql, pageKey, sliceStatements, slicesTable } from './slice.ts';

/** All rows, copied in slices: from where to where, and how many came with each. */
async function copied(
  create: string,
  values: readonly string[],
  rows: number,
): Promise<{ hand: ReturnType<typeof sqliteHand>; moved: number[] }> {
  const hand = sqliteHand(create, 'CREATE TABLE copy (a, b, c)', ...values.map((row) => `INSERT OR IGNORE INTO t VALUES (${row})`));
  const [, table] = [await hand.select('SELECT 1'), (await schemaIn(hand)).tables.find(({ name }) => name === 't')];
  if (!table) throw new Error('no table');
  await hand.batch([slicesTable([pageKey(table) ?? []])]);
  const moved: number[] = [];
  for (let n = 0; moved.length === 0 || moved.at(-1) === rows; n += 1) {
    await hand.batch(sliceStatements('INSERT INTO copy (a, b, c) SELECT * FROM "t"', table, n, rows));
    moved.push(Number((await hand.select(movedSql('t', n)))[0]?.[0]));
  }
  return { hand, moved };
}
const cells = (name: string) => `SELECT quote(a) || ' ' || typeof(a) || ' ' || quote(b) || ' ' || quote(c) FROM ${name} ORDER BY 1`;

const value = fc.oneof(
  fc.integer({ min: -3, max: 3 }).map(String),
  fc.constantFrom('9007199254740993', '-9223372036854775808', '1.0', '0.1', '-1e300', '9e999'),
  fc.constantFrom("'a'", "'A'", "'b'", "''", "'a' || char(0)", "'é'", "'10'", "'9'"),
  fc.constantFrom("x''", "x'00'", "x'61'"),
);
const TABLES = [
  'CREATE TABLE t (a PRIMARY KEY, b, c) WITHOUT ROWID',
  'CREATE TABLE t (a TEXT PRIMARY KEY COLLATE NOCASE, b, c) WITHOUT ROWID',
  'CREATE TABLE t (a, b, c, PRIMARY KEY (a DESC, b)) WITHOUT ROWID',
  'CREATE TABLE t (a, b, c, PRIMARY KEY (b, a DESC, c)) WITHOUT ROWID',
  'CREATE TABLE t (a INTEGER, b REAL, c TEXT, PRIMARY KEY (c COLLATE RTRIM, b, a)) WITHOUT ROWID',
  'CREATE TABLE t (a INT, b NUMERIC, c BLOB, PRIMARY KEY (b DESC, c COLLATE NOCASE DESC, a)) WITHOUT ROWID',
  'CREATE TABLE t (a, b, c)',
];

test('S1 slices of any size take each row once, whatever its key is', async () => {
  const row = fc.tuple(value, value, value).map((parts) => parts.join(', '));
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...TABLES),
      fc.array(row, { maxLength: 40 }),
      fc.integer({ min: 1, max: 9 }),
      async (create, rows, size) => {
        const { hand, moved } = await copied(create, rows, size);
        expect(await hand.select(cells('copy'))).toEqual(await hand.select(cells('t')));
        expect(moved.slice(0, -1).every((n) => n === size)).toBe(true);
        hand.database.close();
      },
    ),
    { numRuns: 300 },
  );
});

describe('names of ours in the table of a user', () => {
  test('S1 columns called like those of the bookkeeping', async () => {
    const create = 'CREATE TABLE t (k1, k0, "tab n moved place", PRIMARY KEY (k1, k0 DESC)) WITHOUT ROWID';
    const hand = sqliteHand(
      create,
      'CREATE TABLE copy (a, b, c)',
      "INSERT INTO t VALUES (1, 'z', 1), (1, 'a', 2), (2, 'z', 3), (2, 'b', 4), (3, 'c', 5)",
    );
    const [table] = (await schemaIn(hand)).tables;
    if (!table) throw new Error('no table');
    await hand.batch([slicesTable([pageKey(table) ?? []])]);
    for (let n = 0; n < 3; n += 1) await hand.batch(sliceStatements('INSERT INTO copy (a, b, c) SELECT * FROM "t"', table, n, 2));
    expect(await hand.select('SELECT c FROM copy ORDER BY rowid')).toEqual([[1], [2], [3], [4], [5]]);
  });

  test('a table whose rowid cannot be had has no key to page by', async () => {
    const [table] = (await schemaIn(sqliteHand('CREATE TABLE t (rowid, oid, _rowid_, k INTEGER UNIQUE)'))).tables;
    expect(table && pageKey(table)).toBeNull();
  });
});

test('S2 a slice that brings fewer rows than it should aborts', async () => {
  const hand = sqliteHand(
    'CREATE TABLE t (id INTEGER PRIMARY KEY)',
    'CREATE TABLE copy (id UNIQUE)',
    'INSERT INTO t VALUES (1), (2)',
    'INSERT INTO copy VALUES (1)',
  );
  const table = (await schemaIn(hand)).tables.find(({ name }) => name === 't');
  if (!table) throw new Error('no table');
  await hand.batch([slicesTable([pageKey(table) ?? []])]);
  await expect(hand.batch(sliceStatements('INSERT OR IGNORE INTO copy SELECT id FROM "t"', table, 0, 5))).rejects.toThrow(
    /_lk_expect_count/,
  );
});

test('each slice begins at its place by the index of the key', async () => {
  const hand = sqliteHand(
    'CREATE TABLE t (a INTEGER, b TEXT, c, PRIMARY KEY (a, b)) WITHOUT ROWID',
    'CREATE TABLE copy (a, b, c)',
    'CREATE TABLE u (x)',
  );
  const tables = (await schemaIn(hand)).tables;
  await hand.batch([slicesTable(tables.map((table) => pageKey(table) ?? []))]);
  const plan = async (name: string, sql: string) => {
    const table = tables.find((one) => one.name === name);
    if (!table) throw new Error('no table');
    return (await hand.select(`EXPLAIN QUERY PLAN ${sliceStatements(sql, table, 3, 100)[0]}`)).map((row) => String(row[3]));
  };
  expect(await plan('t', 'INSERT INTO copy SELECT * FROM "t"')).toContain('SEARCH t USING PRIMARY KEY ((a,b)>(?,?))');
  expect(await plan('u', 'INSERT INTO copy (a) SELECT x FROM "u"')).toContain('SEARCH u USING INTEGER PRIMARY KEY (rowid>?)');
});
