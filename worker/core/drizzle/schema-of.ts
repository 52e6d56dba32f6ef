/**
 * From a Drizzle model to the schema it asks for. Goes through SQL text and the parser that reads the live database, so that both
 * sides have the same normal form by construction (S3).
 */
import type { IndexDef, SchemaDef, TableDef, ViewDef } from '../../protocol/schema.ts';
import { parseCreate, parseExpression } from '../schema/ddl/index.ts';
import { identifier } from '../sql/quote.ts';
import type { DrizzleColumn, DrizzleForeignKey, DrizzleIndex, DrizzleModel, DrizzleTable, DrizzleView } from './model.ts';

const list = (names: readonly string[]): string => names.map(identifier).join(', ');

/** In parentheses whatever it is: drizzle takes an expression without them, SQLite does not. */
const defaultText = (value: NonNullable<DrizzleColumn['default']>): string => ` DEFAULT (${value}\n)`;

function columnText(column: DrizzleColumn): string {
  const key = column.primaryKey ? ` PRIMARY KEY${column.autoincrement ? ' AUTOINCREMENT' : ''}` : '';
  const value = column.default === null ? '' : defaultText(column.default);
  const generated = column.generated ? ` GENERATED ALWAYS AS (${column.generated.as}\n) ${column.generated.kind}` : '';
  return `${identifier(column.name)} ${column.type}${key}${value}${generated}${column.notNull ? ' NOT NULL' : ''}`;
}

const foreignKeyText = (key: DrizzleForeignKey): string =>
  `FOREIGN KEY (${list(key.columns)}) REFERENCES ${identifier(key.table)} (${list(key.references)})` +
  ` ON UPDATE ${key.onUpdate} ON DELETE ${key.onDelete}`;

/** As `CREATE TABLE`. A line break after each text from outside ends a comment in it. */
export function tableText(table: DrizzleTable): string {
  const parts = [
    ...table.columns.map(columnText),
    ...(table.primaryKey ? [`PRIMARY KEY (${list(table.primaryKey.columns)})`] : []),
    ...table.foreignKeys.map(foreignKeyText),
    ...table.checks.map(({ name, expression }) => `CONSTRAINT ${identifier(name)} CHECK (${expression}\n)`),
  ];
  return `CREATE TABLE ${identifier(table.name)} (\n  ${parts.join(',\n  ')}\n)`;
}

/** Those of the table itself and those that `.unique()` makes, in drizzle-kit's order. */
export const indexesOf = (table: DrizzleTable): DrizzleIndex[] => [
  ...table.columns.flatMap(({ name, unique }) =>
    unique === null ? [] : [{ name: unique, unique: true, terms: [{ column: name }], where: null, asConstraint: true }],
  ),
  ...table.indexes.filter(({ asConstraint }) => !asConstraint),
  ...table.indexes.filter(({ asConstraint }) => asConstraint),
];

export function indexText(table: string, index: DrizzleIndex): string {
  const terms = index.terms.map((term) => ('column' in term ? identifier(term.column) : `${term.expression}\n`)).join(', ');
  const where = index.where === null ? '' : ` WHERE ${index.where}`;
  return `CREATE ${index.unique ? 'UNIQUE ' : ''}INDEX ${identifier(index.name)} ON ${identifier(table)} (${terms})${where}`;
}

export const viewText = (view: DrizzleView): string => `CREATE VIEW ${identifier(view.name)} AS ${view.select ?? ''}`;

/** What SQLite would not take: the object's name and why. */
export interface ModelProblem {
  readonly kind: 'table' | 'index' | 'view';
  readonly table: string;
  readonly name: string;
  readonly message: string;
  /** The column or check of the table that it is about, where it is about one. */
  readonly part?: { readonly kind: 'column' | 'check'; readonly name: string };
}

type Parsed = ReturnType<typeof parseCreate>;
const why = (parsed: Parsed): string => (parsed.kind === 'problem' ? parsed.message : `it reads as a ${parsed.kind}`);

export interface SchemaOfModel {
  readonly schema: SchemaDef;
  readonly problems: readonly ModelProblem[];
}

