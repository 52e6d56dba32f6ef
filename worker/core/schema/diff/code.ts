/**
 * What the code wants, whole. Where Drizzle has no word (triggers, STRICT, COLLATE), the migrations' word counts, and where there is
 * none either, what is live: silence is never a wish (S3, S4).
 */
import type { ColumnDef, ForeignKeyDef, IndexTerm, SchemaDef, TableDef, ViewDef } from '../../../protocol/schema.ts';
import { foldName, sameName } from '../names.ts';
import { type CanSay, foreignKeyId, termName } from './items.ts';

export const byName = <T extends { readonly name: string }>(defs: readonly T[]): Map<string, T> =>
  new Map(defs.map((def) => [foldName(def.name), def]));

/** `migrations` null: their history could not be replayed, or there is none. */
export interface Sides {
  readonly schema: SchemaDef;
  readonly live: SchemaDef;
  readonly migrations: SchemaDef | null;
  readonly canSay: CanSay;
}

export function codeOf({ schema, live, migrations, canSay }: Sides): SchemaDef {
  const [declared, known] = [byName(migrations?.tables ?? []), byName(live.tables)];
  const views = byName([...live.views, ...(migrations?.views ?? [])]);
  const donor = migrations ?? live;
  const tables = schema.tables.map((table) => {
    const fold = foldName(table.name);
    const from = declared.get(fold) ?? known.get(fold);
    return from === undefined ? table : fillTable(table, from, canSay);
  });
  const said = <T>(kind: Parameters<CanSay>[0], own: T, other: T): T => (canSay(kind) ? own : other);
  const code: SchemaDef = {
    tables,
    virtualTables: said('virtual-table', schema.virtualTables, donor.virtualTables),
    indexes: said('index', schema.indexes, donor.indexes),
    views: said('view', schema.views, donor.views).map((view) => fillView(view, views.get(foldName(view.name)), canSay)),
    triggers: said('trigger', schema.triggers, donor.triggers),
  };
  return { ...code, triggers: code.triggers.filter(({ table }) => carries(code, table)) };
}

/** A trigger goes with its table, whoever declared it. */
function carries({ tables, views, virtualTables }: SchemaDef, table: string): boolean {
  return [tables, views, virtualTables].some((defs) => defs.some(({ name }) => sameName(name, table)));
}

function fillView(view: ViewDef, from: ViewDef | undefined, canSay: CanSay): ViewDef {
  return from === undefined || canSay('view', 'columns') ? view : { ...view, columns: from.columns };
}

function fillTable(table: TableDef, from: TableDef, canSay: CanSay): TableDef {
  const strict = canSay('table', 'strict') ? table.strict : from.strict;
  const columns = byName(from.columns);
  const uniques = new Map(from.uniques.map((def) => [def.columns.map(termName).map(foldName).join(), def]));
  const keys = new Map(from.foreignKeys.map((def) => [foreignKeyId(table.name, def), def]));
  return {
    ...table,
    strict,
    withoutRowid: canSay('table', 'without rowid') ? table.withoutRowid : from.withoutRowid,
    columns: table.columns.map((column) => fillColumn(column, columns.get(foldName(column.name)), strict && !table.strict, canSay)),
    primaryKey: fillKey(table, from, canSay),
    uniques: table.uniques.map((def) => {
      const other = uniques.get(def.columns.map(termName).map(foldName).join());
      return other === undefined ? def : fillTerms(def, other, 'unique', canSay);
    }),
    foreignKeys: table.foreignKeys.map((def) => fillForeignKey(def, keys.get(foreignKeyId(table.name, def)), canSay)),
    sql: null,
  };
}

/** `nowStrict`: the table is STRICT without the code's saying so, and its types have to be those that STRICT knows. */
function fillColumn(column: ColumnDef, from: ColumnDef | undefined, nowStrict: boolean, canSay: CanSay): ColumnDef {
  if (from === undefined) return column;
  const collation = canSay('column', 'collation') ? column.collation : from.collation;
  if (!nowStrict && collation === column.collation) return column;
  const sameKind = nowStrict && (column.affinity === from.affinity || from.type === 'ANY');
  return { ...column, collation, ...(sameKind ? { type: from.type, affinity: from.affinity } : {}) };
}

function fillKey(table: TableDef, from: TableDef, canSay: CanSay): TableDef['primaryKey'] {
  if (table.primaryKey === null || from.primaryKey === null) return table.primaryKey;
  return fillTerms(table.primaryKey, from.primaryKey, 'primary-key', canSay);
}

function fillTerms<T extends { columns: IndexTerm[]; onConflict: string; name: string | null }>(
  def: T,
  from: T,
  kind: 'primary-key' | 'unique',
  canSay: CanSay,
): T {
  const same = def.columns.length === from.columns.length && def.columns.every((term, n) => sameTerm(term, from.columns[n]));
  if (!same) return def;
  const columns = def.columns.map((term, n) => ({
    ...term,
    descending: canSay(kind, 'order') ? term.descending : (from.columns[n]?.descending ?? false),
    collation: canSay(kind, 'collation') ? term.collation : (from.columns[n]?.collation ?? null),
  }));
  return { ...def, columns, onConflict: canSay(kind, 'on conflict') ? def.onConflict : from.onConflict };
}

const sameTerm = (a: IndexTerm, b: IndexTerm | undefined): boolean => b !== undefined && sameName(termName(a), termName(b));

function fillForeignKey(def: ForeignKeyDef, from: ForeignKeyDef | undefined, canSay: CanSay): ForeignKeyDef {
  return from === undefined || canSay('foreign-key', 'deferred') ? def : { ...def, deferred: from.deferred };
}
