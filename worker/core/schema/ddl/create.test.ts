import { describe, expect, test } from 'vitest';
import type { TableDef } from '../../../protocol/schema.ts';
import {
  defsEqual,
  parseCreate,
  renderIndex,
  renderTable,
  renderTrigger,
  renderView,
  UnrenderableError,
  withoutSql,
} from './index.ts';
import { schemaAfter } from './testing/judge.ts';

function tableOf(sql: string): TableDef {
  const created = parseCreate(sql);
  if (created.kind !== 'table') throw new Error(`${created.kind}: ${sql}`);
  return withoutSql(created.def);
}
function defOf(sql: string) {
  const created = parseCreate(sql);
  if (created.kind === 'problem') throw new Error(created.message);
  return created.def;
}

describe('S3 spellings of one table', () => {
  test.each([
    ['CREATE TABLE t (a TEXT PRIMARY KEY)', 'create table if not exists main."t" ([a] text, primary key (`a`));'],
    ['CREATE TABLE t (id INTEGER PRIMARY KEY)', 'CREATE TABLE `t` (`id` integer PRIMARY KEY NOT NULL)'],
    ['CREATE TABLE t (a INT UNIQUE, b INT UNIQUE)', 'CREATE TABLE t (a INT, b INT, UNIQUE (b), UNIQUE (a))'],
    ['CREATE TABLE t (a INT CHECK (a > 0), b INT)', 'CREATE TABLE t (a INT, b INT, CHECK (("t"."A") > 0))'],
    [
      'CREATE TABLE t (a INT REFERENCES p (x) ON DELETE CASCADE)',
      'CREATE TABLE t (a INT, FOREIGN KEY ("a") REFERENCES `p`(`x`) ON UPDATE no action ON DELETE cascade NOT DEFERRABLE)',
    ],
    [
      'CREATE TABLE t (a INT DEFAULT 1)',
      'CREATE TABLE t (a INT DEFAULT (1))',
      'CREATE TABLE t (a INT DEFAULT TRUE NULL)',
      'CREATE TABLE t (a INT DEFAULT +1)',
    ],
    ['CREATE TABLE t (a INT)', 'CREATE TABLE t (a INT DEFAULT NULL)', 'CREATE TABLE t (a INT COLLATE binary)'],
    [
      "CREATE TABLE t (a DEFAULT 'x')",
      'CREATE TABLE t (a DEFAULT x)',
      'CREATE TABLE t (a DEFAULT "x")',
      "CREATE TABLE t (a DEFAULT ('x'))",
    ],
    ['CREATE TABLE t (a TEXT NOT NULL PRIMARY KEY) WITHOUT ROWID', 'CREATE TABLE t (a TEXT PRIMARY KEY) WITHOUT ROWID'],
    ['CREATE TABLE t (a TEXT PRIMARY KEY NOT NULL) STRICT', 'CREATE TABLE t (a TEXT PRIMARY KEY) STRICT'],
    ['CREATE TABLE t (a TEXT COLLATE NOCASE UNIQUE)', 'CREATE TABLE t (a TEXT COLLATE nocase, UNIQUE (a COLLATE NoCase))'],
    ['CREATE TABLE t (a, b AS (a + 1))', 'CREATE TABLE t (a, b GENERATED ALWAYS AS ("a"+1) VIRTUAL)'],
    ['CREATE TABLE t (a DECIMAL(10,2))', 'CREATE TABLE t (a decimal ( 10 , 2 ))'],
    [
      'CREATE TABLE t (a PRIMARY KEY) STRICT, WITHOUT ROWID'.replace('a ', 'a INT '),
      'CREATE TABLE t (a INT PRIMARY KEY) WITHOUT ROWID, STRICT',
    ],
  ])('%s', (first, ...others) => {
    for (const other of others) expect(tableOf(other)).toEqual(tableOf(first));
  });

  test.each([
    ['CREATE TABLE t (a INT)', 'CREATE TABLE t (a INTEGER)'],
    ['CREATE TABLE t (a DEFAULT 1)', 'CREATE TABLE t (a DEFAULT 1.0)'],
    ["CREATE TABLE t (a DEFAULT '1')", 'CREATE TABLE t (a DEFAULT 1)'],
    ['CREATE TABLE t (a INTEGER PRIMARY KEY DESC)', 'CREATE TABLE t (a INTEGER, PRIMARY KEY (a DESC))'],
    ['CREATE TABLE t (a TEXT PRIMARY KEY)', 'CREATE TABLE t (a TEXT PRIMARY KEY NOT NULL)'],
    ['CREATE TABLE t (a UNIQUE)', 'CREATE TABLE t (a UNIQUE ON CONFLICT IGNORE)'],
    ['CREATE TABLE t (a REFERENCES p)', 'CREATE TABLE t (a REFERENCES p DEFERRABLE INITIALLY DEFERRED)'],
    ['CREATE TABLE t (a, b)', 'CREATE TABLE t (b, a)'],
  ])('S1 %s is not %s', (a, b) => expect(defsEqual(tableOf(a), tableOf(b))).toBe(false));

  test('the case of names does not count, that of strings does', () => {
    expect(defsEqual(tableOf('CREATE TABLE T (A INT UNIQUE)'), tableOf('CREATE TABLE t (a INT UNIQUE)'))).toBe(true);
    expect(defsEqual(tableOf("CREATE TABLE t (a DEFAULT 'X')"), tableOf("CREATE TABLE t (a DEFAULT 'x')"))).toBe(false);
  });

  test('triggers and views by what they do', () => {
    const trigger = defOf(
      'CREATE TRIGGER x AFTER UPDATE ON t FOR EACH ROW WHEN new.a<>OLD."a" BEGIN DELETE FROM u WHERE a==1; END',
    );
    const same = defOf(
      'create trigger if not exists x after update on "T" when (NEW.a != old.a) begin delete from [u] where (a = 1);end;',
    );
    expect(defsEqual({ ...trigger, table: '' }, { ...same, table: '' })).toBe(true);
    expect(
      defsEqual(
        defOf('CREATE VIEW v AS SELECT a, count(*) n FROM t, u'),
        defOf('CREATE VIEW v AS select "a",COUNT( * ) as n from "t" join u'),
      ),
    ).toBe(true);
    expect(defsEqual(defOf('CREATE VIEW v AS SELECT a AS Total'), defOf('CREATE VIEW v AS SELECT a AS total'))).toBe(false);
  });
});

