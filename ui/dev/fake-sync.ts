/** What the fake server plans for invented differences: statements that look right, and every sort of hazard. */
import type { Hazard, PlanStatement, StoredPlan } from '../../worker/protocol/plan.ts';
import { type DiffRow, SyncParams } from '../../worker/protocol/schema.ts';
import { refused } from './fake-answer.ts';

const ROWS = 38_000;

function sqlOf({ kind, table, name, cells, change }: DiffRow): { sql: string; inverse: string | null } {
  const text = cells.schema.text ?? cells.migrations.text ?? '';
  switch (change) {
    case 'create':
      if (kind === 'index') return { sql: `CREATE INDEX "${name}" ON "${table}" ${text}`, inverse: `DROP INDEX "${name}"` };
      if (kind === 'table')
        return {
          sql: `CREATE TABLE "${name}" (\n  "code" TEXT PRIMARY KEY,\n  "title" TEXT NOT NULL\n)`,
          inverse: `DROP TABLE "${name}"`,
        };
      return {
        sql: `ALTER TABLE "${table}" ADD COLUMN "${name}" ${text}`,
        inverse: `ALTER TABLE "${table}" DROP COLUMN "${name}"`,
      };
    case 'drop':
      return { sql: kind === 'table' ? `DROP TABLE "${name}"` : `ALTER TABLE "${table}" DROP COLUMN "${name}"`, inverse: null };
    case 'recreate':
      return {
        sql: `DROP ${kind.toUpperCase()} "${name}"; CREATE ${kind.toUpperCase()} "${name}" AS ${text}`,
        inverse: `DROP ${kind.toUpperCase()} "${name}"`,
      };
    case 'alter':
    case 'rebuild':
    case 'none':
    case null:
      return {
        sql: `CREATE TABLE "_lk_new_${table}" (\n  "id" INTEGER PRIMARY KEY,\n  "name" TEXT NOT NULL,\n  "${name}" ${text}\n) -- rows are copied, counted, and put back`,
        inverse: `CREATE TABLE "_lk_old_${table}" ("id" INTEGER PRIMARY KEY, "name" TEXT NOT NULL)`,
      };
  }
}

const RISKS = { create: 'safe', drop: 'loses data', alter: 'safe', recreate: 'safe', rebuild: 'locks', none: 'safe' } as const;
const REASONS = {
  create: 'The code has it, the database has not',
  drop: 'The database has it, the code has not',
  alter: 'It differs, and can be changed in place',
  recreate: 'It differs; it is made anew without touching rows',
  rebuild: 'It differs in a way that SQLite cannot change in place',
  none: 'It differs',
} as const;

function statement(row: DiffRow, n: number): PlanStatement {
  const change = row.change ?? 'none';
  const rows = change === 'rebuild' ? ROWS : 0;
  return {
    n,
    step: 0,
    ...sqlOf(row),
    reason: `${REASONS[change]}: ${row.kind} ${row.table === row.name ? row.name : `${row.table}.${row.name}`}`,
    risk: RISKS[change],
    table: row.table,
    rows,
    cost: { rowsRead: rows, rowsWritten: rows + 2 },
  };
}

function hazardsOf(row: DiffRow, params: SyncParams): Hazard[] {
  const about = { table: row.table, column: row.kind === 'column' ? row.name : null };
  if (row.id === 'column:employees.phone' && params.fill[row.id] === undefined) {
    const samples = [7, 19, 23].map((id) => ({ id: String(id), name: `'Employee ${id}'`, phone: 'NULL' }));
    return [
      {
        ...about,
        code: 'rows_violate_not_null',
        level: 'stop',
        message: '3 rows have no value in employees.phone, which becomes NOT NULL.',
        hint: 'Give them a value, or make the column optional in the code.',
        samples,
      },
    ];
  }
  if (row.change === 'drop')
    return [
      {
        ...about,
        code: row.kind === 'table' ? 'loses_table' : 'loses_column',
        level: 'danger',
        message: `${row.kind === 'table' ? `The table ${row.name}` : `The column ${row.table}.${row.name}`} goes, with everything in it.`,
        hint: 'The safety backup has it.',
        samples: [{ id: '1', [row.name]: "'A-17'" }],
      },
    ];
  if (row.kind === 'foreign-key' && params.silence['lint/missing-index'] === undefined)
    return [
      {
        ...about,
        code: 'lint/missing-index',
        level: 'warning',
        message: 'The foreign key orders(customer_id) has no index: deleting a customer reads every order.',
        hint: 'Add an index over customer_id.',
        samples: [],
      },
    ];
  return [];
}

export function syncPlan(all: readonly DiffRow[], given: Record<string, unknown>, database: string): StoredPlan {
  const params = SyncParams.parse(given);
  const unknown = params.rows?.find((id) => !all.some((row) => row.id === id));
  if (unknown !== undefined) throw refused('unknown_diff_row', `The diff has no row ${unknown}.`);
  const renamed = new Set(params.renames.flatMap(({ table, from, to }) => [`column:${table}.${from}`, `column:${table}.${to}`]));
  const whole = new Set(
    all.filter(({ kind, change }) => kind === 'table' && (change === 'create' || change === 'drop')).map(({ name }) => name),
  );
  const wanted = all.filter(
    (row) => !renamed.has(row.id) && (params.rows === undefined ? row.additive : params.rows.includes(row.id)),
  );
  const rows = wanted.filter((row) => row.kind === 'table' || !whole.has(row.table));
  if (rows.length + params.renames.length === 0) throw refused('nothing_to_do');
  const renames = params.renames.map(
    ({ table, from, to }, n): PlanStatement => ({
      n,
      step: 0,
      sql: `ALTER TABLE "${table}" RENAME COLUMN "${from}" TO "${to}"`,
      reason: `You said that ${from} is ${to}`,
      risk: 'safe',
      table,
      rows: 0,
      inverse: `ALTER TABLE "${table}" RENAME COLUMN "${to}" TO "${from}"`,
      cost: { rowsRead: 0, rowsWritten: 1 },
    }),
  );
  const statements = [...renames, ...rows.map((row, i) => statement(row, renames.length + i))];
  const careful = rows.some(({ change }) => change === 'drop' || change === 'rebuild');
  const loses = rows.some(({ change }) => change === 'drop');
  return {
    params: { ...params },
    needs: careful ? 'admin' : 'operator',
    statements,
    hazards: rows.flatMap((row) => hazardsOf(row, params)),
    predicted: {
      tables: rows.some(({ change }) => change === 'rebuild')
        ? [{ table: 'employees', before: ROWS, removed: 0, changed: 3, after: ROWS, via: null }]
        : [],
      rowsRemoved: 0,
      rowsChanged: careful ? 3 : 0,
      rowsRead: statements.reduce((sum, { cost }) => sum + (cost?.rowsRead ?? 0), 0),
      rowsWritten: statements.reduce((sum, { cost }) => sum + (cost?.rowsWritten ?? 0), 0),
      hold: careful ? 'read-only' : null,
      safetyBackup: careful && params.safetyBackup,
    },
    confirm: loses ? database : null,
    rehearsal: {
      state: 'passed',
      tookMs: 184,
      rows: params.fullRehearsal ? 142_318 : 1_200,
      inverseProven: loses ? null : true,
      findings: [],
    },
  };
}
