/** Which table pulls which along, as a tree. Pure. */
import type { PredictedTable } from '../../worker/protocol/plan.ts';

export interface TreeRow {
  readonly table: PredictedTable;
  /** 0: a table that was asked for, or one that nothing else explains. */
  readonly depth: number;
  /** Last among its siblings, to draw the branch. */
  readonly last: boolean;
}

const REFERENCE = /→ (.+?) \((?:CASCADE|SET NULL|SET DEFAULT|RESTRICT|NO ACTION)\)/g;
const folded = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());

/** The tables that a `via` names after its arrows: there may be several ways to one table. */
export const parentsIn = (via: string | null): string[] =>
  via === null ? [] : [...via.matchAll(REFERENCE)].map(([, name]) => name ?? '');

/**
 * Each table once, below the first table that pulls it along, in the order of the plan. Whatever is reached only in a circle still appears:
 * a row that goes must not be missing from the list because nothing leads to it.
 */
export function treeOf(tables: readonly PredictedTable[]): TreeRow[] {
  const byName = new Map(tables.map((table) => [folded(table.table), table]));
  const childrenOf = new Map<PredictedTable | null, PredictedTable[]>();
  for (const table of tables) {
    const parent = parentsIn(table.via)
      .map((name) => byName.get(folded(name)))
      .find((one) => one !== undefined && one !== table);
    childrenOf.set(parent ?? null, [...(childrenOf.get(parent ?? null) ?? []), table]);
  }
  const rows: TreeRow[] = [];
  const seen = new Set<PredictedTable>();
  const walk = (list: readonly PredictedTable[], depth: number): void => {
    const fresh = list.filter((table) => !seen.has(table));
    fresh.forEach((table, i) => {
      if (seen.has(table)) return;
      seen.add(table);
      rows.push({ table, depth, last: i === fresh.length - 1 });
      walk(childrenOf.get(table) ?? [], depth + 1);
    });
  };
  walk(childrenOf.get(null) ?? [], 0);
  for (const table of tables) if (!seen.has(table)) walk([table], 0);
  return rows;
}
