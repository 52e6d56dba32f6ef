import { describe, expect, test } from 'vitest';
import { apply, contentsOf, leftOver, planFor, schemaIn } from '../testing/exam.ts';
import { sqliteHand } from '../testing/sqlite.ts';

const wantedOf = async (...sql: readonly string[]) => schemaIn(sqliteHand(...sql));
const P = 'CREATE TABLE p (id INTEGER PRIMARY KEY, v TEXT, code TEXT)';
const rows = (table: string, columns: string, values: string, n = 9) =>
  `INSERT INTO ${table} (${columns}) WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < ${n}) SELECT ${values} FROM s`;
const PS = rows('p', 'id, v, code', "i, 'v' || i, 'c' || i");

/** In slices: what is wanted is there, and every value of what was. Answers the SQL of the steps. */
async function proven(
  before: readonly string[],
  after: readonly string[],
  maxRowWrites = 8,
  changed: readonly string[] = [],
): Promise<string[]> {
  const hand = sqliteHand(...before);
  const wanted = await wantedOf(...after);
  const old = await schemaIn(hand);
  const columns = (table: string) => old.tables.find(({ name }) => name === table)?.columns.map(({ name }) => name) ?? [];
  const contents = async () =>
    Object.fromEntries(
      Object.entries(await contentsOf(hand, columns)).filter(([name]) => columns(name).length > 0 && !changed.includes(name)),
    );
  const held = await contents();
  const plan = await planFor(hand, { wanted, maxRowWrites });
  expect(plan.hazards.filter(({ level }) => level === 'stop')).toEqual([]);
  expect(plan.statements.some(({ slice }) => slice?.table === 'p')).toBe(true);
  await apply(hand, plan.statements, 2);
  expect(await leftOver(hand, wanted)).toEqual([]);
  expect(await contents()).toEqual(held);
  expect(await hand.select('PRAGMA foreign_key_check')).toEqual([]);
  expect(await hand.select("SELECT name FROM sqlite_schema WHERE name LIKE '\\_lk\\_%' ESCAPE '\\'")).toEqual([]);
  return plan.statements.map(({ sql, slice, step }) => `${step} ${slice?.part ?? '-'} ${sql}`);
}
const NEW_P = P.replace('v TEXT', "v TEXT DEFAULT 'new'");

