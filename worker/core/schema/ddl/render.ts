/** Definitions as SQL text that SQLite and D1 take, laid out as a person would: one column a line, names always quoted. */
import type {
  ColumnDef,
  ForeignKeyDef,
  IndexDef,
  IndexTerm,
  TableDef,
  TriggerDef,
  ViewDef,
  VirtualTableDef,
} from '../../../protocol/schema.ts';
import { identifier } from '../../sql/quote.ts';
import { foldName, sameName } from '../names.ts';
import { type Created, parseCreate } from './create.ts';
import { defsEqual } from './equal.ts';
import { parseExpression } from './normal.ts';
import { isRowid } from './table-def.ts';
import { renderType } from './type.ts';

const names = (list: readonly string[]): string => list.map(identifier).join(', ');
const constraint = (name: string | null): string => (name === null ? '' : `CONSTRAINT ${identifier(name)} `);
const onConflict = (action: string): string => (action === 'ABORT' ? '' : ` ON CONFLICT ${action}`);

/** A definition that no text can say, for example a check that is no expression. */
export class UnrenderableError extends Error {}

/** Under the name `as`, if given: self-references follow. */
export function renderTable(def: TableDef, as: string = def.name): string {
  const table = {
    ...def,
    name: as,
    foreignKeys: def.foreignKeys.map((key) => (sameName(key.table, def.name) ? { ...key, table: as } : key)),
  };
  const inline = inlineParts(table);
  const lines = [...table.columns.map((column) => columnLine(column, table, inline)), ...constraintLines(table, inline)];
  const options = [table.withoutRowid ? 'WITHOUT ROWID' : '', table.strict ? 'STRICT' : ''].filter((option) => option !== '');
  const sql = `CREATE TABLE ${identifier(as)} (\n${lines.map((line) => `  ${line}`).join(',\n')}\n)${options.length > 0 ? ` ${options.join(', ')}` : ''}`;
  return checked(sql, 'table', table);
}

/**
 * X3: expressions and types come from texts that people wrote. Nothing leaves here that is not exactly the statement it was meant to be.
 */
function checked<K extends Created['kind']>(sql: string, kind: K, def: Extract<Created, { kind: K }>['def']): string {
  const parsed = parseCreate(sql);
  if (parsed.kind === 'problem') throw new UnrenderableError(`${def.name}: ${parsed.message} (line ${parsed.line})`);
  if (parsed.kind !== kind || shapeOf(parsed.def) !== shapeOf(def))
    throw new UnrenderableError(`${def.name}: its parts do not stay apart`);
  return sql;
}

/** How many parts of each kind, and the names of columns. */
const shapeOf = (def: object): string =>
  JSON.stringify(
    Object.entries(def).flatMap(([key, value]) => {
      if (!Array.isArray(value)) return [];
      return [
        [key, value.length, key === 'columns' ? value.map((part) => foldName(typeof part === 'string' ? part : part.name)) : null],
      ];
    }),
  );

/** The parts that a person writes beside the column. */
interface Inline {
  readonly key: boolean;
  readonly uniques: ReadonlySet<unknown>;
  readonly foreignKeys: ReadonlySet<unknown>;
}

const isPlainTerm = ({ column, collation, descending }: IndexTerm): boolean => column !== null && collation === null && !descending;

function inlineParts({ primaryKey, uniques, foreignKeys, withoutRowid, columns }: TableDef): Inline {
  const [only, more] = primaryKey?.columns ?? [];
  const type = columns.find(({ name }) => name === only?.column)?.type;
  // Beside its column DESC says "not the rowid", which no line of its own can say.
  const key = only !== undefined && !more && (isPlainTerm(only) || (type === 'INTEGER' && only.descending && !withoutRowid));
  return {
    key,
    uniques: new Set(uniques.filter(({ columns: terms }) => terms.length === 1 && terms.every(isPlainTerm))),
    foreignKeys: new Set(foreignKeys.filter((one) => one.columns.length === 1)),
  };
}

function columnLine(column: ColumnDef, table: TableDef, inline: Inline): string {
  const { primaryKey, uniques, foreignKeys } = table;
  const about = (name: string | null | undefined) => name !== null && name !== undefined && sameName(name, column.name);
  const parts = [identifier(column.name), renderType(column.type)];
  const isKey = inline.key && about(primaryKey?.columns[0]?.column);
  if (primaryKey && isKey) parts.push(inlineKey(primaryKey));
  if (column.notNull && !(isKey && isRowid(primaryKey, [column], table))) parts.push('NOT NULL');
  if (column.collation !== 'BINARY') parts.push(`COLLATE ${identifier(column.collation)}`);
  if (column.default !== null) parts.push(`DEFAULT ${renderDefault(column.default)}`);
  if (column.generated) parts.push(`GENERATED ALWAYS AS (${column.generated.expression}) ${column.generated.kind.toUpperCase()}`);
  for (const unique of uniques) {
    if (inline.uniques.has(unique) && about(unique.columns[0]?.column))
      parts.push(`${constraint(unique.name)}UNIQUE${onConflict(unique.onConflict)}`);
  }
  for (const key of foreignKeys) if (inline.foreignKeys.has(key) && about(key.columns[0])) parts.push(references(key));
  return parts.filter((part) => part !== '').join(' ');
}

