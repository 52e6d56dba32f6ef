import { describe, expect, test } from 'vitest';
import { apply, contentsOf, leftOver, planFor, schemaIn } from '../testing/exam.ts';
import { sqliteHand } from '../testing/sqlite.ts';

const wantedOf = async (...sql: readonly string[]) => schemaIn(sqliteHand(...sql));
const T = 'CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)';
const three = "INSERT INTO t VALUES (1, 'a'), (2, NULL), (3, 'a')";
const heads = (plan: { statements: readonly { sql: string }[] }) => plan.statements.map(({ sql }) => sql.replace(/\s+/g, ' '));

describe('in place where D1 can', () => {
  test('an additive sync of 100 columns is one step, and a second one plans nothing (S3)', async () => {
    const names = Array.from({ length: 97 }, (_, n) => `c${n} INTEGER NOT NULL DEFAULT ${n}`);
    const hand = sqliteHand(T, three);
    const wanted = await wantedOf(`CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT, ${names.join(', ')})`);
    const plan = await planFor(hand, { wanted });
    expect(plan.statements).toHaveLength(97);
    expect(new Set(plan.statements.map(({ step }) => step))).toEqual(new Set([0]));
    expect(plan.predicted).toMatchObject({ rowsRemoved: 0, hold: null, safetyBackup: false });
    await apply(hand, plan.statements);
    expect((await planFor(hand, { wanted })).statements).toEqual([]);
  });

  test('a column with its key and its check, a virtual one, an index, a view and a trigger: ALTER and CREATE', async () => {
    const hand = sqliteHand(T, three);
    const wanted = await wantedOf(
      'CREATE TABLE p (id INTEGER PRIMARY KEY)',
      'CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT, p_id INTEGER REFERENCES p(id) ON DELETE CASCADE, n INTEGER DEFAULT 3 CONSTRAINT small CHECK (n < 9), w TEXT AS (v || n) VIRTUAL)',
      'CREATE UNIQUE INDEX t_n ON t(n, id)',
      'CREATE VIEW seen AS SELECT w FROM t',
      'CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END',
    );
    const plan = await planFor(hand, { wanted });
    expect(heads(plan).some((sql) => sql.startsWith('DROP') || sql.includes('_lk_'))).toBe(false);
    await apply(hand, plan.statements);
    expect(await leftOver(hand, wanted)).toEqual([]);
  });

  test('what each statement takes back leads back', async () => {
    const hand = sqliteHand(T, three);
    const before = await schemaIn(hand);
    const wanted = await wantedOf(
      'CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT, w TEXT)',
      'CREATE INDEX i ON t(v)',
      'CREATE VIEW x AS SELECT 1',
    );
    const { statements } = await planFor(hand, { wanted });
    await apply(hand, statements);
    for (const { inverse } of [...statements].reverse()) await hand.batch([inverse ?? 'no way back']);
    expect(await leftOver(hand, before)).toEqual([]);
  });
});

