/** Changes of a table that ALTER can do on D1, and as which statements. */
import type { ColumnDef, TableDef, TriggerDef, ViewDef } from '../../../protocol/schema.ts';
import { identifier } from '../../sql/quote.ts';
import { mentions } from '../create-text.ts';
import { renderTable } from '../ddl/index.ts';
import { isAddableCheck, isAddableKey, whyNotAddable, whyNotDroppable } from '../diff/addable.ts';
import { columnId } from '../diff/items.ts';
import { sameName } from '../names.ts';
import type { TableChange } from './changes.ts';
import { type Draft, draft } from './draft.ts';
import type { Fill } from './projection.ts';

export interface Surroundings {
  readonly views: readonly ViewDef[];
  readonly triggers: readonly TriggerDef[];
  readonly rowsOf: (table: string) => number;
  readonly fill: Fill;
}

/** Why the table has to be rebuilt, in words; empty when ALTER does it. */
export function whyRebuild(change: TableChange, around: Surroundings): string[] {
  const { from, to, added, dropped } = change;
  const empty = around.rowsOf(from.name) === 0;
  const why = [...change.why];
  for (const column of added) {
    const reason = whyNotAddable(column, to, empty) ?? whyNotFillable(column, change, around);
    if (reason !== null) why.push(`${column.name} cannot be added in place: ${reason}`);
  }
  for (const key of change.newKeys)
    if (!added.some((column) => isAddableKey(key, column, empty))) why.push(`the foreign key on ${key.columns.join(', ')} is new`);
  for (const check of change.newChecks) if (!isAddableCheck(check, added)) why.push(`the check (${check.expression}) is new`);
  for (const column of dropped) {
    const reason = whyNotDroppable(column, from) ?? readerOf(column, from, around);
    if (reason !== null) why.push(`${column.name} cannot be dropped in place: ${reason}`);
  }
  return why;
}

/** An UPDATE would fire them; filling a new table fires nothing. */
function whyNotFillable(column: ColumnDef, { from, to }: TableChange, { triggers, fill }: Surroundings): string | null {
  if (fill[columnId(to.name, column.name)] === undefined) return null;
  return triggers.some(({ table }) => sameName(table, from.name)) ? 'filling it would fire triggers' : null;
}

/** A view or trigger that seems to read the column: ALTER would refuse. */
function readerOf(column: ColumnDef, table: TableDef, { views, triggers }: Surroundings): string | null {
  const reads = (text: string) => mentions(text, column.name) && mentions(text, table.name);
  const view = views.find(({ select }) => reads(select));
  if (view) return `the view ${view.name} mentions it`;
  const trigger = triggers.find(
    (one) => mentions(one.body, column.name) && (sameName(one.table, table.name) || mentions(one.body, table.name)),
  );
  return trigger ? `the trigger ${trigger.name} mentions it` : null;
}

export function alterStatements(change: TableChange, around: Surroundings): Draft[] {
  return [...change.dropped.map((column) => dropColumn(column, change, around)), ...addColumns(change, around)];
}

function dropColumn({ name }: ColumnDef, { from }: TableChange, { rowsOf }: Surroundings): Draft {
  const rows = rowsOf(from.name);
  return draft(
    `ALTER TABLE ${identifier(from.name)} DROP COLUMN ${identifier(name)}`,
    `${from.name}.${name} is not wanted any more.`,
    {
      table: from.name,
      rows,
      rowsRead: rows,
      risk: rows === 0 ? 'safe' : 'loses data',
    },
  );
}

function addColumns(change: TableChange, { rowsOf, fill }: Surroundings): Draft[] {
  const { to, added } = change;
  const rows = rowsOf(change.from.name);
  const left = new Set(change.newChecks);
  // What one depends on comes first: a generated column after what it is made from, a check with the last column that it mentions.
  const order = [...added].sort((a, b) => Number(a.generated !== null) - Number(b.generated !== null));
  return order.flatMap((column, n) => {
    const later = order.slice(n + 1);
    const checks = [...left].filter(
      ({ expression }) => !later.some(({ name }) => mentions(expression, name)) && mentions(expression, column.name),
    );
    for (const check of checks) left.delete(check);
    const given = fill[columnId(to.name, column.name)];
    const add = draft(
      `ALTER TABLE ${identifier(to.name)} ADD COLUMN ${columnText(column, { ...change, newChecks: checks })}`,
      `${to.name}.${column.name} is new.`,
      {
        table: to.name,
        rowsRead: checks.length > 0 ? rows : 0,
        inverse: `ALTER TABLE ${identifier(to.name)} DROP COLUMN ${identifier(column.name)}`,
      },
    );
    if (given === undefined || column.generated) return [add];
    const set = draft(
      `UPDATE ${identifier(to.name)} SET ${identifier(column.name)} = (${given})`,
      `Gives ${column.name} a value in the rows that are there.`,
      {
        table: to.name,
        rows,
        rowsRead: rows,
        risk: 'slow',
      },
    );
    return [add, set];
  });
}

/** As the renderer writes it in a table of its own, and its checks behind it. The renderer refuses what is not one expression (X3). */
function columnText(column: ColumnDef, { to, newKeys, newChecks }: TableChange): string {
  const foreignKeys = newKeys.filter(({ columns }) => columns.length === 1 && sameName(columns[0] ?? '', column.name));
  const bare: TableDef = {
    ...to,
    strict: false,
    withoutRowid: false,
    columns: [column],
    primaryKey: null,
    uniques: [],
    checks: [],
    foreignKeys,
    sql: null,
  };
  renderTable({ ...bare, checks: [...newChecks] });
  const text = renderTable(bare);
  const checks = newChecks.map(
    ({ name, expression }) => `${name === null ? '' : `CONSTRAINT ${identifier(name)} `}CHECK (${expression})`,
  );
  return [text.slice(text.indexOf('(\n') + 2, text.lastIndexOf('\n)')).trim(), ...checks].join(' ');
}
