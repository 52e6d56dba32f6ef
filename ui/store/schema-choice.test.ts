import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DiffRow, RenameCandidate } from '../../worker/protocol/schema.ts';
import { answered, type Choice, chosenOf, flip, NOTHING_CHOSEN, renameKey, rowsOfRename, syncParams } from './schema-choice.ts';

const cell = { presence: 'present', text: '' } as const;
const row = (id: string, state: DiffRow['state'], change: DiffRow['change'], additive = false): DiffRow => {
  const [kind = '', rest = ''] = id.split(':');
  const table = rest.split('.')[0] ?? '';
  return {
    id,
    kind: kind as DiffRow['kind'],
    table,
    name: rest.split('.')[1] ?? table,
    state,
    cause: 'drift',
    cells: { schema: cell, live: cell, migrations: cell },
    differences: [],
    additive,
    change,
  };
};
const rows = [
  row('column:users.added', 'missing', 'create', true),
  row('column:users.gone', 'extra', 'drop'),
  row('column:users.other', 'mismatch', 'rebuild'),
  row('column:users.stuck', 'mismatch', 'none'),
  row('column:users.same', 'match', null),
  row('table:news', 'missing', 'create', true),
  row('column:news.id', 'missing', 'create', true),
  row('table:old', 'extra', 'drop'),
  row('column:old.id', 'extra', 'drop'),
  row('column:users.nick', 'extra', 'drop'),
  row('column:users.nickname', 'missing', 'create', true),
];
const rename: RenameCandidate = { kind: 'column', table: 'Users', from: 'nick', to: 'NickName', similarity: 0.9, because: [] };
const key = renameKey(rename);
const without = { rows: rows.slice(0, 9), renames: [] };
const withQuestion = { rows, renames: [rename] };
const idsOf = (diff: typeof withQuestion | typeof without, choice: Choice) => [...chosenOf(diff, choice).ids];

describe('what is applied', () => {
  test('S1: by itself only what adds; the server is then asked for no more than that', () => {
    const chosen = chosenOf(without, NOTHING_CHOSEN);
    expect([...chosen.ids]).toEqual(['column:users.added', 'table:news', 'column:news.id']);
    expect([chosen.isDefault, chosen.careful]).toEqual([true, 0]);
    expect(syncParams(chosen)).toEqual({});
  });

  test('S1: a drop is chosen by name only, and then everything is named', () => {
    const chosen = chosenOf(without, flip(NOTHING_CHOSEN, 'column:users.gone'));
    expect([chosen.isDefault, chosen.careful]).toEqual([false, 1]);
    expect(syncParams(chosen)).toEqual({ rows: ['column:users.added', 'column:users.gone', 'table:news', 'column:news.id'] });
    expect(chosenOf(without, flip(flip(NOTHING_CHOSEN, 'column:users.gone'), 'column:users.gone')).isDefault).toBe(true);
  });

  test('what no plan can change, and what matches, is never chosen', () => {
    const choice = flip(flip(NOTHING_CHOSEN, 'column:users.stuck'), 'column:users.same');
    expect(idsOf(without, choice)).not.toContain('column:users.stuck');
    expect(idsOf(without, choice)).not.toContain('column:users.same');
  });

  test('a table that comes or goes takes all of itself along', () => {
    expect(idsOf(without, flip(NOTHING_CHOSEN, 'table:news'))).toEqual(['column:users.added']);
    expect(idsOf(without, flip(NOTHING_CHOSEN, 'table:old'))).toEqual(expect.arrayContaining(['table:old', 'column:old.id']));
    // Not by themselves: half a table would be another table.
    expect(idsOf(without, flip(NOTHING_CHOSEN, 'column:old.id'))).not.toContain('column:old.id');
    expect(chosenOf(without, NOTHING_CHOSEN).bound).toContain('column:old.id');
  });
});

describe('renames are decided, never guessed', () => {
  test('until the question is answered neither is touched, and what is asked for is named', () => {
    const chosen = chosenOf(withQuestion, NOTHING_CHOSEN);
    expect([...chosen.asked]).toEqual(['column:users.nick', 'column:users.nickname']);
    expect(idsOf(withQuestion, flip(NOTHING_CHOSEN, 'column:users.nick'))).not.toContain('column:users.nick');
    expect(syncParams(chosen).rows).not.toContain('column:users.nickname');
  });

  test('yes: it is renamed, the old one is not dropped', () => {
    const chosen = chosenOf(withQuestion, answered(NOTHING_CHOSEN, key, 'yes'));
    const params = syncParams(chosen);
    expect(params.renames).toEqual([{ kind: 'column', table: 'Users', from: 'nick', to: 'NickName' }]);
    expect(params.rows).toContain('column:users.nickname');
    expect(params.rows).not.toContain('column:users.nick');
  });

  test('no: it is another one, added as any other; the old one stays until it is chosen', () => {
    const chosen = chosenOf(withQuestion, answered(NOTHING_CHOSEN, key, 'no'));
    expect(chosen.ids).toContain('column:users.nickname');
    expect(chosen.ids).not.toContain('column:users.nick');
    expect(chosen.isDefault).toBe(true);
  });

  test('an answer can be taken back; the ids fold as those of the diff do', () => {
    const back = answered(answered(NOTHING_CHOSEN, key, 'yes'), key, null);
    expect(back.renames).toEqual({});
    expect(rowsOfRename(rename)).toEqual({ from: 'column:users.nick', to: 'column:users.nickname' });
    expect(rowsOfRename({ ...rename, kind: 'table' })).toEqual({ from: 'table:nick', to: 'table:nickname' });
  });
});

test('S1: whatever is flipped and answered, nothing that loses is chosen but by its own name or that of its table', () => {
  const ids = rows.map(({ id }) => id);
  fc.assert(
    fc.property(fc.subarray(ids), fc.constantFrom(undefined, 'yes' as const, 'no' as const), (flipped, answer) => {
      const choice = { flipped: new Set(flipped), renames: answer === undefined ? {} : { [key]: answer } };
      const chosen = chosenOf(withQuestion, choice);
      const named = (one: DiffRow) => flipped.includes(one.id) || flipped.includes(`table:${one.table}`);
      for (const one of rows) {
        if (chosen.ids.has(one.id) && !one.additive) expect(named(one)).toBe(true);
        if (chosen.ids.has(one.id)) expect(one.state).not.toBe('match');
        if (chosen.asked.has(one.id)) expect(chosen.ids).not.toContain(one.id);
      }
      if (answer === 'yes') expect(chosen.ids).not.toContain('column:users.nick');
      if (chosen.isDefault) expect([chosen.careful, chosen.renames]).toEqual([0, []]);
    }),
  );
});
