import { expect, test } from 'vitest';
import { createdTable } from './created.ts';

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
