/** A schema as Drizzle code that reads as a person would have written it; what Drizzle has no words for stands in comments. */
import type { ColumnDef, ForeignKeyDef, IndexDef, SchemaDef, TableDef, ViewDef } from '../../protocol/schema.ts';
import { foldName, sameName } from '../schema/names.ts';
import { parentsFirst } from '../schema/order.ts';
import {
  type ColumnParts,
  type CustomBuilder,
  checkCode,
  columnCode,
  type Emitter,
  foreignKeyCode,
  indexCode,
  isInlineKey,
  primaryKeyCode,
  uniqueCode,
} from './code.ts';
import { customTypeCode, customTypeOf, takesOf } from './custom.ts';
import { stringCode, templateBody } from './js-text.ts';
import { uniqueName } from './model.ts';
import { constantFor, type Naming, namingOf } from './naming.ts';
import { silentFacets, silentObjects } from './silent.ts';
import { viewBody, viewColumns } from './view-text.ts';

/** Of one table: what its columns say themselves, and what the list behind them has to say. */
export interface Shares {
  readonly ofColumn: ReadonlyMap<string, ColumnParts>;
  readonly tableKey: boolean;
  readonly uniques: TableDef['uniques'];
  readonly indexes: readonly IndexDef[];
  readonly foreignKeys: readonly ForeignKeyDef[];
}

/** One plain column, which could say it by itself. */
const soleColumn = (terms: IndexDef['terms']): string | null => {
  const [only, ...more] = terms;
  return only && more.length === 0 && only.collation === null && !only.descending ? only.column : null;
};

const isPlainUnique = ({ unique, where, terms, name, table }: IndexDef): boolean => {
  const column = soleColumn(terms);
  return unique && where === null && column !== null && name === uniqueName(table, [column]);
};

/** `indexes` are those of this table. */
export function sharesOf(table: TableDef, indexes: readonly IndexDef[]): Shares {
  const ofColumn = new Map<string, ColumnParts>();
  const inlineKeys = new Set<ForeignKeyDef>();
  const inlineUniques = new Set<unknown>();
  for (const { name } of table.columns) {
    const keys = table.foreignKeys.filter(({ columns }) => columns.length === 1 && sameName(columns[0] ?? '', name));
    const constraint = table.uniques.find(({ columns }) => sameName(soleColumn(columns) ?? '', name));
    const index = constraint
      ? undefined
      : indexes.find((each) => isPlainUnique(each) && sameName(soleColumn(each.terms) ?? '', name));
    for (const key of keys) inlineKeys.add(key);
    inlineUniques.add(constraint ?? index);
    ofColumn.set(foldName(name), { foreignKeys: keys, uniques: constraint ? [constraint.name] : index ? [index.name] : [] });
  }
  return {
    ofColumn,
    tableKey: table.primaryKey !== null && !table.columns.some((column) => isInlineKey(table, column)),
    uniques: table.uniques.filter((unique) => !inlineUniques.has(unique)),
    indexes: indexes.filter((index) => !inlineUniques.has(index)),
    foreignKeys: table.foreignKeys.filter((key) => !inlineKeys.has(key)),
  };
}

export function columnLine(emitter: Emitter, table: TableDef, column: ColumnDef, shares: Shares): string {
  const parts = shares.ofColumn.get(foldName(column.name)) ?? { foreignKeys: [], uniques: [] };
  return columnCode(emitter, table, column, parts, '  ');
}

function extraLines(emitter: Emitter, table: TableDef, shares: Shares): string[] {
  return [
    ...(shares.tableKey ? [primaryKeyCode(emitter, table)] : []),
    ...shares.foreignKeys.map((key) => foreignKeyCode(emitter, table.name, key)),
    ...shares.uniques.map((unique) => uniqueCode(emitter, table.name, unique)),
    ...shares.indexes.map((index) => indexCode(emitter, table, index)),
    ...table.checks.map((check) => checkCode(emitter, table, check)),
  ].filter((line) => line !== null);
}

const indented = (text: string, indent: string): string => text.split('\n').join(`\n${indent}`);

/** `/** … *\/` before a table, for what it is beyond its code. */
function comment(lines: readonly string[]): string {
  if (lines.length === 0) return '';
  return `/** ${lines.join(' ').replaceAll('*/', '*\\/')} */\n`;
}

