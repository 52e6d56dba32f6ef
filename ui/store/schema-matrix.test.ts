import { describe, expect, test } from 'vitest';
import type { DiffRow } from '../../worker/protocol/schema.ts';
import {
  countStates,
  differing,
  groupsOf,
  isAnyRow,
  itemsOf,
  type MatrixItem,
  matrixFilterFrom,
  matrixSearch,
  NO_MATRIX_FILTER,
  NOTHING_OPENED,
  openedTo,
  rowMatcher,
} from './schema-matrix.ts';

const cell = { presence: 'present', text: 'TEXT' } as const;
const row = (id: string, over: Partial<DiffRow> = {}): DiffRow => {
  const [kind = 'column', rest = ''] = id.split(':');
  const [table = '', name = table] = rest.split('.');
  return {
    id,
    kind: kind as DiffRow['kind'],
    table,
    name,
    state: 'match',
    cause: 'none',
    cells: { schema: cell, live: cell, migrations: cell },
    differences: [],
    additive: false,
    change: null,
    ...over,
  };
};
const missing = { state: 'missing', cause: 'pending', additive: true, change: 'create' } as const;
const rows = [
  row('table:Zebra'),
  row('column:zebra.id'),
  row('table:apes'),
  row('column:apes.id'),
  row('column:apes.name', missing),
  row('table:bees'),
  row('column:bees.id'),
];
const groups = groupsOf(rows);
const shown = (items: readonly MatrixItem[]) => items.map((item) => (item.kind === 'rest' ? `+${item.count}` : item.key));

describe('the matrix', () => {
  test('groups by table whatever its case; tables that differ stand first, the rest by name', () => {
    expect(groups.map(({ name, rows: own }) => [name, own.length])).toEqual([
      ['apes', 2],
      ['Zebra', 1],
      ['bees', 1],
    ]);
    expect(groups[0]?.counts).toEqual({ match: 2, mismatch: 0, missing: 1, extra: 0 });
  });

  test('what differs is open and shows its differences; what matches is one line until it is wanted', () => {
    expect(shown(itemsOf(groups, NO_MATRIX_FILTER, NOTHING_OPENED))).toEqual([
      'group:apes',
      'column:apes.name',
      '+1',
      'group:Zebra',
      'group:bees',
    ]);
    const whole = { toggled: new Set(['bees']), whole: new Set(['apes']) };
    expect(shown(itemsOf(groups, NO_MATRIX_FILTER, whole))).toEqual([
      'group:apes',
      'column:apes.id',
      'column:apes.name',
      'group:Zebra',
      'group:bees',
      'column:bees.id',
    ]);
  });

  test('what agrees with the code but not with the migrations is shown as well', () => {
    const drifted = groupsOf([...rows, row('column:bees.wings', { cause: 'drift' })]);
    expect(drifted.map(({ name }) => name)).toEqual(['apes', 'bees', 'Zebra']);
    expect(shown(itemsOf(drifted, NO_MATRIX_FILTER, NOTHING_OPENED))).toContain('column:bees.wings');
  });

  test('a filter opens what it finds and hides the rest; a head alone can be found', () => {
    const named = (text: string) => shown(itemsOf(groups, { ...NO_MATRIX_FILTER, text }, NOTHING_OPENED));
    expect(named('APES id')).toEqual(['group:apes', 'column:apes.id']);
    expect(named('zebra table')).toEqual(['group:Zebra']);
    expect(named('apes zebra')).toEqual([]);
    const states = shown(itemsOf(groups, { ...NO_MATRIX_FILTER, states: ['missing'] }, NOTHING_OPENED));
    expect(states).toEqual(['group:apes', 'column:apes.name']);
  });

  test('a chip counts what it would show under the rest of the filter', () => {
    const filter = { ...NO_MATRIX_FILTER, states: ['missing'] as const, text: 'id' };
    expect(countStates(rows.filter(rowMatcher(filter, 'states')))).toEqual({ match: 3, mismatch: 0, missing: 0, extra: 0 });
    expect(differing(countStates(rows))).toBe(1);
  });

  test('the row of a shared link is made visible, wherever it is hidden', () => {
    for (const id of ['column:apes.id', 'column:bees.id', 'column:apes.name', 'table:Zebra']) {
      const opening = openedTo(groups, id, { toggled: new Set(['apes']), whole: new Set() });
      const ids = itemsOf(groups, NO_MATRIX_FILTER, opening ?? NOTHING_OPENED).map((item) =>
        item.kind === 'row' ? item.row.id : item.group.head?.id,
      );
      expect(ids).toContain(id);
    }
    expect(openedTo(groups, 'column:gone.id', NOTHING_OPENED)).toBeNull();
  });

  test('a filter survives the way through the address; what is unknown is left out', () => {
    const filter = { states: ['missing', 'match'], causes: ['drift'], kinds: ['foreign-key'], text: 'a&b=c' } as const;
    expect(new Set(matrixFilterFrom(matrixSearch(filter)).states)).toEqual(new Set(filter.states));
    expect(matrixFilterFrom(matrixSearch(filter))).toMatchObject({ causes: ['drift'], kinds: ['foreign-key'], text: 'a&b=c' });
    expect(matrixSearch(NO_MATRIX_FILTER)).toBe('');
    expect(isAnyRow(matrixFilterFrom('?state=gone&cause=none&kind=toString'))).toBe(true);
  });
});
