/** The fake server's plan of `table.clear`: an invented foreign-key graph over the invented tables, followed as the real one would be. */
import { ClearParams } from '../../worker/protocol/job.ts';
import type { Hazard, PredictedTable, StoredPlan } from '../../worker/protocol/plan.ts';
import { refused } from './fake-answer.ts';
import { fakeTables } from './fixtures.ts';

interface Reference {
  readonly table: string;
  readonly column: string;
  readonly to: string;
  readonly action: 'CASCADE' | 'SET NULL' | 'RESTRICT';
}
const REFERENCES: readonly Reference[] = [
  { table: 'addresses', column: 'customer_id', to: 'customers', action: 'CASCADE' },
  { table: 'orders', column: 'customer_id', to: 'customers', action: 'RESTRICT' },
  { table: 'order_items', column: 'order_id', to: 'orders', action: 'CASCADE' },
  { table: 'payments', column: 'order_id', to: 'orders', action: 'RESTRICT' },
  { table: 'order_items', column: 'product_id', to: 'products', action: 'RESTRICT' },
  { table: 'product_media', column: 'product_id', to: 'products', action: 'CASCADE' },
  { table: 'inventory', column: 'product_id', to: 'products', action: 'CASCADE' },
  { table: 'reviews', column: 'customer_id', to: 'customers', action: 'SET NULL' },
  { table: 'carts', column: 'customer_id', to: 'customers', action: 'CASCADE' },
];

const rowsOf = (name: string): number => fakeTables(Date.now()).find((table) => table.name === name)?.rows?.value ?? 1_204;

function followed(root: string): PredictedTable[] {
  const seen = new Map<string, PredictedTable>();
  const visit = (to: string): void => {
    for (const reference of REFERENCES.filter((one) => one.to === to && !seen.has(one.table))) {
      const before = rowsOf(reference.table);
      const removed = Math.round(before * 0.9);
      const via = `${reference.table}.${reference.column} → ${to} (${reference.action})`;
      seen.set(reference.table, { table: reference.table, before, removed, changed: 0, after: before - removed, via });
      visit(reference.table);
    }
  };
  const before = rowsOf(root);
  seen.set(root, { table: root, before, removed: before, changed: 0, after: 0, via: null });
  visit(root);
  return [...seen.values()];
}

function hazardsOf(root: string, dependents: PredictedTable[], keep: boolean): Hazard[] {
  const none = { column: null, samples: [] };
  const some = dependents.reduce((sum, { removed }) => sum + removed, 0);
  const names = dependents.map(({ table }) => table).join(', ');
  const dependence: Hazard[] =
    dependents.length === 0
      ? []
      : keep
        ? [
            {
              code: 'dependents_in_the_way',
              level: 'stop',
              message: `${some} rows of ${names} depend on ${root}.`,
              hint: 'Clear the dependent rows too, or remove them first.',
              table: root,
              column: null,
              samples: [{ id: '7', customer_id: '4', note: "'leave at the door'" }],
            },
          ]
        : [
            {
              code: 'dependents_cleared',
              level: 'danger',
              message: `${some} rows of ${names} are removed too.`,
              hint: 'They are in the safety backup, if one is taken.',
              table: root,
              ...none,
            },
          ];
  const triggers: Hazard[] =
    root === 'products' || root === 'customers'
      ? [
          {
            code: 'delete_triggers_fire',
            level: 'warning',
            message: 'The trigger products_fts_delete fires for each removed row.',
            hint: 'It keeps the full-text index right; it makes the job slower.',
            table: 'products',
            ...none,
          },
        ]
      : [];
  return [...dependence, ...triggers];
}

export function clearPlan(given: Record<string, unknown>): StoredPlan {
  const params = ClearParams.parse(given);
  const known = fakeTables(Date.now(), 60).find(({ name }) => name.toLowerCase() === params.table.toLowerCase());
  if (known === undefined) throw refused('table_not_found', `There is no table “${params.table}”.`);
  if (known.kind !== 'table') throw refused('table_not_clearable');
  const all = followed(known.name);
  const [, ...dependents] = all;
  const keep = params.dependents === 'keep';
  const tables = keep ? all.slice(0, 1) : all;
  const rowsRemoved = tables.reduce((sum, { removed }) => sum + removed, 0);
  return {
    params,
    needs: 'admin',
    statements: [...tables].reverse().map(({ table, removed }, n) => ({
      n,
      step: Math.floor(n / 2),
      sql: `DELETE FROM "${table}"`,
      reason: table === known.name ? 'The table that was asked for.' : `Its rows depend on ${known.name}.`,
      risk: 'loses data' as const,
      table,
      rows: removed,
      inverse: null,
      cost: { rowsRead: removed, rowsWritten: removed * 2 },
    })),
    hazards: hazardsOf(known.name, dependents, keep),
    predicted: {
      tables: [...tables],
      rowsRemoved,
      rowsChanged: 0,
      rowsRead: rowsRemoved * 2,
      rowsWritten: rowsRemoved * 3,
      hold: 'read-only',
      safetyBackup: params.safetyBackup,
    },
    confirm: known.name,
    rehearsal: null,
  };
}
