import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SchemaDef } from '../../protocol/schema.ts';
import { diffSchemas } from '../schema/diff/diff.ts';
import { type Adopted, adopt } from './adopt.ts';
import { drizzleCanSay } from './expressible.ts';
import { readDrizzle } from './read.ts';
import type { SourceText } from './source.ts';
import { similarSchemas } from './testing/random.ts';
import { differences, evaluated, liveSchema, SAMPLE, sampleDatabase } from './testing/sources.ts';
import { writeDrizzle } from './write.ts';

const rowsOf = (files: readonly SourceText[], live: SchemaDef) =>
  diffSchemas({ schema: readDrizzle(files).schema, live, migrations: null, canSay: drizzleCanSay }).rows.filter(
    ({ state }) => state !== 'match',
  );

/** Everything that differs, or what the filter leaves of it. */
const adoptAll = (files: readonly SourceText[], live: SchemaDef, wanted: (id: string) => boolean = () => true): Adopted =>
  adopt(
    files,
    rowsOf(files, live)
      .filter(({ id }) => wanted(id))
      .map((row) => ({ row, live })),
  );

const IMPORTS = `import { sql } from 'drizzle-orm';
import { check, foreignKey, index, integer, primaryKey, sqliteTable, text, unique } from 'drizzle-orm/sqlite-core';
`;
const liveOf = (sql: string): SchemaDef => {
  const database = new DatabaseSync(':memory:');
  database.exec(sql);
  return liveSchema(database);
};
/** The code behind the imports, before and after. */
function adopted(code: string, sql: string): string {
  const live = liveOf(sql);
  const { files, unresolved } = adoptAll([{ path: 'schema.ts', text: `${IMPORTS}${code}` }], live);
  expect(unresolved).toEqual([]);
  expect(differences(readDrizzle(files).schema, live)).toEqual([]);
  return (files[0]?.text ?? '').replace(/^import (?:\{[^}]*\}|.*) from .*;\n/gm, '');
}

