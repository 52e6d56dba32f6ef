/** What takes away tables of ours that a rebuild in slices has left behind: they refer to each other, and hold nothing that is needed. */
import type { TableDef } from '../../../protocol/schema.ts';
import { identifier } from '../../sql/quote.ts';
import { parseCreate } from '../ddl/index.ts';
import { breakCycles, dropTable, standIn, standIns } from './rebuild.ts';
import { recipeOf } from './recipe.ts';

/** For one batch. `creates`: the CREATE texts of all of them. */
export function dropStatements(creates: readonly string[]): string[] {
  const tables = creates.flatMap((sql): TableDef[] => {
    const parsed = parseCreate(sql);
    return parsed.kind === 'table' ? [parsed.def] : [];
  });
  if (tables.length === 0) return [];
  const members = tables.map((from) => ({ from, to: null, why: 'it was left behind' }));
  const none = { created: [], made: [], indexes: [], triggers: [], keys: [], fill: {} };
  // How many rows there are nobody has counted: an index that is not needed costs less than one that is missing.
  const recipe = recipeOf({ ...none, members, tables, rowsOf: () => 1_000 });
  const drafts = [
    ...breakCycles(recipe),
    ...recipe.order.flatMap((table) => [dropTable(table, recipe), ...standIn(table, recipe)]),
  ];
  const standing = standIns(recipe).map(({ name }) => `DROP TABLE ${identifier(name)}`);
  return ['PRAGMA defer_foreign_keys = ON', ...drafts.map(({ sql }) => sql), ...standing];
}
