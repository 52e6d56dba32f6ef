/**
 * What the database should be after a sync: the live schema with exactly the chosen differences settled as the code wants them. What a
 * choice cannot do without (the table of a column, the parent of a foreign key) is chosen with it; what cannot be is a problem.
 */
import type { DiffRow, IndexDef, Rename, SchemaDef, TableDef } from '../../../protocol/schema.ts';
import { identifier } from '../../sql/quote.ts';
import { mentions } from '../create-text.ts';
import { defsEqual } from '../ddl/index.ts';
import { foldName, sameName } from '../names.ts';
import { byName, type Sides } from './code.ts';
import { diffSchemas } from './diff.ts';
import {
  checkId,
  columnId,
  foreignKeyId,
  type Item,
  itemsOf,
  objectId,
  primaryKeyId,
  tableId,
  termName,
  uniqueId,
} from './items.ts';
import { nameMap, renameSchema } from './rename-model.ts';

export interface TargetInput extends Sides {
  /** Ids of diff rows. Absent: everything that only adds. */
  readonly rows?: readonly string[];
  readonly renames?: readonly Rename[];
}
/** Why a choice cannot be. `code`: `unknown_row`, `unknown_rename`, `dangling_foreign_key`, `needs_column`. */
export interface TargetProblem {
  readonly id: string;
  readonly code: 'unknown_row' | 'unknown_rename' | 'dangling_foreign_key' | 'needs_column';
  readonly message: string;
}
export interface Target {
  readonly target: SchemaDef;
  /** What is settled: what was chosen, and in `pulled` what had to come with it. */
  readonly chosen: readonly string[];
  readonly pulled: readonly string[];
  readonly problems: readonly TargetProblem[];
}

export function targetOf(input: TargetInput): Target {
  const renames = input.renames ?? [];
  const problems = renameProblems(input, renames);
  if (problems.length > 0) return { target: input.live, chosen: [], pulled: [], problems };
  const live = renameSchema(input.live, renames);
  const { rows, code } = diffSchemas({ ...input, live });
  const known = new Map(rows.map((row) => [row.id, row]));
  const asked = input.rows ?? rows.filter(({ additive }) => additive).map(({ id }) => id);
  for (const id of asked)
    if (!known.has(id) && !isSettled(id, input))
      problems.push({ id, code: 'unknown_row', message: `There is no difference called ${id}.` });
  const chosen = new Set(asked.filter((id) => differs(known.get(id))));
  const pulled = new Set<string>();
  const choice: Choice = {
    live,
    code,
    known,
    wanted: itemsOf(code),
    liveTables: byName(live.tables),
    codeTables: byName(code.tables),
  };
  for (const id of chosen) pullTable(known.get(id), choice, pulled);
  for (;;) {
    const target = settle(choice, new Set([...chosen, ...pulled]));
    const needs = needsOf(target, choice);
    const more = needs.pull.filter((id) => !chosen.has(id) && !pulled.has(id));
    if (more.length === 0)
      return {
        target,
        chosen: [...chosen],
        pulled: [...pulled].filter((id) => !chosen.has(id)),
        problems: [...problems, ...needs.problems],
      };
    for (const id of more) {
      pulled.add(id);
      pullTable(known.get(id), choice, pulled);
    }
  }
}

const differs = (row: DiffRow | undefined): row is DiffRow => row !== undefined && row.state !== 'match' && row.change !== 'none';

/** A rename settles the row of the old name. */
const isSettled = (id: string, input: TargetInput): boolean => itemsOf(input.live).has(id);

function renameProblems({ live, schema }: TargetInput, renames: readonly Rename[]): TargetProblem[] {
  const [tables, wanted, map] = [byName(live.tables), byName(schema.tables), nameMap(renames)];
  return renames.flatMap((rename): TargetProblem[] => {
    const problem = (message: string): TargetProblem[] => [
      { id: `rename:${rename.kind}:${rename.table}.${rename.from}`, code: 'unknown_rename', message },
    ];
    const oldTable =
      rename.kind === 'table' ? rename.from : ([...map.tables].find(([, to]) => sameName(to, rename.table))?.[0] ?? rename.table);
    const from = tables.get(foldName(oldTable));
    if (from === undefined) return problem(`The database has no table ${oldTable}.`);
    const to = wanted.get(foldName(rename.kind === 'table' ? rename.to : (map.tables.get(foldName(oldTable)) ?? oldTable)));
    if (to === undefined) return problem(`The code has no table ${rename.to}.`);
    if (rename.kind === 'table') return [];
    if (!byName(from.columns).has(foldName(rename.from)))
      return problem(`The database has no column ${rename.from} in ${from.name}.`);
    return byName(to.columns).has(foldName(rename.to)) ? [] : problem(`The code has no column ${rename.to} in ${to.name}.`);
  });
}

