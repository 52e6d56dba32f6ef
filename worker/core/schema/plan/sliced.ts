/**
 * The rebuild that is too large for one batch (S1, S2), while a fence keeps writers out. D1 follows foreign keys always, so that a table can
 * only go while nobody refers to it, and ALTER RENAME takes the keys of other tables along. Hence:
 *
 * 1. Every table that refers to one that is rebuilt, by whatever key, is copied, too. The copies refer to each other.
 * 2. They are filled slice by slice, parents first. Nothing that is there is touched: until the swap there is nothing to be undone.
 * 3. One batch swaps: rows are counted, the old tables go, children first. Nobody else refers to them, so SQLite deletes no row. The copies
 *    take their names. Views and the triggers of other tables are not looked at, so that they stay as they are.
 * 4. Indexes cannot be renamed: they are made afterwards, one a batch. What a foreign key needs until then is there under a name of ours.
 *
 * Tables that refer to themselves or to each other in a ring are copied, and dropped, at once: only small ones can be.
 */
import type { TableDef } from '../../../protocol/schema.ts';
import { copy, namesOf, neededKeys, prepare, ringsOf } from './copies.ts';
import { type Group, rowsWritten } from './draft.ts';
import { type RebuildInput, recipeOf } from './recipe.ts';
import { pageKey } from './slice.ts';
import { indexesAfter, swap } from './swap.ts';

export interface SlicedInput extends Omit<RebuildInput, 'created'> {
  /** New tables that refer to a member, or to which one refers: they come with the swap. */
  readonly fresh: readonly TableDef[];
  readonly maxRowWrites: number;
}
export interface Sliced {
  /** Prepares and copies; a group each step. */
  readonly copies: readonly Group[];
  readonly swap: Group;
  readonly indexes: readonly Group[];
}

export function slicedRebuild(input: SlicedInput): Sliced {
  const recipe = recipeOf({ ...input, created: [] });
  const rings = ringsOf(recipe);
  const names = namesOf([...rings.flat().map(({ to }) => to), ...input.fresh]);
  const keys = neededKeys(recipe, input.fresh);
  return {
    copies:
      names.next.size === 0 ? [] : [prepare(recipe, input.fresh, keys, names), ...rings.map((ring) => copy(ring, recipe, names))],
    swap: swap(recipe, input.fresh, names),
    indexes: indexesAfter(recipe, keys),
  };
}

/** What stands in the way, in words; empty when nothing does. */
export function whyNotSliced(input: SlicedInput): string[] {
  const recipe = recipeOf({ ...input, created: [] });
  const { copies, swap } = slicedRebuild(input);
  const most = input.maxRowWrites;
  const names = (tables: Iterable<TableDef>) => [...new Set([...tables].map(({ name }) => name))].join(', ');
  const tied = recipe.pending.flatMap(({ child, parent }) => [child, parent]);
  const atOnce = copies.filter((group) => rowsWritten(group) > most && group.every(({ slice }) => !slice?.table));
  const late = atOnce.flatMap((group) => group.flatMap(({ table }) => recipe.stashed.find(({ to }) => to.name === table) ?? []));
  const unpaged = late.filter(({ from }) => pageKey(from) === null);
  const rowByRow = rowsWritten(swap) > most;
  const rings = late.filter((one) => !unpaged.includes(one) && !(rowByRow && tied.includes(one.from)));
  return [
    ...(rowByRow
      ? [`${names(tied)}: rows refer to rows of the same table, or in a ring, so that the old tables would go row by row`]
      : []),
    ...(rings.length > 0
      ? [
          `${names(rings.map(({ to }) => to))}: rows would refer to rows of the same table, or in a ring, and could not come one after the other`,
        ]
      : []),
    ...unpaged.map(({ from }) => `${from.name}: no key tells its rows apart, so that they cannot be taken in turn`),
  ];
}