describe('mistakes are named with their place', () => {
  test.each([
    ['CREATE TABLE t (a INT,\n  b INT DEFAULT )', 2, 17, 'expected an expression, found )'],
    ['CREATE TABLE t (a INT', 1, 22, 'expected a constraint or ), found the end'],
    ['CREATE TABLE t (a) WITHOUT', 1, 27, 'expected ROWID, found the end'],
    ['CREATE TABLE t (a); DROP TABLE t', 1, 21, 'expected the end, found DROP'],
    ['CREATE TABLE select (a)', 1, 14, 'expected a name, found select'],
    ['CREATE INDEX i ON t (a', 1, 23, 'expected ), found the end'],
    ['CREATE SCHEMA s', 1, 8, 'expected TABLE, VIRTUAL TABLE, INDEX, VIEW or TRIGGER, found SCHEMA'],
    [
      'CREATE TABLE t (a REFERENCES p ON DELETE EXPLODE)',
      1,
      42,
      'expected one of SET NULL, SET DEFAULT, CASCADE, RESTRICT, NO ACTION, found EXPLODE',
    ],
    ['SELECT 1', 1, 1, 'expected CREATE, found SELECT'],
    ['', 1, 1, 'expected CREATE, found the end'],
    [`CREATE TABLE t (a CHECK (${'('.repeat(9000)}`, 1, 226, 'nested more than 200 deep, found ('],
  ])('%#', (sql, line, column, message) =>
    expect(parseCreate(sql)).toEqual({ kind: 'problem', message, offset: expect.any(Number), line, column }),
  );
});

