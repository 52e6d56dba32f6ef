/** What each statement of a script does, as far as the rules ask. */
import type { Dml, Select } from '../schema/ddl/ast.ts';
import { type Created, type KnownTable, parseCreate } from '../schema/ddl/create.ts';
import { columnOf, emptyTable, type WrittenTable, writtenTable } from '../schema/ddl/create-table.ts';
import { parseDml } from '../schema/ddl/dml.ts';
import { type Lexeme, lex } from '../schema/ddl/lex.ts';
import { attempt, type SyntaxProblem } from '../schema/ddl/problem.ts';
import { Reader } from '../schema/ddl/reader.ts';
import { parseSelect, startsSelect } from '../schema/ddl/select.ts';
import { unquoted } from '../sql/tokens.ts';

export type Alteration =
  | { readonly kind: 'rename'; readonly to: string }
  | { readonly kind: 'rename-column'; readonly from: string; readonly to: string }
  /** `written` holds the one column, and what was said beside it. */
  | { readonly kind: 'add'; readonly written: WrittenTable }
  | { readonly kind: 'drop'; readonly column: string }
  /** What SQLite reads and D1 refuses. */
  | { readonly kind: 'refused'; readonly words: string };

export type What =
  | { readonly kind: 'dml'; readonly dml: Dml; readonly explained: boolean }
  | { readonly kind: 'create'; readonly temporary: boolean; readonly created: Created; readonly written: WrittenTable | null }
  | { readonly kind: 'create-as'; readonly temporary: boolean; readonly name: string; readonly select: Select }
  | { readonly kind: 'drop'; readonly object: 'table' | 'index' | 'view' | 'trigger'; readonly path: readonly string[] }
  | { readonly kind: 'alter'; readonly path: readonly string[]; readonly action: Alteration }
  | { readonly kind: 'pragma'; readonly name: string; readonly value: string | null }
  /** BEGIN, COMMIT, ATTACH, VACUUM, ANALYZE … by their first word. */
  | { readonly kind: 'command'; readonly word: string }
  | { readonly kind: 'unread'; readonly problem: SyntaxProblem };

export interface Statement {
  /** From 0. */
  readonly n: number;
  /** Without its `;`. */
  readonly sql: string;
  /** Where it begins in the script. */
  readonly offset: number;
  /** Empty where the text has no tokens, for example an open quote. */
  readonly lexemes: readonly Lexeme[];
  readonly what: What;
}

const COMMANDS: ReadonlySet<string> = new Set([
  ...['BEGIN', 'COMMIT', 'END', 'ROLLBACK', 'SAVEPOINT', 'RELEASE', 'ATTACH', 'DETACH', 'VACUUM', 'ANALYZE', 'REINDEX'],
]);

export function readStatement(
  sql: string,
  n: number,
  offset: number,
  tableOf: (name: string) => KnownTable | undefined,
): Statement {
  const lexed = attempt(sql, () => ({ kind: 'lexemes' as const, list: lex(sql) }));
  const read = attempt(sql, () => whatOf(sql, tableOf));
  const what: What = read.kind === 'problem' ? { kind: 'unread', problem: read } : read;
  return { n, sql, offset, lexemes: lexed.kind === 'lexemes' ? lexed.list : [], what };
}

function whatOf(sql: string, tableOf: (name: string) => KnownTable | undefined): What {
  const reader = new Reader(sql);
  const explained = reader.take('EXPLAIN');
  if (explained) reader.take('QUERY', 'PLAN');
  const { upper } = reader.peek();
  if (COMMANDS.has(upper)) return { kind: 'command', word: upper };
  const what = bodyOf(reader, upper, sql, tableOf, explained);
  if (what.kind !== 'create') reader.expectEnd();
  return what;
}

function bodyOf(
  reader: Reader,
  word: string,
  sql: string,
  tableOf: (name: string) => KnownTable | undefined,
  explained: boolean,
): What {
  if (word === 'CREATE') return createOf(reader, sql, tableOf);
  if (word === 'DROP') return dropOf(reader);
  if (word === 'ALTER') return alterOf(reader);
  if (word === 'PRAGMA') return pragmaOf(reader);
  return { kind: 'dml', dml: parseDml(reader), explained };
}

function createOf(reader: Reader, sql: string, tableOf: (name: string) => KnownTable | undefined): What {
  reader.expect('CREATE');
  const temporary = reader.take('TEMP') || reader.take('TEMPORARY');
  let written: WrittenTable | null = null;
  if (reader.take('TABLE')) {
    reader.take('IF', 'NOT', 'EXISTS');
    const name = reader.path().at(-1) as string;
    if (reader.is('AS') && startsSelect(reader, 1)) {
      reader.next();
      return { kind: 'create-as', temporary, name, select: parseSelect(reader) };
    }
    written = writtenTable(reader, name);
  }
  const created = parseCreate(sql.slice(sql.toUpperCase().indexOf('CREATE')), tableOf);
  return created.kind === 'problem' ? { kind: 'unread', problem: created } : { kind: 'create', temporary, created, written };
}

function dropOf(reader: Reader): What {
  reader.expect('DROP');
  const object = (['TABLE', 'INDEX', 'VIEW', 'TRIGGER'] as const).find((word) => reader.take(word));
  if (object === undefined) throw reader.failure('expected TABLE, INDEX, VIEW or TRIGGER');
  reader.take('IF', 'EXISTS');
  return { kind: 'drop', object: object.toLowerCase() as 'table' | 'index' | 'view' | 'trigger', path: reader.path() };
}

function alterOf(reader: Reader): What {
  reader.expect('ALTER', 'TABLE');
  const path = reader.path('a table');
  return { kind: 'alter', path, action: alterationOf(reader, path.at(-1) as string) };
}

function alterationOf(reader: Reader, table: string): Alteration {
  if (reader.take('RENAME', 'TO')) return { kind: 'rename', to: reader.name() };
  if (reader.take('RENAME')) {
    reader.take('COLUMN');
    const from = reader.name('a column');
    reader.expect('TO');
    return { kind: 'rename-column', from, to: reader.name('a column') };
  }
  const words = [reader.peek(), reader.peek(1)].map(({ upper }) => upper).join(' ');
  const second = reader.peek(1).upper;
  if (reader.is('ALTER') || second === 'CONSTRAINT' || (reader.is('ADD') && (second === 'CHECK' || second === 'FOREIGN'))) {
    while (!reader.atEnd && !reader.is(';')) reader.next();
    return { kind: 'refused', words };
  }
  if (reader.take('DROP')) {
    reader.take('COLUMN');
    return { kind: 'drop', column: reader.name('a column') };
  }
  reader.expect('ADD');
  reader.take('COLUMN');
  const written = emptyTable(table);
  columnOf(reader, written);
  return { kind: 'add', written };
}

function pragmaOf(reader: Reader): What {
  reader.expect('PRAGMA');
  const name = (reader.path('a pragma').at(-1) as string).toLowerCase();
  let value: string | null = null;
  const argument = () => {
    const sign = reader.take('-') ? '-' : '';
    return `${sign}${unquoted(reader.next().text)}`;
  };
  if (reader.take('=')) value = argument();
  else if (reader.is('(')) value = reader.parenthesized(argument);
  return { kind: 'pragma', name, value };
}
