import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { compareDatabases, healthOf, loadSql } from './databases.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lockkeeper-compare-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const BASE = `CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT, x); CREATE TABLE b (k TEXT PRIMARY KEY, v) WITHOUT ROWID;
  CREATE VIRTUAL TABLE f USING fts5(t); INSERT INTO a (x) VALUES (1), (1.0), ('1'), (x'31'), (NULL), (9007199254740993), (0.1 + 0.2);
  INSERT INTO b VALUES ('k', 'v'); INSERT INTO f VALUES ('hello');`;

/** Compares a database of BASE with one of BASE and what is done to it. */
function comparedWith(change: string) {
  const [one, other] = [join(folder, 'one.sqlite'), join(folder, 'other.sqlite')];
  loadSql(BASE, one);
  loadSql(`${BASE}${change}`, other);
  return compareDatabases(one, other);
}

test('equal databases are equal, whatever Lockkeeper and the platform keep in them', () => {
  const { tables, rows, differences } = comparedWith('CREATE TABLE _lk_guard (x); CREATE TABLE _cf_METADATA (x);');
  expect([tables, rows, differences]).toEqual([4, 10, []]);
});

test.each([
  ['a storage class', 'UPDATE a SET x = 1 WHERE id = 2'],
  ['text that became a blob', "UPDATE a SET x = x'31' WHERE id = 3"],
  ['the last bit of an integer', 'UPDATE a SET x = 9007199254740992 WHERE id = 6'],
  ['the last bit of a real', 'UPDATE a SET x = 0.3 WHERE id = 7'],
  ['a lost row', "DELETE FROM b WHERE k = 'k'"],
  ['what AUTOINCREMENT remembers', 'UPDATE sqlite_sequence SET seq = 99'],
  ['a row in an FTS5 table', "UPDATE f SET t = 'hullo'"],
  ['an index', 'CREATE INDEX i ON a (x)'],
])('%s is a difference', (_, change) => {
  expect(comparedWith(change).differences).toHaveLength(1);
});

test('health tells broken references', () => {
  const file = join(folder, 'broken.sqlite');
  const database = new DatabaseSync(file, { enableForeignKeyConstraints: false });
  database.exec('CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p REFERENCES p); INSERT INTO c VALUES (1)');
  database.close();
  expect(healthOf(file)).toEqual({ integrity: 'ok', violations: 1 });
});
