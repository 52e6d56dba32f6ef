import { describe, expect, test } from 'vitest';
import { declaredCollations, declaresAutoincrement, ftsContent, mentions, virtualTable } from './create-text.ts';
import { affinityOf } from './model.ts';
import { parentsFirst } from './order.ts';

describe('the text of CREATE TABLE', () => {
  test('collations of columns, whatever stands around them', () => {
    const sql = `CREATE TABLE "t (x" (a TEXT COLLATE nocase, "B, c" VARCHAR(10) DEFAULT ('COLLATE x') NOT NULL COLLATE "rtrim" -- COLLATE binary
      , d CHECK (d COLLATE NOCASE <> 'x'), [collate] INT, e TEXT COLLATE NOCASE COLLATE BINARY, PRIMARY KEY (a COLLATE RTRIM, d))`;
    expect([...declaredCollations(sql)]).toEqual([
      ['a', 'nocase'],
      ['b, c', 'rtrim'],
      ['e', 'BINARY'],
    ]);
  });

  test.each([
    ['CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT)', true],
    ['CREATE TABLE t (id INTEGER PRIMARY KEY /* AUTOINCREMENT */)', false],
    ['CREATE TABLE t (id INTEGER PRIMARY KEY, a DEFAULT \'AUTOINCREMENT\', "AUTOINCREMENT" INT)', false],
    ['CREATE TABLE t (autoincrement INTEGER PRIMARY KEY)', false],
  ])('AUTOINCREMENT: %s', (sql, wanted) => expect(declaresAutoincrement(sql)).toBe(wanted));

  test.each([
    ["CREATE VIRTUAL TABLE f USING fts5(a, b, content='')", { kind: 'contentless' }],
    ['CREATE VIRTUAL TABLE f USING FTS5(a, content = "my table", content_rowid=id)', { kind: 'external', table: 'my table' }],
    ['CREATE VIRTUAL TABLE f USING fts5(a, content=t)', { kind: 'external', table: 't' }],
    ["CREATE VIRTUAL TABLE f USING fts5(a, tokenize='porter content=x')", { kind: 'own' }],
    ['CREATE VIRTUAL TABLE "using" USING "fts5" (content)', { kind: 'own' }],
  ])('B1 where FTS5 keeps its text: %s', (sql, wanted) => {
    expect(virtualTable(sql).module).toBe('fts5');
    expect(ftsContent(sql)).toEqual(wanted);
  });

  test('mentions: names, not what stands in strings of another meaning or in comments', () => {
    expect(mentions('INSERT INTO [My Table] VALUES (1)', 'my table')).toBe(true);
    expect(mentions('SELECT 1 -- orders\n', 'orders')).toBe(false);
    expect(mentions('SELECT reorders FROM x', 'orders')).toBe(false);
  });
});

test.each([
  ['INT', false, 'integer'],
  ['CHARINT', false, 'integer'],
  ['VARCHAR(5)', false, 'text'],
  ['', false, 'blob'],
  ['BLOBBY', false, 'blob'],
  ['DOUBLE', false, 'real'],
  ['ANY', false, 'numeric'],
  ['ANY', true, 'blob'],
  ['DATETIME', false, 'numeric'],
] as const)('affinity of %s (strict: %s) is %s', (type, strict, wanted) => expect(affinityOf(type, strict)).toBe(wanted));

describe('B2 parents first', () => {
  const table = (name: string, ...parents: string[]) => ({
    name,
    foreignKeys: parents.map((parent) => ({ columns: ['x'], table: parent, references: [null], onUpdate: '', onDelete: '' })),
  });
  const order = (...tables: ReturnType<typeof table>[]) => parentsFirst(tables).map(({ name }) => name);
  test('a chain, whatever the case of names', () =>
    expect(order(table('c', 'B'), table('b', 'a'), table('a'))).toEqual(['a', 'b', 'c']));
  test('a self-reference and a parent that is not there', () => expect(order(table('a', 'a', 'gone'))).toEqual(['a']));
  test('a cycle comes whole, after its own parents', () =>
    expect(order(table('x', 'y'), table('y', 'x', 'p'), table('p'))).toEqual(['p', 'y', 'x']));
  test('a long chain', () => {
    const many = Array.from({ length: 5_000 }, (_, n) => table(`t${n}`, `t${n + 1}`));
    expect(parentsFirst(many)[0]?.name).toBe('t4999');
  });
});
