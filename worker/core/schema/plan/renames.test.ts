import { describe, expect, test } from 'vitest';
import type { Rename } from '../../../protocol/schema.ts';
import { apply, contentsOf, leftOver, planFor, schemaIn } from '../testing/exam.ts';
import { sqliteHand } from '../testing/sqlite.ts';

const column = (table: string, from: string, to: string): Rename => ({ kind: 'column', table, from, to });
const tableTo = (from: string, to: string): Rename => ({ kind: 'table', table: from, from, to });

/** From one schema to the other by these renames, at once and in slices: every value stays, and the way back leads back. */
async function proven(before: readonly string[], after: readonly string[], renames: readonly Rename[], fill = {}) {
  const sliced = await provenWith(before, after, renames, fill, { maxRowWrites: 1 });
  const whole = await provenWith(before, after, renames, fill, {});
  expect(sliced.now).toEqual(whole.now);
  return whole;
}

async function provenWith(
  before: readonly string[],
  after: readonly string[],
  renames: readonly Rename[],
  fill: object,
  limits: object,
) {
  const [hand, other] = [sqliteHand(...before), sqliteHand(...after)];
  const [old, held, wanted] = [await schemaIn(hand), await contentsOf(hand), await schemaIn(other)];
  const plan = await planFor(hand, { wanted, renames, fill: { ...fill }, ...limits });
  expect(plan.hazards.filter(({ level }) => level === 'stop' || level === 'danger')).toEqual([]);
  await apply(hand, plan.statements);
  expect(await leftOver(hand, wanted)).toEqual([]);
  const now = await contentsOf(hand);
  await apply(hand, plan.inverse ?? []);
  expect(await leftOver(hand, old)).toEqual([]);
  if (Object.keys(fill).length === 0) expect(await contentsOf(hand)).toEqual(held);
  return { now, plan };
}
const rows = ["INSERT INTO t VALUES (1, 'a', 'b'), (2, NULL, 'd')"];
const T = 'CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT, y TEXT)';

describe('S1 renames keep what is in them', () => {
  test('a column: views, triggers, indexes and checks follow, and nothing is rebuilt', async () => {
    const company = (name: string, length: string) => [
      `CREATE INDEX t_i ON t(${name}) WHERE ${name} IS NOT NULL`,
      `CREATE VIEW v AS SELECT ${name} AS shown FROM t`,
      `CREATE TRIGGER g AFTER UPDATE OF ${name} ON t BEGIN SELECT new.${name}; END`,
      `CREATE TABLE c (id INTEGER PRIMARY KEY, ${length} TEXT REFERENCES u(${length}), CHECK (length(${length}) < 9))`,
      `CREATE TABLE u (${length} TEXT PRIMARY KEY NOT NULL)`,
    ];
    const { plan } = await proven(
      [T, ...rows, ...company('x', 'l')],
      [T.replace('x TEXT', 'nick TEXT'), ...company('nick', '"long"')],
      [column('t', 'x', 'nick'), column('c', 'l', 'long'), column('u', 'l', 'long')],
    );
    expect(plan.statements.map(({ sql }) => sql.split(' ').slice(0, 2).join(' '))).toEqual([
      'ALTER TABLE',
      'ALTER TABLE',
      'ALTER TABLE',
    ]);
  });

  test('two columns that swap their names', async () => {
    const { now } = await proven(
      [T, ...rows],
      ['CREATE TABLE t (id INTEGER PRIMARY KEY, y TEXT, x TEXT)'],
      [column('t', 'x', 'y'), column('t', 'y', 'x')],
    );
    expect(now.t).toEqual(['#1|integer:1|text:62|text:61', '#2|integer:2|text:64|null:']);
  });

  test('a new column under the name that another one has until then', async () => {
    await proven(
      [T, ...rows],
      ['CREATE TABLE t (id INTEGER PRIMARY KEY, z TEXT, y TEXT, x INTEGER DEFAULT 7)'],
      [column('t', 'x', 'z')],
    );
  });

  test('a table, its children, and a new table under its old name', async () => {
    await proven(
      [
        T,
        ...rows,
        'CREATE TABLE c (id INTEGER PRIMARY KEY, t_id INTEGER REFERENCES t(id) ON DELETE CASCADE)',
        'INSERT INTO c VALUES (5, 1)',
      ],
      [
        T.replace('TABLE t', 'TABLE things'),
        'CREATE TABLE c (id INTEGER PRIMARY KEY, t_id INTEGER REFERENCES things(id) ON DELETE CASCADE)',
        'CREATE TABLE t (other TEXT)',
      ],
      [tableTo('t', 'things')],
    );
  });

  test('renamed and rebuilt at once, with a cascading child, a trigger and a view', async () => {
    const made = (table: string, name: string, more: string) => [
      `CREATE TABLE ${table} (id INTEGER PRIMARY KEY, ${name} TEXT${more}, y TEXT)`,
      `CREATE TABLE c (id INTEGER PRIMARY KEY, t_id INTEGER REFERENCES ${table}(id) ON DELETE CASCADE)`,
      `CREATE TRIGGER g AFTER DELETE ON ${table} BEGIN SELECT RAISE(ABORT, 'fired'); END`,
      `CREATE VIEW v AS SELECT ${name} FROM ${table}`,
    ];
    const { now } = await proven(
      [...made('t', 'x', ''), ...rows, 'INSERT INTO c VALUES (5, 1), (6, 2)'],
      made('things', 'nick', ' NOT NULL CHECK (length(nick) > 0)'),
      [tableTo('t', 'things'), column('t', 'x', 'nick')],
      { 'column:things.nick': "'none'" },
    );
    expect(now.things).toEqual(['#1|integer:1|text:61|text:62', '#2|integer:2|text:6E6F6E65|text:64']);
    expect(now.c).toHaveLength(2);
  });
});

test('a rename of what is not there is refused with a word for it', async () => {
  const hand = sqliteHand(T);
  await expect(planFor(hand, { wanted: await schemaIn(hand), renames: [column('t', 'gone', 'x')] })).rejects.toThrow(
    /no column gone/,
  );
});