interface Choice {
  readonly live: SchemaDef;
  readonly code: SchemaDef;
  readonly known: ReadonlyMap<string, DiffRow>;
  readonly wanted: ReadonlyMap<string, Item>;
  readonly liveTables: ReadonlyMap<string, TableDef>;
  readonly codeTables: ReadonlyMap<string, TableDef>;
}

/** A part of a table that is not there comes with the whole table. */
function pullTable(row: DiffRow | undefined, { liveTables, codeTables }: Choice, pulled: Set<string>): void {
  if (row === undefined || row.state !== 'missing' || row.kind === 'table') return;
  const fold = foldName(row.table);
  if (codeTables.has(fold) && !liveTables.has(fold)) pulled.add(tableId(row.table));
}

/** `own` with the chosen ones as `other` has them: replaced, added at the end, or left out. */
function mix<T>(own: readonly T[], other: readonly T[], idOf: (def: T) => string, chosen: ReadonlySet<string>): T[] {
  const wanted = new Map(other.map((def) => [idOf(def), def]));
  const there = new Set(own.map(idOf));
  const kept = own.flatMap((def) => {
    const id = idOf(def);
    if (!chosen.has(id)) return [def];
    const replacement = wanted.get(id);
    return replacement === undefined ? [] : [replacement];
  });
  return [...kept, ...other.filter((def) => chosen.has(idOf(def)) && !there.has(idOf(def)))];
}

function settle(choice: Choice, chosen: ReadonlySet<string>): SchemaDef {
  const { live, code } = choice;
  const tables = settleTables(choice, chosen);
  const object = (kind: 'index' | 'view' | 'trigger' | 'virtual-table') => (def: { name: string }) => objectId(kind, def.name);
  const virtualTables = mix(live.virtualTables, code.virtualTables, object('virtual-table'), chosen);
  const views = mix(live.views, code.views, object('view'), chosen);
  const there = new Set([...tables, ...virtualTables, ...views].map(({ name }) => foldName(name)));
  // An index or trigger goes with its table; one that was chosen brings its table along.
  const carried = (kind: 'index' | 'trigger') => (def: { name: string; table: string }) =>
    there.has(foldName(def.table)) || chosen.has(objectId(kind, def.name));
  return {
    tables,
    virtualTables,
    indexes: mix(live.indexes, code.indexes, object('index'), chosen).filter(carried('index')),
    views,
    triggers: mix(live.triggers, code.triggers, object('trigger'), chosen).filter(carried('trigger')),
  };
}

/** A table on one side only comes or goes whole; one that is on both sides is settled part by part. */
function settleTables({ live, code, liveTables, codeTables }: Choice, chosen: ReadonlySet<string>): TableDef[] {
  const kept = live.tables.flatMap((table) => {
    const other = codeTables.get(foldName(table.name));
    if (other === undefined && chosen.has(tableId(table.name))) return [];
    return [
      settleTable(table, other ?? { ...table, columns: [], primaryKey: null, uniques: [], checks: [], foreignKeys: [] }, chosen),
    ];
  });
  const added = code.tables.filter(({ name }) => chosen.has(tableId(name)) && !liveTables.has(foldName(name)));
  return [...kept, ...added];
}

function settleTable(table: TableDef, other: TableDef, chosen: ReadonlySet<string>): TableDef {
  const whole = chosen.has(tableId(table.name));
  const { name } = table;
  const settled: TableDef = {
    ...table,
    strict: whole ? other.strict : table.strict,
    withoutRowid: whole ? other.withoutRowid : table.withoutRowid,
    columns: mix(table.columns, other.columns, (def) => columnId(name, def.name), chosen),
    primaryKey: chosen.has(primaryKeyId(name)) ? other.primaryKey : table.primaryKey,
    uniques: mix(table.uniques, other.uniques, (def) => uniqueId(name, def), chosen),
    checks: mix(table.checks, other.checks, (def) => checkId(name, def), chosen),
    foreignKeys: mix(table.foreignKeys, other.foreignKeys, (def) => foreignKeyId(name, def), chosen),
  };
  return defsEqual(settled, table) ? table : { ...settled, sql: null };
}

interface Needs {
  readonly pull: string[];
  readonly problems: TargetProblem[];
}

