/** Parts of a schema as Drizzle code: what `write` puts together and `adopt` puts in between. */
import type { CheckDef, ColumnDef, ForeignKeyDef, IndexDef, IndexTerm, TableDef, UniqueDef } from '../../protocol/schema.ts';
import { parseExpression } from '../schema/ddl/index.ts';
import { isRowidAlias } from '../schema/diff/items.ts';
import { foldName, sameName } from '../schema/names.ts';
import { unquoted } from '../sql/tokens.ts';
import { chainCode, keyCode, memberCode, stringCode, templateBody } from './js-text.ts';
import { uniqueName } from './model.ts';
import type { Naming } from './naming.ts';

/** Where the code goes: what it needs imported and which names it may use. */
export interface Emitter {
  readonly naming: Naming;
  /** What the table is called in the list behind its columns. */
  readonly self: string;
  /** The local name of an import from drizzle, which is there from now on. */
  use(name: string): string;
  /** The local name of a custom type for an SQL type that drizzle has no builder for. */
  custom(column: ColumnDef): CustomBuilder;
  /** The constant of another table, imported if it has to be; null: it is not in the code. */
  table(name: string): string | null;
  /** Whether the table stands before the one that is being written, so that its type is known there. */
  isKnownBefore(table: string): boolean;
}

/** `takes`: what a JavaScript literal in `.default()` may be. */
export interface CustomBuilder {
  readonly name: string;
  readonly config: string;
  readonly takes: 'number' | 'string' | 'sql';
}

export const same = (a: string | null, b: string): boolean => a !== null && sameName(a, b);

const keyIn = (emitter: Emitter, table: string, column: string): string | null =>
  emitter.naming.get(foldName(table))?.keys.get(foldName(column)) ?? null;

/** `t.customerId`; null for a column that the code does not have. */
export function columnCodeRef(emitter: Emitter, table: string, column: string, object = emitter.self): string | null {
  const key = keyIn(emitter, table, column);
  return key === null ? null : memberCode(object, key);
}

/** The table's own column, which the code has by then. */
function ownColumn(emitter: Emitter, table: string, column: string): string {
  const code = columnCodeRef(emitter, table, column);
  if (code === null) throw new NoSuchColumnError(`The code has no column for ${table}.${column}.`);
  return code;
}

export class NoSuchColumnError extends Error {
  override readonly name = 'NoSuchColumnError';
}

/** Line breaks escaped: the code around is indented, and the text in it must not be. */
const inlineBody = (text: string): string => templateBody(text).replaceAll('\n', '\\n');

/** sql`…` with the table's own columns as `${t.key}`; `table` null: the text as it is. */
export function sqlCode(emitter: Emitter, text: string, table: TableDef | null, suffix = ''): string {
  const tag = emitter.use('sql');
  const parts: string[] = [];
  let at = 0;
  for (const { start, end, column } of table ? namesIn(text, table) : []) {
    const code = columnCodeRef(emitter, (table as TableDef).name, column);
    if (code === null) continue;
    parts.push(inlineBody(text.slice(at, start)), `\${${code}}`);
    at = end;
  }
  return `${tag}\`${parts.join('')}${inlineBody(text.slice(at))}${suffix}\``;
}

interface NameAt {
  readonly start: number;
  readonly end: number;
  readonly column: string;
}

/** Where an expression in normal form names columns of the table. */
function namesIn(text: string, table: TableDef): NameAt[] {
  const parsed = parseExpression(text, { columns: table.columns.map(({ name }) => name), table: table.name, subselects: true });
  if (parsed.kind !== 'expression') return [];
  const found: NameAt[] = [];
  for (const { table: owner, column } of parsed.names) {
    if (owner !== null) continue;
    found.push(...occurrences(text, column));
  }
  return found.sort((a, b) => a.start - b.start);
}

const WORD = /'(?:[^']|'')*'|"(?:[^"]|"")*"|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*|./gsu;

