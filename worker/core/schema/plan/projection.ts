/** What becomes of a table's values in its new shape: one expression over the old row for each new column that gets a value. */
import type { ColumnDef, TableDef } from '../../../protocol/schema.ts';
import { identifier } from '../../sql/quote.ts';
import { byName } from '../diff/code.ts';
import { columnId, isRowidAlias } from '../diff/items.ts';
import { foldName } from '../names.ts';

/** `column:t.c` to an expression over the old row. A column without a value yet gets it; one of another type is made from it. */
export type Fill = Readonly<Record<string, string>>;

export interface Projected {
  readonly column: ColumnDef;
  readonly expression: string;
  /** The old column, unless the value is made anew. */
  readonly from: ColumnDef | null;
}
export interface Projection {
  readonly columns: readonly Projected[];
  /** How the rowid is called in the old and in the new table, where it has to be carried over as itself. */
  readonly rowid: { readonly from: string; readonly to: string } | null;
  /** The rowid has to be carried over and cannot. */
  readonly losesRowid: boolean;
}

/** D1's limit, of tables and of results. */
export const MAX_COLUMNS = 100;

/** A name by which the rowid can be had although columns may hide it; null when all are hidden. */
export function rowidName(table: TableDef): string | null {
  const taken = byName(table.columns);
  return ['rowid', '_rowid_', 'oid'].find((name) => !taken.has(name)) ?? null;
}

/** `sameTable`: how the table is called in `fill`. */
export function projectionOf(from: TableDef, to: TableDef, fill: Fill): Projection {
  const alias = to.columns.find((column) => isRowidAlias(column, to));
  const columns = projectColumns(from, to, fill, alias);
  const wanted = !from.withoutRowid && !to.withoutRowid && !columns.some(({ column }) => column === alias);
  const [before, after] = [rowidName(from), rowidName(to)];
  const fits = before !== null && after !== null && columns.length < MAX_COLUMNS;
  const rowid = wanted && fits ? { from: before, to: after } : null;
  return { columns: columns.length > 0 || rowid ? columns : placeholder(to), rowid, losesRowid: wanted && !fits };
}

/** Nothing of the old row is left, but that it is a row. */
const placeholder = (to: TableDef): Projected[] =>
  to.columns
    .filter(({ generated }) => !generated)
    .slice(0, 1)
    .map((column) => ({ column, from: null, expression: `(${column.default ?? 'NULL'})` }));

function projectColumns(from: TableDef, to: TableDef, fill: Fill, alias: ColumnDef | undefined): Projected[] {
  const old = byName(from.columns);
  return to.columns.flatMap((column): Projected[] => {
    if (column.generated) return [];
    const before = old.get(foldName(column.name));
    const given = fill[columnId(to.name, column.name)];
    if (before !== undefined) return [{ column, from: before, expression: valueFor(before, column, given) }];
    if (given !== undefined) return [{ column, from: null, expression: `(${given})` }];
    const rowid = column === alias && !from.withoutRowid ? rowidName(from) : null;
    return rowid === null ? [] : [{ column, from: null, expression: rowid }];
  });
}

function valueFor(before: ColumnDef, after: ColumnDef, given: string | undefined): string {
  const own = identifier(before.name);
  if (given === undefined) return own;
  return before.affinity === after.affinity ? `coalesce(${own}, (${given}))` : `(${given})`;
}

/**
 * The old rows as the new table will have them, as a FROM clause: for questions about them. New columns without a value have their
 * default, generated ones are computed.
 */
export function projectedRows(from: TableDef, to: TableDef, fill: Fill): string {
  const { columns } = projectionOf(from, to, fill);
  const given = new Map(columns.map((projected) => [projected.column, projected.expression]));
  const stored = to.columns.filter(({ generated }) => !generated);
  const values = stored.map((column) => `${given.get(column) ?? `(${column.default ?? 'NULL'})`} AS ${identifier(column.name)}`);
  const inner = `(SELECT ${values.join(', ')} FROM ${identifier(from.name)})`;
  // One level for each, as a generated column may be made from one before it.
  return to.columns
    .filter(({ generated }) => generated)
    .reduce((rows, { name, generated }) => `(SELECT *, (${generated?.expression}) AS ${identifier(name)} FROM ${rows})`, inner);
}
