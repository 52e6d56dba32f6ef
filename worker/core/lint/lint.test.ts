import { describe, expect, test } from 'vitest';
import { schemaOf } from '../schema/ddl/index.ts';
import { open } from '../schema/ddl/testing/judge.ts';
import type { SchemaEntry } from '../schema/model.ts';
import { type Example, lint, lintAll, pageOf, RULES } from './index.ts';

function schemaFrom(sql: string | undefined) {
  const database = open();
  if (sql !== undefined) database.exec(sql);
  const entries = database.prepare('SELECT type, name, tbl_name AS "table", sql FROM sqlite_schema ORDER BY rowid').all();
  return schemaOf(entries as unknown as SchemaEntry[]).schema;
}
const codesOf = ({ sql, schema, rows }: Example): string[] =>
  lint(sql, schemaFrom(schema), rows ? { rows } : {}).map(({ code }) => code);

describe.each(RULES.map((rule) => [rule.code, rule] as const))('%s', (code, rule) => {
  test('has a title and a page that says what goes wrong and what to do', () => {
    expect(rule.title).toMatch(/^\S.*[^.]$/);
    expect(rule.doc.length).toBeGreaterThan(120);
    expect(rule.doc).toContain('\n\n');
    expect(pageOf(rule)).toContain(`# ${rule.title}\n\n\`${code}\``);
    expect(pageOf(rule)).toMatch(/## Found\n\n```sql\n[\s\S]*## Not found\n\n```sql\n[\s\S]*## Silence/);
  });
  test.each(rule.examples.bad)('finds %#', (example) => expect(codesOf(example)).toContain(code));
  test.each(rule.examples.good)('does not find %#', (example) => expect(codesOf(example)).not.toContain(code));
});

test('codes are there once, and each rule has an example of both kinds', () => {
  expect(new Set(RULES.map(({ code }) => code)).size).toBe(RULES.length);
  for (const { examples } of RULES) expect([examples.bad.length > 0, examples.good.length > 0]).toEqual([true, true]);
});

const SHOP =
  'CREATE TABLE customers (id INTEGER PRIMARY KEY); CREATE TABLE orders (id INTEGER PRIMARY KEY, c INT REFERENCES customers ON DELETE CASCADE); CREATE INDEX oc ON orders (c)';

test('says where: the statement, the place in the script, the table', () => {
  const sql = '-- first\nSELECT 1;\n\n /* second */ DELETE FROM  orders ; SELECT 2';
  expect(lint(sql, schemaFrom(SHOP), { rows: { orders: 1234 } })).toEqual([
    {
      code: 'lint/delete-all',
      level: 'danger',
      message: 'orders loses its 1,234 rows.',
      hint: expect.any(String),
      statement: 1,
      offset: sql.indexOf('orders'),
      table: 'orders',
      column: null,
    },
  ]);
});

test('silenced with a reason, by the caller or in the script; not what D1 refuses', () => {
  const sql = '-- lint-silence drop-table: the old shop is closed\nDROP TABLE orders; BEGIN; DROP TABLE customers';
  const { findings, silenced } = lintAll(sql, schemaFrom(SHOP), { silence: { 'lint/transaction': 'I want it' } });
  expect(findings.map(({ code, statement }) => [code, statement])).toEqual([
    ['lint/transaction', 1],
    ['lint/drop-table', 2],
  ]);
  expect(silenced.map(({ code, reason }) => [code, reason])).toEqual([['lint/drop-table', 'the old shop is closed']]);
  expect(lint('DROP TABLE orders', schemaFrom(SHOP), { silence: { 'lint/drop-table': 'closed' } })).toEqual([]);
});

test('S1 the rebuild recipe of ORMs is found for each kind of reference; not where the children were stashed first', () => {
  const recipe = (action: string, before = '') => {
    const schema = schemaFrom(SHOP.replace('ON DELETE CASCADE', action));
    const sql = `PRAGMA foreign_keys=OFF; ${before} CREATE TABLE \`__new_customers\` (\`id\` integer PRIMARY KEY NOT NULL, x text);
      INSERT INTO \`__new_customers\`("id") SELECT "id" FROM \`customers\`; DROP TABLE \`customers\`;
      ALTER TABLE \`__new_customers\` RENAME TO \`customers\`; PRAGMA foreign_keys=ON;`;
    return lint(sql, schema).map(({ code, table, message }) => `${code} ${table} ${message}`);
  };
  const off = 'lint/foreign-keys-off null Foreign keys stay enforced on D1.';
  expect(recipe('ON DELETE CASCADE')).toEqual([
    off,
    expect.stringMatching(/^lint\/rebuild-dependents orders .*every row of orders/),
  ]);
  expect(recipe('ON DELETE SET NULL')).toEqual([
    off,
    expect.stringMatching(/^lint\/rebuild-dependents orders .*orders\.c loses its values/),
  ]);
  expect(recipe('')).toEqual([off, expect.stringMatching(/^lint\/rebuild-dependents orders .*fails as soon as/)]);
  const stash =
    'CREATE TABLE stash (id INTEGER PRIMARY KEY, c); INSERT INTO stash SELECT id, c FROM orders; DELETE FROM orders WHERE true;';
  expect(recipe('ON DELETE CASCADE', stash).filter((line) => line.includes('rebuild'))).toEqual([]);
});

test('a script changes the schema that its later statements meet', () => {
  const sql = `CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT); CREATE INDEX ax ON a (x); ALTER TABLE a RENAME COLUMN x TO y;
    ALTER TABLE a RENAME TO b; ALTER TABLE b DROP COLUMN y; ALTER TABLE b ADD z INT NOT NULL; SELECT "y" FROM b; SELECT "z" FROM b`;
  expect(lint(sql, schemaFrom(undefined)).map(({ code, statement }) => `${statement} ${code}`)).toEqual([
    '4 lint/drop-column',
    '4 lint/drop-column-used',
    '5 lint/not-null-without-default',
    '6 lint/double-quoted-string',
  ]);
});

test('a column that is added answers for its own foreign key only', () => {
  const schema = schemaFrom('CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (id INTEGER PRIMARY KEY, x INT REFERENCES p)');
  expect(lint('ALTER TABLE c ADD y INT; ALTER TABLE c ADD z INT REFERENCES p', schema)).toMatchObject([
    { code: 'lint/missing-index', statement: 1, table: 'c', column: 'z' },
  ]);
});

test('the migrations of a clean schema have nothing worse than notes', () => {
  const clean = `CREATE TABLE authors (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
    CREATE TABLE books (id INTEGER PRIMARY KEY, author_id INTEGER NOT NULL REFERENCES authors (id) ON DELETE CASCADE, title TEXT NOT NULL);
    CREATE INDEX books_author ON books (author_id);
    CREATE VIEW titles AS SELECT b.title, a.name FROM books b JOIN authors a ON a.id = b.author_id;
    CREATE TRIGGER t AFTER DELETE ON books BEGIN DELETE FROM authors WHERE id NOT IN (SELECT author_id FROM books); END;
    CREATE VIRTUAL TABLE search USING fts5(title, content='books', content_rowid='id');
    INSERT INTO authors (name) VALUES ('x'), ('y'); WITH n AS (SELECT 1 AS one) SELECT "one" FROM n;`;
  expect(lint(clean, schemaFrom(undefined))).toEqual([]);
});

test('nothing that is typed makes it throw', () => {
  for (const sql of [
    '',
    ';;',
    "'",
    'CREATE',
    'ALTER TABLE',
    '/*',
    'DROP',
    'PRAGMA',
    'EXPLAIN',
    '"\u0000',
    'CREATE TABLE t (',
    'WITH',
    `${'('.repeat(5000)}`,
  ])
    expect(lint(sql, schemaFrom(undefined)).every(({ code }) => code === 'lint/syntax')).toBe(true);
});