describe('S1 what rows would not take is found before, with samples and a way forward', () => {
  const cases: readonly [string, string, readonly string[], string][] = [
    ['NOT NULL', 'rows_violate_not_null', ['CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT NOT NULL)'], 'NULL'],
    [
      'a new NOT NULL column',
      'rows_violate_not_null',
      ['CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT, w TEXT NOT NULL)'],
      'NULL',
    ],
    ['UNIQUE', 'rows_violate_unique', ['CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT UNIQUE)'], "'a'"],
    ['a unique index', 'rows_violate_unique', [T, 'CREATE UNIQUE INDEX i ON t(v)'], "'a'"],
    ['CHECK', 'rows_violate_check', ["CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT, CHECK (v <> 'a'))"], "'a'"],
    [
      'a foreign key',
      'rows_violate_foreign_key',
      ['CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT REFERENCES u(k))', 'CREATE TABLE u (k TEXT PRIMARY KEY NOT NULL)'],
      "'a'",
    ],
    ['a STRICT type', 'rows_violate_strict_type', ['CREATE TABLE t (id INTEGER PRIMARY KEY, v INTEGER) STRICT'], "'a'"],
    ['a key made of text', 'rows_violate_strict_type', ['CREATE TABLE t (id INTEGER, v INTEGER PRIMARY KEY)'], "'a'"],
    ['a narrower type', 'narrowing_type', ['CREATE TABLE t (id INTEGER PRIMARY KEY, v INTEGER)'], "'a'"],
  ];
  test.each(cases)('%s: %s', async (_, code, sql, sample) => {
    const hand = sqliteHand(T, three);
    const { hazards } = await planFor(hand, { wanted: await wantedOf(...sql) });
    const found = hazards.find((one) => one.code === code);
    expect(found).toMatchObject({ level: code === 'narrowing_type' ? 'danger' : 'stop', table: 't' });
    expect(found?.samples.flatMap((row) => Object.values(row))).toContain(sample);
  });

  test('an expression fills the gap, in a table with triggers and in one without', async () => {
    for (const trigger of [[], ["CREATE TRIGGER g AFTER UPDATE ON t BEGIN SELECT RAISE(ABORT, 'fired'); END"]]) {
      const hand = sqliteHand(T, three, ...trigger);
      const wanted = await wantedOf(
        'CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT NOT NULL, w TEXT NOT NULL, x INTEGER)',
        ...trigger,
      );
      const fill = { 'column:t.v': "'v' || id", 'column:t.w': 'upper(v)', 'column:t.x': 'id * 2' };
      const blocked = await planFor(hand, { wanted, fill });
      expect(blocked.hazards.map(({ code }) => code)).toEqual(['rows_violate_not_null']);
      const plan = await planFor(hand, { wanted, fill: { ...fill, 'column:t.w': "coalesce(upper(v), '-')" } });
      expect(plan.predicted).toMatchObject({ rowsChanged: 3, tables: [{ table: 't', before: 3, changed: 3, after: 3 }] });
      const gap = await planFor(hand, {
        wanted: await wantedOf('CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT NOT NULL)', ...trigger),
        fill: { 'column:t.v': "'v' || id" },
      });
      expect(gap.predicted.rowsChanged, 'only where there was none').toBe(1);
      await apply(hand, plan.statements);
      expect(await hand.select('SELECT v, w, x FROM t ORDER BY id')).toEqual([
        ['a', 'A', 2],
        ['v2', '-', 4],
        ['a', 'A', 6],
      ]);
    }
  });

  test.each(['1; DROP TABLE t', '(SELECT 1)', 'nope', '?1', '1)--'])(
    'X3 an expression that is more than one is refused: %s',
    async (text) => {
      const hand = sqliteHand(T, three);
      const wanted = await wantedOf('CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT, w TEXT NOT NULL)');
      const { hazards, statements } = await planFor(hand, { wanted, fill: { 'column:t.w': text } });
      expect(hazards.map(({ code, level }) => `${code} ${level}`)).toContain('fill_invalid stop');
      expect(statements.some(({ sql }) => sql.includes(text))).toBe(false);
    },
  );
});

describe('S2 what is lost is named and counted', () => {
  test('a dropped table and a dropped column, with what still reads them', async () => {
    const hand = sqliteHand(
      T,
      three,
      'CREATE TABLE gone (x)',
      'INSERT INTO gone VALUES (1), (2)',
      'CREATE VIEW r AS SELECT v FROM t',
      'CREATE VIEW s AS SELECT x FROM gone',
    );
    const { hazards, expectations, predicted, lossless } = await planFor(hand, {
      wanted: await wantedOf('CREATE TABLE t (id INTEGER PRIMARY KEY)'),
      rows: ['column:t.v', 'table:gone'],
    });
    expect(hazards.map(({ code, table, column }) => [code, table, column])).toEqual([
      ['loses_table', 'gone', null],
      ['loses_column', 't', 'v'],
      ['view_would_break', 'gone', null],
      ['view_would_break', 't', 'v'],
    ]);
    expect(hazards[1]?.message).toContain('2 values');
    expect(expectations).toEqual([
      {
        step: 0,
        kind: 'count',
        what: 'Rows of gone',
        sql: '(SELECT count(*) FROM "gone") = 2',
        wanted: { text: '2', found: 'SELECT count(*) FROM "gone"' },
      },
    ]);
    expect(predicted).toMatchObject({ rowsRemoved: 2, rowsChanged: 2, safetyBackup: true });
    expect(lossless).toBe(false);
  });

  test('a row that vanishes on the way aborts the whole batch', async () => {
    const hand = sqliteHand(T, three);
    const plan = await planFor(hand, { wanted: await wantedOf('CREATE TABLE t (id INTEGER PRIMARY KEY, v BLOB)') });
    const before = await contentsOf(hand);
    const sabotaged = plan.statements.flatMap((one) =>
      one.sql.startsWith('INSERT OR ABORT') ? [one, { ...one, sql: 'DELETE FROM t WHERE id = 2' }] : [one],
    );
    await expect(apply(hand, sabotaged)).rejects.toThrow(/_lk_expect_count/);
    expect(await contentsOf(hand)).toEqual(before);
  });

  test('what one batch cannot hold goes in slices: nothing is touched before the swap, indexes come last', async () => {
    const hand = sqliteHand(T, three, 'CREATE INDEX i ON t(v)', 'CREATE VIEW w AS SELECT v FROM t');
    const wanted = await wantedOf('CREATE TABLE t (id INTEGER PRIMARY KEY, v BLOB)', 'CREATE INDEX i ON t(v)');
    const { hazards, statements } = await planFor(hand, { wanted, maxRowWrites: 5 });
    expect(hazards.map(({ code, level }) => [code, level])).toContainEqual(['rebuilt_in_slices', 'note']);
    const steps = [...Map.groupBy(statements, ({ step }) => step).values()].map((step) =>
      step.map(({ sql, slice }) => [sql.split(' ').slice(0, 3).join(' '), slice]),
    );
    expect(steps.map((step) => step.find(([head]) => !String(head).includes('_lk_kept'))?.[0])).toEqual([
      'CREATE TABLE _lk_slices',
      'INSERT OR ABORT',
      'DROP VIEW "w"',
      'CREATE INDEX i',
    ]);
    expect(steps[1]).toEqual([['INSERT OR ABORT', { part: 'copy', table: 't' }]]);
  });

  const refused: readonly [string, readonly string[], string][] = [
    [
      'rows that refer to rows of the same table',
      ['CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT, up INTEGER REFERENCES t(id))'],
      'row by row',
    ],
    [
      'a ring of tables',
      [
        'CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT, c INTEGER REFERENCES c(id))',
        'CREATE TABLE c (id INTEGER PRIMARY KEY, t INTEGER REFERENCES t(id))',
      ],
      'c, t: rows refer',
    ],
    [
      'rows that will refer to rows of the same table',
      ['CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT, up INTEGER)'],
      't: rows would refer to rows of the same table',
    ],
    [
      'a table that no key tells apart',
      ['CREATE TABLE t (rowid INTEGER, _rowid_ INTEGER, oid INTEGER, v TEXT)'],
      'no key tells its rows apart',
    ],
  ];
  test.each(refused)('neither in one batch nor in slices: %s, with the reason', async (_, sql, reason) => {
    const hand = sqliteHand(...sql, "INSERT INTO t (v) VALUES ('a'), ('b'), ('c')");
    const wanted = await wantedOf(
      ...sql.map((one) => one.replace('v TEXT', 'v BLOB').replace('up INTEGER)', 'up INTEGER REFERENCES t(id))')),
    );
    const { hazards } = await planFor(hand, { wanted, maxRowWrites: 2 });
    const stops = hazards.filter(({ level }) => level === 'stop');
    expect(stops.map(({ code }) => code)).toEqual(['rebuild_too_large']);
    expect(stops[0]?.message).toContain(reason);
  });

  test('a key that would be a mismatch and a table of 101 columns stop the plan', async () => {
    const hand = sqliteHand(T);
    const many = Array.from({ length: 101 }, (_, n) => `c${n}`).join(', ');
    const wanted = await wantedOf(`CREATE TABLE wide (${many})`, T, 'CREATE TABLE c (v TEXT REFERENCES t(v))');
    const { hazards } = await planFor(hand, { wanted });
    expect(hazards.map(({ code }) => code).sort()).toEqual(['foreign_key_mismatch', 'too_many_columns']);
  });
});

