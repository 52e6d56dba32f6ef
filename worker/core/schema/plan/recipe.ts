/** Who takes part in a rebuild, in which order, and what helps: worked out before a statement is written. */
import type { IndexDef, TableDef, TriggerDef } from '../../../protocol/schema.ts';
import { identifier } from '../../sql/quote.ts';
import { isRowidAlias } from '../diff/items.ts';
import { sameName } from '../names.ts';
import { parentsFirst } from '../order.ts';
import { dropOrder, type Edge, edgesOf, isServed } from './graph.ts';
import { type Fill, type Projection, projectionOf } from './projection.ts';

/** `to` null: the table goes. `to` equal to `from`: it is only reached by the others. */
export interface Member {
  readonly from: TableDef;
  readonly to: TableDef | null;
  readonly why: string;
}
export interface RebuildInput {
  readonly members: readonly Member[];
  /** Tables that come in the same batch, before rows are put back: they may be parents. */
  readonly created: readonly TableDef[];
  /** All new tables of the plan: they have no rows to lose. */
  readonly made: readonly TableDef[];
  /** All tables as they are. */
  readonly tables: readonly TableDef[];
  /** What is on the members and stays, as the live database has it. */
  readonly indexes: readonly IndexDef[];
  readonly triggers: readonly TriggerDef[];
  /** New unique indexes on the members and the new tables. */
  readonly keys: readonly IndexDef[];
  readonly rowsOf: (table: string) => number;
  readonly fill: Fill;
}

/** Below this a scan for each row costs less than an index. */
export const SCAN_IS_CHEAPER = 100_000;
export interface Stashed {
  readonly from: TableDef;
  readonly to: TableDef;
  readonly stash: string;
  readonly projection: Projection;
  readonly rows: number;
  readonly why: string;
}
export interface Recipe extends RebuildInput {
  readonly stashed: readonly Stashed[];
  /** The same, parents first in their new shape. */
  readonly filled: readonly Stashed[];
  readonly order: readonly TableDef[];
  readonly pending: readonly Edge[];
  /** Tables that refer to members and stay as they are. */
  readonly untouched: readonly TableDef[];
  /** Of ours, for keys that nothing serves: on which table, and whether that is one of the new ones. */
  readonly helpers: readonly Helper[];
}
export interface Helper {
  readonly name: string;
  readonly table: string;
  readonly columns: readonly string[];
  readonly when: 'before drop' | 'before filling';
  readonly outlives: boolean;
}

export function recipeOf(input: RebuildInput): Recipe {
  const { members, tables, rowsOf, fill } = input;
  const own = new Set(members.map(({ from }) => from));
  const edges = edgesOf(tables);
  const { order, pending } = dropOrder(own, edges);
  const stashed = members.flatMap(({ from, to, why }, n): Stashed[] =>
    to === null
      ? []
      : [{ from, to, why, stash: `_lk_stash_${n + 1}`, projection: projectionOf(from, to, fill), rows: rowsOf(from.name) }],
  );
  const byTable = new Map(stashed.map((one) => [one.to, one]));
  const filled = parentsFirst(stashed.map(({ to }) => ({ ...to, table: to }))).flatMap(({ table }) => byTable.get(table) ?? []);
  const untouched = [...new Set(edges.filter(({ child, parent }) => own.has(parent) && !own.has(child)).map(({ child }) => child))];
  const recipe = { ...input, stashed, filled, order, pending, untouched, helpers: [] };
  return { ...recipe, helpers: helpersOf(recipe, edges) };
}

/** Dropping and filling look up each row's children: without an index that is a scan for each row. */
function helpersOf({ members, tables, indexes, pending, untouched, stashed, rowsOf }: Recipe, edges: readonly Edge[]): Helper[] {
  const own = new Set(members.map(({ from }) => from));
  const isLong = (child: string, parent: string) => rowsOf(child) * rowsOf(parent) > SCAN_IS_CHEAPER;
  const helpers: Omit<Helper, 'name'>[] = [];
  for (const { child, parent, key } of edges) {
    if (!own.has(parent) || !untouched.includes(child) || isServed(key, child, indexes) || !isLong(child.name, parent.name))
      continue;
    helpers.push({ table: child.name, columns: key.columns, when: 'before drop', outlives: true });
  }
  for (const { child, parent, key } of pending)
    if (!isServed(key, child, indexes) && isLong(child.name, parent.name))
      helpers.push({ table: child.name, columns: key.columns, when: 'before drop', outlives: false });
  const kept = tables.filter((table) => !own.has(table));
  const after = edgesOf([...kept, ...stashed.map(({ to }) => to)]);
  for (const { child, parent, key } of after) {
    const late = stashed.some(({ to }) => to === child) && stashed.some(({ to }) => to === parent);
    // Other indexes come back after the rows, so that they do not serve yet.
    if (
      late &&
      isPendingWhenFilled(child, parent, stashed) &&
      !isServed(key, child, indexes.filter(isKey)) &&
      isLong(child.name, parent.name)
    )
      helpers.push({ table: child.name, columns: key.columns, when: 'before filling', outlives: true });
  }
  return helpers.map((helper, n) => ({ ...helper, name: `_lk_helper_${n + 1}` }));
}

/** Whether the child may have rows when the parent is filled. */
function isPendingWhenFilled(child: TableDef, parent: TableDef, stashed: readonly Stashed[]): boolean {
  if (child === parent) return true;
  const order = parentsFirst(stashed.map(({ to }) => ({ ...to, table: to }))).map(({ table }) => table);
  return order.indexOf(child) < order.indexOf(parent);
}

/** Whether a foreign key may refer to it. */
export const isKey = ({ unique, where, terms }: IndexDef): boolean =>
  unique && where === null && terms.every(({ column }) => column !== null);

/** `SET` for the key of an edge, or null when nothing has to be emptied or nothing can. */
export function emptied({ child, parent, key }: Edge, tables: readonly TableDef[]): string | null {
  if (key.onDelete === 'NO ACTION' || key.onDelete === 'RESTRICT') return null;
  const columns = key.columns.flatMap((name) => child.columns.filter((column) => sameName(column.name, name)));
  const isReferenced = (name: string) =>
    edgesOf(tables).some((other) => other.parent === child && other.key.references.some((one) => sameName(one, name)));
  const nullable = columns.find(
    (column) => !column.notNull && !column.generated && !isRowidAlias(column, child) && !isReferenced(column.name),
  );
  if (nullable) return `${identifier(nullable.name)} = NULL`;
  const inKey = (name: string) => child.primaryKey?.columns.some(({ column }) => column !== null && sameName(column, name));
  const free = columns.every((column) => !column.generated && !inKey(column.name) && !isReferenced(column.name));
  if (child !== parent || !free || key.references.length !== key.columns.length) return null;
  // Each row refers to itself: it is gone when its children are looked for.
  return key.columns.map((name, n) => `${identifier(name)} = ${identifier(key.references[n] ?? name)}`).join(', ');
}
