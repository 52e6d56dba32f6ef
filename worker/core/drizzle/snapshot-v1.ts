/** The snapshot of drizzle-kit v1: a flat list of entities. Its version number moved within the release candidates; the newest one's is kept. */
import {
  type DrizzleColumn,
  type DrizzleForeignKey,
  type DrizzleIndex,
  type DrizzleModel,
  type DrizzleTable,
  foreignKeyName,
  primaryKeyName,
  uniqueName,
} from './model.ts';

export const V1_VERSION = '7';

type Entity = Readonly<Record<string, unknown>>;

const columnEntity = (table: string, column: DrizzleColumn): Entity => ({
  type: column.type,
  notNull: column.notNull && !column.primaryKey,
  autoincrement: column.autoincrement,
  default: column.default === null ? null : String(column.default),
  generated: column.generated ? { type: column.generated.kind, as: `(${column.generated.as})` } : null,
  name: column.name,
  table,
  entityType: 'columns',
});

function foreignKeyEntity(table: string, key: DrizzleForeignKey): Entity {
  const { columns, table: tableTo, references } = key;
  const nameExplicit = key.name !== foreignKeyName(table, columns, tableTo, references);
  return {
    columns,
    tableTo,
    columnsTo: references,
    onUpdate: key.onUpdate,
    onDelete: key.onDelete,
    nameExplicit,
    name: nameExplicit ? key.name : `fk_${foreignKeyName(table, columns, tableTo, references)}`,
    entityType: 'fks',
    table,
  };
}

function primaryKeyEntities(table: DrizzleTable): Entity[] {
  const inline = table.columns.find(({ primaryKey }) => primaryKey);
  const key = table.primaryKey;
  if (!key && !inline) return [];
  const columns = key ? key.columns : [inline?.name as string];
  const nameExplicit = key !== null && key.name !== primaryKeyName(table.name, columns);
  return [{ columns, nameExplicit, name: nameExplicit ? key.name : `${table.name}_pk`, table: table.name, entityType: 'pks' }];
}

const indexEntity = (table: string, { terms, unique, where, name }: DrizzleIndex): Entity => ({
  columns: terms.map((term) =>
    'column' in term ? { value: term.column, isExpression: false } : { value: term.expression, isExpression: true },
  ),
  isUnique: unique,
  where,
  origin: 'manual',
  name,
  entityType: 'indexes',
  table,
});

const uniqueEntity = (table: string, name: string, columns: readonly string[]): Entity => ({
  columns,
  nameExplicit: name !== uniqueName(table, columns),
  name,
  entityType: 'uniques',
  table,
});

function uniqueEntities(table: DrizzleTable): Entity[] {
  const listed = table.indexes.filter(({ asConstraint }) => asConstraint);
  const columnsOf = (index: DrizzleIndex) => index.terms.map((term) => ('column' in term ? term.column : term.expression));
  return [
    ...listed.map((index) => uniqueEntity(table.name, index.name, columnsOf(index))),
    ...table.columns.flatMap(({ name, unique }) => (unique === null ? [] : [uniqueEntity(table.name, unique, [name])])),
  ];
}

export function snapshotV1Of(model: DrizzleModel, version: string, id: string, prevId: string): Entity {
  const { tables, views } = model;
  const ddl: Entity[] = [
    ...tables.map(({ name }) => ({ name, entityType: 'tables' })),
    ...tables.flatMap((table) => table.columns.map((column) => columnEntity(table.name, column))),
    ...tables.flatMap((table) => table.foreignKeys.map((key) => foreignKeyEntity(table.name, key))),
    ...tables.flatMap(primaryKeyEntities),
    ...tables.flatMap((table) =>
      table.indexes.filter((index) => !index.asConstraint).map((index) => indexEntity(table.name, index)),
    ),
    ...tables.flatMap(uniqueEntities),
    ...tables.flatMap((table) =>
      table.checks.map(({ name, expression }) => ({ value: expression, name, entityType: 'checks', table: table.name })),
    ),
    ...views.map(({ name, select }) => ({
      definition: select,
      isExisting: select === null,
      error: null,
      name,
      entityType: 'views',
    })),
  ];
  return { version, dialect: 'sqlite', id, prevIds: [prevId], ddl, renames: [] };
}
