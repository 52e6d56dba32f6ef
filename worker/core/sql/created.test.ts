import { expect, test } from 'vitest';
import { createdTable, tablesMade } from './created.ts';

test.each([
  ['CREATE TABLE a (x)', 'a'],
  ['create table if not exists a(x)', 'a'],
  ['/* c */ CREATE -- d\n TABLE "we""ird" (x)', 'we"ird'],
  ['CREATE TABLE [b c] (x)', 'b c'],
  ['CREATE TABLE `b``c` (x)', 'b`c'],
  ["CREATE TABLE 'q''r' (x)", "q'r"],
  ['CREATE TABLE main.a (x)', 'a'],
  ['CREATE TABLE "main"."a.b" AS SELECT 1', 'a.b'],
  ['CREATE TABLE IF NOT EXISTS main.if (x)', 'if'],
  ['CREATE VIRTUAL TABLE f USING fts5(a)', null],
  ['CREATE INDEX i ON t(x)', null],
  ['CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END', null],
  ["INSERT INTO t VALUES ('CREATE TABLE x')", null],
  ['CREATE TABLE', null],
  ['', null],
])('%s creates %s', (sql, expected) => {
  expect(createdTable(sql)).toBe(expected);
});

test.each<[string, string[], string[]]>([
  ['nothing', ['INSERT INTO a VALUES (1)', 'DROP TABLE b'], []],
  ['two, in their order', ['CREATE TABLE a (x)', 'CREATE TABLE "b c" (x)'], ['a', 'b c']],
  ['once, whatever the case', ['CREATE TABLE a (x)', 'CREATE TABLE IF NOT EXISTS A (x)'], ['A']],
  ['one that is dropped again', ['CREATE TABLE stash (x)', 'CREATE TABLE a (x)', 'DROP TABLE IF EXISTS main."STASH"'], ['a']],
  ['one that comes back', ['CREATE TABLE a (x)', 'DROP TABLE a', 'CREATE TABLE a (y)'], ['a']],
  ['under its last name', ['CREATE TABLE __new_a (x)', 'DROP TABLE a', 'ALTER TABLE "__new_a" RENAME TO `a`'], ['a']],
  ['named twice', ['CREATE TABLE a (x)', 'alter table main.A rename to b', 'ALTER TABLE b RENAME TO c'], ['c']],
  [
    'a column that is renamed is none',
    ['CREATE TABLE a (x)', 'ALTER TABLE a RENAME COLUMN x TO y', 'ALTER TABLE a RENAME y TO z'],
    ['a'],
  ],
  [
    'one of ours that gets a name of the user, whoever has created it',
    ['DROP TABLE a', 'ALTER TABLE "_lk_next_1" RENAME TO a'],
    ['a'],
  ],
  [
    'nothing where two tables only swap their names over one of ours',
    ['ALTER TABLE a RENAME TO _lk_swap_1', 'ALTER TABLE b RENAME TO a', 'ALTER TABLE _lk_swap_1 RENAME TO b'],
    [],
  ],
  ['one that was there before and moves away', ['ALTER TABLE a RENAME TO b', 'CREATE TABLE a (x)'], ['a']],
])('a batch makes %s', (_, statements, expected) => {
  expect(tablesMade(statements)).toEqual(expected);
});