/** As a word of its own: not in a string, not a function, not behind a dot. */
function occurrences(text: string, column: string): NameAt[] {
  const found: NameAt[] = [];
  for (const match of text.matchAll(WORD)) {
    const [word] = match;
    if (word.startsWith("'") || !sameName(word.startsWith('"') ? unquoted(word) : word, column)) continue;
    const [before, after] = [text.slice(0, match.index), text.slice(match.index + word.length)];
    // Words of the language in normal form are in capitals, types and collations behind theirs.
    if (/^\s*[(.]/.test(after) || /\.\s*$|\b(?:AS|COLLATE)\s+$/.test(before)) continue;
    found.push({ start: match.index, end: match.index + word.length, column });
  }
  return found;
}

// ---- columns ------------------------------------------------------------------------------------------------------

interface Builder {
  readonly callee: string;
  readonly config: string;
  /** What a JavaScript literal may be in `.default()`. */
  readonly takes: 'number' | 'string' | 'sql';
}

function builderOf(emitter: Emitter, column: ColumnDef): Builder {
  switch (column.type) {
    case 'INTEGER':
      return { callee: emitter.use('integer'), config: '', takes: 'number' };
    case 'TEXT':
      return { callee: emitter.use('text'), config: '', takes: 'string' };
    case 'REAL':
      return { callee: emitter.use('real'), config: '', takes: 'number' };
    case 'NUMERIC':
      return { callee: emitter.use('numeric'), config: '', takes: 'sql' };
    case 'BLOB':
      return { callee: emitter.use('blob'), config: "{ mode: 'buffer' }", takes: 'sql' };
  }
  const length = /^TEXT\((\d+)\)$/.exec(column.type)?.[1];
  if (length) return { callee: emitter.use('text'), config: `{ length: ${Number(length)} }`, takes: 'string' };
  const { name, config, takes } = emitter.custom(column);
  return { callee: name, config, takes };
}

/** `integer('customer_id')`. The name is left out where the key says it. */
export function builderCode(emitter: Emitter, column: ColumnDef, key: string): string {
  const { callee, config } = builderOf(emitter, column);
  const args = [key === column.name ? '' : stringCode(column.name), config].filter(Boolean).join(', ');
  return `${callee}(${args})`;
}

const isPlainNumber = (text: string): boolean => /^-?\d+(?:\.\d+)?$/.test(text) && String(Number(text)) === text;

/** `.default(…)`, as a literal where drizzle takes the same one. */
export function defaultCode(emitter: Emitter, column: ColumnDef): string | null {
  const text = column.default;
  if (text === null) return null;
  const { takes } = builderOf(emitter, column);
  if (takes === 'number' && isPlainNumber(text)) return `.default(${text})`;
  if (takes === 'string' && /^'(?:[^']|'')*'$/.test(text)) return `.default(${stringCode(unquoted(text))})`;
  const parsed = parseExpression(text, { subselects: true });
  const isLiteral = parsed.kind === 'expression' && parsed.literal;
  return `.default(${sqlCode(emitter, isLiteral ? text : `(${text})`, null)})`;
}

export function generatedCode(emitter: Emitter, column: ColumnDef): string | null {
  if (!column.generated) return null;
  const { expression, kind } = column.generated;
  return `.generatedAlwaysAs(${sqlCode(emitter, expression, null)}, { mode: '${kind}' })`;
}

/** The column that alone is the primary key and can say so itself: a nullable key that is not the rowid has to be said by the table. */
export function isInlineKey(table: TableDef, column: ColumnDef): boolean {
  const key = table.primaryKey;
  if (key?.columns.length !== 1 || !same(key.columns[0]?.column ?? null, column.name)) return false;
  return column.notNull || isRowidAlias(column, table);
}

export const keyLink = (table: TableDef): string =>
  `.primaryKey(${table.primaryKey?.autoincrement ? '{ autoIncrement: true }' : ''})`;

/** Of `.unique()`: the name is left out where drizzle would give the same one. */
export function uniqueLink(table: string, column: string, name: string | null): string {
  return `.unique(${name === null || name === uniqueName(table, [column]) ? '' : stringCode(name)})`;
}

const actionsCode = ({ onDelete, onUpdate }: ForeignKeyDef): string => {
  const said = [
    onDelete === 'NO ACTION' ? '' : `onDelete: '${onDelete.toLowerCase()}'`,
    onUpdate === 'NO ACTION' ? '' : `onUpdate: '${onUpdate.toLowerCase()}'`,
  ].filter(Boolean);
  return said.length === 0 ? '' : `, { ${said.join(', ')} }`;
};

/** `.references(() => customers.id, { onDelete: 'cascade' })`; null when the code has no such column. */
export function referencesCode(emitter: Emitter, table: string, key: ForeignKeyDef): string | null {
  const constant = emitter.table(key.table);
  const target = key.references[0];
  if (constant === null || target === undefined) return null;
  const column = columnCodeRef(emitter, key.table, target, constant);
  if (column === null) return null;
  // TypeScript cannot infer the type of a table from itself.
  const circular = sameName(key.table, table) || !emitter.isKnownBefore(key.table);
  const arrow = circular ? `(): ${emitter.use('AnySQLiteColumn')} => ${column}` : `() => ${column}`;
  return `.references(${arrow}${actionsCode(key)})`;
}

