/** CREATE statements: which kind, and the parts of each. */
import type { IndexDef, TableDef, TriggerDef, ViewDef, VirtualTableDef } from '../../../protocol/schema.ts';
import { statementAt } from '../../sql/split.ts';
import { foldName } from '../names.ts';
import type { Dml, Expr, Ordering } from './ast.ts';
import { ordering } from './call.ts';
import { writtenTable } from './create-table.ts';
import { parseDml } from './dml.ts';
import { parseExpr } from './expression.ts';
import { normalTokens } from './normal.ts';
import { attempt, SyntaxFailure, type SyntaxProblem } from './problem.ts';
import { Reader } from './reader.ts';
import { parseSelect } from './select.ts';
import { tableDef } from './table-def.ts';
import { indexTerm } from './terms.ts';
import { virtualTableDef } from './virtual.ts';
import { type Scope, STATEMENT_SCOPE, writeExpr, writeFolded } from './write-expression.ts';
import { writeDml, writeSelect } from './write-select.ts';

/** `lost`: what the text says and the definition has no place for, in words. */
export type Created =
  | { readonly kind: 'table'; readonly def: TableDef; readonly lost: readonly string[] }
  | { readonly kind: 'virtual-table'; readonly def: VirtualTableDef; readonly lost: readonly string[] }
  | { readonly kind: 'index'; readonly def: IndexDef; readonly lost: readonly string[] }
  /** `trees`: the statements inside, empty where they are compared word by word. */
  | { readonly kind: 'view'; readonly def: ViewDef; readonly trees: readonly Dml[]; readonly lost: readonly string[] }
  | { readonly kind: 'trigger'; readonly def: TriggerDef; readonly trees: readonly Dml[]; readonly lost: readonly string[] };

/** The table of an index, where it is known: names as declared, and what each column collates by. */
export type KnownTable = Pick<TableDef, 'name' | 'columns'>;

/** One CREATE statement, with or without its `;`. `tableOf` finds the table of an index by its name, in any case. */
export function parseCreate(
  sql: string,
  tableOf: (name: string) => KnownTable | undefined = () => undefined,
): Created | SyntaxProblem {
  return attempt(sql, () => {
    const reader = new Reader(sql);
    const created = createOf(reader, sql, tableOf);
    reader.expectEnd();
    return created;
  });
}

function createOf(reader: Reader, sql: string, tableOf: (name: string) => KnownTable | undefined): Created {
  reader.expect('CREATE');
  const unique = reader.take('UNIQUE');
  if (unique || reader.is('INDEX')) {
    reader.expect('INDEX');
    return { kind: 'index', def: indexDef(reader, sql, unique, objectName(reader), tableOf), lost: [] };
  }
  const temporary = reader.take('TEMP') || reader.take('TEMPORARY');
  if (!temporary && reader.take('VIRTUAL', 'TABLE')) {
    return { kind: 'virtual-table', def: virtualTableDef(reader, sql, objectName(reader)), lost: [] };
  }
  if (reader.take('TABLE')) {
    const written = writtenTable(reader, objectName(reader));
    return { kind: 'table', def: tableDef(written, sql), lost: written.lost };
  }
  if (reader.take('VIEW')) return viewOf(reader, sql, objectName(reader));
  if (reader.take('TRIGGER')) return triggerOf(reader, sql, objectName(reader));
  throw reader.failure('expected TABLE, VIRTUAL TABLE, INDEX, VIEW or TRIGGER');
}

function objectName(reader: Reader): string {
  reader.take('IF', 'NOT', 'EXISTS');
  const path = reader.path();
  return path.at(-1) as string;
}

function indexDef(
  reader: Reader,
  sql: string,
  unique: boolean,
  name: string,
  tableOf: (name: string) => KnownTable | undefined,
): IndexDef {
  reader.expect('ON');
  const on = reader.name('a table');
  const terms = reader.parenthesized(() => reader.list(() => ordering(reader)));
  const where = reader.take('WHERE') ? parseExpr(reader) : null;
  return { name, unique, ...indexParts(on, terms, where, tableOf(on)), sql };
}

