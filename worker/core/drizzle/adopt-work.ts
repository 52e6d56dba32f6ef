/** What one adopted row needs to know and to collect: the files as read, the live schema, the edits. */
import type { ColumnDef, DiffRow, IndexDef, SchemaDef, TableDef } from '../../protocol/schema.ts';
import { foldName, sameName } from '../schema/names.ts';
import type { CustomBuilder, Emitter } from './code.ts';
import { customTypeCode, customTypeOf, takesOf } from './custom.ts';
import type { Edit } from './edits.ts';
import type { WantedImport } from './imports.ts';
import type { DrizzleTable } from './model.ts';
import type { Module } from './modules.ts';
import { constantFor, DRIZZLE_NAMES, type Naming, type TableNames } from './naming.ts';
import type { DrizzleRead } from './read.ts';
import { bare, Refused, type SourceFile } from './source.ts';
import type { TableSource } from './tables.ts';
import { BUILDERS, dataTypeOf } from './types.ts';

/** The row cannot be written into the files; the message says why. */
export class Unadoptable extends Error {
  override readonly name = 'Unadoptable';
}

/** Everything that one round of edits does. */
export interface Collected {
  readonly edits: Map<string, Edit[]>;
  readonly imports: Map<string, WantedImport[]>;
  /** Constants to be declared behind the imports: name to text. */
  readonly constants: Map<string, Map<string, string>>;
}

export interface Work {
  readonly read: DrizzleRead;
  readonly row: DiffRow;
  readonly live: SchemaDef;
  readonly collected: Collected;
}

export const collect = (work: Work, path: string, edit: Edit): void => {
  const { edits } = work.collected;
  edits.set(path, [...(edits.get(path) ?? []), edit]);
};

export const liveTable = ({ live, row }: Work): TableDef => {
  const found = live.tables.find(({ name }) => sameName(name, row.table));
  if (!found) throw new Unadoptable(`The database has no table ${row.table}.`);
  return found;
};

export const liveColumn = (work: Work): ColumnDef => {
  const found = liveTable(work).columns.find(({ name }) => sameName(name, work.row.name));
  if (!found) throw new Unadoptable(`The database has no column ${work.row.table}.${work.row.name}.`);
  return found;
};

export const liveIndexes = ({ live }: Work, table: string): IndexDef[] =>
  live.indexes.filter((index) => sameName(index.table, table));

export interface CodeTable {
  readonly table: DrizzleTable;
  readonly source: TableSource;
}

export function codeTable({ read, row }: Work): CodeTable {
  const source = read.tables.get(foldName(row.table));
  const table = read.model.tables.find(({ name }) => sameName(name, row.table));
  if (!source || !table) throw new Unadoptable(`The code has no table ${row.table}: take the table itself over first.`);
  return { table, source };
}

/** Names of the code as it is. */
export function namingOfRead({ model, tables }: DrizzleRead): Map<string, TableNames> {
  return new Map(
    model.tables.map((table) => {
      const constant = tables.get(foldName(table.name))?.shell.constant ?? table.exportName;
      return [foldName(table.name), { constant, keys: new Map(table.columns.map(({ key, name }) => [foldName(name), key])) }];
    }),
  );
}

export interface EmitterOptions {
  readonly file: SourceFile;
  readonly naming: Naming;
  readonly self: string;
  /** The parameter that has the column builders, where the table's columns are a function. */
  readonly builders: string | null;
  /** Where the table begins: what stands before it is known to TypeScript. */
  readonly at: number;
}

const FROM_ORM: ReadonlySet<string> = new Set(['sql', 'desc']);

/** `./people.ts` from `db/schema/orders.ts`, written as the file writes its other imports. */
function specifierTo(module: Module, path: string): string {
  const from = module.file.path.split('/').slice(0, -1);
  const to = path.split('/');
  let shared = 0;
  while (shared < from.length && shared < to.length - 1 && from[shared] === to[shared]) shared += 1;
  const up = '../'.repeat(from.length - shared);
  const full = `${up || './'}${to.slice(shared).join('/')}`;
  const style = module.file.program.body.find((node) => node.type === 'ImportDeclaration' && node.source.value.startsWith('.'));
  const written = style?.type === 'ImportDeclaration' ? style.source.value : './x.ts';
  if (written.endsWith('.ts')) return full;
  return written.endsWith('.js') ? full.replace(/\.ts$/, '.js') : full.replace(/(?:\/index)?\.ts$/, '');
}