/** What the target lacks to be a schema that SQLite takes. */
function needsOf(target: SchemaDef, choice: Choice): Needs {
  const needs: Needs = { pull: [], problems: [] };
  const tables = byName(target.tables);
  for (const table of target.tables) tableNeeds(table, tables, choice, needs);
  for (const index of target.indexes) indexNeeds(index, tables.get(foldName(index.table)), choice, needs);
  readerNeeds(target, choice, needs);
  return needs;
}

function indexNeeds(index: IndexDef, table: TableDef | undefined, choice: Choice, needs: Needs): void {
  const id = objectId('index', index.name);
  if (table === undefined) {
    wantTable(index.table, id, choice, needs);
    return;
  }
  const texts = [...index.terms.map(({ expression }) => expression ?? ''), index.where ?? ''];
  for (const term of index.terms) if (term.column !== null) wantColumn(table, term.column, id, choice, needs);
  wantMentioned(table, texts, id, choice, needs);
}

/** A view or trigger that was chosen brings what it mentions, if only the code has it. */
function readerNeeds(target: SchemaDef, { known }: Choice, needs: Needs): void {
  const there = byName([...target.tables, ...target.views, ...target.virtualTables]);
  const readers = [
    ...target.views.map(({ name, select }) => ({ id: objectId('view', name), text: select })),
    ...target.triggers.map(({ name, table, body }) => ({ id: objectId('trigger', name), text: `${identifier(table)} ${body}` })),
  ].filter(({ id }) => (known.get(id)?.state ?? 'match') !== 'match');
  if (readers.length === 0) return;
  for (const { id, kind, name, state } of known.values()) {
    if (state !== 'missing' || (kind !== 'table' && kind !== 'view' && kind !== 'virtual-table')) continue;
    if (!there.has(foldName(name)) && readers.some(({ text }) => mentions(text, name))) needs.pull.push(id);
  }
}

function tableNeeds(table: TableDef, tables: ReadonlyMap<string, TableDef>, choice: Choice, needs: Needs): void {
  const { name } = table;
  for (const term of table.primaryKey?.columns ?? []) wantColumn(table, termName(term), primaryKeyId(name), choice, needs);
  for (const def of table.uniques)
    for (const term of def.columns) wantColumn(table, termName(term), uniqueId(name, def), choice, needs);
  for (const key of table.foreignKeys) {
    const id = foreignKeyId(name, key);
    for (const column of key.columns) wantColumn(table, column, id, choice, needs);
    const parent = tables.get(foldName(key.table));
    if (parent === undefined) wantTable(key.table, id, choice, needs);
    else for (const column of key.references) wantColumn(parent, column, id, choice, needs);
  }
  for (const check of table.checks) wantMentioned(table, [check.expression], checkId(name, check), choice, needs);
  for (const column of table.columns)
    if (column.generated) wantMentioned(table, [column.generated.expression], columnId(name, column.name), choice, needs);
}

/** Columns that the target lacks and that an expression mentions. */
function wantMentioned(table: TableDef, texts: readonly string[], by: string, choice: Choice, needs: Needs): void {
  const written = texts.filter((text) => text !== '');
  if (written.length === 0) return;
  const fold = foldName(table.name);
  const there = byName(table.columns);
  const others = [...(choice.codeTables.get(fold)?.columns ?? []), ...(choice.liveTables.get(fold)?.columns ?? [])];
  for (const { name } of others)
    if (!there.has(foldName(name)) && written.some((text) => mentions(text, name))) wantColumn(table, name, by, choice, needs);
}

/** A key that has always dangled is nobody's choice. */
function wantTable(table: string, by: string, choice: Choice, needs: Needs): void {
  if (choice.wanted.has(tableId(table))) needs.pull.push(tableId(table));
  else if (choice.known.get(by)?.state === 'extra') needs.pull.push(by);
  else if (choice.liveTables.has(foldName(table)))
    needs.problems.push({
      id: by,
      code: 'dangling_foreign_key',
      message: `${by} needs the table ${table}, which would not be there.`,
    });
}

function wantColumn(table: TableDef, column: string, by: string, choice: Choice, needs: Needs): void {
  if (table.columns.some(({ name }) => sameName(name, column))) return;
  const id = columnId(table.name, column);
  const [own, user] = [choice.known.get(id), choice.known.get(by)];
  if (own?.state === 'missing') needs.pull.push(id);
  else if (user?.state === 'extra' || user?.state === 'mismatch') needs.pull.push(by);
  else if (own !== undefined)
    needs.problems.push({
      id: by,
      code: 'needs_column',
      message: `${by} needs the column ${column} of ${table.name}, which would not be there.`,
    });
}
