/**
 * The diff as the matrix shows it: grouped by table, narrowed by a filter, and flat, so that only what is on screen is drawn. Pure.
 */
import type { DiffCause, DiffRow, DiffState, ObjectKind } from '../../worker/protocol/schema.ts';

/** The protocol's own lists would bring zod into the bundle; these are as complete, or they do not compile. */
const keysOf = <T extends string>(record: Record<T, true>): readonly T[] => Object.keys(record) as T[];
export const STATES = keysOf<DiffState>({ mismatch: true, missing: true, extra: true, match: true });
export const CAUSES = keysOf<Exclude<DiffCause, 'none'>>({ pending: true, unapplied: true, drift: true });
export const KINDS = keysOf<ObjectKind>({
  table: true,
  column: true,
  'primary-key': true,
  unique: true,
  check: true,
  'foreign-key': true,
  index: true,
  view: true,
  trigger: true,
  'virtual-table': true,
});

/** Empty means: any. */
export interface MatrixFilter {
  readonly states: readonly DiffState[];
  readonly causes: readonly DiffCause[];
  readonly kinds: readonly ObjectKind[];
  readonly text: string;
}
export const NO_MATRIX_FILTER: MatrixFilter = { states: [], causes: [], kinds: [], text: '' };
export const isAnyRow = ({ states, causes, kinds, text }: MatrixFilter): boolean =>
  states.length + causes.length + kinds.length === 0 && text.trim() === '';

export type Counts = Readonly<Record<DiffState, number>>;
export interface TableGroup {
  readonly name: string;
  /** The row of the table, view or virtual table itself; null when the diff has none. */
  readonly head: DiffRow | null;
  readonly rows: readonly DiffRow[];
  /** The head's included. */
  readonly counts: Counts;
  /** Something in it differs: from the code, or from the migrations. */
  readonly noteworthy: boolean;
}

const HEADS: ReadonlySet<ObjectKind> = new Set<ObjectKind>(['table', 'view', 'virtual-table']);
const fold = (text: string): string => text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());

export function countStates(rows: Iterable<DiffRow>): Counts {
  const counts = { match: 0, mismatch: 0, missing: 0, extra: 0 };
  for (const { state } of rows) counts[state] += 1;
  return counts;
}
/** A row in which code and database agree may still differ from the migrations. */
export const isNoteworthy = ({ state, cause }: DiffRow): boolean => state !== 'match' || cause !== 'none';
export const differing = ({ mismatch, missing, extra }: Counts): number => mismatch + missing + extra;

