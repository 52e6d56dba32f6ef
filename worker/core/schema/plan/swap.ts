/** The second part of a rebuild in slices: one batch in which the copies take the places of the tables, and the indexes afterwards. */
import type { IndexDef, TableDef } from '../../../protocol/schema.ts';
import { identifier, textLiteral } from '../../sql/quote.ts';
import { foldName } from '../names.ts';
import type { Names, NeededKey } from './copies.ts';
import { type Draft, draft, type Group } from './draft.ts';
import {
  breakCycles,
  CHECK_NAME,
  createIndex,
  dropTable,
  nobodyElse,
  on,
  restoreIndex,
  restoreTriggers,
  sequenced,
  standIn,
  standIns,
} from './rebuild.ts';
import type { Recipe, Stashed } from './recipe.ts';
import { pageKey, SLICES } from './slice.ts';

export function swap(recipe: Recipe, fresh: readonly TableDef[], names: Names): Group {
  const { stashed, pending, order } = recipe;
  const comes = [...recipe.filled.map(({ to }) => to), ...fresh];
  const paged = stashed.some(({ from }) => pageKey(from) !== null);
  return [
    ...(pending.length > 0 ? [draft('PRAGMA defer_foreign_keys = ON', 'Rows of a ring go one table after the other.')] : []),
    draft(
      `CREATE TABLE _lk_kept (name TEXT NOT NULL, n INTEGER NOT NULL CONSTRAINT ${CHECK_NAME} CHECK (n >= 0))`,
      'What is checked before the swap (S2).',
    ),
    ...stashed.map((one) => sameCount(one, names)),
    nobodyElse(order, [], 'refers'),
    ...keepSequences(recipe, names),
    ...breakCycles(recipe),
    ...order.flatMap((table) => [unreferred(table, recipe), ...standIn(table, recipe)]),
    ...standIns(recipe).map(({ name }) => draft(`DROP TABLE ${identifier(name)}`, 'It stood in for a table that is gone.')),
    ...takeNames(comes, names),
    ...(paged ? [draft(`DROP TABLE ${SLICES}`, 'All rows are copied.')] : []),
    draft('DROP TABLE _lk_kept', 'The counts agree.'),
    ...restoreTriggers(recipe),
  ];
}

const checked = (holds: string, reason: string, table: string | null, rowsRead: number): Draft =>
  draft(`INSERT INTO _lk_kept (name, n) SELECT 'checked', CASE WHEN ${holds} THEN 0 ELSE -1 END`, reason, { table, rowsRead });

const sameCount = ({ from, to, rows }: Stashed, names: Names): Draft =>
  checked(
    `(SELECT count(*) FROM ${identifier(from.name)}) = (SELECT count(*) FROM ${names.of(to)})`,
    `Every row of ${from.name} has been copied, or nothing happens (S2).`,
    from.name,
    rows * 2,
  );

/** The copies take the numbers along when they are renamed. */
function keepSequences(recipe: Recipe, names: Names): Draft[] {
  return sequenced(recipe).flatMap(({ from, to }) => {
    const next = textLiteral(names.next.get(foldName(to.name)) ?? to.name);
    return [
      draft(`DELETE FROM sqlite_sequence WHERE name = ${next}`, 'Makes way for the number before.'),
      draft(
        `INSERT INTO sqlite_sequence (name, seq) SELECT ${next}, seq FROM sqlite_sequence WHERE name = ${textLiteral(from.name)} COLLATE NOCASE`,
        `Numbers of ${to.name} that were given once are not given again.`,
      ),
    ];
  });
}

/** Without a row being written, unless it is part of a ring. */
function unreferred(table: TableDef, recipe: Recipe): Draft {
  const tied = recipe.pending.some(({ parent }) => parent === table);
  return { ...dropTable(table, recipe, 'its rows are in the copy'), ...(tied ? {} : { rowsWritten: 0 }) };
}

/** The old way of ALTER: it does not read views and triggers, which mention tables that are not there at the moment. Foreign keys follow. */
function takeNames(tables: readonly TableDef[], names: Names): Draft[] {
  if (tables.length === 0) return [];
  return [
    draft('PRAGMA legacy_alter_table = ON', 'Views and triggers stay as they are.'),
    ...tables.map((table) =>
      draft(
        `ALTER TABLE ${names.of(table)} RENAME TO ${identifier(table.name)}`,
        `From now on this is ${table.name}; the keys of the other copies follow.`,
        {
          table: table.name,
          risk: 'locks',
        },
      ),
    ),
    draft('PRAGMA legacy_alter_table = OFF', 'As it was.'),
  ];
}

const FINISHES = { alone: true, slice: { part: 'finish', table: null } } as const;

/** Unique ones first. What stood in for one goes in the same batch. */
export function indexesAfter(recipe: Recipe, needed: readonly NeededKey[]): Group[] {
  const standingIn = (index: IndexDef) =>
    needed
      .filter((one) => one.index === index)
      .map(({ helper }) => draft(`DROP INDEX ${helper}`, `${index.name} is there now.`, FINISHES));
  const kept = on(recipe, recipe.indexes).map((index) => ({ index, made: restoreIndex(index, recipe) }));
  const come = recipe.keys.map((index) => ({ index, made: createIndex(index, recipe.rowsOf) }));
  const all = [...kept, ...come].sort((a, b) => Number(b.index.unique) - Number(a.index.unique));
  return all.map(({ index, made }) => [{ ...made, ...FINISHES, rowsWritten: made.rowsRead }, ...standingIn(index)]);
}
