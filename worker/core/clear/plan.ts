/** From what was counted to the plan that somebody looks at. */
import type { ClearParams } from '../../protocol/job.ts';
import type { PlanStatement, StoredPlan } from '../../protocol/plan.ts';
import { type ProblemCode, Refusal } from '../../protocol/problem.ts';
import { scriptOf } from '../backup/script.ts';
import { findTable, type SchemaModel, type Table } from '../schema/model.ts';
import { isLedger, isReserved, sameName } from '../schema/names.ts';
import { type Consequences, countsOf } from './consequences.ts';
import { rowKey } from './graph.ts';
import { hazardsOf, predictedTables } from './hazards.ts';
import { batchStatements, DROP_LIST, fillList, makeList, openRing, removeWhere, resetSequence, type Sql } from './statements.ts';
import { type Item, lockedRings, removedOf, type Sizes, totalOf, type Work, workOf } from './work.ts';

/** The table by this name, if it can be emptied; otherwise a `Refusal`. */
export function clearable(model: SchemaModel, name: string): Table {
  if (isReserved(name) || sameName(name, 'audit_logs'))
    throw new Refusal('table_is_ours', `\`${name}\` belongs to the platform or to Lockkeeper.`);
  if (model.views.some((view) => sameName(view.name, name)))
    throw new Refusal('table_not_clearable', `\`${name}\` is a view.`, { hint: 'Clear the tables that it reads.' });
  const table = findTable(model, name);
  if (!table) throw new Refusal('table_not_found', `There is no table \`${name}\`.`);
  if (isLedger(table.name))
    throw new Refusal('table_not_clearable', `\`${table.name}\` records the migrations.`, {
      hint: 'Mark migrations as pending instead.',
    });
  if (table.kind !== 'table') throw new Refusal('table_not_clearable', `\`${table.name}\` is or belongs to a virtual table.`);
  return table;
}

export interface Planned {
  readonly model: SchemaModel;
  readonly target: Table;
  readonly params: ClearParams;
  readonly consequences: Consequences;
  /** The row of each question. */
  readonly answers: readonly (readonly number[])[];
  readonly sizes: Sizes;
}

export function clearPlan({ model, target, params, consequences, answers, sizes }: Planned): StoredPlan {
  const counts = countsOf(target, consequences, answers);
  const tables = predictedTables({ counts, target });
  const work = workOf(model, params, tables, sizes);
  const rowsRemoved = totalOf(work);
  if (work.items.some((item) => item.do === 'remove' || item.do === 'open')) mustHaveKeys([target]);
  return {
    params: { ...params, table: target.name },
    needs: 'admin',
    statements: statementsOf(work),
    hazards: [
      ...hazardsOf({ model, target, params, counts, references: consequences.references, lockedRings: lockedRings(work) }),
      ...backupHazards(model, params),
    ],
    predicted: {
      tables,
      rowsRemoved,
      rowsChanged: tables.reduce((sum, { changed }) => sum + changed, 0),
      rowsRead: 2 * counts.tables.reduce((sum, { before }) => sum + before, 0) + rowsRemoved,
      rowsWritten: counts.tables.reduce((sum, { table, removed }) => sum + removed * (1 + table.indexes.length), 0),
      hold: 'read-only',
      safetyBackup: params.safetyBackup,
    },
    confirm: target.name,
    rehearsal: null,
  };
}

/** A backup that cannot be made must stop the plan, not the job in its middle. */
function backupHazards(model: SchemaModel, params: ClearParams): StoredPlan['hazards'] {
  if (!params.safetyBackup) return [];
  return scriptOf(model, null).refusals.map(({ code, message }: { code: ProblemCode; message: string }) => ({
    code,
    level: 'stop' as const,
    message: `No safety backup can be made: ${message}`,
    hint: 'Make a backup of the other tables yourself, and plan again with `safetyBackup: false`.',
    table: null,
    column: null,
    samples: [],
  }));
}

/** Tables without a key by which a row is found again can be emptied only whole. */
export function mustHaveKeys(tables: readonly Table[]): void {
  const without = tables.find((table) => rowKey(table) === null);
  if (without)
    throw new Refusal('table_not_clearable', `${without.name} has neither a rowid that can be named nor a key.`, {
      hint: 'Rename the columns that hide its rowid, or give it a primary key.',
    });
}

interface Shown {
  readonly sql: string;
  readonly reason: string;
  readonly table: Table | null;
  readonly rows: number;
}

/** As they run; of a slice, its pattern. */
function statementsOf(work: Work): PlanStatement[] {
  return work.items
    .flatMap((item, step) => shown(work, item).map((one) => ({ ...one, step })))
    .map(({ sql, reason, table, rows, step }, n) => ({
      n,
      step,
      sql,
      reason,
      risk: rows > 0 ? ('loses data' as const) : ('safe' as const),
      table: table?.name ?? null,
      rows,
      inverse: null,
      cost: table === null ? null : { rowsRead: rows, rowsWritten: rows * (1 + table.indexes.length) },
    }));
}

function shown(work: Work, item: Item): Shown[] {
  const { target } = work;
  const plain = (statements: readonly Sql[], reason: string): Shown[] =>
    statements.map(({ sql }) => ({ sql, reason, table: null, rows: 0 }));
  switch (item.do) {
    case 'whole':
      return [
        {
          ...removeWhere(target, null),
          reason: 'Nothing refers to it: it goes at once.',
          table: target,
          rows: removedOf(work, target),
        },
        ...plain(resetSequence(work), 'AUTOINCREMENT begins again at 1.'),
      ];
    case 'batch':
      return batchStatements(work, false).map(({ sql }) => {
        const table = deletedTable(work, sql);
        return { sql, reason: reasonOf(work, table), table, rows: table === null ? 0 : removedOf(work, table) };
      });
    case 'list':
      return plain([...makeList(work), fillList(work, item.group)], 'Writes down which dependent rows go.');
    case 'open': {
      const opened = openRing(item.reference, null, null);
      return plain(opened ? [opened] : [], 'Rows that refer to one another are untied, so that slices can take them.');
    }
    case 'remove':
      return [
        {
          ...removeWhere(
            item.table,
            item.listed ? 'its key is in the list, one stretch at a time' : 'its key is in the next stretch',
          ),
          reason: `${item.rows.toLocaleString('en-US')} rows, in slices of ${item.sliceRows.toLocaleString('en-US')}.`,
          table: item.table,
          rows: item.rows,
        },
      ];
    case 'finish':
      return plain([DROP_LIST, ...resetSequence(work)], 'Tidies up.');
  }
}

function deletedTable(work: Work, sql: string): Table | null {
  const { target, consequences } = work;
  return [target, ...consequences.doomed.dependents].find((table) => sql.startsWith(removeWhere(table, null).sql)) ?? null;
}

function reasonOf({ target }: Work, table: Table | null): string {
  if (table === target) return 'The table itself.';
  return table === null ? 'Prepares the rest, or tidies up after it; in the same batch.' : 'Rows that depend on it.';
}
