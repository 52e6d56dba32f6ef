/**
 * How a table is emptied, as a list of work in a fixed order: the same plan over the same schema gives the same list, so that a place in it
 * is all that an executor has to remember. Children go before parents.
 */
import type { ClearParams } from '../../protocol/job.ts';
import type { PredictedTable } from '../../protocol/plan.ts';
import { findTable, type SchemaModel, type Table } from '../schema/model.ts';
import { type Consequences, consequencesOf } from './consequences.ts';
import { type Group, groupsOf, isIndexed, type Reference } from './graph.ts';
import { deleteTriggersOf } from './hazards.ts';
import { openable } from './ring.ts';

export interface Sizes {
  /** Up to so many rows over all tables go in one batch. */
  readonly batchRows: number;
  /** Weighed rows of a slice: each index, trigger and reference counts as a row more. */
  readonly sliceWeight: number;
}

/** Far under the 30 s that a batch may take: 50,000 rows with two indexes take half a second locally. */
export const SIZES: Sizes = { batchRows: 20_000, sliceWeight: 60_000 };
const MIN_SLICE_ROWS = 500;
const MAX_SLICE_ROWS = 50_000;
/** Rows that one slice may read because a foreign key has no index. */
const SCANNED_ROWS = 20_000_000;
/** Without triggers and references SQLite drops the pages of a table at once, whatever is in it. */
const WHOLE_ROWS = 20_000_000;

export type Item =
  /** The whole table at once. */
  | { readonly do: 'whole' }
  /** Everything in one batch. */
  | { readonly do: 'batch' }
  /** Writes down which rows of this group of dependents go. */
  | { readonly do: 'list'; readonly group: Group }
  /** Unties rows of a ring, so that they can go in any order. */
  | { readonly do: 'open'; readonly reference: Reference }
  | { readonly do: 'remove'; readonly table: Table; readonly rows: number; readonly sliceRows: number; readonly listed: boolean }
  /** Throws the list away and resets the sequence. */
  | { readonly do: 'finish' };

export interface Work {
  readonly target: Table;
  readonly params: ClearParams;
  readonly consequences: Consequences;
  readonly predicted: readonly PredictedTable[];
  readonly model: SchemaModel;
  readonly items: readonly Item[];
  /** Rings whose references hold the rows together; opened first where they cannot go in one batch, or where that fails. */
  readonly rings: readonly Reference[];
}

/** Throws when the schema is not the one of the plan. */
export function workOf(model: SchemaModel, params: ClearParams, predicted: readonly PredictedTable[], sizes: Sizes): Work {
  const target = findTable(model, params.table);
  if (!target) throw new Error(`${params.table} is gone`);
  const consequences = consequencesOf(model, target, params.dependents);
  const losing = params.dependents === 'clear' ? [target, ...consequences.doomed.dependents] : [target];
  const groups = groupsOf(losing, consequences.references.all);
  const rings = groups.flatMap((group) => group.rings);
  const work = { target, params, consequences, predicted, model, rings, items: [] };
  return { ...work, items: itemsOf(work, groups, sizes) };
}

export const removedOf = ({ predicted }: Pick<Work, 'predicted'>, table: Table): number =>
  predicted.find((one) => one.table === table.name)?.removed ?? 0;

export const totalOf = ({ predicted }: Pick<Work, 'predicted'>): number => predicted.reduce((sum, { removed }) => sum + removed, 0);

function itemsOf(work: Work, groups: readonly Group[], sizes: Sizes): Item[] {
  if (isWhole(work)) return [{ do: 'whole' }];
  if (fitsBatch(work, sizes)) return [{ do: 'batch' }];
  const { consequences, target } = work;
  const listed = consequences.doomed.groups.filter(({ tables }) => tables.some((table) => removedOf(work, table) > 0));
  return [
    ...listed.map((group): Item => ({ do: 'list', group })),
    ...work.rings.filter(({ child }) => removedOf(work, child) > 0).map((reference): Item => ({ do: 'open', reference })),
    ...[...groups]
      .reverse()
      .flatMap(({ tables }) => [...tables].reverse())
      .filter((table) => removedOf(work, table) > 0)
      .map(
        (table): Item => ({
          do: 'remove',
          table,
          rows: removedOf(work, table),
          sliceRows: sliceRows(work, table, sizes),
          listed: table !== target,
        }),
      ),
    { do: 'finish' },
  ];
}

export function isWhole({ model, target, predicted, consequences }: Work): boolean {
  const referred = consequences.references.all.some(({ parent }) => parent === target);
  const rows = predicted.find(({ table }) => table === target.name)?.before ?? 0;
  return !referred && deleteTriggersOf(model, target).length === 0 && rows <= WHOLE_ROWS;
}

/** Rows that are read because of foreign keys without an index count too. */
function fitsBatch(work: Work, { batchRows }: Sizes): boolean {
  const scanned = unindexed(work).reduce((sum, { parent, child }) => sum + removedOf(work, parent) * rowsIn(work, child), 0);
  return totalOf(work) <= batchRows && scanned <= SCANNED_ROWS;
}

/** Nobody knows how many rows a table has that is not in the plan: as many as a large one. */
const rowsIn = ({ predicted }: Work, table: Table): number => predicted.find((one) => one.table === table.name)?.before ?? 1_000;

const unindexed = ({ consequences }: Work): Reference[] => consequences.references.all.filter((reference) => !isIndexed(reference));

function sliceRows(work: Work, table: Table, { sliceWeight }: Sizes): number {
  const references = work.consequences.references.all.filter(({ parent }) => parent === table);
  const weight = 1 + table.indexes.length + references.length + 2 * deleteTriggersOf(work.model, table).length;
  const scans = unindexed(work).filter(({ parent }) => parent === table);
  const byScan = SCANNED_ROWS / Math.max(1, ...scans.map(({ child }) => rowsIn(work, child)));
  const rows = Math.floor(Math.min(sliceWeight / weight, byScan, MAX_SLICE_ROWS));
  return Math.max(Math.min(MIN_SLICE_ROWS, sliceWeight), rows);
}

/** Tables in rings that slices cannot take apart. */
export function lockedRings(work: Work): string[] {
  if (work.items.some((item) => item.do === 'batch' || item.do === 'whole')) return [];
  const locked = work.rings.filter((reference) => removedOf(work, reference.child) > 0 && openable(reference) === null);
  return [...new Set(locked.map(({ child }) => child.name))];
}
