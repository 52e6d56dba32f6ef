/** "The database is right", for keys, indexes and checks: calls chained to a column, or items of the list behind the columns. */
import type { ForeignKeyDef, IndexDef, TableDef, UniqueDef } from '../../protocol/schema.ts';
import { checkId, foreignKeyId, uniqueId } from '../schema/diff/items.ts';
import { foldName, sameName } from '../schema/names.ts';
import { addLink, columnIn, emitterOf, removeLink } from './adopt-columns.ts';
import { type CodeTable, codeTable, collect, liveIndexes, liveTable, Unadoptable, type Work } from './adopt-work.ts';
import {
  checkCode,
  foreignKeyCode,
  indexCode,
  isInlineKey,
  keyLink,
  primaryKeyCode,
  referencesCode,
  uniqueCode,
  uniqueLink,
} from './code.ts';
import { insertItem, type ListPlace, rangeOf, removeItem } from './edits.ts';
import { camelCase, keyCode } from './js-text.ts';
import { type DrizzleIndex, uniqueName } from './model.ts';
import type { Extra } from './tables.ts';

interface ListNode {
  readonly type: string;
  readonly start?: number | null;
  readonly end?: number | null;
  readonly elements?: readonly ({ readonly start?: number | null; readonly end?: number | null } | null)[];
  readonly properties?: readonly { readonly start?: number | null; readonly end?: number | null }[];
}

const extrasList = (node: ListNode): ListPlace => ({
  items: (node.elements ?? node.properties ?? []).map((item) => rangeOf(item ?? {})),
  whole: rangeOf(node),
});

/** Adds an item; makes the list where there is none. `name` is its property in the older form, an object. */
function addExtra(work: Work, { source }: CodeTable, code: string, name: string): void {
  const { file, call } = source.shell;
  const node = source.extras as ListNode | null;
  if (!node) {
    const at = call.arguments[1]?.end ?? 0;
    collect(work, file.path, { start: at, end: at, text: `, (${/\bt\b/.test(code) ? 't' : ''}) => [\n  ${code},\n]` });
    return;
  }
  if (source.parameter === null) nameParameter(work, source.shell.call.arguments[2] as ArrowNode, file.path);
  const list = extrasList(node);
  const text = node.type === 'ObjectExpression' ? `${keyCode(camelCase(name, 'extra'))}: ${code}` : code;
  collect(work, file.path, insertItem(file.text, list, list.items.length - 1, text));
}

type ArrowNode = { readonly params: readonly { readonly type: string }[]; readonly start?: number | null };

/** `() => [` becomes `(t) => [`. */
function nameParameter(work: Work, callback: ArrowNode, path: string): void {
  if (callback.params.length > 0)
    throw new Unadoptable('The list behind the columns takes the table apart: give its parameter one name first.');
  const at = (callback.start ?? 0) + 1;
  collect(work, path, { start: at, end: at, text: 't' });
}

function removeExtra(work: Work, { source }: CodeTable, extra: Extra): void {
  const { file, call } = source.shell;
  const list = extrasList(source.extras as ListNode);
  if (list.items.length === 1) {
    // An empty list says nothing: the argument goes with it.
    collect(work, file.path, { start: call.arguments[1]?.end ?? 0, end: call.arguments[2]?.end ?? 0, text: '' });
    return;
  }
  const n = list.items.findIndex(({ start }) => start === (extra.node.start ?? -1));
  collect(work, file.path, removeItem(file.text, list, n));
}

/** The property of the older form keeps its name. */
function replaceExtra(work: Work, { source }: CodeTable, extra: Extra, code: string): void {
  const { node } = extra;
  const value = node.type === 'ObjectProperty' ? node.value : node;
  collect(work, source.shell.file.path, { ...rangeOf(value), text: code });
}

const columnsOf = (index: DrizzleIndex): string | null => {
  const names = index.terms.map((term) => ('column' in term ? foldName(term.column) : null));
  return names.includes(null) ? null : names.join('\0');
};

type Written = { readonly extra: Extra } | { readonly column: string };

