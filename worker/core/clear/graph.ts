/** Who refers to whom: foreign keys resolved to columns, and in which order groups of tables depend on one another. */
import { findTable, type Index, type SchemaModel, type Table } from '../schema/model.ts';
import { foldName, isReserved, sameName } from '../schema/names.ts';

export interface Reference {
  readonly child: Table;
  readonly parent: Table;
  /** Column of the child, column of the parent. */
  readonly pairs: readonly (readonly [string, string])[];
  /** Upper case: `CASCADE`, `SET NULL` … */
  readonly onDelete: string;
}

export interface References {
  readonly all: readonly Reference[];
  /** Keys that SQLite refuses to work with as soon as a row of either table is touched: what they refer to is no key. */
  readonly mismatched: readonly { readonly child: Table; readonly parent: Table }[];
}

export function referencesIn(model: SchemaModel): References {
  const all: Reference[] = [];
  const mismatched: { child: Table; parent: Table }[] = [];
  for (const child of model.tables.filter(({ kind }) => kind === 'table'))
    for (const key of child.foreignKeys) {
      const parent = findTable(model, key.table);
      if (parent?.kind !== 'table') continue;
      const columns = key.references.some((name) => name === null) ? keyColumns(parent) : (key.references as string[]);
      if (columns.length !== key.columns.length || !isKey(parent, columns)) mismatched.push({ child, parent });
      else {
        const pairs = key.columns.map((column, at) => [spelled(child, column), spelled(parent, columns[at] as string)] as const);
        all.push({ child, parent, pairs, onDelete: key.onDelete.toUpperCase() });
      }
    }
  return { all, mismatched };
}

/** What a key without columns refers to. */
const keyColumns = (table: Table): string[] =>
  table.integerKey === null ? table.primaryKey.flatMap(({ name }) => name ?? []) : [table.integerKey];

const spelled = (table: Table, column: string): string => table.columns.find(({ name }) => sameName(name, column))?.name ?? column;

function isKey(table: Table, columns: readonly string[]): boolean {
  const wanted = folded(columns);
  if (table.integerKey !== null && wanted === folded([table.integerKey])) return true;
  return table.indexes.some((index) => index.unique && !index.partial && coversExactly(index, wanted));
}

const coversExactly = ({ columns }: Index, wanted: string): boolean =>
  columns.every(({ name }) => name !== null) && folded(columns.map(({ name }) => name ?? '')) === wanted;

const folded = (names: readonly string[]): string => JSON.stringify(names.map(foldName).sort());

/** The columns by which a row is found again; null: there are none. */
export function rowKey(table: Table): string[] | null {
  if (table.rowidName !== null) return [table.rowidName];
  const names = table.primaryKey.flatMap(({ name }) => name ?? []);
  return table.withoutRowid && names.length > 0 ? names : null;
}

export const isSelf = ({ child, parent }: Reference): boolean => child === parent;

/** `CREATE INDEX` or a key whose first columns are those of the reference: without one, each row that goes costs a scan of the child. */
export const isIndexed = ({ child, pairs }: Reference): boolean => {
  const wanted = folded(pairs.map(([column]) => column));
  const starts = (names: readonly (string | null)[]) => folded(names.slice(0, pairs.length).map((name) => name ?? '')) === wanted;
  if (child.integerKey !== null && wanted === folded([child.integerKey])) return true;
  return child.indexes.some(({ partial, columns }) => !partial && starts(columns.map(({ name }) => name)));
};

/** What can be reached from `from` over references that are followed from parent to child, in the order found; without `from` itself. */
export function dependentsOf(from: Table, followed: readonly Reference[]): Table[] {
  const found = new Set([from]);
  for (const parent of found)
    for (const reference of followed)
      if (reference.parent === parent && !isReserved(reference.child.name)) found.add(reference.child);
  found.delete(from);
  return [...found];
}

/** Tables that refer to one another in a ring, or a single table. `rings`: the references that stay inside. */
export interface Group {
  readonly tables: readonly Table[];
  readonly rings: readonly Reference[];
}

/** Parents first. Tarjan's algorithm with a stack of its own: a chain of a thousand tables is legal. */
export function groupsOf(tables: readonly Table[], references: readonly Reference[]): Group[] {
  const known = new Set(tables);
  const inside = references.filter(({ child, parent }) => known.has(child) && known.has(parent));
  const parentsOf = Map.groupBy(inside, ({ child }) => child);
  const index = new Map<Table, number>();
  const low = new Map<Table, number>();
  const open: Table[] = [];
  const isOpen = new Set<Table>();
  const groups: Group[] = [];
  const enter = (table: Table, stack: { table: Table; next: number }[]) => {
    index.set(table, index.size);
    low.set(table, index.size - 1);
    open.push(table);
    isOpen.add(table);
    stack.push({ table, next: 0 });
  };
  const lower = (table: Table, to: number) => low.set(table, Math.min(low.get(table) ?? to, to));
  const close = (table: Table) => {
    if (low.get(table) !== index.get(table)) return;
    const members = open.splice(open.indexOf(table));
    for (const member of members) isOpen.delete(member);
    const rings = inside.filter(({ child, parent }) => members.includes(child) && members.includes(parent));
    groups.push({ tables: tables.filter((one) => members.includes(one)), rings });
  };
  for (const root of tables) {
    const stack: { table: Table; next: number }[] = [];
    if (!index.has(root)) enter(root, stack);
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const parent = parentsOf.get(top.table)?.[top.next]?.parent;
      top.next += 1;
      if (parent === undefined) {
        stack.pop();
        const below = stack.at(-1);
        if (below) lower(below.table, low.get(top.table) ?? 0);
        close(top.table);
      } else if (!index.has(parent)) enter(parent, stack);
      else if (isOpen.has(parent)) lower(top.table, index.get(parent) ?? 0);
    }
  }
  return groups;
}
