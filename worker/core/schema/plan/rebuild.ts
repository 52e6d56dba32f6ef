/**
 * The rebuild recipe (S1, S2). D1 enforces foreign keys always, so that DROP TABLE deletes the table's rows first and with them, or in
 * them, whatever the actions of other tables' keys reach. Hence, in one batch with deferred keys:
 *
 * 1. Every table that is rebuilt, and every table that a DROP would reach into, is copied to a stash without types, keys or triggers,
 *    which keeps value, storage class and rowid.
 * 2. They are dropped, children first. Where a cycle or a key to the same table is left, the key is emptied before: otherwise its action
 *    could fail on NOT NULL, or run deeper than the ten levels that D1 allows.
 * 3. They are created under their final names (a rename would not settle the deferred keys, and would rewrite other tables), and filled
 *    while no trigger is there: parents first.
 * 4. AUTOINCREMENT's memory is put back, rows are counted against the stash, indexes and triggers come back as they were written.
 *
 * Tables that refer with NO ACTION or RESTRICT stay untouched: their keys count as violated while the parent is gone and as settled when
 * its rows are back.
 */
import type { IndexDef, TableDef } from '../../../protocol/schema.ts';
import { identifier, textLiteral } from '../../sql/quote.ts';
import { renderIndex, renderTable, renderTrigger } from '../ddl/index.ts';
import { foldName, sameName } from '../names.ts';
import { type Draft, draft, type Group } from './draft.ts';
import { edgesOf } from './graph.ts';
import type { Projection } from './projection.ts';
import { emptied, type Helper, isKey, type RebuildInput, type Recipe, recipeOf, SCAN_IS_CHEAPER, type Stashed } from './recipe.ts';

/** The database's own refusal when a check in the batch fails; `worker/database/expect.ts` knows it by this name. */
export const CHECK_NAME = '_lk_expect_count';

export function rebuildStatements(input: RebuildInput): Group {
  const recipe = recipeOf(input);
  return [
    draft('PRAGMA defer_foreign_keys = ON', 'Keys are checked when the batch ends, when all rows are back.'),
    draft(
      `CREATE TABLE _lk_kept (name TEXT NOT NULL, n INTEGER NOT NULL CONSTRAINT ${CHECK_NAME} CHECK (n >= 0))`,
      'Row counts before the change (S2).',
    ),
    nobodyElse(
      input.members.map(({ from }) => from),
      input.made,
      'would lose rows',
    ),
    ...recipe.stashed.flatMap((one) => stash(one, recipe)),
    ...recipe.untouched.map((table) => remember(table, recipe)),
    ...rememberSequences(recipe),
    ...breakCycles(recipe),
    ...recipe.order.flatMap((table) => [dropTable(table, recipe), ...standIn(table, recipe)]),
    ...standIns(recipe).map(({ name }) => draft(`DROP TABLE ${identifier(name)}`, 'It stood in for the table that comes now.')),
    ...input.created.map(createTable),
    ...createMembers(recipe),
    ...recipe.filled.map((one) => putBack(one, recipe)),
    ...restoreSequences(recipe),
    ...recipe.stashed.map((one) => sameCount(one)),
    ...recipe.untouched.map(stillThere),
    ...comeBack(recipe),
    ...tidy(recipe),
  ];
}

/**
 * A table of which the plan knows nothing (nobody could read it, or it is none of ours to change) would lose rows, or its key, with the old
 * ones. `would lose rows`: by an action of its key; `refers`: by whatever key. New tables (`made`) have nothing to lose.
 */
