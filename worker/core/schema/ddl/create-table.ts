/** CREATE TABLE as it is written. What it means, with all columns known: `table-def.ts`. */
import { unquoted } from '../../sql/tokens.ts';
import type { Expr, Ordering } from './ast.ts';
import { ordering } from './call.ts';
import { conflictAction } from './dml.ts';
import { parseExpr, typeName } from './expression.ts';
import { primary } from './primary.ts';
import type { Reader } from './reader.ts';

export interface WrittenColumn {
  readonly name: string;
  type: string;
  notNull: boolean;
  default: Expr | null;
  collation: string | null;
  generated: { expression: Expr; kind: 'virtual' | 'stored' } | null;
}

export interface WrittenKey {
  readonly name: string | null;
  readonly terms: readonly Ordering[];
  readonly onConflict: string;
  readonly autoincrement: boolean;
  /** Beside its column, and not in a line of its own: SQLite treats `INTEGER PRIMARY KEY DESC` differently in the two. */
  readonly inColumn: boolean;
}

export interface WrittenForeignKey {
  readonly name: string | null;
  readonly columns: readonly string[];
  readonly table: string;
  readonly references: readonly string[];
  onUpdate: string;
  onDelete: string;
  deferred: boolean;
}

export interface WrittenTable {
  readonly name: string;
  strict: boolean;
  withoutRowid: boolean;
  readonly columns: WrittenColumn[];
  primaryKey: WrittenKey | null;
  /** How many UNIQUE constraints stand before it. */
  uniquesBeforeKey: number;
  readonly uniques: WrittenKey[];
  readonly checks: { readonly name: string | null; readonly expression: Expr }[];
  readonly foreignKeys: WrittenForeignKey[];
  /** What the model has no place for, in words. */
  readonly lost: string[];
}

export const emptyTable = (name: string): WrittenTable => ({
  name,
  strict: false,
  withoutRowid: false,
  columns: [],
  primaryKey: null,
  uniquesBeforeKey: 0,
  uniques: [],
  checks: [],
  foreignKeys: [],
  lost: [],
});

/** After `CREATE TABLE name`. */
export function writtenTable(reader: Reader, name: string): WrittenTable {
  const table = emptyTable(name);
  reader.expect('(');
  do columnOf(reader, table);
  while (reader.take(',') && !startsConstraint(reader));
  // SQLite takes table constraints without a comma between them, too.
  while (!reader.is(')')) {
    if (!startsConstraint(reader)) throw reader.failure('expected a constraint or )');
    tableConstraint(reader, table);
    reader.take(',');
  }
  reader.expect(')');
  if (!reader.atEnd && !reader.is(';')) reader.list(() => tableOption(reader, table));
  return table;
}

function tableOption(reader: Reader, table: WrittenTable): void {
  if (reader.take('STRICT')) table.strict = true;
  else {
    reader.expect('WITHOUT', 'ROWID');
    table.withoutRowid = true;
  }
}

const CONSTRAINT_WORDS: ReadonlySet<string> = new Set(['CONSTRAINT', 'PRIMARY', 'UNIQUE', 'CHECK', 'FOREIGN']);
const startsConstraint = (reader: Reader): boolean => reader.isOneOf(CONSTRAINT_WORDS);

/** GENERATED and ALWAYS are names to SQLite's grammar, and parts of the type but for what follows. */
const typeEnds = (reader: Reader): boolean => reader.is('GENERATED', 'ALWAYS', 'AS') || reader.is('GENERATED', 'ALWAYS', '(');

/** One column with its constraints, as CREATE TABLE and ALTER TABLE ADD have it. */
export function columnOf(reader: Reader, table: WrittenTable): void {
  const name = reader.name('a column');
  const column: WrittenColumn = { name, type: '', notNull: false, default: null, collation: null, generated: null };
  table.columns.push(column);
  column.type = typeName(reader, () => typeEnds(reader));
  for (let constraint: string | null = null; ; ) {
    if (reader.take('CONSTRAINT')) constraint = reader.name('the name of a constraint');
    else if (columnConstraint(reader, table, column, constraint)) constraint = null;
    else return;
  }
}

/** False when there is none here. */
function columnConstraint(reader: Reader, table: WrittenTable, column: WrittenColumn, name: string | null): boolean {
  const { upper } = reader.peek();
  const itself = (descending = false): Ordering[] => [
    { expression: { kind: 'column', path: [column.name], quote: '', at: 0 }, descending, nulls: null },
  ];
  switch (upper) {
    case 'DEFAULT':
      reader.next();
      column.default = defaultOf(reader);
      return true;
    case 'NULL':
      reader.next();
      conflictOf(reader);
      return true;
    case 'NOT':
      if (reader.peek(1).upper === 'DEFERRABLE') return deferral(reader, table.foreignKeys.at(-1));
      reader.expect('NOT', 'NULL');
      column.notNull = true;
      noteLost(table, `NOT NULL ON CONFLICT of ${column.name}`, conflictOf(reader));
      return true;
    case 'PRIMARY': {
      reader.expect('PRIMARY', 'KEY');
      const terms = itself(directionOf(reader));
      const onConflict = conflictOf(reader);
      setKey(table, { name, terms, onConflict, autoincrement: reader.take('AUTOINCREMENT'), inColumn: true });
      return true;
    }
    case 'UNIQUE':
      reader.next();
      table.uniques.push({ name, terms: itself(), onConflict: conflictOf(reader), autoincrement: false, inColumn: true });
      return true;
    case 'CHECK':
      checkOf(reader, table, name);
      return true;
    case 'REFERENCES':
      table.foreignKeys.push(referencesOf(reader, name, [column.name]));
      return true;
    case 'DEFERRABLE':
      return deferral(reader, table.foreignKeys.at(-1));
    case 'COLLATE':
      reader.next();
      column.collation = reader.name('a collation').toUpperCase();
      return true;
    case 'GENERATED':
    case 'AS':
      if (upper === 'GENERATED') reader.expect('GENERATED', 'ALWAYS');
      reader.expect('AS');
      column.generated = generatedOf(reader);
      return true;
    default:
      return false;
  }
}

