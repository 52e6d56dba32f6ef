import { describe, expect, test } from 'vitest';
import { defsEqual, schemaOf, withoutSql } from './index.ts';
import { entriesOf, judged, judgedIndexes, open, rendered, saidForeignKeys, saidIndexes, schemaAfter } from './testing/judge.ts';
import { TORTURE } from './testing/torture.ts';

describe.each(TORTURE.map((sql) => [sql.join('; ').slice(0, 100), sql] as const))('%s', (_title, sql) => {
  const { schema, warnings, database } = schemaAfter(...sql);

  test('S3 says what the pragmas say', () => {
    expect(warnings).toEqual([]);
    for (const table of schema.tables) {
      const facts = judged(database, table.name);
      expect({ strict: table.strict, withoutRowid: table.withoutRowid }).toEqual({
        strict: facts.strict,
        withoutRowid: facts.withoutRowid,
      });
      expect(table.columns.map(({ name, type, generated }) => [name, type, generated?.kind ?? null])).toEqual(
        facts.columns.map(({ name, type, generated }) => [name, type, generated]),
      );
      // A rowid is never NULL, which the pragma says only where it was written.
      for (const [n, fact] of facts.columns.entries()) if (fact.notNull) expect(table.columns[n]?.notNull).toBe(true);
      expect(saidIndexes(schema, table)).toEqual(judgedIndexes(database, table.name));
      expect(saidForeignKeys(table)).toEqual(facts.keys);
    }
  });

  test('S3 what is rendered is taken by SQLite, and says the same again', () => {
    const again = schemaAfter(...rendered(schema));
    expect(again.warnings).toEqual([]);
    expect(withoutSql(again.schema)).toEqual(withoutSql(schema));
    const anew = withoutSql(schema);
    expect(withoutSql(schemaAfter(...rendered(anew)).schema)).toEqual(anew);
    expect(defsEqual(again.schema, schema)).toBe(true);
  });
});

test('S4 leaves out what is not the user’s', () => {
  const database = open();
  const statements = [
    'CREATE TABLE _cf_KV (k)',
    'CREATE TABLE _lk_guard (k)',
    'CREATE TABLE __drizzle_migrations (id SERIAL PRIMARY KEY)',
    'CREATE TABLE D1_Migrations (id INTEGER PRIMARY KEY AUTOINCREMENT)',
    'CREATE TABLE audit_logs (id)',
    'CREATE INDEX audit_i ON audit_logs (id)',
    'CREATE TABLE t (a UNIQUE)',
    'CREATE TRIGGER _lk_fence_t BEFORE INSERT ON t BEGIN SELECT 1; END',
    'CREATE VIRTUAL TABLE f USING fts5(a)',
    'CREATE TABLE f_other (a)',
    'CREATE TABLE seen_shadow (a)',
    'ANALYZE',
  ];
  for (const sql of statements) database.exec(sql);
  const { schema, warnings } = schemaOf(entriesOf(database), new Set(['Seen_Shadow']));
  expect(warnings).toEqual([]);
  expect(schema.tables.map(({ name }) => name)).toEqual(['t', 'f_other']);
  expect(schema.virtualTables.map(({ name }) => name)).toEqual(['f']);
  expect([schema.indexes, schema.views, schema.triggers]).toEqual([[], [], []]);
});

test('text that cannot be read is a warning that names the object, and the rest is there', () => {
  const entry = (type: string, name: string, table: string, sql: string) => ({ type, name, table, sql });
  const { schema, warnings } = schemaOf([
    entry('table', 'bad', 'bad', 'CREATE TABLE bad (a,\n  b INT ???)'),
    entry('table', 'good', 'good', 'CREATE TABLE good (a NOT NULL ON CONFLICT REPLACE)'),
    entry('view', 'odd', 'odd', 'CREATE VIEW odd AS SELECT a FROM good QUALIFY  Row_Number() OVER () = 1'),
  ]);
  expect(schema.tables.map(({ name }) => name)).toEqual(['good']);
  expect(schema.views[0]?.select).toBe('SELECT a FROM good qualify row_number ( ) over ( ) = 1');
  expect(warnings).toEqual([
    expect.stringMatching(/^table bad .*line 2/),
    'table good: NOT NULL ON CONFLICT of a REPLACE',
    expect.stringMatching(/^view odd: .*word by word/),
  ]);
});