export function nobodyElse(goes: readonly TableDef[], made: readonly TableDef[], how: 'would lose rows' | 'refers'): Draft {
  const list = (tables: readonly TableDef[]) => tables.map(({ name }) => textLiteral(name)).join(', ');
  const acts = how === 'refers' ? '' : " AND f.on_delete NOT IN ('NO ACTION', 'RESTRICT')";
  const strangers = `s.type = 'table' AND s.name NOT LIKE '\\_cf\\_%' ESCAPE '\\' AND s.name COLLATE NOCASE NOT IN (${list([...goes, ...made])})`;
  const found = `SELECT 1 FROM sqlite_schema s, pragma_foreign_key_list(s.name) f WHERE ${strangers} AND f."table" COLLATE NOCASE IN (${list(goes)})${acts}`;
  return draft(
    `INSERT INTO _lk_kept (name, n) SELECT 'checked', CASE WHEN NOT EXISTS (${found}) THEN 0 ELSE -1 END`,
    'No other table would lose anything with the old ones, or nothing happens (S1).',
  );
}

const places = (projection: Projection): string[] => projection.columns.map((_, n) => `c${n}`);

function stash({ from, projection, stash: name, rows }: Stashed, recipe: Recipe): Draft[] {
  const columns = places(projection);
  const expressions = projection.columns.map(({ expression }) => expression);
  const into = projection.rowid ? ['rowid', ...columns] : columns;
  const what = projection.rowid ? [projection.rowid.from, ...expressions] : expressions;
  const body = `INSERT INTO ${name} (${into.join(', ')}) SELECT ${what.join(', ')} FROM ${identifier(from.name)}`;
  return [
    draft(
      `CREATE TABLE ${name} (${['c0', ...columns.slice(1)].join(', ')})`,
      `A place for the rows of ${from.name}, without types: values stay as they are.`,
    ),
    draft(body, `Copies the rows of ${from.name}.`, { table: from.name, rows, rowsRead: rows, risk: 'slow' }),
    remember(from, recipe),
  ];
}

const remember = (table: TableDef, { rowsOf }: Recipe): Draft =>
  draft(
    `INSERT INTO _lk_kept (name, n) SELECT ${textLiteral(table.name)}, count(*) FROM ${identifier(table.name)}`,
    `Counts ${table.name}.`,
    {
      table: table.name,
      rowsRead: rowsOf(table.name),
      rowsWritten: 1,
    },
  );

export const sequenced = ({ stashed }: Recipe): Stashed[] =>
  stashed.filter(({ from, to }) => from.primaryKey?.autoincrement && to.primaryKey?.autoincrement);

/** DROP TABLE forgets the highest number that was ever given. */
function rememberSequences(recipe: Recipe): Draft[] {
  const names = sequenced(recipe).map(({ from }) => textLiteral(from.name));
  if (names.length === 0) return [];
  return [
    draft('CREATE TABLE _lk_sequences (name TEXT, seq)', 'A place for the numbers that AUTOINCREMENT has given.'),
    draft(
      `INSERT INTO _lk_sequences (name, seq) SELECT name, seq FROM sqlite_sequence WHERE name COLLATE NOCASE IN (${names.join(', ')})`,
      'Remembers the highest numbers ever given.',
    ),
  ];
}

function restoreSequences(recipe: Recipe): Draft[] {
  return sequenced(recipe).flatMap(({ from, to }) => [
    draft(`DELETE FROM sqlite_sequence WHERE name = ${textLiteral(to.name)}`, 'Makes way for the number before.'),
    draft(
      `INSERT INTO sqlite_sequence (name, seq) SELECT ${textLiteral(to.name)}, seq FROM _lk_sequences WHERE name = ${textLiteral(from.name)} COLLATE NOCASE`,
      `Numbers of ${to.name} that were given once are not given again.`,
    ),
  ]);
}

/** Empties keys between tables that go, so that their actions find nothing to do. */
export function breakCycles(recipe: Recipe): Draft[] {
  const helpers = recipe.helpers.filter(({ when }) => when === 'before drop').map((helper) => createHelper(helper, recipe));
  const updates = recipe.pending.flatMap((edge) => {
    const set = emptied(edge, recipe.tables);
    return set === null ? [] : [{ edge, set }];
  });
  if (updates.length === 0) return helpers;
  const tables = new Set(updates.map(({ edge }) => foldName(edge.child.name)));
  const silent = recipe.triggers.filter(({ table }) => tables.has(foldName(table)));
  return [
    ...helpers,
    ...silent.map(({ name }) => draft(`DROP TRIGGER ${identifier(name)}`, 'It must not fire while its table goes; it comes back.')),
    draft('PRAGMA ignore_check_constraints = ON', 'The next statements change only what is dropped right after.'),
    ...updates.map(({ edge: { child }, set }) =>
      draft(`UPDATE ${identifier(child.name)} SET ${set}`, `So that dropping ${child.name} row by row deletes no row twice.`, {
        table: child.name,
        rows: recipe.rowsOf(child.name),
        rowsRead: recipe.rowsOf(child.name),
      }),
    ),
    draft('PRAGMA ignore_check_constraints = OFF', 'Checks count again.'),
  ];
}