describe('S1 in slices: what refers to a table that is swapped, and what it refers to', () => {
  test('a new table that refers to it, one that it refers to, and both in one', async () => {
    const sql = await proven(
      [P, PS],
      [
        NEW_P.replace('code TEXT)', 'code TEXT, a INTEGER REFERENCES a(id), b TEXT REFERENCES b(code))'),
        'CREATE TABLE a (id INTEGER PRIMARY KEY, p INTEGER REFERENCES p(id), other INTEGER REFERENCES far(id))',
        'CREATE TABLE b (id INTEGER PRIMARY KEY, code TEXT)',
        'CREATE UNIQUE INDEX b_code ON b(code)',
        'CREATE TABLE c (id INTEGER PRIMARY KEY, p INTEGER REFERENCES p(id) ON DELETE CASCADE)',
        'CREATE TABLE far (id INTEGER PRIMARY KEY, a INTEGER REFERENCES a(id))',
      ],
    );
    expect(sql.some((one) => one.includes('_lk_key_1'))).toBe(true);
  });

  test('a table that gets a foreign key to it in place, by ALTER, does so after the swap', async () => {
    const other = 'CREATE TABLE other (id INTEGER PRIMARY KEY, x TEXT)';
    const sql = await proven(
      [P, PS, other, rows('other', 'id, x', "i, 'x'")],
      [NEW_P, other.replace('x TEXT', 'x TEXT, p INTEGER REFERENCES p(id)')],
    );
    const at = (text: string) => sql.findIndex((one) => one.includes(text));
    expect(at('ALTER TABLE "other" ADD COLUMN')).toBeGreaterThan(at('RENAME TO "p"'));
  });

  test('a table that it refers to by a new unique index, and one by a column that is new there', async () => {
    const parent = 'CREATE TABLE q (id INTEGER PRIMARY KEY, code TEXT)';
    await proven(
      [P, PS, parent, rows('q', 'id, code', "i, 'c' || i")],
      [NEW_P.replace('code TEXT)', 'code TEXT REFERENCES q(code))'), parent, 'CREATE UNIQUE INDEX q_code ON q(code)'],
    );
    await proven(
      [P, PS, parent, rows('q', 'id, code', "i, 'c' || i")],
      [
        NEW_P.replace('code TEXT)', 'code TEXT, n INTEGER REFERENCES q(n))'),
        parent.replace('code TEXT', 'code TEXT, n INTEGER'),
        'CREATE UNIQUE INDEX q_n ON q(n)',
      ],
      8,
      ['q'],
    );
  });

  test('a parent that one batch would rebuild, of a child that goes in slices', async () => {
    const child =
      'CREATE TABLE c (id INTEGER PRIMARY KEY, p INTEGER REFERENCES p(id), q INTEGER REFERENCES q(id) ON DELETE CASCADE)';
    const parent = 'CREATE TABLE q (id INTEGER PRIMARY KEY, v TEXT)';
    const setup = [P, parent, child, PS, rows('q', 'id, v', "i, 'q'", 2), rows('c', 'id, p, q', 'i, i, nullif(i % 3, 0)')];
    await proven(setup, [NEW_P, parent.replace('v TEXT', "v TEXT DEFAULT 'q'"), child], 20);
  });

  test('keys by a unique index, composite, implicit, deferred, with NOCASE names, of a table with comments', async () => {
    const written = `CREATE TABLE Child ( -- the "p" of p
      id INTEGER PRIMARY KEY, /* REFERENCES p */ p_id INTEGER REFERENCES P ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED,
      code TEXT COLLATE NOCASE, v TEXT, note TEXT DEFAULT 'REFERENCES p', FOREIGN KEY (code, v) REFERENCES [p] (code, v), CHECK (child.id > 0))`;
    const [company, keyed] = [['CREATE UNIQUE INDEX p_code_v ON p(code, v)', written], ['CREATE INDEX c_code ON child(code)']];
    const setup = [P, ...company, ...keyed, PS, rows('child', 'id, p_id, code, v', "i, i, 'c' || i, 'v' || i")];
    const sql = await proven(setup, [NEW_P, ...company, ...keyed]);
    expect(sql.filter((one) => one.includes(' finish ')).map((one) => one.replace(/.*finish /, ''))).toEqual([
      'CREATE UNIQUE INDEX p_code_v ON p(code, v)',
      'DROP INDEX _lk_key_1',
      'CREATE INDEX c_code ON child(code)',
    ]);
  });

  test('the text of a table that only comes along stays, with its comments', async () => {
    const written = 'CREATE TABLE c ( -- why\n  id INTEGER PRIMARY KEY,\tp INTEGER REFERENCES p /* whose */ (id))';
    const hand = sqliteHand(P, PS, written, rows('c', 'id, p', 'i, i'));
    await apply(hand, (await planFor(hand, { wanted: await wantedOf(NEW_P, written), maxRowWrites: 8 })).statements);
    expect(await hand.select("SELECT sql FROM sqlite_schema WHERE name = 'c'")).toEqual([
      ['CREATE TABLE "c" ( -- why\n  id INTEGER PRIMARY KEY,\tp INTEGER REFERENCES "p" /* whose */ (id))'],
    ]);
  });

  test('a table that goes, with a child that stays', async () => {
    const child = (more: string) => `CREATE TABLE c (id INTEGER PRIMARY KEY, q INTEGER${more}, p INTEGER REFERENCES p(id))`;
    const q = 'CREATE TABLE q (id INTEGER PRIMARY KEY)';
    const setup = [P, q, child(' REFERENCES q(id) ON DELETE CASCADE'), PS, rows('q', 'id', 'i'), rows('c', 'id, q, p', 'i, i, i')];
    await proven(setup, [NEW_P, child('')], 8, ['q']);
  });
});

