/** The first part of a rebuild in slices: copies of the tables under names of ours, and what fills them. Nothing that is there is touched. */
import type { IndexDef, TableDef } from '../../../protocol/schema.ts';
import { identifier } from '../../sql/quote.ts';
import { renderIndex } from '../ddl/index.ts';
import { foldName, sameName } from '../names.ts';
import { type Draft, draft, type Group } from './draft.ts';
import { edgesOf, isServed, ringsFirst } from './graph.ts';
import { createHelper } from './rebuild.ts';
import { type Helper, isKey, type Recipe, SCAN_IS_CHEAPER, type Stashed } from './recipe.ts';
import { renamedText } from './rename-text.ts';
import { pageKey, slicesTable } from './slice.ts';

/** What stands under which name of ours until the swap. */
export interface Names {
  readonly next: ReadonlyMap<string, string>;
  readonly of: (table: TableDef) => string;
}

export function ringsOf({ stashed }: Recipe): Stashed[][] {
  const of = new Map(stashed.map((one) => [one.to, one]));
  const tables = [...of.keys()];
  return ringsFirst(tables, edgesOf(tables)).map((ring) => ring.flatMap((table) => of.get(table) ?? []));
}

export const isRing = (ring: readonly Stashed[]): boolean =>
  ring.length > 1 || ring.some(({ to }) => to.foreignKeys.some(({ table }) => sameName(table, to.name)));

export function namesOf(tables: readonly TableDef[]): Names {
  const next = new Map(tables.map(({ name }, n) => [foldName(name), `_lk_next_${n + 1}`]));
  // Bare, as every name of ours: the linter knows them by that.
  return { next, of: ({ name }) => next.get(foldName(name)) ?? identifier(name) };
}

/** A unique index without which a foreign key refers to nothing, under a name of ours. */
export interface NeededKey {
  readonly index: IndexDef;
  readonly helper: string;
}

export function neededKeys({ stashed, indexes, keys }: Recipe, fresh: readonly TableDef[]): NeededKey[] {
  const edges = edgesOf([...stashed.map(({ to }) => to), ...fresh]);
  const is = (names: readonly (string | null)[], wanted: readonly string[]) =>
    names.length === wanted.length && wanted.every((name) => names.some((one) => one !== null && sameName(one, name)));
  const needed = [...indexes, ...keys].filter(
    (index) =>
      isKey(index) &&
      edges.some(
        ({ parent, key }) =>
          sameName(index.table, parent.name) &&
          is(
            index.terms.map(({ column }) => column),
            key.references,
          ),
      ),
  );
  return needed.map((index, n) => ({ index, helper: `_lk_key_${n + 1}` }));
}

const PREPARES = { alone: true, slice: { part: 'prepare', table: null } } as const;
const COPIES = { alone: true, slice: { part: 'copy', table: null } } as const;

export function prepare(recipe: Recipe, fresh: readonly TableDef[], keys: readonly NeededKey[], names: Names): Group {
  const paged = recipe.stashed.flatMap(({ from }) => pageKey(from) ?? []).length > 0;
  const made = (table: TableDef, reason: string) =>
    draft(renamedText(table, names.next), reason, { ...PREPARES, table: table.name, risk: 'locks' });
  return [
    ...(paged
      ? [
          draft(
            slicesTable(recipe.stashed.flatMap(({ from }) => [pageKey(from) ?? []])),
            'Remembers how far each table is copied.',
            PREPARES,
          ),
        ]
      : []),
    ...recipe.filled.map(({ from, to, why }) =>
      made(to, from === to ? `${to.name} as it was, empty: ${why}.` : `${to.name} in its new shape, empty: ${why}.`),
    ),
    ...fresh.map((table) => made(table, `${table.name} is new.`)),
    ...keys.map(({ index, helper }) =>
      draft(
        renderIndex({ ...index, name: helper, table: names.next.get(foldName(index.table)) ?? index.table, sql: null }),
        `Foreign keys refer to it; ${index.name} itself comes later.`,
        {
          ...PREPARES,
          table: index.table,
        },
      ),
    ),
  ];
}

export function copy(ring: readonly Stashed[], recipe: Recipe, names: Names): Group {
  const [only] = ring as [Stashed];
  if (!isRing(ring) && pageKey(only.from) !== null) return [copied(only, recipe, names, only.from.name)];
  const helpers = ringHelpers(ring, recipe);
  return [
    draft('PRAGMA defer_foreign_keys = ON', 'Rows may refer to rows that come after them.', COPIES),
    ...helpers.map((helper) => {
      const table = names.next.get(foldName(helper.table)) ?? helper.table;
      return { ...createHelper({ ...helper, table }, recipe), ...COPIES, rowsRead: 0, table: helper.table };
    }),
    ...ring.map((one) => copied(one, recipe, names, null)),
    ...helpers.map(({ name }) => draft(`DROP INDEX ${name}`, 'It has done its work.', COPIES)),
  ];
}

/** With deferred keys each row that comes is looked for in the tables that refer to it. */
function ringHelpers(ring: readonly Stashed[], { rowsOf }: Recipe): Helper[] {
  const long = edgesOf(ring.map(({ to }) => to)).filter(
    ({ child, parent, key }) => !isServed(key, child, []) && rowsOf(child.name) * rowsOf(parent.name) > SCAN_IS_CHEAPER,
  );
  return long.map(({ child, key }, n) => ({
    name: `_lk_helper_${n + 1}`,
    table: child.name,
    columns: key.columns,
    when: 'before filling',
    outlives: true,
  }));
}

/** OR ABORT: a constraint that says ON CONFLICT IGNORE or REPLACE would swallow rows. */
function copied({ from, to, projection, rows }: Stashed, { indexes, keys }: Recipe, names: Names, sliced: string | null): Draft {
  const targets = projection.columns.map(({ column }) => identifier(column.name));
  const values = projection.columns.map(({ expression }) => expression);
  const into = projection.rowid ? [projection.rowid.to, ...targets] : targets;
  const what = projection.rowid ? [projection.rowid.from, ...values] : values;
  const touched =
    1 + to.uniques.length + [...indexes, ...keys].filter((index) => isKey(index) && sameName(index.table, to.name)).length;
  const sql = `INSERT OR ABORT INTO ${names.of(to)} (${into.join(', ')}) SELECT ${what.join(', ')} FROM ${identifier(from.name)}`;
  const reason = `Copies the rows of ${from.name}${sliced === null ? '' : ', slice by slice in the order of its key'}.`;
  return draft(sql, reason, {
    alone: true,
    slice: { part: 'copy', table: sliced },
    table: to.name,
    rows,
    rowsRead: rows,
    rowsWritten: rows * touched,
    risk: 'slow',
  });
}