/** Writes code into a file that is there: uses its imports, and asks for those that are missing. */
export class SourceEmitter implements Emitter {
  readonly naming: Naming;
  readonly self: string;
  private readonly work: Work;
  private readonly options: EmitterOptions;
  private readonly module: Module;

  constructor(work: Work, options: EmitterOptions) {
    this.work = work;
    this.options = options;
    this.naming = options.naming;
    this.self = options.self;
    this.module = work.read.modules.get(options.file.path) as Module;
  }

  use(name: string): string {
    if (this.options.builders !== null && BUILDERS.includes(name)) return `${this.options.builders}.${name}`;
    for (const [local, meaning] of this.module.names) {
      if (meaning.kind === 'package' && meaning.name === name) return local;
    }
    const source = FROM_ORM.has(name) ? 'drizzle-orm' : 'drizzle-orm/sqlite-core';
    for (const [local, meaning] of this.module.names) {
      if (meaning.kind === 'package' && meaning.name === '*' && meaning.source === source) return `${local}.${name}`;
    }
    return this.want({ source, name, type: name === 'AnySQLiteColumn' });
  }

  private want(wanted: WantedImport): string {
    const { file } = this.options;
    // Types are not among the meanings: they say nothing about the schema.
    if (wanted.type && new RegExp(`import[^;]*\\b${wanted.name}\\b`).test(file.text)) return wanted.name;
    if (this.module.names.has(wanted.name)) {
      throw new Unadoptable(`${file.path} has something else called ${wanted.name}, which would have to be imported.`);
    }
    const { imports } = this.work.collected;
    const known = imports.get(file.path) ?? [];
    if (!known.some(({ source, name }) => source === wanted.source && name === wanted.name))
      imports.set(file.path, [...known, wanted]);
    return wanted.name;
  }

  custom(column: ColumnDef): CustomBuilder {
    const type = customTypeOf(column);
    const known = this.customTypes(type.values).find(({ dataType }) => isSameType(dataType, column.type));
    // The type of its values is not known here: a default is written as SQL.
    if (known) return { name: known.name, config: known.plain ? '' : type.config, takes: 'sql' };
    const { file } = this.options;
    const constants = this.work.collected.constants.get(file.path) ?? new Map<string, string>();
    this.work.collected.constants.set(file.path, constants);
    const name = constantFor(type.word, 'Type', new Set([...DRIZZLE_NAMES, ...this.module.names.keys(), ...constants.keys()]));
    constants.set(name, customTypeCode(type, name, this.use('customType')));
    return { name, config: type.config, takes: takesOf(type) };
  }

  /** What constants of the file, imported ones too, make of a configuration, or of none. */
  private customTypes(values: ReadonlyMap<string, number>): { name: string; dataType: string; plain: boolean }[] {
    return [...this.module.names.keys()].flatMap((name) => {
      const declared = declaredBehind(this.work.read, this.module, name);
      const init = declared ? bare(declared.init) : null;
      if (!declared || init?.type !== 'CallExpression' || init.callee.type !== 'Identifier') return [];
      const callee = this.work.read.modules.get(declared.file.path)?.names.get(init.callee.name);
      if (callee?.kind !== 'package' || callee.name !== 'customType') return [];
      const dataType = dataTypeOf(declared.file, init.arguments[0]);
      return [new Map<string, number>(), values].flatMap((config) => {
        try {
          return [{ name, dataType: dataType(config), plain: config.size === 0 }];
        } catch (error) {
          // One that wants another configuration.
          if (error instanceof Refused) return [];
          throw error;
        }
      });
    });
  }

  table(name: string): string | null {
    const source = this.work.read.tables.get(foldName(name));
    if (!source) return this.naming.get(foldName(name))?.constant ?? null;
    const { constant, file } = source.shell;
    if (file.path === this.options.file.path) return constant;
    for (const local of this.module.names.keys()) {
      const declared = declaredBehind(this.work.read, this.module, local);
      if (declared?.file.path === file.path && declared.name === constant) return local;
    }
    return this.want({ source: specifierTo(this.module, file.path), name: constant, type: false });
  }

  isKnownBefore(table: string): boolean {
    const source = this.work.read.tables.get(foldName(table));
    if (!source) return false;
    return source.shell.file.path !== this.options.file.path || (source.shell.statement.start ?? 0) < this.options.at;
  }
}

const squeezed = (type: string): string => type.toUpperCase().replaceAll(/\s+/g, '');
/** As SQLite compares them: without case and blanks. */
const isSameType = (a: string, b: string): boolean => squeezed(a) === squeezed(b);

const declaredBehind = (read: DrizzleRead, module: Module, name: string) => read.declaredOf(module, name);