describe('S1 a key to a table that is rebuilt, which another table gets in the same plan', () => {
  const X = 'CREATE TABLE x (id INTEGER PRIMARY KEY, n TEXT)';
  const XP = X.replace('n TEXT', 'n TEXT, p INTEGER REFERENCES p(id) ON DELETE CASCADE');
  const limits = [undefined, 8];
  test.each(limits)('by ALTER and with a value for its rows, at most %s row writes in a batch', async (maxRowWrites) => {
    const hand = sqliteHand(P, PS, X, rows('x', 'id, n', "i, 'n'"));
    const wish = { wanted: await wantedOf(NEW_P, XP, 'CREATE UNIQUE INDEX x_p ON x(p)'), fill: { 'column:x.p': 'id' } };
    const { statements } = await planFor(hand, { ...wish, ...(maxRowWrites ? { maxRowWrites } : {}) });
    await apply(hand, statements);
    expect(await leftOver(hand, wish.wanted)).toEqual([]);
    expect(await hand.select('SELECT count(*) FROM x JOIN p ON p.id = x.p')).toEqual([[9]]);
  });

  test.each(limits)('while that one gets a key to its new column, at most %s row writes in a batch', async (maxRowWrites) => {
    const hand = sqliteHand(P, PS, X, rows('x', 'id, n', "i, 'n'", 3));
    const wanted = await wantedOf(
      NEW_P.replace('code TEXT)', 'code TEXT, x INTEGER REFERENCES x(p))'),
      XP,
      'CREATE UNIQUE INDEX x_p ON x(p)',
    );
    const fill = { 'column:x.p': 'id', 'column:p.x': 'nullif(min(id, 4), 4)' };
    const { statements, hazards } = await planFor(hand, { wanted, fill, ...(maxRowWrites ? { maxRowWrites: 60 } : {}) });
    expect(hazards.filter(({ level }) => level === 'stop')).toEqual([]);
    await apply(hand, statements);
    expect(await leftOver(hand, wanted)).toEqual([]);
    expect(await hand.select('SELECT count(*) FROM x JOIN p ON p.id = x.p')).toEqual([[3]]);
    expect(await hand.select('SELECT count(*), count(x) FROM p')).toEqual([[9, 3]]);
  });

  test('S1 a table of which the plan knows nothing, and whose rows would go, stops the rebuild', async () => {
    const secret = 'CREATE TABLE audit_logs (id INTEGER PRIMARY KEY, p INTEGER REFERENCES P(id) ON DELETE CASCADE)';
    const hand = sqliteHand(P, PS, secret, 'INSERT INTO audit_logs VALUES (1, 1)');
    const plan = await planFor(hand, { wanted: await wantedOf(NEW_P) });
    await expect(apply(hand, plan.statements)).rejects.toThrow(/_lk_expect_count/);
    expect(await hand.select('SELECT count(*) FROM audit_logs')).toEqual([[1]]);
  });
});

test('S1 a table of which the plan knows nothing, and which refers to one that is swapped, stops the swap', async () => {
  const hand = sqliteHand(
    P,
    PS,
    'CREATE TABLE audit_logs (id INTEGER PRIMARY KEY, p INTEGER REFERENCES p(id) ON DELETE CASCADE)',
    'INSERT INTO audit_logs VALUES (1, 1)',
  );
  const plan = await planFor(hand, { wanted: await wantedOf(NEW_P), maxRowWrites: 8 });
  await expect(apply(hand, plan.statements)).rejects.toThrow(/_lk_expect_count/);
  expect(await hand.select('SELECT count(*) FROM audit_logs JOIN p ON p.id = audit_logs.p')).toEqual([[1]]);
});

test('S2 a row that is lost or comes between the copy and the swap stops it', async () => {
  for (const meanwhile of ['DELETE FROM _lk_next_1 WHERE id = 3', "INSERT INTO p VALUES (77, 'late', 'x')"]) {
    const hand = sqliteHand(P, PS);
    const { statements } = await planFor(hand, { wanted: await wantedOf(NEW_P), maxRowWrites: 8 });
    const swap = statements.findIndex(({ sql }) => sql.includes('_lk_kept'));
    await apply(hand, statements.slice(0, swap));
    await hand.batch([meanwhile]);
    await expect(apply(hand, statements.slice(swap))).rejects.toThrow(/_lk_expect_count/);
  }
});