export interface ColumnParts {
  /** Foreign keys of this column alone. */
  readonly foreignKeys: readonly ForeignKeyDef[];
  /** Names of unique constraints or indexes of this column alone that `.unique()` can say; null: without a name. */
  readonly uniques: readonly (string | null)[];
}

/** `customerId: integer('customer_id').notNull()`, without a comma. */
export function columnCode(emitter: Emitter, table: TableDef, column: ColumnDef, parts: ColumnParts, indent: string): string {
  const key = keyIn(emitter, table.name, column.name) ?? column.name;
  const inlineKey = isInlineKey(table, column);
  const links = [
    inlineKey ? keyLink(table) : column.notNull ? '.notNull()' : null,
    ...parts.uniques.map((name) => uniqueLink(table.name, column.name, name)),
    defaultCode(emitter, column),
    generatedCode(emitter, column),
    ...parts.foreignKeys.map((foreignKey) => referencesCode(emitter, table.name, foreignKey)),
  ].filter((link) => link !== null);
  return `${keyCode(key)}: ${chainCode(builderCode(emitter, column, key), links, `${indent}${keyCode(key)}: `.length > 40 ? '' : indent)}`;
}

// ---- what stands in the list behind the columns --------------------------------------------------------------------

const ownColumns = (emitter: Emitter, table: string, columns: readonly string[]): string =>
  columns.map((column) => ownColumn(emitter, table, column)).join(', ');

const termColumns = (terms: readonly IndexTerm[]): string[] => terms.map(({ column }) => column ?? '');

export const primaryKeyCode = (emitter: Emitter, table: TableDef): string =>
  `${emitter.use('primaryKey')}({ columns: [${ownColumns(emitter, table.name, termColumns(table.primaryKey?.columns ?? []))}] })`;

export function uniqueCode(emitter: Emitter, table: string, unique: UniqueDef): string {
  const name = unique.name === null ? '' : stringCode(unique.name);
  return `${emitter.use('unique')}(${name}).on(${ownColumns(emitter, table, termColumns(unique.columns))})`;
}

function termCode(emitter: Emitter, table: TableDef, term: IndexTerm): string {
  const collation = term.collation === null ? '' : ` collate ${term.collation.toLowerCase()}`;
  if (term.column !== null && collation === '') {
    const column = ownColumn(emitter, table.name, term.column);
    return term.descending ? `${emitter.use('desc')}(${column})` : column;
  }
  const suffix = `${collation}${term.descending ? ' desc' : ''}`;
  if (term.column === null) return sqlCode(emitter, term.expression ?? '', table, suffix);
  return `${emitter.use('sql')}\`\${${ownColumn(emitter, table.name, term.column)}}${suffix}\``;
}

export function indexCode(emitter: Emitter, table: TableDef, index: IndexDef): string {
  const start = `${emitter.use(index.unique ? 'uniqueIndex' : 'index')}(${stringCode(index.name)})`;
  const on = `.on(${index.terms.map((term) => termCode(emitter, table, term)).join(', ')})`;
  return `${start}${on}${index.where === null ? '' : `.where(${sqlCode(emitter, index.where, table)})`}`;
}

/** Drizzle wants a name for each check. */
export const checkName = (table: TableDef, check: CheckDef): string =>
  check.name ?? `${table.name}_check${table.checks.indexOf(check) > 0 ? `_${table.checks.indexOf(check) + 1}` : ''}`;

export const checkCode = (emitter: Emitter, table: TableDef, check: CheckDef): string =>
  `${emitter.use('check')}(${stringCode(checkName(table, check))}, ${sqlCode(emitter, check.expression, table)})`;

/** `foreignKey({ … }).onDelete('cascade')`; null when the code has no such table or column. */
export function foreignKeyCode(emitter: Emitter, table: string, key: ForeignKeyDef): string | null {
  const constant = sameName(key.table, table) ? emitter.self : emitter.table(key.table);
  if (constant === null || key.references.length === 0) return null;
  const foreign = key.references.map((column) => columnCodeRef(emitter, key.table, column, constant));
  if (foreign.includes(null)) return null;
  const columns = `columns: [${ownColumns(emitter, table, key.columns)}], foreignColumns: [${foreign.join(', ')}]`;
  const action = (method: string, value: string) => (value === 'NO ACTION' ? '' : `.${method}('${value.toLowerCase()}')`);
  return `${emitter.use('foreignKey')}({ ${columns} })${action('onDelete', key.onDelete)}${action('onUpdate', key.onUpdate)}`;
}
