/**
 * Reads Drizzle schema files as data. Nothing in them is executed, whatever they contain: what lies outside of the declarative subset
 * of drizzle-orm/sqlite-core is refused with its line, its column and the reason. See worker/decisions.
 */
import type { Node } from '@babel/types';
import type { SchemaDef, SourceProblem } from '../../protocol/schema.ts';
import { foldName } from '../schema/names.ts';
import type { Context, TableShell } from './context.ts';
import { checkConstant } from './declared.ts';
import { byExportName, type Casing, type DrizzleModel, type DrizzleTable, type DrizzleView } from './model.ts';
import { type Declared, exportsOf, type Module, meaningOf, readModule } from './modules.ts';
import { type Place, placesOf } from './places.ts';
import { type ModelProblem, schemaOfModel } from './schema-of.ts';
import { shellOfTable, tableCallOf } from './shells.ts';
import { parseSource, problemOf, Refused, type SourceFile, type SourceText } from './source.ts';
import { readTable, type TableSource } from './tables.ts';
import { isView, readView, type ViewSource } from './views.ts';

export interface ReadOptions {
  readonly casing?: Casing | null;
  /** The module that the database's list names: what it exports is the schema. Default: the first file. */
  readonly entry?: string;
}

export interface DrizzleRead {
  readonly schema: SchemaDef;
  readonly model: DrizzleModel;
  /** Empty: the files are a schema, and this is all of it. */
  readonly problems: readonly SourceProblem[];
  /** Ids of diff rows to where the thing is written, as offsets into the file's text. */
  readonly places: ReadonlyMap<string, Place>;
  /** By folded SQL name: for edits. */
  readonly tables: ReadonlyMap<string, TableSource>;
  readonly views: ReadonlyMap<string, ViewSource>;
  readonly modules: ReadonlyMap<string, Module>;
  readonly casing: Casing | undefined;
  /** What a name of a file stands for, through imports; null when it is no constant of these files. */
  readonly declaredOf: (module: Module, name: string) => Declared | null;
}

/** Parsed files by their text, for callers that read the same files over and over with one of them changed. */
export type ParseCache = Map<string, SourceFile>;

const MAX_TOTAL_CHARS = 8_000_000;
const MAX_PROBLEMS = 200;

class Reader {
  readonly problems: SourceProblem[] = [];
  readonly modules = new Map<string, Module>();
  readonly tables = new Map<string, TableSource>();
  readonly views = new Map<string, ViewSource>();
  private readonly shells = new Map<Declared, TableShell | Refused | null>();
  readonly context: Context;

  constructor(casing: Casing | undefined) {
    this.context = { modules: this.modules, casing, shellOf: (declared) => this.shellOf(declared), expansions: 0 };
  }

  readonly refuse = (why: Refused): void => {
    if (this.problems.length < MAX_PROBLEMS) this.problems.push(problemOf(why));
  };

  attempt<T>(file: SourceText, act: () => T): T | null {
    try {
      return act();
    } catch (error) {
      if (error instanceof Refused) this.refuse(error);
      else if (error instanceof RangeError) this.refuse(new Refused(file, 0, 'the file is nested too deeply to be read'));
      else throw error;
      return null;
    }
  }

  /** A table that was refused is refused to all that refer to it, and told once. */
  private shellOf(declared: Declared): TableShell | null {
    const known = this.shells.get(declared);
    if (known instanceof Refused) throw new Refused(known.file, known.at, known.message);
    if (known !== undefined) return known;
    try {
      const shell = shellOfTable(this.context, declared);
      this.shells.set(declared, shell);
      return shell;
    } catch (error) {
      if (error instanceof Refused) this.shells.set(declared, error);
      throw error;
    }
  }

  load(files: readonly SourceText[], cache: ParseCache): void {
    const names = new Set(files.map(({ path }) => path));
    for (const file of files) {
      const key = `${file.path}\0${file.text}`;
      const parsed = cache.get(key) ?? this.attempt(file, () => parseSource(file));
      if (!parsed) continue;
      cache.set(key, parsed);
      this.attempt(file, () =>
        this.modules.set(
          file.path,
          readModule(parsed, (path) => names.has(path), this.refuse),
        ),
      );
    }
  }

