/**
 * What a Drizzle module says, asked of drizzle itself: the builder's own code is run on the builder's own machine, as `drizzle-kit`
 * does. Text that comes from elsewhere never gets here: see worker/core/drizzle/read.ts.
 */
import { Column, getTableColumns, getTableName, is, type SQL, SQL as SqlClass } from 'drizzle-orm';
import { CasingCache } from 'drizzle-orm/casing';
import {
  type ForeignKey,
  getTableConfig,
  getViewConfig,
  type Index,
  type PrimaryKey,
  SQLiteBaseInteger,
  type SQLiteColumn,
  SQLiteSyncDialect,
  SQLiteTable,
  SQLiteView,
} from 'drizzle-orm/sqlite-core';
import {
  byExportName,
  type Casing,
  type DrizzleColumn,
  type DrizzleForeignKey,
  type DrizzleIndex,
  type DrizzleModel,
  type DrizzleTable,
  type DrizzleView,
  recased,
} from '../../worker/core/drizzle/model.ts';

/** How a text may name columns: alone where SQLite forbids more, not at all in defaults. */
type Context = 'indexes' | undefined;

interface Hand {
  readonly name: (column: Column) => string;
  readonly text: (sql: SQL, context?: Context) => string;
}

/** The part of drizzle's own cache that is not in its public types. */
interface Cache {
  getColumnCasing(column: Column): string;
}

function handOf(casing: Casing | undefined): Hand {
  const dialect = new SQLiteSyncDialect({ casing });
  const cache = new CasingCache(casing) as unknown as Cache;
  return {
    name: (column) => cache.getColumnCasing(column),
    text: (sql, context) => dialect.sqlToQuery(sql.inlineParams(), context).sql,
  };
}

const isSql = (value: unknown): value is SQL => is(value, SqlClass);

/** drizzle-kit's rules, with quotes doubled in JSON, too. */
function defaultOf(value: unknown, hand: Hand): DrizzleColumn['default'] {
  if (value === undefined) return null;
  if (isSql(value)) return hand.text(value);
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return String(value);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return `'${text.replaceAll("'", "''")}'`;
}

function generatedOf(generated: Column['generated'], hand: Hand): DrizzleColumn['generated'] {
  if (generated === undefined) return null;
  const as: unknown = typeof generated.as === 'function' ? generated.as() : generated.as;
  return { as: isSql(as) ? hand.text(as, 'indexes') : String(as), kind: generated.mode ?? 'virtual' };
}

const columnOf = (key: string, column: SQLiteColumn, hand: Hand): DrizzleColumn => ({
  key,
  name: hand.name(column),
  type: column.getSQLType(),
  primaryKey: column.primary,
  autoincrement: is(column, SQLiteBaseInteger) && column.autoIncrement,
  notNull: column.notNull,
  default: defaultOf(column.default, hand),
  unique: column.isUnique ? (column.uniqueName ?? null) : null,
  generated: generatedOf(column.generated, hand),
});

const upperAction = (action: string | undefined) => (action ?? 'no action').toUpperCase() as DrizzleForeignKey['onUpdate'];

function foreignKeyOf(key: ForeignKey, hand: Hand): DrizzleForeignKey {
  const { columns, foreignColumns, foreignTable } = key.reference();
  const [from, to] = [columns.map(hand.name), foreignColumns.map(hand.name)];
  const original = (side: readonly Column[]) => side.map(({ name }) => name);
  return {
    name: recased(recased(key.getName(), original(columns), from), original(foreignColumns), to),
    columns: from,
    table: getTableName(foreignTable),
    references: to,
    onUpdate: upperAction(key.onUpdate),
    onDelete: upperAction(key.onDelete),
  };
}

function indexOf({ config }: Index, hand: Hand): DrizzleIndex {
  const terms = config.columns.map((term) =>
    isSql(term) ? { expression: hand.text(term, 'indexes') } : { column: hand.name(term as unknown as Column) },
  );
  const where = config.where === undefined ? null : hand.text(config.where);
  return { name: config.name, unique: config.unique, terms, where, asConstraint: false };
}

function primaryKeyOf(key: PrimaryKey | undefined, hand: Hand): DrizzleTable['primaryKey'] {
  if (key === undefined) return null;
  const columns = key.columns.map(hand.name);
  const original = key.columns.map(({ name }) => name);
  return { name: recased(key.getName(), original, columns), columns };
}

function tableOf(exportName: string, table: SQLiteTable, hand: Hand): DrizzleTable {
  const config = getTableConfig(table);
  const uniques = config.uniqueConstraints.map(({ name, columns }) => ({
    name: name ?? '',
    unique: true,
    terms: columns.map((column) => ({ column: hand.name(column) })),
    where: null,
    asConstraint: true,
  }));
  return {
    exportName,
    name: config.name,
    columns: Object.entries(getTableColumns(table)).map(([key, column]) => columnOf(key, column as SQLiteColumn, hand)),
    primaryKey: primaryKeyOf(config.primaryKeys[0], hand),
    indexes: [...config.indexes.map((index) => indexOf(index, hand)), ...uniques],
    checks: config.checks.map(({ name, value }) => ({ name, expression: hand.text(value) })),
    foreignKeys: config.foreignKeys.map((key) => foreignKeyOf(key, hand)),
  };
}

/** drizzle-kit leaves the names of a view's columns alone, whatever the casing. */
function viewOf(exportName: string, view: SQLiteView, hand: Hand): DrizzleView {
  const { name, query, selectedFields } = getViewConfig(view);
  const columns = Object.entries(selectedFields as Record<string, unknown>).flatMap(([key, field]) =>
    is(field, Column) ? [columnOf(key, field as SQLiteColumn, { ...hand, name: (column) => column.name })] : [],
  );
  return { exportName, name, select: query === undefined ? null : hand.text(query), columns };
}

/** Of all that the module exports the tables and views, each once. */
export function modelOfModule(exports: Record<string, unknown>, casing: Casing | undefined): DrizzleModel {
  const hand = handOf(casing);
  const seen = new Set<unknown>();
  const once = Object.entries(exports).filter(([, value]) => !seen.has(value) && seen.add(value));
  return {
    tables: once.flatMap(([name, value]) => (is(value, SQLiteTable) ? [tableOf(name, value, hand)] : [])).sort(byExportName),
    views: once.flatMap(([name, value]) => (is(value, SQLiteView) ? [viewOf(name, value, hand)] : [])).sort(byExportName),
  };
}
