/**
 * The matrix: each object in the code, in the live database and in what the migrations give, and how they differ. One pass over each
 * side, so that thousands of tables take milliseconds.
 */
import type {
  AspectDiff,
  DiffCause,
  DiffCell,
  DiffRow,
  DiffState,
  ObjectKind,
  SchemaDef,
  TableDef,
} from '../../../protocol/schema.ts';
import { ftsContent } from '../create-text.ts';
import { foldName } from '../names.ts';
import { isAddableCheck, isAddableKey, whyNotAddable, whyNotDroppable } from './addable.ts';
import { alignTo } from './align.ts';
import { byName, codeOf, type Sides } from './code.ts';
import { ASPECTS, type CanSay, type Item, itemsOf, type Listing, listingOf } from './items.ts';

export interface DiffInput extends Sides {
  /** What the migrations give that are recorded as applied, where that can be replayed: tells drift from what was never applied. */
  readonly applied?: SchemaDef | null;
}
export interface DiffCounts {
  match: number;
  mismatch: number;
  missing: number;
  extra: number;
}
export interface SchemaDifference {
  readonly rows: DiffRow[];
  readonly counts: DiffCounts;
  /** What the code wants, with the silent parts filled in: what the rows compare. */
  readonly code: SchemaDef;
}

type Maybe = Item | undefined;
interface Context {
  readonly canSay: CanSay;
  readonly hasMigrations: boolean;
  readonly codeTables: ReadonlyMap<string, TableDef>;
  readonly liveTables: ReadonlyMap<string, TableDef>;
  readonly applied: ReadonlyMap<string, Item> | null;
}

export function diffSchemas(input: DiffInput): SchemaDifference {
  const { live, canSay } = input;
  const code = alignTo(codeOf(input), live);
  const align = (schema: SchemaDef) => alignTo(alignTo(schema, code), live);
  const migrations = input.migrations && align(input.migrations);
  const there = listingOf(live);
  const wanted = listingOf(code, there);
  const given = migrations === null ? NOTHING : listingOf(migrations, there);
  const context: Context = {
    canSay,
    hasMigrations: migrations !== null,
    codeTables: byName(code.tables),
    liveTables: byName(live.tables),
    applied: input.applied ? itemsOf(align(input.applied)) : null,
  };
  const rows: DiffRow[] = [];
  for (const fold of new Set([...wanted.tables.keys(), ...there.tables.keys(), ...given.tables.keys()])) {
    const items = ({ tables }: Listing) => tables.get(fold)?.items ?? [];
    addRows(rows, items(wanted), items(there), items(given), context);
  }
  addRows(rows, wanted.objects, there.objects, given.objects, context);
  return { rows, counts: countsOf(rows), code };
}

const NOTHING: Listing = { tables: new Map(), objects: [] };

/** What the code has, then what only the database has, then what only the migrations have. */
function addRows(rows: DiffRow[], code: readonly Item[], live: readonly Item[], given: readonly Item[], context: Context): void {
  const [inCode, inLive, inGiven] = [finder(code), finder(live), finder(given)];
  code.forEach((item, n) => {
    rows.push(rowOf(item, item, inLive(item.id, n), inGiven(item.id, n), context));
  });
  live.forEach((item, n) => {
    if (!inCode(item.id, n)) rows.push(rowOf(item, undefined, item, inGiven(item.id, n), context));
  });
  given.forEach((item, n) => {
    if (!inCode(item.id, n) && !inLive(item.id, n)) rows.push(rowOf(item, undefined, undefined, item, context));
  });
}

/** Finds by id, and looks first where it most likely stands: tables are alike in most of their parts. */
function finder(items: readonly Item[]): (id: string, n: number) => Maybe {
  let all: Map<string, Item> | undefined;
  return (id, n) => {
    if (items[n]?.id === id) return items[n];
    all ??= new Map(items.map((item) => [item.id, item]));
    return all.get(id);
  };
}

function countsOf(rows: readonly DiffRow[]): DiffCounts {
  const counts: DiffCounts = { match: 0, mismatch: 0, missing: 0, extra: 0 };
  for (const { state } of rows) counts[state] += 1;
  return counts;
}

function rowOf(any: Item, code: Maybe, live: Maybe, given: Maybe, context: Context): DiffRow {
  const state = stateOf(code, live);
  const change = changeOf(state, code, live, context);
  const shown = cellsOf(code, live, given, context.canSay(any.kind), context.hasMigrations);
  return {
    id: any.id,
    kind: any.kind,
    table: any.table,
    name: any.name,
    state,
    cause: causeOf(any.id, code, live, given, context),
    cells: shown,
    differences: differencesOf(any.kind, code, live, given, context),
    additive: state === 'missing' && change !== 'rebuild' && change !== 'none',
    change,
  };
}

/** Sides that are the same share their cell: in a matrix of thousands most of them are. */
function cellsOf(code: Maybe, live: Maybe, given: Maybe, said: boolean, hasMigrations: boolean): DiffRow['cells'] {
  const there = cellOf(live);
  const like = (item: Maybe): DiffCell => (item === live ? there : cellOf(item));
  return { schema: said ? like(code) : UNSAID, live: there, migrations: hasMigrations ? like(given) : UNSAID };
}