function findIndex({ table, source }: CodeTable, fits: (index: DrizzleIndex) => boolean): Written | null {
  const listed = table.indexes.find(fits);
  const extra = listed ? source.indexes.get(listed.name) : undefined;
  if (extra) return { extra };
  const chained = table.columns.find(
    ({ name, unique }) =>
      unique !== null && fits({ name: unique, unique: true, terms: [{ column: name }], where: null, asConstraint: true }),
  );
  return chained ? { column: chained.name } : null;
}

function removeWritten(work: Work, code: CodeTable, written: Written): void {
  if ('extra' in written) {
    removeExtra(work, code, written.extra);
    return;
  }
  const column = columnIn(code, written.column);
  for (const link of column.chain.links) if (link.name === 'unique') removeLink(work, column, link);
}

export function adoptIndex(work: Work): void {
  const code = codeTable(work);
  const there = findIndex(code, ({ name }) => sameName(name, work.row.name));
  if (work.row.state === 'missing') {
    if (there) removeWritten(work, code, there);
    return;
  }
  const live = liveIndexes(work, work.row.table).find(({ name }) => sameName(name, work.row.name));
  if (!live) throw new Unadoptable(`The database has no index ${work.row.name}.`);
  if (there && 'extra' in there) {
    replaceExtra(work, code, there.extra, indexCode(emitterOf(work, code), liveTable(work), live));
    return;
  }
  if (there) removeWritten(work, code, there);
  addIndex(work, code, live);
}

const soleColumn = (index: IndexDef): string | null => {
  const [only, ...more] = index.terms;
  return only && more.length === 0 && only.collation === null && !only.descending ? only.column : null;
};

function addIndex(work: Work, code: CodeTable, live: IndexDef): void {
  const column = soleColumn(live);
  const isDefault = live.unique && live.where === null && column !== null && live.name === uniqueName(code.table.name, [column]);
  if (isDefault && !columnIn(code, column).shared) {
    addLink(work, columnIn(code, column), uniqueLink(code.table.name, column, null));
    return;
  }
  addExtra(work, code, indexCode(emitterOf(work, code), liveTable(work), live), live.name);
}

const keyColumns = (unique: UniqueDef): string => unique.columns.map(({ column }) => foldName(column ?? '')).join('\0');

export function adoptUnique(work: Work): void {
  const code = codeTable(work);
  const { id, state, table } = work.row;
  if (state === 'missing') {
    const written = findIndex(code, (index) => index.unique && index.where === null && idOfIndex(table, index) === id);
    if (written) removeWritten(work, code, written);
    return;
  }
  const live = liveTable(work).uniques.find((unique) => uniqueId(table, unique) === id);
  if (!live) throw new Unadoptable('The database has no such UNIQUE constraint.');
  if (findIndex(code, (index) => index.unique && index.where === null && columnsOf(index) === keyColumns(live))) return;
  const [only, ...more] = live.columns;
  const column = only && more.length === 0 ? only.column : null;
  if (column && !columnIn(code, column).shared) {
    addLink(work, columnIn(code, column), uniqueLink(code.table.name, column, live.name));
    return;
  }
  addExtra(work, code, uniqueCode(emitterOf(work, code), code.table.name, live), live.name ?? 'unique');
}

function idOfIndex(table: string, index: DrizzleIndex): string {
  const columns = index.terms.map((term) => ({
    column: 'column' in term ? term.column : null,
    expression: 'column' in term ? null : term.expression,
    collation: null,
    descending: false,
  }));
  return uniqueId(table, { name: null, columns, onConflict: 'ABORT' });
}

