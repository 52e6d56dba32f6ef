import { expect, test } from 'vitest';
import type { DiffRow } from '../../../worker/protocol/schema.ts';
import type { MatrixItem, TableGroup } from '../../store/schema-matrix.ts';
import { keyMove } from './matrix-keys.ts';

const row = (id: string) => ({ id }) as DiffRow;
const group = (name: string, head: DiffRow | null): TableGroup => ({
  name,
  head,
  rows: [],
  counts: { match: 0, mismatch: 0, missing: 0, extra: 0 },
  noteworthy: false,
});
const items: MatrixItem[] = [
  { kind: 'group', key: 'g1', group: group('a', row('table:a')), open: true },
  { kind: 'row', key: 'r1', row: row('column:a.x') },
  { kind: 'rest', key: 'rest', group: group('a', row('table:a')), count: 2 },
  { kind: 'group', key: 'g2', group: group('b', null), open: false },
];

test('arrows stay inside, Home and End go to the ends', () => {
  const to = (key: string, at: number) => keyMove(key, at, items);
  expect(
    [to('ArrowDown', -1), to('ArrowDown', 3), to('ArrowUp', 0), to('End', 0), to('Home', 3), to('PageDown', 1)].map((move) =>
      move?.kind === 'go' ? move.to : null,
    ),
  ).toEqual([0, 3, 0, 3, 0, 3]);
});

test('right opens a table, left closes it or goes up to it', () => {
  expect(keyMove('ArrowRight', 3, items)).toEqual({ kind: 'open', item: items[3] });
  expect(keyMove('ArrowRight', 0, items)).toEqual({ kind: 'go', to: 1 });
  expect(keyMove('ArrowLeft', 2, items)).toEqual({ kind: 'go', to: 0 });
  expect(keyMove('ArrowLeft', 0, items)).toEqual({ kind: 'open', item: items[0] });
  expect(keyMove('ArrowLeft', 3, items)).toBeNull();
});

test('Space chooses what the row stands for, Enter opens it; other keys are not ours', () => {
  expect(keyMove(' ', 1, items)).toEqual({ kind: 'choose', row: row('column:a.x') });
  expect(keyMove(' ', 0, items)).toEqual({ kind: 'choose', row: row('table:a') });
  expect(keyMove(' ', 3, items)).toBeNull();
  expect(keyMove('Enter', 1, items)).toEqual({ kind: 'open', item: items[1] });
  expect([keyMove('Enter', -1, items), keyMove('a', 0, items), keyMove('Tab', 0, items)]).toEqual([null, null, null]);
});