/** In each group in the diff's order; groups that differ first, then by name. */
export function groupsOf(rows: readonly DiffRow[]): TableGroup[] {
  const byTable = new Map<string, { name: string; head: DiffRow | null; rows: DiffRow[] }>();
  for (const row of rows) {
    const key = fold(row.table);
    const group = byTable.get(key) ?? { name: row.table, head: null, rows: [] };
    byTable.set(key, group);
    if (HEADS.has(row.kind) && group.head === null) group.head = row;
    else group.rows.push(row);
  }
  const groups = [...byTable.values()].map((group) => ({
    ...group,
    counts: countStates(group.head === null ? group.rows : [group.head, ...group.rows]),
    noteworthy: (group.head !== null && isNoteworthy(group.head)) || group.rows.some(isNoteworthy),
  }));
  const rank = ({ noteworthy }: TableGroup): number => (noteworthy ? 0 : 1);
  return groups.sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** All that can be found of a row, in lower case. Each letter that is typed asks every row again. */
const texts = new WeakMap<DiffRow, string>();
function textOf(row: DiffRow): string {
  const known = texts.get(row);
  if (known !== undefined) return known;
  const { schema, live, migrations } = row.cells;
  const text =
    `${row.table}.${row.name} ${row.kind} ${schema.text ?? ''} ${live.text ?? ''} ${migrations.text ?? ''}`.toLowerCase();
  texts.set(row, text);
  return text;
}

/** Every word must be found, in the name, the table, the kind or a cell. */
const hasText = (row: DiffRow, words: readonly string[]): boolean =>
  words.length === 0 || words.every((word) => textOf(row).includes(word));

const wordsOf = (text: string): string[] =>
  text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');

const has = <T>(wanted: readonly T[], value: T): boolean => wanted.length === 0 || wanted.includes(value);

/** `but`: leave that part of the filter out, to count what each of its choices would show. */
export function rowMatcher(filter: MatrixFilter, but?: 'states'): (row: DiffRow) => boolean {
  const words = wordsOf(filter.text);
  return (row) =>
    (but === 'states' || has(filter.states, row.state)) &&
    has(filter.causes, row.cause) &&
    has(filter.kinds, row.kind) &&
    hasText(row, words);
}

/** What is open: groups that differ are, until closed; the rest is closed, until opened. `whole`: also the rows that match. */
export interface Opening {
  readonly toggled: ReadonlySet<string>;
  readonly whole: ReadonlySet<string>;
}
export const NOTHING_OPENED: Opening = { toggled: new Set(), whole: new Set() };
export const isOpen = (group: TableGroup, { toggled }: Opening, narrowed: boolean): boolean =>
  (narrowed || group.noteworthy) !== toggled.has(group.name);

export type MatrixItem =
  | { readonly kind: 'group'; readonly key: string; readonly group: TableGroup; readonly open: boolean }
  | { readonly kind: 'row'; readonly key: string; readonly row: DiffRow }
  /** The rows of the group that match and are not shown. */
  | { readonly kind: 'rest'; readonly key: string; readonly group: TableGroup; readonly count: number };

/** What the matrix draws, from top to bottom. */
export function itemsOf(groups: readonly TableGroup[], filter: MatrixFilter, opening: Opening): MatrixItem[] {
  const narrowed = !isAnyRow(filter);
  const matches = rowMatcher(filter);
  const items: MatrixItem[] = [];
  for (const group of groups) {
    const found = narrowed ? group.rows.filter(matches) : group.rows;
    if (narrowed && found.length === 0 && !(group.head !== null && matches(group.head))) continue;
    const open = isOpen(group, opening, narrowed);
    items.push({ kind: 'group', key: `group:${group.name}`, group, open });
    if (open) items.push(...rowsOf(group, found, narrowed, opening));
  }
  return items;
}

function rowsOf(group: TableGroup, found: readonly DiffRow[], narrowed: boolean, { whole }: Opening): MatrixItem[] {
  const all = narrowed || whole.has(group.name) || !group.noteworthy;
  const shown = all ? found : found.filter(isNoteworthy);
  const items: MatrixItem[] = shown.map((row) => ({ kind: 'row', key: row.id, row }));
  const count = found.length - shown.length;
  if (count > 0) items.push({ kind: 'rest', key: `rest:${group.name}`, group, count });
  return items;
}

/** Opens all that hides the row with this id. Null when there is none. */
export function openedTo(groups: readonly TableGroup[], id: string, opening: Opening): Opening | null {
  const group = groups.find(({ head, rows }) => head?.id === id || rows.some((row) => row.id === id));
  if (group === undefined) return null;
  if (group.head?.id === id) return opening;
  const toggled = new Set(opening.toggled);
  if (!isOpen(group, opening, false) && !toggled.delete(group.name)) toggled.add(group.name);
  return { toggled, whole: new Set([...opening.whole, group.name]) };
}

const listed = <T extends string>(query: URLSearchParams, name: string, known: readonly T[]): T[] => {
  const values = (query.get(name) ?? '').split(',');
  return known.filter((value) => values.includes(value));
};

/** As it stands in the address, so that it can be linked to. What is unknown is left out. */
export function matrixFilterFrom(search: string): MatrixFilter {
  const query = new URLSearchParams(search);
  return {
    states: listed(query, 'state', STATES),
    causes: listed(query, 'cause', CAUSES),
    kinds: listed(query, 'kind', KINDS),
    text: (query.get('q') ?? '').slice(0, 200),
  };
}

export function matrixSearch({ states, causes, kinds, text }: MatrixFilter): string {
  const query = new URLSearchParams();
  const put = (name: string, value: string) => value !== '' && query.set(name, value);
  put('state', states.join(','));
  put('cause', causes.join(','));
  put('kind', kinds.join(','));
  put('q', text.trim());
  const search = query.toString();
  return search === '' ? '' : `?${search}`;
}