  /** Everything that is declared is checked; what the entry exports becomes the model. */
  read(entry: string): DrizzleModel {
    const exported = new Map<Declared, string>();
    for (const [name, declared] of exportsOf(this.modules, entry)) if (!exported.has(declared)) exported.set(declared, name);
    const tables: DrizzleTable[] = [];
    const views: DrizzleView[] = [];
    for (const module of this.modules.values()) {
      for (const declared of module.names.values()) {
        if (declared.kind !== 'declared') continue;
        this.attempt(module.file, () => this.readOne(declared, exported.get(declared) ?? null, tables, views));
      }
    }
    return { tables: tables.sort(byExportName), views: views.sort(byExportName) };
  }

  private readOne(declared: Declared, exportName: string | null, tables: DrizzleTable[], views: DrizzleView[]): void {
    const isTable = tableCallOf(this.context, declared) !== null;
    if (isTable) {
      const shell = this.shellOf(declared);
      const { table, source } = readTable(this.context, shell as TableShell, exportName ?? declared.name);
      if (exportName === null) return;
      this.keep(this.tables, table.name, source, source.shell);
      tables.push(table);
    } else if (isView(this.context, declared)) {
      const { view, source } = readView(this.context, declared, exportName ?? declared.name);
      if (exportName === null) return;
      this.keep(this.views, view.name, source, { file: declared.file, statement: declared.statement });
      views.push(view);
    } else checkConstant(this.context, declared);
  }

  private keep<T>(kept: Map<string, T>, name: string, source: T, at: Pick<TableShell, 'file' | 'statement'>): void {
    const folded = foldName(name);
    if (this.tables.has(folded) || this.views.has(folded)) throw new Refused(at.file, at.statement, `${name} is declared twice`);
    kept.set(folded, source);
  }
}

/** Where the part of a table is written that SQLite would not take. */
function partPlace({ tables }: Reader, { kind, table, name, part }: ModelProblem): { file: SourceFile; at: Node } | null {
  const source = tables.get(foldName(table));
  if (!source) return null;
  const column = part?.kind === 'column' ? source.columns.find((each) => each.name === part.name) : undefined;
  if (column) return { file: column.file, at: column.property };
  const extra = kind === 'index' ? source.indexes.get(name) : source.checks.get(part?.name ?? '');
  return { file: source.shell.file, at: extra?.node ?? source.shell.statement };
}

/** What SQLite would not take, where it is written. */
function sqlProblem(reader: Reader, problem: ModelProblem): SourceProblem | null {
  const message = `SQLite would not take this: ${problem.message}`;
  if (problem.kind === 'view') {
    const view = reader.views.get(foldName(problem.name));
    return view ? problemOf(new Refused(view.declared.file, view.select ?? 0, message)) : null;
  }
  const place = partPlace(reader, problem);
  return place && problemOf(new Refused(place.file, place.at, message));
}

export function readDrizzle(files: readonly SourceText[], options: ReadOptions = {}, cache: ParseCache = new Map()): DrizzleRead {
  const casing = options.casing ?? undefined;
  const reader = new Reader(casing);
  const first = files[0];
  const total = files.reduce((sum, { text }) => sum + text.length, 0);
  if (first && total > MAX_TOTAL_CHARS)
    reader.refuse(new Refused(first, 0, `the files have more than ${MAX_TOTAL_CHARS} characters`));
  else reader.load(files, cache);
  const model = reader.read(options.entry ?? first?.path ?? '');
  const { schema, problems } = schemaOfModel(model);
  reader.problems.push(...problems.map((problem) => sqlProblem(reader, problem)).filter((problem) => problem !== null));
  const { tables, views, modules } = reader;
  const declaredOf = (module: Module, name: string) => {
    const meaning = meaningOf(modules, module, name);
    return meaning?.kind === 'declared' ? meaning : null;
  };
  return {
    schema,
    model,
    problems: reader.problems,
    places: placesOf(model, tables, views),
    tables,
    views,
    modules,
    casing,
    declaredOf,
  };
}