const UNSAID: DiffCell = { presence: 'unsaid', text: null };
const ABSENT: DiffCell = { presence: 'absent', text: null };
const cellOf = (item: Maybe): DiffCell => (item === undefined ? ABSENT : { presence: 'present', text: item.text });

function equal(a: Maybe, b: Maybe): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined) return false;
  return a.facets.every((facet, n) => facet === b.facets[n]);
}

function stateOf(code: Maybe, live: Maybe): DiffState {
  if (code === undefined) return live === undefined ? 'match' : 'extra';
  if (live === undefined) return 'missing';
  return equal(code, live) ? 'match' : 'mismatch';
}

function causeOf(id: string, code: Maybe, live: Maybe, given: Maybe, context: Context): DiffCause {
  const agrees = equal(code, live);
  if (!context.hasMigrations) return agrees ? 'none' : 'pending';
  if (equal(live, given)) return agrees ? 'none' : 'pending';
  if (context.applied) return equal(live, context.applied.get(id)) ? (agrees ? 'none' : 'unapplied') : 'drift';
  return live === undefined && code !== undefined ? 'unapplied' : 'drift';
}

function differencesOf(kind: ObjectKind, code: Maybe, live: Maybe, given: Maybe, context: Context): AspectDiff[] {
  if (equal(code, live) && (given === undefined || equal(live, given))) return [];
  const present = [code, live, given].filter((item) => item !== undefined);
  if (present.length < 2) return [];
  const differences: AspectDiff[] = [];
  ASPECTS[kind].forEach((aspect, n) => {
    const [first, ...others] = present;
    if (others.every((item) => item.facets[n] === first?.facets[n])) return;
    const said = context.canSay(kind, aspect);
    const shown = (item: Maybe) => item?.shown[n] ?? null;
    differences.push({ aspect, schema: said ? shown(code) : null, live: shown(live), migrations: shown(given) });
  });
  return differences;
}

/** How a plan would do it, as far as that can be said without knowing the rows. */
function changeOf(state: DiffState, code: Maybe, live: Maybe, context: Context): DiffRow['change'] {
  switch (state) {
    case 'match':
      return null;
    case 'missing':
      return code === undefined ? null : creation(code, context);
    case 'extra':
      return live === undefined ? null : removal(live, context);
    case 'mismatch':
      return live === undefined ? null : alteration(live);
  }
}

function creation(item: Item, { codeTables, liveTables }: Context): DiffRow['change'] {
  const fold = foldName(item.table);
  const [table, old] = [codeTables.get(fold), liveTables.get(fold)];
  switch (item.kind) {
    case 'table':
    case 'index':
    case 'view':
    case 'trigger':
    case 'virtual-table':
      return 'create';
    case 'column':
      if (!old || !table) return 'create';
      return whyNotAddable(item.def, table) === null ? 'alter' : 'rebuild';
    case 'primary-key':
    case 'unique':
      return old ? 'rebuild' : 'create';
    case 'check':
      if (!old || !table) return 'create';
      return isAddableCheck(item.def, addable(table, old)) ? 'alter' : 'rebuild';
    case 'foreign-key':
      if (!old || !table) return 'create';
      return addable(table, old).some((column) => isAddableKey(item.def, column)) ? 'alter' : 'rebuild';
  }
}

/** Columns that are not there and that ALTER can add. */
function addable(table: TableDef, old: TableDef) {
  const there = byName(old.columns);
  return table.columns.filter((column) => !there.has(foldName(column.name)) && whyNotAddable(column, table) === null);
}

function removal(item: Item, { codeTables, liveTables }: Context): DiffRow['change'] {
  const fold = foldName(item.table);
  const old = liveTables.get(fold);
  switch (item.kind) {
    case 'table':
    case 'index':
    case 'view':
    case 'trigger':
    case 'virtual-table':
      return 'drop';
    case 'column':
      if (!codeTables.has(fold) || !old) return 'drop';
      return whyNotDroppable(item.def, old) === null ? 'alter' : 'rebuild';
    case 'primary-key':
    case 'unique':
    case 'check':
    case 'foreign-key':
      return codeTables.has(fold) ? 'rebuild' : 'drop';
  }
}

function alteration(live: Item): DiffRow['change'] {
  switch (live.kind) {
    case 'index':
    case 'view':
    case 'trigger':
      return 'recreate';
    case 'virtual-table':
      return isRemakeable(live.def) ? 'recreate' : 'none';
    case 'table':
    case 'column':
    case 'primary-key':
    case 'unique':
    case 'check':
    case 'foreign-key':
      return 'rebuild';
  }
}

/** Whether its content can be made again from a table: the rows of any other virtual table would be gone. */
export const isRemakeable = (def: {
  readonly module: string;
  readonly sql: string | null;
  readonly args: readonly string[];
}): boolean =>
  def.module.toLowerCase() === 'fts5' &&
  ftsContent(def.sql ?? `CREATE VIRTUAL TABLE x USING fts5(${def.args.join(', ')})`).kind === 'external';