/** `place`: where its rows are if it comes again. */
export function dropTable(table: TableDef, { stashed, rowsOf }: Recipe, place = 'its rows are in the stash'): Draft {
  const kept = stashed.some(({ from }) => from === table);
  const rows = rowsOf(table.name);
  return draft(
    `DROP TABLE ${identifier(table.name)}`,
    kept ? `Makes way for the new ${table.name}; ${place}.` : `${table.name} is not wanted any more.`,
    {
      table: table.name,
      rows: kept ? 0 : rows,
      rowsWritten: rows,
      risk: kept || rows === 0 ? 'locks' : 'loses data',
      expect: kept ? null : { what: `Rows of ${table.name}`, from: identifier(table.name), count: 'count(*)', rows },
    },
  );
}

/** Tables that go while another one of their cycle still refers to them. */
export const standIns = ({ order, pending }: Recipe): TableDef[] =>
  order.filter((table) => pending.some(({ child, parent }) => parent === table && child !== table));

/**
 * The actions of a table that goes are compiled with all the keys of the tables that they reach: one that refers to a table that is gone
 * already would be an error, even where there is no row. So an empty table with the same keys stands there meanwhile.
 */
export function standIn(table: TableDef, recipe: Recipe): Draft[] {
  if (!standIns(recipe).includes(table)) return [];
  const keys = edgesOf(recipe.tables).flatMap(({ parent, key }) =>
    parent === table && key.references.length > 0 ? [key.references] : [],
  );
  const columns = [...new Map(keys.flat().map((name) => [foldName(name), name])).values()];
  const parts = [...columns.map(identifier), ...keys.map((key) => `UNIQUE (${key.map(identifier).join(', ')})`)];
  return [
    draft(
      `CREATE TABLE ${identifier(table.name)} (${parts.join(', ')})`,
      `Stands in for ${table.name} while tables that refer to it go.`,
    ),
  ];
}

export const createTable = (table: TableDef): Draft =>
  draft(asWritten(table), `${table.name} is new.`, { table: table.name, inverse: `DROP TABLE ${identifier(table.name)}` });

function createMembers(recipe: Recipe): Draft[] {
  return [
    ...recipe.stashed.map(({ from, to, why }) =>
      draft(asWritten(to), from === to ? `${to.name} as it was: ${why}.` : `${to.name} in its new shape: ${why}.`, {
        table: to.name,
        risk: 'locks',
      }),
    ),
    // A foreign key may refer to one: without it the first row would be refused as a mismatch.
    ...on(recipe, recipe.indexes.filter(isKey)).map((index) => restoreIndex(index, recipe)),
    ...recipe.keys.map((index) => createIndex(index, recipe.rowsOf)),
    ...recipe.helpers.filter(({ when }) => when === 'before filling').map((helper) => createHelper(helper, recipe)),
  ];
}

/** What the database had, to the letter. */
export const asWritten = (table: TableDef): string => table.sql ?? renderTable(table);

export function createHelper({ name, table, columns }: Helper, { rowsOf }: Pick<Recipe, 'rowsOf'>): Draft {
  const rows = rowsOf(table);
  return draft(
    `CREATE INDEX ${name} ON ${identifier(table)} (${columns.map(identifier).join(', ')})`,
    'Without it each row would be looked for in the whole table.',
    {
      table,
      rows: 0,
      rowsRead: rows,
      rowsWritten: rows,
      risk: 'slow',
    },
  );
}

