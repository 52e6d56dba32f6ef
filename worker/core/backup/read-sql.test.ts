import { expect, test } from 'vitest';
import type { Holds } from '../sql/cells.ts';
import { EVERYTHING, fits, pageSql } from './read-sql.ts';
import type { RowSource } from './source.ts';

const widest = (holds: Holds): number => {
  const fitting = (columns: number) => {
    const cells = Array.from({ length: columns }, (_, n) => ({ sql: `"column${n}"`, holds }));
    const source: RowSource = {
      table: 't',
      pagedBy: 'rowid',
      cells,
      key: [{ sql: 'rowid', collation: null, descending: false }],
      keyCells: [0],
      keyTable: '"t"',
      header: '',
      singly: false,
    };
    return fits(pageSql(source, { ...EVERYTHING, limit: 16_000 }, 10_000));
  };
  let columns = 1;
  while (columns < 100 && fitting(columns + 1)) columns += 1;
  return columns;
};

// A table that is wider is read cell by cell, a few rows at a time.
test.each([
  ['rowid', 100],
  ['text', 100],
  ['numeric', 90],
  ['any', 90],
] as const)('B1 a page of %s columns can be asked for in one statement up to %i of them', (holds, columns) => {
  expect(widest(holds)).toBeGreaterThanOrEqual(columns);
});
