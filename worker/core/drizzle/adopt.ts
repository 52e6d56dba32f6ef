/**
 * "The database is right": writes what is live into the Drizzle files, by the smallest edits that do it. What was written is read
 * back and compared with the database; a row for which that does not come out equal is left alone, with the reason.
 */
import type { DiffRow, SchemaDef } from '../../protocol/schema.ts';
import { diffSchemas } from '../schema/diff/diff.ts';
import { foldName } from '../schema/names.ts';
import { parentsFirst } from '../schema/order.ts';
import { adoptColumn } from './adopt-columns.ts';
import { adoptCheck, adoptForeignKey, adoptIndex, adoptPrimaryKey, adoptUnique } from './adopt-extras.ts';
import { adoptTable, adoptView } from './adopt-objects.ts';
import { type Collected, Unadoptable, type Work } from './adopt-work.ts';
import { NoSuchColumnError } from './code.ts';
import { applyEdits, conflicts } from './edits.ts';
import { drizzleCanSay } from './expressible.ts';
import { addImports, dropUnusedImports } from './imports.ts';
import type { Module } from './modules.ts';
import { type DrizzleRead, type ParseCache, type ReadOptions, readDrizzle } from './read.ts';
import { parseSource, type SourceText } from './source.ts';

export interface AdoptChange {
  readonly row: DiffRow;
  readonly live: SchemaDef;
}

export interface Unresolved {
  readonly rowId: string;
  readonly why: string;
}

export interface Adopted {
  /** All files, changed or not, in the order in which they came. */
  readonly files: readonly SourceText[];
  readonly unresolved: readonly Unresolved[];
}

/** What has to be there first comes first; what others hang on goes last. */
function phaseOf({ state, kind }: DiffRow): number {
  const goes = state === 'missing';
  switch (kind) {
    case 'index':
    case 'unique':
    case 'check':
      return goes ? 0 : 9;
    case 'foreign-key':
      return goes ? 1 : 8;
    case 'primary-key':
      return goes ? 2 : 6;
    case 'table':
      return goes ? 3 : 4;
    // Whether a column of a key may be NULL depends on how the key is said.
    case 'column':
      return goes ? 11 : state === 'extra' ? 5 : 7;
    case 'view':
      return goes ? 0 : 10;
    case 'trigger':
    case 'virtual-table':
      return 12;
  }
}

function adoptRow(work: Work): void {
  switch (work.row.kind) {
    case 'table':
      adoptTable(work);
      return;
    case 'column':
      adoptColumn(work, () => adoptPrimaryKey(work));
      return;
    case 'primary-key':
      adoptPrimaryKey(work);
      return;
    case 'unique':
      adoptUnique(work);
      return;
    case 'check':
      adoptCheck(work);
      return;
    case 'foreign-key':
      adoptForeignKey(work);
      return;
    case 'index':
      adoptIndex(work);
      return;
    case 'view':
      adoptView(work);
      return;
    case 'trigger':
    case 'virtual-table':
      throw new Unadoptable('Drizzle has no words for it: it belongs into a migration.');
  }
}

class Adoption {
  files: SourceText[];
  read: DrizzleRead;
  readonly unresolved: Unresolved[] = [];
  private readonly options: ReadOptions;
  private readonly cache: ParseCache;

  constructor(files: readonly SourceText[], options: ReadOptions, cache: ParseCache) {
    this.files = [...files];
    this.options = { ...options, entry: options.entry ?? files[0]?.path ?? '' };
    this.cache = cache;
    this.read = readDrizzle(files, this.options, cache);
  }

  /** Rows of one phase, one of each table at a time: each knows the text as the ones before it have left it. */
  run(changes: readonly AdoptChange[]): void {
    let waiting = changes;
    while (waiting.length > 0) {
      const tables = new Set<string>();
      const round = waiting.filter(({ row }) => !tables.has(row.table) && tables.add(row.table));
      waiting = waiting.filter((change) => !round.includes(change));
      if (!this.tryAll(round)) for (const change of round) if (!this.tryAll([change])) this.giveUp(change, this.whyNot);
    }
  }

  private whyNot = '';

  private giveUp({ row }: AdoptChange, why: string): void {
    this.unresolved.push({ rowId: row.id, why });
  }

  /** All or nothing; false: the files are as before, and `whyNot` says why. */
  private tryAll(changes: readonly AdoptChange[]): boolean {
    const collected: Collected = { edits: new Map(), imports: new Map(), constants: new Map() };
    try {
      for (const { row, live } of changes) adoptRow({ read: this.read, row, live, collected });
      return this.apply(collected);
    } catch (error) {
      if (!(error instanceof Unadoptable) && !(error instanceof NoSuchColumnError)) throw error;
      this.whyNot = error.message;
      return false;
    }
  }

  private apply(collected: Collected): boolean {
    const next = this.files.map((file) => ({ path: file.path, text: this.edited(file, collected) }));
    if (next.every(({ text }, n) => text === this.files[n]?.text)) return true;
    const read = readDrizzle(next, this.options, this.cache);
    const [problem] = read.problems;
    if (problem) {
      this.whyNot = `${problem.path}:${problem.line}:${problem.column} would no longer be readable: ${problem.message}.`;
      return false;
    }
    this.files = next;
    this.read = read;
    return true;
  }