function setKey(table: WrittenTable, key: WrittenKey): void {
  table.primaryKey = key;
  table.uniquesBeforeKey = table.uniques.length;
}

function noteLost(table: WrittenTable, what: string, onConflict: string): void {
  if (onConflict !== 'ABORT') table.lost.push(`${what} ${onConflict}`);
}

const directionOf = (reader: Reader): boolean => {
  if (reader.take('ASC')) return false;
  return reader.take('DESC');
};

const conflictOf = (reader: Reader): string => (reader.take('ON', 'CONFLICT') ? conflictAction(reader) : 'ABORT');

function generatedOf(reader: Reader): WrittenColumn['generated'] {
  const expression = reader.parenthesized(() => parseExpr(reader));
  const { upper } = reader.peek();
  if (upper === 'STORED' || upper === 'VIRTUAL') reader.next();
  return { expression, kind: upper === 'STORED' ? 'stored' : 'virtual' };
}

/** `DEFAULT word` and `DEFAULT "word"` are strings to SQLite, but for TRUE and FALSE. */
function defaultOf(reader: Reader): Expr {
  if (reader.is('(')) return reader.parenthesized(() => parseExpr(reader));
  const { upper, kind, text } = reader.peek();
  if (upper === '-' || upper === '+') {
    reader.next();
    return { kind: 'unary', op: upper, operand: primary(reader) };
  }
  const isWord =
    (kind === 'word' && reader.isName() && !/^(?:TRUE|FALSE|CURRENT_(?:DATE|TIME|TIMESTAMP))$/.test(upper)) || kind === 'quoted';
  if (!isWord) return primary(reader);
  const { start } = reader.next();
  return { kind: 'column', path: [unquoted(text)], quote: text[0] === '"' ? '"' : '', at: start };
}

function checkOf(reader: Reader, table: WrittenTable, name: string | null): void {
  reader.expect('CHECK');
  table.checks.push({ name, expression: reader.parenthesized(() => parseExpr(reader)) });
  // SQLite takes an action here, and ignores it.
  conflictOf(reader);
}

function tableConstraint(reader: Reader, table: WrittenTable): void {
  const name = reader.take('CONSTRAINT') ? reader.name('the name of a constraint') : null;
  if (reader.take('PRIMARY', 'KEY')) {
    const { terms, autoincrement } = reader.parenthesized(() => {
      const list = reader.list(() => ordering(reader));
      return { terms: list, autoincrement: reader.take('AUTOINCREMENT') };
    });
    setKey(table, { name, terms, autoincrement, onConflict: conflictOf(reader), inColumn: false });
  } else if (reader.take('UNIQUE')) {
    const terms = reader.parenthesized(() => reader.list(() => ordering(reader)));
    table.uniques.push({ name, terms, onConflict: conflictOf(reader), autoincrement: false, inColumn: false });
  } else if (reader.is('CHECK')) checkOf(reader, table, name);
  else if (reader.take('FOREIGN', 'KEY')) table.foreignKeys.push(referencesOf(reader, name, reader.nameList()));
}

const ACTIONS = ['SET NULL', 'SET DEFAULT', 'CASCADE', 'RESTRICT', 'NO ACTION'];

function referencesOf(reader: Reader, name: string | null, columns: readonly string[]): WrittenForeignKey {
  reader.expect('REFERENCES');
  const table = reader.name('a table');
  const references = reader.is('(') ? reader.nameList() : [];
  const key: WrittenForeignKey = {
    name,
    columns,
    table,
    references,
    onUpdate: 'NO ACTION',
    onDelete: 'NO ACTION',
    deferred: false,
  };
  for (;;) {
    // SQLite reads MATCH and ignores it.
    if (reader.take('MATCH')) reader.name('a kind of match');
    else if (reader.take('ON', 'DELETE')) key.onDelete = actionOf(reader);
    else if (reader.take('ON', 'UPDATE')) key.onUpdate = actionOf(reader);
    else if (reader.is('DEFERRABLE') || reader.is('NOT', 'DEFERRABLE')) deferral(reader, key);
    else return key;
  }
}

function actionOf(reader: Reader): string {
  const action = ACTIONS.find((words) => reader.take(...words.split(' ')));
  if (action === undefined) throw reader.failure(`expected one of ${ACTIONS.join(', ')}`);
  return action;
}

/** Only DEFERRABLE INITIALLY DEFERRED defers anything. Beside a column it is about the foreign key before it, however far back. */
function deferral(reader: Reader, key: WrittenForeignKey | undefined): true {
  const not = reader.take('NOT');
  reader.expect('DEFERRABLE');
  let deferred = false;
  if (reader.take('INITIALLY')) {
    deferred = reader.take('DEFERRED');
    if (!deferred) reader.expect('IMMEDIATE');
  }
  if (key) key.deferred = deferred && !not;
  return true;
}