function indexParts(on: string, terms: readonly Ordering[], where: Expr | null, table: KnownTable | undefined) {
  const columns = table && new Map(table.columns.map((column) => [foldName(column.name), column]));
  const scope: Scope = { columns: columns ? new Set(columns.keys()) : null, ownTable: foldName(on), quoteColumns: false };
  const declared = (name: string) => columns?.get(foldName(name))?.name ?? name;
  const collations = columns ? new Map([...columns].map(([name, { collation }]) => [name, collation])) : null;
  return {
    table: table?.name ?? on,
    terms: terms.map((term) => indexTerm(term, scope, declared, collations)),
    where: where && writeExpr(where, scope),
  };
}

function viewOf(reader: Reader, sql: string, name: string): Created {
  const columns = reader.is('(') ? reader.nameList() : null;
  reader.expect('AS');
  const trees: Dml[] = [];
  const [text, lost] = orTokens(reader, `the SELECT of view ${name}`, () => {
    const select = parseSelect(reader);
    trees.push({ kind: 'select', select });
    return writeSelect(select, STATEMENT_SCOPE);
  });
  return { kind: 'view', def: { name, columns, select: text, sql }, trees, lost };
}

/**
 * SQLite may know a construct that our grammar does not: the text then counts by its tokens, so that the object is still there, and is
 * equal to itself.
 */
function orTokens(reader: Reader, what: string, parse: () => string): [text: string, lost: string[]] {
  const { start } = reader.peek();
  try {
    const text = parse();
    if (!reader.atEnd && !reader.is(';')) throw reader.failure('expected the end');
    return [text, []];
  } catch (error) {
    if (!(error instanceof SyntaxFailure) || !isOneStatement(reader.text)) throw error;
    while (!reader.atEnd) reader.next();
    const rest = reader.text.slice(start).replace(/[;\s]+$/, '');
    return [normalTokens(rest), [`${what} is compared word by word: ${error.message}`]];
  }
}

/** What is not understood must at least end where the statement ends: nothing may hide behind it. */
function isOneStatement(sql: string): boolean {
  const piece = statementAt(sql, 0);
  return piece !== null && statementAt(sql, piece.end) === null;
}

function triggerOf(reader: Reader, sql: string, name: string): Created {
  let table = '';
  const trees: Dml[] = [];
  const [body, lost] = orTokens(reader, `the text of trigger ${name}`, () => {
    const head = triggerHead(reader);
    table = head.table;
    reader.expect('BEGIN');
    do {
      trees.push(parseDml(reader));
      reader.expect(';');
    } while (!reader.is('END'));
    reader.expect('END');
    return `${head.text} BEGIN ${trees.map((tree) => `${writeDml(tree, STATEMENT_SCOPE)}; `).join('')}END`;
  });
  return { kind: 'trigger', def: { name, table, body, sql }, trees, lost };
}

/** Up to BEGIN. `FOR EACH ROW` is all that SQLite can do, and BEFORE what it does when nothing is said. */
function triggerHead(reader: Reader): { table: string; text: string } {
  let time = 'BEFORE';
  if (reader.take('AFTER')) time = 'AFTER';
  else if (reader.take('INSTEAD', 'OF')) time = 'INSTEAD OF';
  else reader.take('BEFORE');
  const event = eventOf(reader);
  reader.expect('ON');
  const table = reader.path('a table').at(-1) as string;
  reader.take('FOR', 'EACH', 'ROW');
  const when = reader.take('WHEN') ? ` WHEN ${writeExpr(parseExpr(reader), STATEMENT_SCOPE)}` : '';
  return { table, text: `${time} ${event} ON ${writeFolded(table)}${when}` };
}

function eventOf(reader: Reader): string {
  for (const event of ['INSERT', 'DELETE']) if (reader.take(event)) return event;
  reader.expect('UPDATE');
  return reader.take('OF') ? `UPDATE OF ${reader.list(() => writeFolded(reader.name('a column'))).join(', ')}` : 'UPDATE';
}
