/** "The database is right", for columns: the calls chained to one, a new one, one less. */
import type { ColumnDef, TableDef } from '../../protocol/schema.ts';
import { isRowidAlias } from '../schema/diff/items.ts';
import { foldName, sameName } from '../schema/names.ts';
import {
  type CodeTable,
  codeTable,
  collect,
  liveColumn,
  liveTable,
  namingOfRead,
  SourceEmitter,
  Unadoptable,
  type Work,
} from './adopt-work.ts';
import { builderCode, columnCode, defaultCode, generatedCode } from './code.ts';
import type { ShellColumn } from './context.ts';
import { indentAt, insertItem, type ListPlace, rangeOf, removeItem } from './edits.ts';
import { drizzleCanSay } from './expressible.ts';
import { camelCase, freeName, isTakenKey } from './js-text.ts';
import { cased } from './model.ts';
import type { TableNames } from './naming.ts';
import type { Link } from './source.ts';

/** In which order people chain them. */
const RANKS: Readonly<Record<string, number>> = {
  primaryKey: 0,
  notNull: 1,
  unique: 2,
  default: 3,
  generatedAlwaysAs: 4,
  references: 5,
};
const rankOf = (name: string): number => RANKS[name] ?? 3;

export function ownChain(column: ShellColumn): ShellColumn {
  if (!column.shared) return column;
  throw new Unadoptable(`${column.name} is written in a group of columns that other tables may share.`);
}

export function columnIn({ table, source }: CodeTable, name: string): ShellColumn {
  const n = table.columns.findIndex((column) => sameName(column.name, name));
  const found = source.columns[n];
  if (!found) throw new Unadoptable(`The code has no column ${table.name}.${name}.`);
  return found;
}

/** `code` begins with its dot. */
export function addLink(work: Work, column: ShellColumn, code: string): void {
  const { chain, file } = ownChain(column);
  const rank = rankOf(/^\.(\w+)/.exec(code)?.[1] ?? '');
  const before = chain.links.filter((link) => rankOf(link.name) <= rank).at(-1);
  const at = before?.end ?? chain.base.end ?? 0;
  const first = chain.links[0];
  const lines = first !== undefined && file.text.slice(first.start, first.end).startsWith('\n');
  const indent = lines ? `\n${indentAt(file.text, first.end - 1) || `${indentAt(file.text, chain.base.start ?? 0)}  `}` : '';
  collect(work, file.path, { start: at, end: at, text: `${indent}${code}` });
}

export function removeLink(work: Work, column: ShellColumn, link: Link): void {
  collect(work, ownChain(column).file.path, { start: link.start, end: link.end, text: '' });
}

/** `code` null: it goes. */
export function setLink(work: Work, column: ShellColumn, names: readonly string[], code: string | null): void {
  const links = ownChain(column).chain.links.filter(({ name }) => names.includes(name));
  const [first, ...others] = links;
  for (const link of others) removeLink(work, column, link);
  if (!first) {
    if (code !== null) addLink(work, column, code);
  } else if (code === null) removeLink(work, column, first);
  else {
    const { file } = column;
    const lead = /^\s*/.exec(file.text.slice(first.start, first.end))?.[0] ?? '';
    collect(work, file.path, { start: first.start, end: first.end, text: `${lead}${code}` });
  }
}

/** The parameter of a columns' function. */
export function buildersOf({ source }: CodeTable): string | null {
  const callback = source.shell.call.arguments[1];
  const parameter = callback?.type === 'ArrowFunctionExpression' ? callback.params[0] : undefined;
  return parameter?.type === 'Identifier' ? parameter.name : null;
}

export function emitterOf(
  work: Work,
  code: CodeTable,
  naming = namingOfRead(work.read) as ReadonlyMap<string, TableNames>,
): SourceEmitter {
  const { file, statement } = code.source.shell;
  return new SourceEmitter(work, {
    file,
    naming,
    self: code.source.parameter ?? 't',
    builders: buildersOf(code),
    at: statement.start ?? 0,
  });
}

/** `rekey` writes the table's primary key anew. */
export function adoptColumn(work: Work, rekey: () => void): void {
  switch (work.row.state) {
    case 'extra':
      addColumn(work);
      return;
    case 'missing':
      removeColumn(work);
      return;
    case 'mismatch':
      changeColumn(work, rekey);
      return;
    case 'match':
      return;
  }
}