/** OR ABORT: a constraint that says ON CONFLICT IGNORE or REPLACE would swallow rows. */
function putBack({ to, projection, stash: name, rows }: Stashed, { indexes }: Recipe): Draft {
  const columns = places(projection);
  const targets = projection.columns.map(({ column }) => identifier(column.name));
  const into = projection.rowid ? [projection.rowid.to, ...targets] : targets;
  const what = projection.rowid ? ['rowid', ...columns] : columns;
  const touched = 1 + to.uniques.length + indexes.filter(({ table }) => sameName(table, to.name)).length;
  const sql = `INSERT OR ABORT INTO ${identifier(to.name)} (${into.join(', ')}) SELECT ${what.join(', ')} FROM ${name} ORDER BY rowid`;
  return draft(sql, `Puts the rows of ${to.name} back.`, {
    table: to.name,
    rows,
    rowsRead: rows,
    rowsWritten: rows * touched,
    risk: 'slow',
  });
}

const verdict = (name: string, now: string, reason: string, table: string): Draft =>
  draft(
    `INSERT INTO _lk_kept (name, n) SELECT 'checked', CASE WHEN (SELECT n FROM _lk_kept WHERE name = ${textLiteral(name)}) = ${now} THEN 0 ELSE -1 END`,
    reason,
    {
      table,
      rowsWritten: 1,
    },
  );

const sameCount = ({ from, to }: Stashed): Draft =>
  verdict(
    from.name,
    `(SELECT count(*) FROM ${identifier(to.name)})`,
    `Every row of ${to.name} is back, or nothing happens (S2).`,
    to.name,
  );

const stillThere = (table: TableDef): Draft =>
  verdict(
    table.name,
    `(SELECT count(*) FROM ${identifier(table.name)})`,
    `No row of ${table.name} has gone, or nothing happens (S2).`,
    table.name,
  );

export function on<T extends { readonly table: string }>({ stashed }: Recipe, defs: readonly T[]): T[] {
  const here = new Set(stashed.map(({ to }) => foldName(to.name)));
  return defs.filter(({ table }) => here.has(foldName(table)));
}

export const restoreIndex = (index: IndexDef, { rowsOf }: Pick<Recipe, 'rowsOf'>): Draft =>
  draft(index.sql ?? renderIndex(index), `${index.name} as it was.`, {
    table: index.table,
    rowsRead: rowsOf(index.table),
    risk: 'slow',
  });

export const createIndex = (index: IndexDef, rowsOf: (table: string) => number): Draft =>
  draft(renderIndex(index), `${index.name} is missing.`, {
    table: index.table,
    rowsRead: rowsOf(index.table),
    rowsWritten: rowsOf(index.table),
    risk: rowsOf(index.table) > SCAN_IS_CHEAPER ? 'slow' : 'safe',
    inverse: `DROP INDEX ${identifier(index.name)}`,
  });

const comeBack = (recipe: Recipe): Draft[] => [
  ...on(
    recipe,
    recipe.indexes.filter((index) => !isKey(index)),
  ).map((index) => restoreIndex(index, recipe)),
  ...restoreTriggers(recipe),
];

export const restoreTriggers = (recipe: Recipe): Draft[] =>
  on(recipe, recipe.triggers).map((trigger) =>
    draft(trigger.sql ?? renderTrigger(trigger), `${trigger.name} as it was.`, { table: trigger.table }),
  );

function tidy(recipe: Recipe): Draft[] {
  return [
    ...recipe.helpers.filter(({ outlives }) => outlives).map(({ name }) => draft(`DROP INDEX ${name}`, 'It has done its work.')),
    ...recipe.stashed.map(({ stash: name }) => draft(`DROP TABLE ${name}`, 'Its rows are where they belong.')),
    ...(sequenced(recipe).length > 0 ? [draft('DROP TABLE _lk_sequences', 'Its numbers are where they belong.')] : []),
    draft('DROP TABLE _lk_kept', 'The counts agree.'),
  ];
}
