/** Where in the schema files the object of a diff row is written. */
import type { IndexTerm } from '../../protocol/schema.ts';
import { checkId, columnId, foreignKeyId, objectId, primaryKeyId, tableId, uniqueId } from '../schema/diff/items.ts';
import { foldName } from '../schema/names.ts';
import type { DrizzleIndex, DrizzleModel, DrizzleTable } from './model.ts';
import type { SourceFile } from './source.ts';
import type { Extra, TableSource } from './tables.ts';
import type { ViewSource } from './views.ts';

/** Offsets into the file's text. */
export interface Place {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

interface Range {
  readonly start?: number | null;
  readonly end?: number | null;
}
const placeOf = (file: SourceFile, { start, end }: Range): Place => ({ path: file.path, start: start ?? 0, end: end ?? 0 });
const rangeOf = (extra: Extra): Range => extra.node;

/** A UNIQUE constraint and a unique index are one thing in Drizzle: either row leads here. */
function* indexIds(table: string, index: DrizzleIndex): Generator<string> {
  yield objectId('index', index.name);
  if (!index.unique || index.where !== null) return;
  const columns: IndexTerm[] = [];
  for (const term of index.terms) {
    if (!('column' in term)) return;
    columns.push({ column: term.column, expression: null, collation: null, descending: false });
  }
  yield uniqueId(table, { name: null, columns, onConflict: 'ABORT' });
}

function* tablePlaces(table: DrizzleTable, source: TableSource): Generator<[string, Place]> {
  const { file, statement } = source.shell;
  yield [tableId(table.name), placeOf(file, statement)];
  for (const [n, column] of table.columns.entries()) {
    const written = source.columns[n];
    if (!written) continue;
    const place = placeOf(written.file, written.property);
    yield [columnId(table.name, column.name), place];
    if (column.primaryKey) yield [primaryKeyId(table.name), place];
    if (column.unique === null) continue;
    const unique = { name: column.unique, unique: true, terms: [{ column: column.name }], where: null, asConstraint: true };
    for (const id of indexIds(table.name, unique)) yield [id, place];
  }
  if (source.primaryKey) yield [primaryKeyId(table.name), placeOf(file, rangeOf(source.primaryKey))];
  for (const index of table.indexes) {
    const extra = source.indexes.get(index.name);
    if (extra) for (const id of indexIds(table.name, index)) yield [id, placeOf(file, rangeOf(extra))];
  }
  for (const { name, expression } of table.checks) {
    const extra = source.checks.get(name);
    if (extra) yield [checkId(table.name, { name, expression }), placeOf(file, rangeOf(extra))];
  }
  for (const [n, key] of table.foreignKeys.entries()) {
    const written = source.foreignKeys[n];
    if (!written) continue;
    const place = 'link' in written ? placeOf(written.column.file, written.link) : placeOf(file, rangeOf(written));
    yield [
      foreignKeyId(table.name, { ...key, columns: [...key.columns], references: [...key.references], deferred: false }),
      place,
    ];
  }
}

export function placesOf(
  model: DrizzleModel,
  tables: ReadonlyMap<string, TableSource>,
  views: ReadonlyMap<string, ViewSource>,
): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>();
  for (const table of model.tables) {
    const source = tables.get(foldName(table.name));
    if (source) for (const [id, place] of tablePlaces(table, source)) if (!places.has(id)) places.set(id, place);
  }
  for (const { name } of model.views) {
    const source = views.get(foldName(name));
    if (source) places.set(objectId('view', name), placeOf(source.declared.file, source.declared.statement));
  }
  return places;
}