describe('rendered as a person would write it', () => {
  test('a table', () => {
    const sql = `CREATE TABLE t (id integer primary key autoincrement not null, "e mail" varchar(10) not null collate nocase unique,
      p_id int default (1+1) references p on delete cascade, n real as (p_id*2) stored, constraint positive check(p_id>0), unique(p_id,"e mail"))`;
    expect(renderTable(tableOf(sql))).toBe(`CREATE TABLE "t" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "e mail" VARCHAR(10) NOT NULL COLLATE "NOCASE" UNIQUE,
  "p_id" INT DEFAULT (1 + 1) REFERENCES "p" ON DELETE CASCADE,
  "n" REAL GENERATED ALWAYS AS (p_id * 2) STORED,
  UNIQUE ("p_id", "e mail"),
  CONSTRAINT "positive" CHECK (p_id > 0)
)`);
  });

  test('S1 under another name a table refers to itself, and its checks still hold', () => {
    const { schema } = schemaAfter(
      'CREATE TABLE t (id INTEGER PRIMARY KEY, up INT REFERENCES t (id) ON DELETE CASCADE, CHECK (t.up <> "t"."id"))',
    );
    const sql = renderTable(schema.tables[0] as TableDef, 'new "t"');
    const { database } = schemaAfter(sql);
    database.exec('INSERT INTO "new ""t""" VALUES (1, NULL), (2, 1)');
    expect(() => database.exec('INSERT INTO "new ""t""" VALUES (3, 3)')).toThrow(/CHECK/);
    expect(database.prepare('SELECT "table" AS parent FROM pragma_foreign_key_list(?)').get('new "t"')).toEqual({
      parent: 'new "t"',
    });
  });

  test('views, triggers and indexes as they were written, unless the text no longer says what the definition says', () => {
    const { schema } = schemaAfter(
      'CREATE TABLE t (a)',
      'CREATE VIEW v AS -- why\n  SELECT a   FROM t',
      'CREATE INDEX i ON t (a) -- why',
      'CREATE TRIGGER x AFTER INSERT ON t BEGIN /* why */ SELECT 1; END',
    );
    const [view, index, trigger] = [schema.views[0], schema.indexes[0], schema.triggers[0]];
    if (!view || !index || !trigger) throw new Error('incomplete');
    expect(renderView(view)).toBe('CREATE VIEW v AS -- why\n  SELECT a   FROM t');
    expect(renderTrigger(trigger)).toBe('CREATE TRIGGER x AFTER INSERT ON t BEGIN /* why */ SELECT 1; END');
    expect(renderIndex({ ...index, table: 'u' })).toBe('CREATE INDEX "i" ON "u" ("a")');
    expect(renderView({ ...view, name: 'w' })).toBe('CREATE VIEW "w" AS\nSELECT "a" FROM t');
  });

  test.each([
    { checks: [{ name: null, expression: '1); DROP TABLE t; --' }] },
    { checks: [{ name: null, expression: '1), CHECK (2' }] },
    {
      columns: [
        { ...(tableOf('CREATE TABLE t (a)').columns[0] as TableDef['columns'][number]), default: '1) UNIQUE, b INT DEFAULT (2' },
      ],
    },
    { columns: [{ ...(tableOf('CREATE TABLE t (a)').columns[0] as TableDef['columns'][number]), default: '1 +' }] },
  ])('X3 refuses what would be more than one definition: %j', (wrong) =>
    expect(() => renderTable({ ...tableOf('CREATE TABLE t (a)'), ...wrong })).toThrow(UnrenderableError),
  );

  test('X3 a text that is not understood hides no second statement', () => {
    const odd = { name: 'v', columns: null, select: 'SELECT 1 QUALIFY 2; DROP TABLE t', sql: null };
    expect(() => renderView(odd)).toThrow(UnrenderableError);
    const trigger = { name: 'x', table: 't', body: 'AFTER INSERT ON t BEGIN QUALIFY; END; DROP TABLE t', sql: null };
    expect(() => renderTrigger(trigger)).toThrow(UnrenderableError);
    expect(renderView({ ...odd, select: 'SELECT 1 QUALIFY 2' })).toBe('CREATE VIEW "v" AS\nSELECT 1 QUALIFY 2');
  });

  test('X3 a type is a type, whatever it holds', () => {
    const column = { ...(tableOf('CREATE TABLE t (a)').columns[0] as TableDef['columns'][number]), type: 'INT) ; DROP TABLE t --' };
    const { schema } = schemaAfter(renderTable({ ...tableOf('CREATE TABLE t (a)'), columns: [column] }));
    expect(schema.tables[0]?.columns.map(({ name, type }) => [name, type])).toEqual([['a', 'INT) ; DROP TABLE T --']]);
  });
});