/** Null: the text is one expression, and nothing but it. */
function expressionProblem(text: string, columns: readonly string[]): string | null {
  const parsed = parseExpression(text, { columns });
  if (parsed.kind === 'problem') return `${parsed.message} in ${JSON.stringify(text.slice(0, 80))}`;
  const [unknown] = columns.length === 0 ? parsed.names : [];
  return unknown ? `a default cannot refer to ${unknown.column}` : null;
}

type PartProblem = Required<Pick<ModelProblem, 'message' | 'part'>>;

function tableProblem(table: DrizzleTable): PartProblem | null {
  const names = table.columns.map(({ name }) => name);
  const told = (message: string | null, kind: 'column' | 'check', name: string): PartProblem[] =>
    message === null ? [] : [{ message, part: { kind, name } }];
  const [first] = [
    ...table.columns.flatMap(({ name, default: value }) =>
      told(value === null ? null : expressionProblem(String(value), []), 'column', name),
    ),
    ...table.columns.flatMap(({ name, generated }) =>
      told(generated === null ? null : expressionProblem(generated.as, names), 'column', name),
    ),
    ...table.checks.flatMap(({ name, expression }) => told(expressionProblem(expression, names), 'check', name)),
  ];
  return first ?? null;
}

const ORDER_WORD = /\s(?:asc|desc)\s*$/i;

function indexProblem(table: DrizzleTable, index: DrizzleIndex): string | null {
  const names = table.columns.map(({ name }) => name);
  const terms = index.terms.flatMap((term) => ('expression' in term ? [term.expression.replace(ORDER_WORD, '')] : []));
  const texts = index.where === null ? terms : [...terms, index.where];
  return texts.map((text) => expressionProblem(text, names)).find((problem) => problem !== null) ?? null;
}

function tableOf(table: DrizzleTable, problems: ModelProblem[]): TableDef[] {
  const problem = tableProblem(table);
  if (problem !== null) {
    problems.push({ kind: 'table', table: table.name, name: table.name, ...problem });
    return [];
  }
  const parsed = parseCreate(tableText(table));
  if (parsed.kind === 'table' && isWhole(table, parsed.def)) return [{ ...parsed.def, sql: null }];
  const message = parsed.kind === 'table' ? 'an expression in it reaches beyond its own end' : why(parsed);
  problems.push({ kind: 'table', table: table.name, name: table.name, message });
  return [];
}

/** An expression that closes its own parentheses early would bring columns and constraints of its own. */
const isWhole = (table: DrizzleTable, def: TableDef): boolean =>
  def.columns.length === table.columns.length &&
  def.checks.length <= table.checks.length &&
  def.foreignKeys.length <= table.foreignKeys.length &&
  def.uniques.length === 0 &&
  !def.strict &&
  !def.withoutRowid;

function indexOf(table: DrizzleTable, index: DrizzleIndex, known: TableDef | undefined, problems: ModelProblem[]): IndexDef[] {
  const problem = indexProblem(table, index);
  const parsed = parseCreate(indexText(table.name, index), () => known);
  if (problem === null && parsed.kind === 'index' && parsed.def.terms.length === index.terms.length) {
    return [{ ...parsed.def, sql: null }];
  }
  problems.push({ kind: 'index', table: table.name, name: index.name, message: problem ?? why(parsed) });
  return [];
}

function viewOf(view: DrizzleView, problems: ModelProblem[]): ViewDef[] {
  if (view.select === null) return [];
  const parsed = parseCreate(viewText(view));
  if (parsed.kind === 'view') return [{ ...parsed.def, sql: null }];
  problems.push({ kind: 'view', table: view.name, name: view.name, message: why(parsed) });
  return [];
}

/** The schema that the model asks for; what cannot be SQL is left out and told. */
export function schemaOfModel(model: DrizzleModel): SchemaOfModel {
  const problems: ModelProblem[] = [];
  const tables = model.tables.flatMap((table) => tableOf(table, problems));
  const known = new Map(tables.map((table) => [table.name, table]));
  const schema: SchemaDef = {
    tables,
    virtualTables: [],
    indexes: model.tables.flatMap((table) =>
      indexesOf(table).flatMap((index) => indexOf(table, index, known.get(table.name), problems)),
    ),
    views: model.views.flatMap((view) => viewOf(view, problems)),
    triggers: [],
  };
  return { schema, problems };
}