describe('small edits', () => {
  test.each<[string, string, string, string]>([
    [
      'a column where the database has it, with the indent and comments of the code',
      "export const a = sqliteTable('a', {\n    // the key\n    id: integer().primaryKey(), // first\n    b: text(),\n});\n",
      'CREATE TABLE a (id INTEGER PRIMARY KEY, created_at INTEGER NOT NULL DEFAULT (unixepoch()), b TEXT)',
      "export const a = sqliteTable('a', {\n    // the key\n    id: integer().primaryKey(), // first\n    createdAt: integer('created_at').notNull().default(sql`(unixepoch())`),\n    b: text(),\n});\n",
    ],
    [
      'a column less, with its comment',
      "export const a = sqliteTable('a', {\n  id: integer().primaryKey(),\n  // gone\n  b: text(), // really\n  c: text(),\n});\n",
      'CREATE TABLE a (id INTEGER PRIMARY KEY, c TEXT)',
      "export const a = sqliteTable('a', {\n  id: integer().primaryKey(),\n  c: text(),\n});\n",
    ],
    [
      'a column in one line',
      "export const a = sqliteTable('a', { id: integer().primaryKey(), b: text() });\n",
      'CREATE TABLE a (id INTEGER PRIMARY KEY, c REAL)',
      "export const a = sqliteTable('a', { id: integer().primaryKey(), c: real() });\n",
    ],
    [
      'what is chained to a column, where each call has its line',
      "export const a = sqliteTable('a', {\n  id: integer().primaryKey(),\n  b: text('b')\n    .notNull()\n    .default('x'),\n});\n",
      "CREATE TABLE a (id INTEGER PRIMARY KEY, b TEXT DEFAULT 'y' UNIQUE REFERENCES a (id) ON DELETE CASCADE)",
      "export const a = sqliteTable('a', {\n  id: integer().primaryKey(),\n  b: text('b')\n    .unique()\n    .default('y')\n    .references((): AnySQLiteColumn => a.id, { onDelete: 'cascade' }),\n});\n",
    ],
    [
      'a mode stays, a type goes',
      "export const a = sqliteTable('a', { id: integer().primaryKey(), b: integer({ mode: 'boolean' }), c: text('cc') });\n",
      'CREATE TABLE a (id INTEGER PRIMARY KEY, b INTEGER NOT NULL, cc INTEGER)',
      "export const a = sqliteTable('a', { id: integer().primaryKey(), b: integer({ mode: 'boolean' }).notNull(), c: integer('cc') });\n",
    ],
    [
      'the first index of a table, and the last one that goes',
      "export const a = sqliteTable('a', {\n  id: integer().primaryKey(),\n});\nexport const b = sqliteTable('b', { x: text() }, (t) => [index('i').on(t.x)]);\n",
      'CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE INDEX a_by ON a (id DESC) WHERE id > 5; CREATE TABLE b (x TEXT)',
      "export const a = sqliteTable('a', {\n  id: integer().primaryKey(),\n}, (t) => [\n  index('a_by').on(desc(t.id)).where(sql`${t.id} > 5`),\n]);\nexport const b = sqliteTable('b', { x: text() });\n",
    ],
    [
      'items of a list: one more, one less, one changed, whatever the table is called there',
      "export const a = sqliteTable(\n  'a',\n  { x: text(), y: text() },\n  (table) => [\n    // by x\n    index('ix').on(table.x),\n    index('iy').on(table.y),\n    check('c', sql`${table.x} > 1`),\n  ],\n);\n",
      'CREATE TABLE a (x TEXT, y TEXT, CONSTRAINT c CHECK (x > 2), UNIQUE (x, y)); CREATE INDEX iy ON a (y, x)',
      "export const a = sqliteTable(\n  'a',\n  { x: text(), y: text() },\n  (table) => [\n    index('iy').on(table.y, table.x),\n    check('c', sql`${table.x} > 2`),\n    unique().on(table.x, table.y),\n  ],\n);\n",
    ],
    [
      'the older form keeps its names',
      "export const a = sqliteTable('a', { x: text(), y: text() }, (t) => ({\n  ix: index('ix').on(t.x),\n}));\n",
      'CREATE TABLE a (x TEXT, y TEXT); CREATE UNIQUE INDEX ix ON a (x); CREATE INDEX "by y" ON a (y)',
      "export const a = sqliteTable('a', { x: text(), y: text() }, (t) => ({\n  ix: uniqueIndex('ix').on(t.x),\n  byY: index('by y').on(t.y),\n}));\n",
    ],
    [
      'keys: from one column to two, and back',
      "export const a = sqliteTable('a', { x: text().primaryKey(), y: text().notNull() });\nexport const b = sqliteTable('b', { x: integer().notNull(), y: text() }, (t) => [primaryKey({ columns: [t.x, t.y] })]);\n",
      'CREATE TABLE a (x TEXT NOT NULL, y TEXT NOT NULL, PRIMARY KEY (x, y)); CREATE TABLE b (x INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, y TEXT)',
      "export const a = sqliteTable('a', { x: text().notNull(), y: text().notNull() }, (t) => [\n  primaryKey({ columns: [t.x, t.y] }),\n]);\nexport const b = sqliteTable('b', { x: integer().primaryKey({ autoIncrement: true }), y: text() });\n",
    ],
    [
      'foreign keys of two columns, and their actions',
      "export const p = sqliteTable('p', { x: text(), y: text() }, (t) => [primaryKey({ columns: [t.x, t.y] })]);\nexport const c = sqliteTable('c', { x: text(), y: text() }, () => []);\n",
      'CREATE TABLE p (x TEXT, y TEXT, PRIMARY KEY (x, y)); CREATE TABLE c (x TEXT, y TEXT, FOREIGN KEY (x, y) REFERENCES p (x, y) ON DELETE SET NULL)',
      "export const p = sqliteTable('p', { x: text(), y: text() }, (t) => [primaryKey({ columns: [t.x, t.y] })]);\nexport const c = sqliteTable('c', { x: text(), y: text() }, (t) => [\n  foreignKey({ columns: [t.x, t.y], foreignColumns: [p.x, p.y] }).onDelete('set null'),\n]);\n",
    ],
    [
      'builders from a parameter',
      "export const a = sqliteTable('a', (t) => ({\n  id: t.integer().primaryKey(),\n}));\n",
      'CREATE TABLE a (id INTEGER PRIMARY KEY, name TEXT)',
      "export const a = sqliteTable('a', (t) => ({\n  id: t.integer().primaryKey(),\n  name: t.text(),\n}));\n",
    ],
  ])('%s', (_, code, sql, expected) => expect(adopted(code, sql)).toBe(expected));

  test('imports: what is needed comes in its place, what lost its use goes, what nobody used before stays', () => {
    const text =
      "import { integer, numeric, sqliteTable, text } from 'drizzle-orm/sqlite-core';\n\nexport const a = sqliteTable('a', { id: integer().primaryKey(), b: text() });\n";
    const { files } = adoptAll([{ path: 's.ts', text }], liveOf('CREATE TABLE a (id INTEGER PRIMARY KEY, b BLOB DEFAULT (1))'));
    expect(files[0]?.text).toBe(
      "import { blob, integer, numeric, sqliteTable } from 'drizzle-orm/sqlite-core';\nimport { sql } from 'drizzle-orm';\n\nexport const a = sqliteTable('a', { id: integer().primaryKey(), b: blob({ mode: 'buffer' }).default(sql`1`) });\n",
    );
  });
});