describe('found by the property', () => {
  const cases: readonly [string, readonly string[], readonly string[]][] = [
    [
      'two rebuilt tables, one of which refers to a key that the other only gets',
      [
        'CREATE TABLE a (x INTEGER UNIQUE)',
        'INSERT INTO a VALUES (1)',
        'CREATE TABLE b (id INTEGER PRIMARY KEY, y INTEGER UNIQUE)',
        'INSERT INTO b VALUES (1, 2)',
      ],
      [
        'CREATE TABLE a (id INTEGER PRIMARY KEY, x INTEGER UNIQUE)',
        'CREATE TABLE b (id INTEGER PRIMARY KEY, z INTEGER, a_id INTEGER REFERENCES a(id))',
      ],
    ],
    [
      'nothing of a row is left but that it is one',
      ['CREATE TABLE t (k TEXT PRIMARY KEY) WITHOUT ROWID', "INSERT INTO t VALUES ('a'), ('b')"],
      ['CREATE TABLE t (v INTEGER)'],
    ],
    [
      'a cycle that goes, with a key of its own to itself',
      [
        'CREATE TABLE a (id INTEGER PRIMARY KEY, b INTEGER REFERENCES b(id))',
        'CREATE TABLE b (id INTEGER PRIMARY KEY, a INTEGER REFERENCES a(id), up INTEGER REFERENCES b(id) ON DELETE CASCADE)',
        'INSERT INTO b VALUES (1, NULL, 1)',
      ],
      ['CREATE TABLE b (id INTEGER PRIMARY KEY, up INTEGER REFERENCES b(id) ON DELETE CASCADE)'],
    ],
  ];
  test.each(cases)('%s', async (_, before, after) => {
    const hand = sqliteHand(...before);
    const counts = async () =>
      Object.fromEntries(Object.entries(await contentsOf(hand)).map(([name, list]) => [name, list.length]));
    const [held, wanted] = [await counts(), await wantedOf(...after)];
    await apply(hand, (await planFor(hand, { wanted })).statements);
    expect(await leftOver(hand, wanted)).toEqual([]);
    for (const [name, n] of Object.entries(await counts())) expect(n).toBe(held[name]);
  });
});