/** `export const … = sqliteTable(…);` with its comment. `indexes` are those of this table. */
export function tableCode(emitter: Emitter, table: TableDef, indexes: readonly IndexDef[], constant: string): string {
  const shares = sharesOf(table, indexes);
  const columns = table.columns.map((column) => columnLine(emitter, table, column, shares));
  const extras = extraLines(emitter, table, shares);
  const start = `${comment(silentFacets(table))}export const ${constant} = ${emitter.use('sqliteTable')}(`;
  const name = stringCode(table.name);
  if (extras.length === 0) return `${start}${name}, {\n  ${columns.join(',\n  ')},\n});\n`;
  const object = `{\n    ${columns.map((line) => indented(line, '  ')).join(',\n    ')},\n  }`;
  return `${start}\n  ${name},\n  ${object},\n  ${extrasCode(extras)},\n);\n`;
}

/** `(t) => [ … ]`, in one line where it fits. */
export function extrasCode(extras: readonly string[]): string {
  const arrow = `(${usesTable(extras) ? 't' : ''}) => [`;
  const line = `${arrow}${extras.join(', ')}]`;
  return line.length <= 110 && !line.includes('\n') ? line : `${arrow}\n    ${extras.join(',\n    ')},\n  ]`;
}

const usesTable = (extras: readonly string[]): boolean => extras.some((line) => /\bt\b[.[]/.test(line));

export function viewCode(emitter: Emitter, view: ViewDef, schema: SchemaDef, constant: string): string {
  const columns = viewColumns(emitter, view, schema);
  const object = columns.length === 0 ? '{}' : `{\n  ${columns.join(',\n  ')},\n}`;
  const named = view.columns ? [`The view names its columns itself: ${view.columns.join(', ')}.`] : [];
  const select = `${emitter.use('sql')}\`${templateBody(viewBody(view))}\``;
  return `${comment(named)}export const ${constant} = ${emitter.use('sqliteView')}(${stringCode(view.name)}, ${object}).as(${select});\n`;
}

class FileEmitter implements Emitter {
  readonly imports = new Set<string>();
  readonly types = new Map<string, { name: string; code: string }>();
  readonly naming: Naming;
  readonly self = 't';
  readonly written = new Set<string>();
  private readonly taken: Set<string>;

  constructor(naming: Naming, taken: Set<string>) {
    this.naming = naming;
    this.taken = taken;
  }

  use(name: string): string {
    this.imports.add(name);
    return name;
  }

  custom(column: ColumnDef): CustomBuilder {
    const type = customTypeOf(column);
    let known = this.types.get(type.key);
    if (!known) {
      const name = constantFor(type.word, 'Type', this.taken);
      known = { name, code: customTypeCode(type, name, this.use('customType')) };
      this.types.set(type.key, known);
    }
    return { name: known.name, config: type.config, takes: takesOf(type) };
  }

  table(name: string): string | null {
    return this.naming.get(foldName(name))?.constant ?? null;
  }

  isKnownBefore(table: string): boolean {
    return this.written.has(foldName(table));
  }
}

const FROM_ORM: ReadonlySet<string> = new Set(['sql', 'desc']);
const TYPES: ReadonlySet<string> = new Set(['AnySQLiteColumn']);
const byText = (a: string, b: string): number => (a.toLowerCase() < b.toLowerCase() ? -1 : 1);

/** As formatters order and break them. */
export function importLine(names: readonly string[], source: string): string {
  const sorted = [...names].sort(byText).map((name) => (TYPES.has(name) ? `type ${name}` : name));
  const line = `import { ${sorted.join(', ')} } from '${source}';\n`;
  return line.length <= 120 ? line : `import {\n  ${sorted.join(',\n  ')},\n} from '${source}';\n`;
}

function importLines(names: ReadonlySet<string>): string {
  const [orm, core] = [[...names].filter((name) => FROM_ORM.has(name)), [...names].filter((name) => !FROM_ORM.has(name))];
  return `${orm.length > 0 ? importLine(orm, 'drizzle-orm') : ''}${core.length > 0 ? importLine(core, 'drizzle-orm/sqlite-core') : ''}`;
}

/** The whole schema as one file. */
export function writeDrizzle(schema: SchemaDef): string {
  const { naming, taken } = namingOf(schema);
  const emitter = new FileEmitter(naming, taken);
  const blocks: string[] = [];
  for (const table of parentsFirst(schema.tables)) {
    const indexes = schema.indexes.filter((index) => sameName(index.table, table.name));
    blocks.push(tableCode(emitter, table, indexes, emitter.table(table.name) as string));
    emitter.written.add(foldName(table.name));
  }
  for (const view of schema.views) blocks.push(viewCode(emitter, view, schema, constantFor(view.name, 'View', taken)));
  const types = [...emitter.types.values()].map(({ code }) => code);
  const silent = silentObjects(schema);
  return [importLines(emitter.imports), ...types, ...blocks, ...(silent === '' ? [] : [silent])].filter(Boolean).join('\n');
}