/** All kinds of differences at once, in all files of the sample. */
const DRIFT = `PRAGMA foreign_keys = OFF;
  ALTER TABLE customers ADD COLUMN nick_name VARCHAR(40) DEFAULT 'x'; ALTER TABLE orders DROP COLUMN gift_message; ALTER TABLE settings ADD COLUMN note TEXT NOT NULL DEFAULT 'n';
  DROP INDEX orders_by_day; CREATE INDEX orders_by_day ON orders (date(placed_at), status DESC); CREATE UNIQUE INDEX carts_note_unique ON carts (note);
  DROP TABLE wishes; DROP VIEW category_paths; DROP TRIGGER open_orders_status; DROP VIEW open_orders;
  CREATE TABLE "gift cards" (code TEXT PRIMARY KEY NOT NULL, customer_id INTEGER REFERENCES customers (id) ON DELETE CASCADE, amount DECIMAL(10,2) NOT NULL CHECK (amount > 0), "group" TEXT UNIQUE);
  CREATE INDEX gift_by ON "gift cards" (customer_id);
  CREATE TABLE c2 (id INTEGER PRIMARY KEY, parent_id INTEGER, slug TEXT NOT NULL UNIQUE, name INTEGER NOT NULL DEFAULT 3, position INTEGER DEFAULT 5, x INTEGER AS (position + 1) STORED, CHECK (position > 2));
  DROP TABLE categories; ALTER TABLE c2 RENAME TO categories;
  CREATE VIEW category_paths AS SELECT id, name AS path, 1 AS depth FROM categories; CREATE VIEW big AS SELECT o.id, count(*) AS n FROM orders o GROUP BY 1;`;