  private edited({ path, text }: SourceText, collected: Collected): string {
    const module = this.read.modules.get(path) as Module;
    const constants = [...(collected.constants.get(path)?.values() ?? [])];
    const imports = addImports(module.file, collected.imports.get(path) ?? []);
    const edits = [...(collected.edits.get(path) ?? []), ...imports];
    if (constants.length > 0) {
      const last = module.file.program.body.filter((node) => node.type === 'ImportDeclaration').at(-1);
      const at = last ? text.indexOf('\n', last.end ?? 0) + 1 : 0;
      edits.push({ start: at, end: at, text: `\n${constants.join('\n')}` });
    }
    if (conflicts(edits)) throw new Unadoptable('Two changes would touch the same text.');
    return applyEdits(text, edits);
  }
}

const differingRows = (schema: SchemaDef, live: SchemaDef): Set<string> =>
  new Set(
    diffSchemas({ schema, live, migrations: null, canSay: drizzleCanSay })
      .rows.filter(({ state }) => state !== 'match')
      .map(({ id }) => id),
  );

/**
 * What comes or goes with its table is not written by itself; the comparison at the end counts it all the same. But for references: the
 * table that they mean may be a new one, too, and come later.
 */
function ownWork(changes: readonly AdoptChange[]): AdoptChange[] {
  const whole = new Map(
    changes.flatMap(({ row }) => (row.kind === 'table' && row.state !== 'mismatch' ? [[row.table, row.state] as const] : [])),
  );
  return changes.filter(({ row }) => {
    if (row.kind === 'table' || row.kind === 'view' || !whole.has(row.table)) return true;
    return row.kind === 'foreign-key' && whole.get(row.table) === 'extra';
  });
}

/** New tables after those that they refer to, as far as there is such an order. */
function inOrder(changes: readonly AdoptChange[]): AdoptChange[] {
  const tables = parentsFirst(changes[0]?.live.tables ?? []).map(({ name }) => foldName(name));
  const places = new Map(tables.map((name, n) => [name, n]));
  const placeOf = ({ row }: AdoptChange) => (row.kind === 'table' ? (places.get(foldName(row.table)) ?? 0) : 0);
  return [...changes].sort((a, b) => placeOf(a) - placeOf(b));
}

function attempt(files: readonly SourceText[], changes: readonly AdoptChange[], options: ReadOptions, cache: ParseCache): Adoption {
  const adoption = new Adoption(files, options, cache);
  const work = inOrder(ownWork(changes));
  const phases = [...new Set(work.map(({ row }) => phaseOf(row)))].sort((a, b) => a - b);
  for (const phase of phases) adoption.run(work.filter(({ row }) => phaseOf(row) === phase));
  return adoption;
}

const MAX_ATTEMPTS = 4;

/** The first file is the module of the database. Nothing is executed; `files` are not changed. */
export function adopt(files: readonly SourceText[], changes: readonly AdoptChange[], options: ReadOptions = {}): Adopted {
  const cache: ParseCache = new Map();
  const [problem] = readDrizzle(files, options, cache).problems;
  if (problem) {
    const why = `The schema files cannot be read as they are: ${problem.path}:${problem.line}:${problem.column} ${problem.message}.`;
    return { files, unresolved: changes.map(({ row }) => ({ rowId: row.id, why })) };
  }
  const unresolved: Unresolved[] = [];
  let left = changes;
  for (let n = 0; n < MAX_ATTEMPTS && left.length > 0; n++) {
    const adoption = attempt(files, left, options, cache);
    const failed = new Map(adoption.unresolved.map(({ rowId, why }) => [rowId, why]));
    const differing = left[0] ? differingRows(adoption.read.schema, left[0].live) : new Set<string>();
    for (const { row } of left) {
      if (!failed.has(row.id) && differing.has(row.id))
        failed.set(row.id, 'Written into the code it would still not be what the database has.');
    }
    const surprises = left.filter(({ row }) => failed.has(row.id) && !adoption.unresolved.some(({ rowId }) => rowId === row.id));
    unresolved.push(
      ...[...failed].filter(([id]) => !unresolved.some(({ rowId }) => rowId === id)).map(([rowId, why]) => ({ rowId, why })),
    );
    if (surprises.length === 0) return { files: tidy(files, adoption.files), unresolved };
    left = left.filter(({ row }) => !failed.has(row.id));
  }
  return { files, unresolved: rest(changes, unresolved) };
}

/** Nothing was written: nothing is resolved. */
const rest = (changes: readonly AdoptChange[], unresolved: readonly Unresolved[]): Unresolved[] =>
  changes.map(({ row }) => ({
    rowId: row.id,
    why: unresolved.find(({ rowId }) => rowId === row.id)?.why ?? 'It could not be written together with the others.',
  }));

function tidy(before: readonly SourceText[], after: readonly SourceText[]): SourceText[] {
  return after.map((file, n) => {
    const old = before[n];
    if (!old || old.text === file.text) return file;
    const parse = (text: string) => parseSource({ path: file.path, text });
    return { path: file.path, text: dropUnusedImports(parse(old.text), parse(file.text), parse) };
  });
}