export function adoptCheck(work: Work): void {
  const code = codeTable(work);
  const { row } = work;
  const own = work.read.schema.tables.find(({ name }) => sameName(name, row.table));
  const written = own?.checks.find((check) => checkId(row.table, check) === row.id || sameName(check.name ?? '', row.name));
  const extra = written?.name ? code.source.checks.get(written.name) : undefined;
  if (row.state === 'missing') {
    if (extra) removeExtra(work, code, extra);
    return;
  }
  const table = liveTable(work);
  const live = table.checks.find((check) => checkId(row.table, check) === row.id);
  if (!live) throw new Unadoptable('The database has no such CHECK.');
  // Under another name it is the same: Drizzle wants one where the database has none.
  if (own?.checks.some(({ expression }) => expression === live.expression)) return;
  const text = checkCode(emitterOf(work, code), table, live);
  if (extra) replaceExtra(work, code, extra, text);
  else addExtra(work, code, text, live.name ?? 'check');
}

export function adoptForeignKey(work: Work): void {
  const code = codeTable(work);
  const { row } = work;
  const n = code.table.foreignKeys.findIndex(
    (key) =>
      foreignKeyId(row.table, { ...key, columns: [...key.columns], references: [...key.references], deferred: false }) === row.id,
  );
  const written = code.source.foreignKeys[n];
  if (row.state === 'missing') {
    if (!written) return;
    if ('link' in written) {
      removeLink(work, written.column, written.link);
      return;
    }
    removeExtra(work, code, written);
    return;
  }
  // It came with its table.
  if (row.state === 'extra' && written) return;
  const live = liveTable(work).foreignKeys.find((key) => foreignKeyId(row.table, key) === row.id);
  if (!live) throw new Unadoptable('The database has no such foreign key.');
  writeForeignKey(work, code, live, written);
}

function writeForeignKey(
  work: Work,
  code: CodeTable,
  live: ForeignKeyDef,
  written: CodeTable['source']['foreignKeys'][number] | undefined,
): void {
  const emitter = emitterOf(work, code);
  const [only, ...more] = live.columns;
  const chained = more.length === 0 && only !== undefined && !columnIn(code, only).shared && !(written && !('link' in written));
  const text = chained ? referencesCode(emitter, code.table.name, live) : foreignKeyCode(emitter, code.table.name, live);
  if (text === null) throw new Unadoptable(`The code has no ${live.table}(${live.references.join(', ')}) to refer to.`);
  if (!written) {
    if (chained) addLink(work, columnIn(code, only), text);
    else addExtra(work, code, text, live.name ?? live.columns.join('_'));
  } else if ('link' in written) {
    const { file } = written.column;
    const lead = /^\s*/.exec(file.text.slice(written.link.start, written.link.end))?.[0] ?? '';
    collect(work, file.path, { start: written.link.start, end: written.link.end, text: `${lead}${text}` });
  } else replaceExtra(work, code, written, text);
}

export function adoptPrimaryKey(work: Work): void {
  const code = codeTable(work);
  const live: TableDef | null = work.row.state === 'missing' ? null : liveTable(work);
  const inline = live?.columns.find((column) => isInlineKey(live, column));
  const { primaryKey } = code.source;
  const listed = live?.primaryKey && !inline ? primaryKeyCode(emitterOf(work, code), live) : null;
  for (const { name, primaryKey: isKey } of code.table.columns) {
    if (isKey && !sameName(name, inline?.name ?? '')) unkey(work, code, name, live);
  }
  if (primaryKey && listed === null) removeExtra(work, code, primaryKey);
  else if (primaryKey && listed !== null) replaceExtra(work, code, primaryKey, listed);
  else if (listed !== null) addExtra(work, code, listed, 'primary_key');
  if (!inline || !live) return;
  const column = columnIn(code, inline.name);
  for (const link of column.chain.links) if (link.name === 'notNull' || link.name === 'primaryKey') removeLink(work, column, link);
  addLink(work, column, keyLink(live));
}

/** What was a key stays NOT NULL where the database says so. */
function unkey(work: Work, code: CodeTable, name: string, live: TableDef | null): void {
  const column = columnIn(code, name);
  const notNull = live?.columns.find((each) => sameName(each.name, name))?.notNull ?? true;
  const hasOwn = column.chain.links.some((link) => link.name === 'notNull');
  for (const link of column.chain.links) if (link.name === 'primaryKey') removeLink(work, column, link);
  if (notNull && !hasOwn) addLink(work, column, '.notNull()');
}
