import { describe, expect, test } from 'vitest';
import type { SchemaDef } from '../../../protocol/schema.ts';
import { schemaOf } from '../ddl/index.ts';
import { type DiffInput, diffSchemas } from './diff.ts';
import { renameCandidates } from './renames.ts';
import { targetOf } from './wanted.ts';

const HEAD = /CREATE (?:UNIQUE )?(?:VIRTUAL )?(TABLE|INDEX|VIEW|TRIGGER) "?([^"( ]+)"?(?:[^(]*? ON "?([^"( ]+))?/;
const schema = (...sql: readonly string[]): SchemaDef => {
  const entries = sql.map((text) => {
    const [, type = '', name = '', table = name] = HEAD.exec(text) ?? [];
    return { type: type.toLowerCase(), name, table, sql: text };
  });
  const read = schemaOf(entries);
  expect(read.warnings).toEqual([]);
  return read.schema;
};
const canSay: DiffInput['canSay'] = (kind, aspect) =>
  kind !== 'trigger' &&
  kind !== 'virtual-table' &&
  !['strict', 'without rowid', 'collation', 'on conflict', 'order'].includes(aspect ?? '');
const rowsOf = (code: SchemaDef, live: SchemaDef, migrations: SchemaDef | null = null, more: Partial<DiffInput> = {}) =>
  diffSchemas({ schema: code, live, migrations, canSay, ...more }).rows.filter(
    ({ state, cause }) => state !== 'match' || cause !== 'none',
  );
const brief = (rows: ReturnType<typeof rowsOf>) => rows.map(({ id, state, cause, change }) => `${id} ${state} ${cause} ${change}`);
const T = 'CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)';

describe('S3 equal things are equal', () => {
  test.each([
    ['case and quoting', 'CREATE TABLE "T" ([ID] integer primary key, "V" text)', T],
    ['affinity', 'CREATE TABLE t (id INTEGER PRIMARY KEY, v VARCHAR(255))', T],
    ['NOT NULL of a rowid', 'CREATE TABLE t (id INTEGER PRIMARY KEY NOT NULL, v TEXT)', T],
    ['order of columns', 'CREATE TABLE t (v TEXT, id INTEGER PRIMARY KEY)', T],
    ['names of keys', 'CREATE TABLE t (id INTEGER CONSTRAINT pk PRIMARY KEY, v TEXT DEFAULT NULL)', T],
    [
      'names of checks',
      "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT, CHECK ((v) != ''))",
      "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT CONSTRAINT c CHECK (v <> ''))",
    ],
    ['a STRICT table that the code cannot call so', T, 'CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT COLLATE NOCASE) STRICT'],
  ])('%s', (_, code, live) => expect(brief(rowsOf(schema(code), schema(live)))).toEqual([]));

  test('a unique index of the code is the UNIQUE of the database, and the other way round', () => {
    const [indexed, constrained] = [
      schema(T, 'CREATE UNIQUE INDEX t_v_unique ON t(v)'),
      schema('CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT UNIQUE)'),
    ];
    expect(brief(rowsOf(indexed, constrained, indexed))).toEqual([]);
    expect(brief(rowsOf(constrained, indexed, constrained))).toEqual([]);
  });
});

describe('states and causes', () => {
  const more = schema('CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT, w TEXT)');
  const less = schema(T);
  test.each([
    ['the code is ahead', more, less, less, ['column:t.w missing pending alter']],
    ['never applied', more, less, more, ['column:t.w missing unapplied alter']],
    ['added by hand', less, more, less, ['column:t.w extra drift alter']],
    ['dropped from the code', less, more, more, ['column:t.w extra pending alter']],
    ['synced without a migration', more, more, less, ['column:t.w match drift null']],
    ['no migrations', more, less, null, ['column:t.w missing pending alter']],
  ])('%s', (_, code, live, migrations, wanted) => expect(brief(rowsOf(code, live, migrations))).toEqual(wanted));

  test('what was applied tells drift from what waits', () => {
    const types = (type: string) => schema(`CREATE TABLE t (id INTEGER PRIMARY KEY, v ${type})`);
    expect(brief(rowsOf(types('REAL'), less, types('REAL'), { applied: less }))).toEqual(['column:t.v mismatch unapplied rebuild']);
    expect(brief(rowsOf(types('REAL'), less, types('REAL'), { applied: types('REAL') }))).toEqual([
      'column:t.v mismatch drift rebuild',
    ]);
  });

  test('a mismatch says in what', () => {
    const [row] = rowsOf(schema('CREATE TABLE t (id INTEGER PRIMARY KEY, v INTEGER NOT NULL DEFAULT 1)'), less, less);
    expect(row?.differences).toEqual([
      { aspect: 'type', schema: 'INTEGER', live: 'TEXT', migrations: 'TEXT' },
      { aspect: 'not null', schema: 'yes', live: 'no', migrations: 'no' },
      { aspect: 'default', schema: '1', live: 'none', migrations: 'none' },
    ]);
  });
});

describe('S4 silence of the code is no wish', () => {
  const trigger = 'CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END';
  test('a trigger that migrations create and the database lacks waits; one that nobody declares is drift; without migrations it is nobody’s business', () => {
    expect(brief(rowsOf(schema(T), schema(T), schema(T, trigger)))).toEqual(['trigger:g missing unapplied create']);
    expect(brief(rowsOf(schema(T), schema(T, trigger), schema(T)))).toEqual(['trigger:g extra drift drop']);
    expect(brief(rowsOf(schema(T), schema(T, trigger)))).toEqual([]);
  });
  test('its cell says that the code cannot say it', () => {
    const [row] = rowsOf(schema(T), schema(T), schema(T, trigger));
    expect(row?.cells).toMatchObject({
      schema: { presence: 'unsaid' },
      live: { presence: 'absent' },
      migrations: { presence: 'present' },
    });
  });
});

describe('the target of a choice', () => {
  const code = schema(
    'CREATE TABLE p (id INTEGER PRIMARY KEY, q INTEGER REFERENCES r(id))',
    'CREATE TABLE r (id INTEGER PRIMARY KEY)',
    'CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT, w TEXT, p_id INTEGER REFERENCES p(id), n INTEGER NOT NULL)',
    'CREATE INDEX t_w ON t(w)',
    'CREATE VIEW seen AS SELECT * FROM r',
  );
  const live = schema(T, 'CREATE TABLE old (x)');
  const target = (rows?: readonly string[]) =>
    targetOf({ schema: code, live, migrations: null, canSay, ...(rows ? { rows } : {}) });
  test('by default everything that only adds', () => {
    const { target: after, pulled, problems } = target();
    expect({ pulled, problems }).toEqual({ pulled: [], problems: [] });
    expect(after.tables.map(({ name, columns }) => `${name} ${columns.length}`)).toEqual(['t 4', 'old 1', 'p 2', 'r 1']);
  });
  test('a choice brings what it needs', () => {
    expect(target(['index:t_w']).pulled).toEqual(['column:t.w']);
    expect([...target(['foreign-key:t(p_id)→p(id)']).pulled].sort()).toEqual(['column:t.p_id', 'table:p', 'table:r']);
    expect([...target(['column:p.q']).pulled].sort()).toEqual(['table:p', 'table:r']);
    expect(target(['view:seen']).pulled).toEqual(['table:r']);
  });
  test('exactly the chosen ones otherwise', () => {
    const { target: after } = target(['table:old']);
    expect(after.tables).toEqual(live.tables.slice(0, 1));
  });
  test('an unknown row is a problem', () =>
    expect(target(['column:t.nope']).problems.map(({ code: what }) => what)).toEqual(['unknown_row']));
  test('a table that others keep referring to cannot go alone', () => {
    const kept = schema('CREATE TABLE c (p INTEGER REFERENCES p(id))');
    const both = schema('CREATE TABLE p (id INTEGER PRIMARY KEY)', 'CREATE TABLE c (p INTEGER REFERENCES p(id))');
    const { problems } = targetOf({ schema: kept, live: both, migrations: null, canSay, rows: ['table:p'] });
    expect(problems.map(({ code: what }) => what)).toEqual(['dangling_foreign_key']);
  });
});

test('renames are asked about, the likeliest first, and never for columns of another kind', () => {
  const live = schema(
    'CREATE TABLE t (id INTEGER PRIMARY KEY, nick TEXT, amount REAL)',
    'CREATE TABLE old_orders (id INTEGER PRIMARY KEY, total REAL, at TEXT)',
  );
  const code = schema(
    'CREATE TABLE t (id INTEGER PRIMARY KEY, nickname TEXT, total INTEGER)',
    'CREATE TABLE orders (id INTEGER PRIMARY KEY, total REAL, at TEXT)',
  );
  const found = renameCandidates({ schema: code, live, migrations: null, canSay });
  expect(found.map(({ kind, from, to }) => `${kind} ${from} ${to}`)).toEqual(['table old_orders orders', 'column nick nickname']);
  expect(found[1]?.because).toContain('the names are alike');
});

test('a thousand tables of twenty columns: each row there, and the same twice', () => {
  const many = (type: string) =>
    schema(
      ...Array.from(
        { length: 1_000 },
        (_, n) =>
          `CREATE TABLE t${n} (id INTEGER PRIMARY KEY, ${Array.from({ length: 19 }, (__, c) => `c${c} ${c === 3 && n % 10 === 0 ? type : 'TEXT'}`).join(', ')})`,
      ),
    );
  const [a, b] = [many('TEXT'), many('REAL')];
  const one = diffSchemas({ schema: a, live: b, migrations: null, canSay });
  expect(one.counts).toEqual({ match: 21_900, mismatch: 100, missing: 0, extra: 0 });
  expect(diffSchemas({ schema: b, live: a, migrations: null, canSay }).counts).toEqual(one.counts);
});