function inlineKey({ name, columns, autoincrement, onConflict: action }: NonNullable<TableDef['primaryKey']>): string {
  const direction = columns[0]?.descending ? ' DESC' : '';
  return `${constraint(name)}PRIMARY KEY${direction}${onConflict(action)}${autoincrement ? ' AUTOINCREMENT' : ''}`;
}

/** Anything but a plain value stands in parentheses. */
function renderDefault(text: string): string {
  const parsed = parseExpression(text, { columns: [], subselects: true });
  return parsed.kind === 'expression' && parsed.literal ? parsed.text : `(${text})`;
}

function references(key: ForeignKeyDef): string {
  const columns = key.references.length === 0 ? '' : ` (${names(key.references)})`;
  const action = (event: string, what: string) => (what === 'NO ACTION' ? '' : ` ON ${event} ${what}`);
  const deferred = key.deferred ? ' DEFERRABLE INITIALLY DEFERRED' : '';
  return `${constraint(key.name)}REFERENCES ${identifier(key.table)}${columns}${action('DELETE', key.onDelete)}${action('UPDATE', key.onUpdate)}${deferred}`;
}

function constraintLines({ primaryKey, uniques, checks, foreignKeys }: TableDef, inline: Inline): string[] {
  const lines: string[] = [];
  if (primaryKey && !inline.key) {
    lines.push(`${constraint(primaryKey.name)}PRIMARY KEY (${terms(primaryKey.columns)})${onConflict(primaryKey.onConflict)}`);
  }
  for (const unique of uniques) {
    if (!inline.uniques.has(unique))
      lines.push(`${constraint(unique.name)}UNIQUE (${terms(unique.columns)})${onConflict(unique.onConflict)}`);
  }
  for (const key of foreignKeys) {
    if (inline.foreignKeys.has(key)) continue;
    const [, name = '', rest = ''] = /^(CONSTRAINT "(?:[^"]|"")*" )?([\s\S]*)$/.exec(references(key)) ?? [];
    lines.push(`${name}FOREIGN KEY (${names(key.columns)}) ${rest}`);
  }
  for (const check of checks) lines.push(`${constraint(check.name)}CHECK (${check.expression})`);
  return lines;
}

const terms = (list: readonly IndexTerm[]): string => list.map(term).join(', ');
const term = ({ column, expression, collation, descending }: IndexTerm): string =>
  `${column === null ? `(${expression ?? 'NULL'})` : identifier(column)}${collation === null ? '' : ` COLLATE ${identifier(collation)}`}${descending ? ' DESC' : ''}`;

/** As it was written, comments and layout included, if the text still says what the definition says. */
function asWritten<K extends Created['kind']>(kind: K, def: Extract<Created, { kind: K }>['def']): string | null {
  if (def.sql === null) return null;
  const parsed = parseCreate(def.sql);
  return parsed.kind === kind && defsEqual<unknown>(parsed.def, def) ? def.sql.replace(/[;\s]+$/, '') : null;
}

export function renderIndex(def: IndexDef): string {
  const head = `CREATE ${def.unique ? 'UNIQUE ' : ''}INDEX ${identifier(def.name)} ON ${identifier(def.table)}`;
  const sql = `${head} (${terms(def.terms)})${def.where === null ? '' : ` WHERE ${def.where}`}`;
  return asWritten('index', def) ?? checked(sql, 'index', def);
}

export function renderView(def: ViewDef): string {
  const columns = def.columns === null ? '' : ` (${names(def.columns)})`;
  return asWritten('view', def) ?? checked(`CREATE VIEW ${identifier(def.name)}${columns} AS\n${def.select}`, 'view', def);
}

export const renderTrigger = (def: TriggerDef): string =>
  asWritten('trigger', def) ?? checked(`CREATE TRIGGER ${identifier(def.name)} ${def.body}`, 'trigger', def);

export function renderVirtualTable(def: VirtualTableDef): string {
  const sql = `CREATE VIRTUAL TABLE ${identifier(def.name)} USING ${identifier(def.module)}(${def.args.join(', ')})`;
  return asWritten('virtual-table', def) ?? checked(sql, 'virtual-table', def);
}
