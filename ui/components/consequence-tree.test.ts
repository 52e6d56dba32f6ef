import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PredictedTable } from '../../worker/protocol/plan.ts';
import { parentsIn, treeOf } from './consequence-tree.ts';

const row = (table: string, via: string | null): PredictedTable => ({ table, via, before: 9, removed: 9, changed: 0, after: 0 });
const drawn = (tables: PredictedTable[]): string[] =>
  treeOf(tables).map(({ table, depth }) => `${'-'.repeat(depth)}${table.table}`);

describe('the tree of consequences', () => {
  test('S1: each table stands below what pulls it along, in the order of the plan', () => {
    const tables = [
      row('customers', null),
      row('orders', 'orders.customer_id → customers (RESTRICT)'),
      row('order_items', 'order_items.order_id → orders (CASCADE)'),
      row('carts', 'carts.customer_id → customers (SET NULL)'),
    ];
    expect(drawn(tables)).toEqual(['customers', '-orders', '--order_items', '-carts']);
  });
  test('names are compared without case, composite keys and several ways are read, a table that refers to itself stays a root', () => {
    expect(parentsIn('a.x+y → Big Table (NO ACTION); a.z → c (CASCADE)')).toEqual(['Big Table', 'c']);
    expect(drawn([row('T', null), row('c', 'c.t → t (SET DEFAULT)'), row('s', 's.up → s (CASCADE)')])).toEqual(['T', '-c', 's']);
    expect(parentsIn(null)).toEqual([]);
  });
  test('S1: whatever the references are, every table appears exactly once', () => {
    const name = fc.constantFrom('a', 'b', 'c', 'd', 'e (x)', 'f → g');
    const via = fc.option(fc.array(name, { maxLength: 3 }).map((to) => to.map((one) => `q.z → ${one} (CASCADE)`).join('; ')));
    const tables = fc.uniqueArray(fc.tuple(name, via), { selector: ([one]) => one, maxLength: 6 });
    fc.assert(
      fc.property(tables, (list) => {
        const given = list.map(([table, how]) => row(table, how));
        expect(new Set(treeOf(given).map(({ table }) => table))).toEqual(new Set(given));
        expect(treeOf(given)).toHaveLength(given.length);
      }),
    );
  });
});
