/** Foreign keys as a graph: which tables a DROP would reach into, and in which order tables can go and come. */
import type { ForeignKeyDef, IndexDef, TableDef } from '../../../protocol/schema.ts';
import { termName } from '../diff/items.ts';
import { foldName, sameName } from '../names.ts';
import { parentsFirst } from '../order.ts';

export interface Edge {
  readonly child: TableDef;
  readonly parent: TableDef;
  readonly key: ForeignKeyDef;
}

/** Only edges whose parent is there. */
export function edgesOf(tables: readonly TableDef[]): Edge[] {
  const named = new Map(tables.map((table) => [foldName(table.name), table]));
  return tables.flatMap((child) =>
    child.foreignKeys.flatMap((key) => {
      const parent = named.get(foldName(key.table));
      return parent === undefined ? [] : [{ child, parent, key }];
    }),
  );
}

/** Whether deleting the parent's rows changes the child's. RESTRICT is as NO ACTION while keys are deferred. */
export const altersChildren = ({ key }: Edge): boolean => {
  switch (key.onDelete) {
    case 'CASCADE':
    case 'SET NULL':
    case 'SET DEFAULT':
      return true;
    case 'RESTRICT':
    case 'NO ACTION':
      return false;
  }
};

/** `start` and every table whose rows dropping them would delete or change, and so on: all of these are rebuilt together. */
export function familyOf(start: ReadonlySet<TableDef>, edges: readonly Edge[]): Set<TableDef> {
  const children = new Map<TableDef, TableDef[]>();
  for (const edge of edges) if (altersChildren(edge)) children.set(edge.parent, [...(children.get(edge.parent) ?? []), edge.child]);
  const family = new Set(start);
  const waiting = [...start];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    for (const child of children.get(next) ?? []) {
      if (family.has(child)) continue;
      family.add(child);
      waiting.push(child);
    }
  }
  return family;
}

/** `start` and every table that refers to one of them by whatever key, and so on. */
export function referringTo(start: ReadonlySet<TableDef>, edges: readonly Edge[]): Set<TableDef> {
  const found = new Set(start);
  for (let before = -1; before < found.size; ) {
    before = found.size;
    for (const { child, parent } of edges) if (found.has(parent)) found.add(child);
  }
  return found;
}

/** Children before parents, as far as cycles let. `pending`: keys into a table whose child is still there when it goes. */
export function dropOrder(family: ReadonlySet<TableDef>, edges: readonly Edge[]): { order: TableDef[]; pending: Edge[] } {
  const order = parentsFirst([...family].map((table) => ({ ...table, table })))
    .map(({ table }) => table)
    .reverse();
  const place = new Map(order.map((table, n) => [table, n]));
  const pending = edges.filter(({ child, parent }) => {
    const [a, b] = [place.get(child), place.get(parent)];
    return a !== undefined && b !== undefined && a >= b;
  });
  return { order, pending };
}

/** Whether the rows with a given key can be found without reading them all. */
export function isServed(key: ForeignKeyDef, table: TableDef, indexes: readonly IndexDef[]): boolean {
  const wanted = new Set(key.columns.map(foldName));
  const serves = (names: readonly string[]) => {
    const first = names.slice(0, wanted.size).map(foldName);
    return first.length === wanted.size && first.every((name) => wanted.has(name));
  };
  return (
    serves((table.primaryKey?.columns ?? []).map(termName)) ||
    table.uniques.some(({ columns }) => serves(columns.map(termName))) ||
    indexes.some(
      (index) =>
        sameName(index.table, table.name) && index.where === null && serves(index.terms.map(({ column }) => column ?? '\0')),
    )
  );
}

/** Each part of a graph that hangs together, so that what is independent can go in batches of its own. */
export function components(tables: ReadonlySet<TableDef>, edges: readonly Edge[]): TableDef[][] {
  const near = new Map<TableDef, TableDef[]>();
  const link = (a: TableDef, b: TableDef) => near.set(a, [...(near.get(a) ?? []), b]);
  for (const { child, parent } of edges) {
    if (!tables.has(child) || !tables.has(parent)) continue;
    link(child, parent);
    link(parent, child);
  }
  const seen = new Set<TableDef>();
  const found: TableDef[][] = [];
  for (const start of tables) {
    if (seen.has(start)) continue;
    const part: TableDef[] = [];
    const waiting = [start];
    seen.add(start);
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      part.push(next);
      for (const other of near.get(next) ?? []) {
        if (!seen.has(other)) {
          seen.add(other);
          waiting.push(other);
        }
      }
    }
    found.push(part);
  }
  return found;
}

/** Parents before children; tables that refer to one another in a ring come together. */
export function ringsFirst(tables: readonly TableDef[], edges: readonly Edge[]): TableDef[][] {
  const parents = new Map(tables.map((table) => [table, new Set<TableDef>()]));
  for (const { child, parent } of edges) if (parents.has(parent)) parents.get(child)?.add(parent);
  const above = new Map(tables.map((table) => [table, reached(table, parents)]));
  const together = (a: TableDef, b: TableDef) => a === b || (above.get(a)?.has(b) && above.get(b)?.has(a));
  const heads = new Map(tables.map((table) => [table, tables.find((other) => together(table, other)) ?? table]));
  const rings = tables
    .filter((table) => heads.get(table) === table)
    .map((head) => {
      const ring = tables.filter((table) => heads.get(table) === head);
      const outside = ring.flatMap((table) => [...(parents.get(table) ?? [])]).flatMap((parent) => heads.get(parent) ?? []);
      const foreignKeys = outside.map(({ name }) => ({ columns: [], table: name, references: [], onUpdate: '', onDelete: '' }));
      return { name: head.name, foreignKeys, ring };
    });
  return parentsFirst(rings).map(({ ring }) => ring);
}

function reached(start: TableDef, parents: ReadonlyMap<TableDef, ReadonlySet<TableDef>>): Set<TableDef> {
  const seen = new Set<TableDef>();
  const waiting = [start];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    for (const parent of parents.get(next) ?? []) {
      if (seen.has(parent)) continue;
      seen.add(parent);
      waiting.push(parent);
    }
  }
  return seen;
}
