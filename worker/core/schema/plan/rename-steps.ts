/** Renames one after the other: SQLite knows no swap, so a name that is still taken is reached over another one. */
import type { Rename, SchemaDef } from '../../../protocol/schema.ts';
import { nameMap } from '../diff/rename-model.ts';
import { foldName } from '../names.ts';

/** `table` is the name that the table has at that moment; null for a table's own rename. */
export interface RenameStep {
  readonly table: string | null;
  readonly from: string;
  readonly to: string;
}

/** First columns, under the tables' old names, then tables. */
export function renameSteps(renames: readonly Rename[], live: SchemaDef, mid: SchemaDef): RenameStep[] {
  const map = nameMap(renames);
  const steps: RenameStep[] = [];
  for (const table of mid.tables) {
    const names = map.columns.get(foldName(table.name));
    if (names === undefined) continue;
    const pairs = table.columns.flatMap(({ name }) => pairOf(name, names));
    steps.push(
      ...inOrder(
        pairs,
        table.columns.map(({ name }) => name),
        `_lk_swap_`,
      ).map((pair) => ({ table: table.name, ...pair })),
    );
  }
  const pairs = mid.tables.flatMap(({ name }) => pairOf(name, map.tables));
  const taken = [...mid.tables, ...mid.views, ...mid.virtualTables, ...live.views].map(({ name }) => name);
  return [...steps, ...inOrder(pairs, taken, '_lk_swap_').map((pair) => ({ table: null, ...pair }))];
}

interface Pair {
  readonly from: string;
  readonly to: string;
}

function pairOf(name: string, names: ReadonlyMap<string, string>): Pair[] {
  const to = names.get(foldName(name));
  return to === undefined || to === name ? [] : [{ from: name, to }];
}

function inOrder(pairs: readonly Pair[], taken: readonly string[], standIn: string): Pair[] {
  const names = new Set(taken.map(foldName));
  const steps: Pair[] = [];
  const take = (step: Pair) => {
    names.delete(foldName(step.from));
    names.add(foldName(step.to));
    steps.push(step);
  };
  let waiting = [...pairs];
  while (waiting.length > 0) {
    const free = waiting.find(({ from, to }) => !names.has(foldName(to)) || foldName(from) === foldName(to));
    const [first] = waiting as [Pair, ...Pair[]];
    if (free) {
      take(free);
      waiting = waiting.filter((pair) => pair !== free);
    } else {
      const between = `${standIn}${steps.length + 1}`;
      take({ from: first.from, to: between });
      waiting = waiting.map((pair) => (pair === first ? { from: between, to: pair.to } : pair));
    }
  }
  return steps;
}

/** Undoes them: the same steps backwards. A column's step names its table as it is called before the tables' own steps. */
export const stepsBack = (steps: readonly RenameStep[]): RenameStep[] =>
  [...steps].reverse().map(({ table, from, to }) => ({ table, from: to, to: from }));