function columnsList({ source }: CodeTable): ListPlace {
  const node = source.shell.columnsNode as { start?: number; end?: number; properties: { start?: number; end?: number }[] };
  return { items: node.properties.map(rangeOf), whole: rangeOf(node) };
}

const itemOf = (list: ListPlace, column: ShellColumn): number =>
  list.items.findIndex(({ start }) => start === (column.property.start ?? -1));

/** After the column that stands before it in the database. */
function addColumn(work: Work): void {
  const code = codeTable(work);
  if (code.table.columns.some(({ name }) => sameName(name, work.row.name))) return;
  const [live, column] = [liveTable(work), liveColumn(work)];
  const list = columnsList(code);
  const key = newKey(work, code, column);
  const naming = namingOfRead(work.read);
  const names = naming.get(foldName(live.name)) as TableNames;
  naming.set(foldName(live.name), { ...names, keys: new Map([...names.keys, [foldName(column.name), key]]) });
  const emitter = emitterOf(work, code, naming);
  const text = columnCode(emitter, withoutKey(live), column, { foreignKeys: [], uniques: [] }, '  ');
  const { file } = code.source.shell;
  collect(work, file.path, insertItem(file.text, list, placeFor(code, live, column, list), text));
}

/** The key is a row of its own. */
const withoutKey = (table: TableDef): TableDef => ({ ...table, primaryKey: null });

function newKey({ read }: Work, { table }: CodeTable, column: ColumnDef): string {
  const taken = new Set(table.columns.map(({ key }) => key));
  const plain = camelCase(column.name, 'column');
  const key = freeName(isTakenKey(plain) ? `${plain}Column` : plain, taken);
  // With casing a key that has another name of its own is given that name.
  return cased(key, read.casing) === column.name || key !== column.name ? key : freeName(key, taken);
}

function placeFor(code: CodeTable, live: TableDef, column: ColumnDef, list: ListPlace): number {
  const before = live.columns.slice(0, live.columns.indexOf(column)).reverse();
  for (const { name } of before) {
    const n = code.table.columns.findIndex((each) => sameName(each.name, name));
    const written = code.source.columns[n];
    const item = written && !written.shared ? itemOf(list, written) : -1;
    if (item >= 0) return item;
  }
  return before.length > 0 ? list.items.length - 1 : -1;
}

function removeColumn(work: Work): void {
  const code = codeTable(work);
  if (!code.table.columns.some(({ name }) => sameName(name, work.row.name))) return;
  const column = ownChain(columnIn(code, work.row.name));
  const list = columnsList(code);
  const n = itemOf(list, column);
  if (n < 0) throw new Unadoptable(`${work.row.name} is not written in the table itself.`);
  const { file } = code.source.shell;
  collect(work, file.path, removeItem(file.text, list, n));
}

function changeColumn(work: Work, rekey: () => void): void {
  const code = codeTable(work);
  const column = ownChain(columnIn(code, work.row.name));
  const live = liveColumn(work);
  for (const { aspect } of work.row.differences) {
    if (!drizzleCanSay('column', aspect)) continue;
    changeAspect(work, code, column, live, aspect, rekey);
  }
}

function changeAspect(work: Work, code: CodeTable, column: ShellColumn, live: ColumnDef, aspect: string, rekey: () => void): void {
  const emitter = emitterOf(work, code);
  switch (aspect) {
    case 'type': {
      const { base } = column.chain;
      collect(work, column.file.path, { ...rangeOf(base), text: builderCode(emitter, live, column.key) });
      return;
    }
    case 'not null':
      changeNotNull(work, code, column, live, rekey);
      return;
    case 'default':
      setLink(work, column, ['default', 'defaultNow'], defaultCode(emitter, live));
      return;
    case 'generated':
      setLink(work, column, ['generatedAlwaysAs'], generatedCode(emitter, live));
      return;
    default:
      throw new Unadoptable(`The code cannot say the ${aspect} of a column.`);
  }
}

/** `.primaryKey()` says NOT NULL, too: a key that may be NULL is said by the table. */
function changeNotNull(work: Work, { table }: CodeTable, column: ShellColumn, live: ColumnDef, rekey: () => void): void {
  const inline = table.columns.find(({ name }) => name === column.name)?.primaryKey ?? false;
  if (!inline) {
    setLink(work, column, ['notNull'], live.notNull ? '.notNull()' : null);
    return;
  }
  if (live.notNull || isRowidAlias(live, liveTable(work))) return;
  rekey();
}