describe('the sample after a night of hand-made changes', () => {
  const database = sampleDatabase();
  database.exec(DRIFT);
  const live = liveSchema(database);

  test('all of it is taken over, and drizzle reads the result as it was meant', async () => {
    const { files, unresolved } = adoptAll(SAMPLE.files, live);
    expect(unresolved).toEqual([]);
    const read = readDrizzle(files);
    expect([read.problems, differences(read.schema, live)]).toEqual([[], []]);
    expect(read.model).toEqual((await evaluated(files)).model);
    expect(files[0]?.text).toBe(SAMPLE.files[0]?.text);
  });

  test('a second time there is nothing to do', () => {
    const once = adoptAll(SAMPLE.files, live).files;
    expect(rowsOf(once, live)).toEqual([]);
    expect(adopt(once, [])).toEqual({ files: once, unresolved: [] });
  });

  test.each(rowsOf(SAMPLE.files, live).map(({ id }) => id))(
    '%s alone: it matches then or is left with a reason, and nothing else moves',
    (id) => {
      const before = new Set(rowsOf(SAMPLE.files, live).map((row) => row.id));
      const { files, unresolved } = adoptAll(SAMPLE.files, live, (each) => each === id);
      const after = rowsOf(files, live).map((row) => row.id);
      expect(readDrizzle(files).problems).toEqual([]);
      expect(after.includes(id)).toBe(unresolved.length === 1);
      for (const { why } of unresolved) expect(why).not.toBe('');
      expect(after.filter((each) => !before.has(each))).toEqual([]);
      if (unresolved.length === 1) expect(files.map(({ text }) => text)).toEqual(SAMPLE.files.map(({ text }) => text));
    },
  );
});

test('from any schema to any other: what is not left with a reason is as in the database, and little is left', () => {
  let [rows, leftOver] = [0, 0];
  fc.assert(
    fc.property(similarSchemas, similarSchemas, (code, database) => {
      const before = [{ path: 'schema.ts', text: writeDrizzle(code.schema) }];
      const { files, unresolved } = adoptAll(before, database.schema);
      const left = new Set(unresolved.map(({ rowId }) => rowId));
      rows += rowsOf(before, database.schema).length;
      leftOver += left.size;
      const after = rowsOf(files, database.schema).map(({ id }) => id);
      expect(readDrizzle(files).problems).toEqual([]);
      expect(after.filter((id) => !left.has(id))).toEqual([]);
    }),
    { numRuns: 60 },
  );
  expect(leftOver / rows).toBeLessThan(0.01);
});

describe('what cannot be written', () => {
  test.each<[string, string, string, RegExp]>([
    [
      'a shared group',
      "const g = { s: text() };\nexport const a = sqliteTable('a', { id: integer(), ...g });\n",
      'CREATE TABLE a (id INTEGER, s TEXT NOT NULL)',
      /group of columns/,
    ],
    [
      'a column that something else needs',
      "export const a = sqliteTable('a', { id: integer(), s: text() });\nexport const b = sqliteTable('b', { s: text().references(() => a.s) });\n",
      'CREATE TABLE a (id INTEGER); CREATE TABLE b (s TEXT REFERENCES a (s))',
      /no longer be readable/,
    ],
    [
      'a taken name',
      "const index = 1;\nexport const a = sqliteTable('a', { id: integer() });\n",
      'CREATE TABLE a (id INTEGER); CREATE INDEX i ON a (id)',
      /something else called index/,
    ],
  ])('%s', (_, code, sql, why) => {
    const text = `${IMPORTS.replace(code.includes('const index') ? ' index,' : '#', '')}${code}`;
    const { files, unresolved } = adoptAll([{ path: 's.ts', text }], liveOf(sql));
    expect(unresolved).toEqual([{ rowId: expect.any(String), why: expect.stringMatching(why) }]);
    expect(files[0]?.text).toBe(text);
  });

  test('files that do not read as they are: nothing is touched', () => {
    const files = [{ path: 's.ts', text: 'f();' }];
    const live = liveOf('CREATE TABLE a (id INTEGER)');
    const result = adopt(
      files,
      rowsOf([{ path: 's.ts', text: '' }], live).map((row) => ({ row, live })),
    );
    expect(result.files).toBe(files);
    expect(result.unresolved.map(({ rowId, why }) => [rowId, why])).toEqual([
      ['table:a', expect.stringMatching(/^The schema files cannot be read as they are: s\.ts:1:1/)],
      ['column:a.id', expect.stringMatching(/cannot be read/)],
    ]);
  });
});
