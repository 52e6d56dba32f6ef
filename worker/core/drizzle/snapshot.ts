/** The snapshot that drizzle-kit 0.x keeps beside each migration, version 6: what it compares the next schema with. */
import type { DrizzleColumn, DrizzleForeignKey, DrizzleIndex, DrizzleModel, DrizzleTable, DrizzleView } from './model.ts';
import { indexesOf } from './schema-of.ts';

export const ORIGIN_ID = '00000000-0000-0000-0000-000000000000';

type Json = null | string | number | boolean | readonly Json[] | { readonly [key: string]: Json | undefined };
type JsonObject = { readonly [key: string]: Json | undefined };

const byName = <T extends { readonly name: string }>(items: readonly T[], to: (item: T) => JsonObject): JsonObject =>
  Object.fromEntries(items.map((item) => [item.name, to(item)]));

const columnJson = (column: DrizzleColumn, alsoKey: boolean): JsonObject => ({
  name: column.name,
  type: column.type,
  primaryKey: column.primaryKey || alsoKey,
  notNull: column.notNull,
  autoincrement: column.autoincrement,
  ...(column.generated ? { generated: { as: `(${column.generated.as})`, type: column.generated.kind } } : {}),
  ...(column.default === null ? {} : { default: column.default }),
});

const termText = (term: DrizzleIndex['terms'][number]): string => ('column' in term ? term.column : term.expression);

const indexJson = ({ name, terms, unique, where }: DrizzleIndex): JsonObject => ({
  name,
  columns: terms.map(termText),
  isUnique: unique,
  ...(where === null ? {} : { where }),
});

const foreignKeyJson = (table: string, key: DrizzleForeignKey): JsonObject => ({
  name: key.name,
  tableFrom: table,
  tableTo: key.table,
  columnsFrom: key.columns,
  columnsTo: key.references,
  onDelete: key.onDelete.toLowerCase(),
  onUpdate: key.onUpdate.toLowerCase(),
});

/** A key of one column is that column's, however it was said. */
function tableJson(table: DrizzleTable): JsonObject {
  const key = table.primaryKey;
  const sole = key?.columns.length === 1 ? key.columns[0] : null;
  return {
    name: table.name,
    columns: byName(table.columns, (column) => columnJson(column, column.name === sole)),
    indexes: byName(indexesOf(table), indexJson),
    foreignKeys: byName(table.foreignKeys, (each) => foreignKeyJson(table.name, each)),
    compositePrimaryKeys: key && sole === null ? { [key.name]: { columns: key.columns, name: key.name } } : {},
    uniqueConstraints: {},
    checkConstraints: byName(table.checks, ({ name, expression }) => ({ name, value: expression })),
  };
}

const viewJson = (view: DrizzleView): JsonObject => ({
  columns: byName(view.columns, (column) => columnJson(column, false)),
  name: view.name,
  isExisting: view.select === null,
  ...(view.select === null ? {} : { definition: view.select }),
});

/** Which terms of indexes are expressions: the list above holds both as text. */
function internalJson(model: DrizzleModel): JsonObject {
  const indexes: Record<string, Json> = {};
  for (const { name, terms } of model.tables.flatMap(indexesOf)) {
    const expressions = terms.flatMap((term) => ('expression' in term ? [term.expression] : []));
    if (expressions.length === 0) continue;
    indexes[name] = { columns: Object.fromEntries(expressions.map((text) => [text, { isExpression: true }])) };
  }
  return { indexes };
}

/** As drizzle-kit's `generateSQLiteDrizzleJson` makes it, in the order in which it writes it. */
export const snapshotOf = (model: DrizzleModel, id: string, prevId: string): JsonObject => ({
  version: '6',
  dialect: 'sqlite',
  id,
  prevId,
  tables: byName(model.tables, tableJson),
  views: byName(model.views, viewJson),
  enums: {},
  _meta: { tables: {}, columns: {} },
  internal: internalJson(model),
});
