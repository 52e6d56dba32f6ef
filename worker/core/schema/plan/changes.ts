/**
 * The vocabulary of changes between the live schema and its target. Tables change under their old names (`mid`) and are renamed last, so
 * that SQLite itself rewrites what mentions them.
 */
import type {
  CheckDef,
  ColumnDef,
  ForeignKeyDef,
  IndexDef,
  Rename,
  SchemaDef,
  TableDef,
  TriggerDef,
  ViewDef,
  VirtualTableDef,
} from '../../../protocol/schema.ts';
import { byName } from '../diff/code.ts';
import { type Item, itemsOf, tableItems } from '../diff/items.ts';
import { invertRenames, renameSchema } from '../diff/rename-model.ts';
import { foldName } from '../names.ts';
import { type RenameStep, renameSteps } from './rename-steps.ts';

/** `why`: what ALTER cannot do on D1, in words. New keys and checks it can do beside a new column only. */
export interface TableChange {
  readonly from: TableDef;
  readonly to: TableDef;
  readonly added: readonly ColumnDef[];
  readonly dropped: readonly ColumnDef[];
  readonly newKeys: readonly ForeignKeyDef[];
  readonly newChecks: readonly CheckDef[];
  readonly why: readonly string[];
}
/** What is dropped before the tables change, and made after: of a changed one first the old, then the new. */
export interface Exchange<T> {
  readonly dropped: readonly T[];
  readonly created: readonly T[];
  /** On both sides, untouched: as the live database has them. */
  readonly kept: readonly T[];
}
export interface SchemaChanges {
  readonly live: SchemaDef;
  /** The target's tables under the names that they have now. */
  readonly mid: SchemaDef;
  readonly target: SchemaDef;
  readonly altered: readonly TableChange[];
  readonly created: readonly TableDef[];
  readonly dropped: readonly TableDef[];
  readonly renames: readonly RenameStep[];
  readonly indexes: Exchange<IndexDef>;
  readonly views: Exchange<ViewDef>;
  readonly triggers: Exchange<TriggerDef>;
  readonly virtualTables: Exchange<VirtualTableDef>;
}

export function changesBetween(live: SchemaDef, target: SchemaDef, renames: readonly Rename[] = []): SchemaChanges {
  const all = [...renames, ...standIns(live, target, renames)];
  const mid = renameSchema(target, invertRenames(all));
  const renamed = renameSchema(live, renames);
  const [old, wanted] = [byName(live.tables), byName(mid.tables)];
  const altered = mid.tables.flatMap((to) => {
    const from = old.get(foldName(to.name));
    return from === undefined ? [] : (tableChange(from, to) ?? []);
  });
  return {
    live,
    mid,
    target,
    altered,
    created: mid.tables.filter(({ name }) => !old.has(foldName(name))),
    dropped: live.tables.filter(({ name }) => !wanted.has(foldName(name))),
    renames: renameSteps(all, live, mid),
    ...exchanges(live, renamed, target),
  };
}

export const isNothing = ({ altered, created, dropped, renames, ...rest }: SchemaChanges): boolean =>
  [altered, created, dropped, renames].every((list) => list.length === 0) &&
  [rest.indexes, rest.views, rest.triggers, rest.virtualTables].every((list) => list.dropped.length + list.created.length === 0);

/** A new column or table under a name that a renamed one has until the end starts under another one. */
function standIns(live: SchemaDef, target: SchemaDef, renames: readonly Rename[]): Rename[] {
  const renamed = byName(renameSchema(live, renames).tables);
  const [old, back] = [byName(live.tables), byName(renameSchema(target, invertRenames(renames)).tables)];
  const found: Rename[] = [];
  const standIn = () => `_lk_new_${found.length + 1}`;
  for (const table of target.tables) {
    const before = renamed.get(foldName(table.name));
    if (before === undefined) {
      if (old.has(foldName(table.name)) && renames.length > 0)
        found.push({ kind: 'table', table: table.name, from: standIn(), to: table.name });
      continue;
    }
    const oldNames = old.get(
      foldName(renames.find(({ kind, to }) => kind === 'table' && foldName(to) === foldName(table.name))?.from ?? table.name),
    );
    const [own, taken] = [byName(before.columns), byName(oldNames?.columns ?? [])];
    for (const { name } of table.columns)
      if (!own.has(foldName(name)) && taken.has(foldName(name)) && back.size > 0)
        found.push({ kind: 'column', table: table.name, from: standIn(), to: name });
  }
  return found;
}

function tableChange(from: TableDef, to: TableDef): TableChange | null {
  const [old, wanted] = [tableItems(from), tableItems(to)];
  const [there, asked] = [new Map(old.map((item) => [item.id, item])), new Map(wanted.map((item) => [item.id, item]))];
  const added: ColumnDef[] = [];
  const dropped: ColumnDef[] = [];
  const newKeys: ForeignKeyDef[] = [];
  const newChecks: CheckDef[] = [];
  const why: string[] = [];
  for (const item of wanted) {
    const before = there.get(item.id);
    if (before === undefined) {
      if (item.kind === 'column') added.push(item.def);
      else if (item.kind === 'foreign-key') newKeys.push(item.def);
      else if (item.kind === 'check') newChecks.push(item.def);
      else why.push(`${words(item)} is new`);
    } else if (!sameFacets(before, item)) why.push(`${words(item)} changes`);
  }
  for (const item of old) {
    if (asked.has(item.id)) continue;
    if (item.kind === 'column') dropped.push(item.def);
    else why.push(`${words(item)} goes`);
  }
  if (added.length + dropped.length + newKeys.length + newChecks.length + why.length === 0) return null;
  return { from, to, added, dropped, newKeys, newChecks, why };
}

const words = (item: Item): string =>
  `${item.kind === 'table' ? 'STRICT or WITHOUT ROWID' : `the ${item.kind.replace('-', ' ')} ${item.name}`}`;
export const sameFacets = (a: Item, b: Item): boolean => a.facets.every((facet, n) => facet === b.facets[n]);

function exchanges(
  live: SchemaDef,
  renamed: SchemaDef,
  target: SchemaDef,
): Pick<SchemaChanges, 'indexes' | 'views' | 'triggers' | 'virtualTables'> {
  const [old, wanted] = [itemsOf({ ...renamed, tables: [] }), itemsOf({ ...target, tables: [] })];
  const exchange = <T extends { readonly name: string }>(kind: string, before: readonly T[], after: readonly T[]): Exchange<T> => {
    const same = (def: T) => {
      const [a, b] = [old.get(`${kind}:${foldName(def.name)}`), wanted.get(`${kind}:${foldName(def.name)}`)];
      return a !== undefined && b !== undefined && sameFacets(a, b);
    };
    return { dropped: before.filter((def) => !same(def)), created: after.filter((def) => !same(def)), kept: before.filter(same) };
  };
  return {
    indexes: exchange('index', live.indexes, target.indexes),
    views: exchange('view', live.views, target.views),
    triggers: exchange('trigger', live.triggers, target.triggers),
    virtualTables: exchange('virtual-table', live.virtualTables, target.virtualTables),
  };
}
