/** Reads the live schema in one round trip. */
import { buildModel, type RawSchema } from '../core/schema/build.ts';
import type { SchemaModel } from '../core/schema/model.ts';
import type { Cell, Database, Statement } from './database.ts';

/** Asking a pragma about a `_cf_*` table is refused and would fail the whole join: they are filtered before it. */
const TABLES = `(SELECT name FROM sqlite_schema WHERE type = 'table' AND substr(lower(name), 1, 4) <> '_cf_' ORDER BY rowid) m`;

const QUERIES: readonly Statement[] = [
  { sql: `SELECT type AS c0, name AS c1, tbl_name AS c2, sql AS c3 FROM sqlite_schema ORDER BY rowid` },
  { sql: `SELECT name AS c0, type AS c1, wr AS c2, strict AS c3 FROM pragma_table_list WHERE schema = 'main'` },
  {
    sql: `SELECT m.name AS c0, x.name AS c1, x.type AS c2, x."notnull" AS c3, x.dflt_value AS c4, x.pk AS c5, x.hidden AS c6
      FROM ${TABLES} CROSS JOIN pragma_table_xinfo(m.name) x`,
  },
  {
    sql: `SELECT m.name AS c0, l.name AS c1, l."unique" AS c2, l.origin AS c3, l.partial AS c4
      FROM ${TABLES} CROSS JOIN pragma_index_list(m.name) l`,
  },
  {
    sql: `SELECT l.name AS c0, x.name AS c1, x."desc" AS c2, x.coll AS c3
      FROM ${TABLES} CROSS JOIN pragma_index_list(m.name) l CROSS JOIN pragma_index_xinfo(l.name) x WHERE x.key = 1`,
  },
  {
    sql: `SELECT m.name AS c0, f.id AS c1, f."table" AS c2, f."from" AS c3, f."to" AS c4, f.on_update AS c5, f.on_delete AS c6
      FROM ${TABLES} CROSS JOIN pragma_foreign_key_list(m.name) f ORDER BY m.name, f.id, f.seq`,
  },
];

export async function introspect(database: Database): Promise<SchemaModel> {
  const [entries, tables, columns, indexes, indexColumns, foreignKeys] = (await database.batch(QUERIES)).map(({ rows }) => rows);
  const raw: RawSchema = {
    entries: each(entries, ([type, name, table, sql]) => ({
      type: text(type),
      name: text(name),
      table: text(table),
      sql: maybe(sql),
    })),
    tables: each(tables, ([name, type, wr, strict]) => ({
      name: text(name),
      type: text(type),
      withoutRowid: wr === 1,
      strict: strict === 1,
    })),
    columns: each(columns, ([table, name, type, notNull, value, pk, hidden]) => ({
      table: text(table),
      name: text(name),
      type: text(type),
      notNull: notNull === 1,
      default: maybe(value),
      pk: Number(pk),
      hidden: Number(hidden),
    })),
    indexes: each(indexes, ([table, name, unique, origin, partial]) => ({
      table: text(table),
      name: text(name),
      unique: unique === 1,
      origin: text(origin),
      partial: partial === 1,
    })),
    indexColumns: each(indexColumns, ([index, name, descending, collation]) => ({
      index: text(index),
      name: maybe(name),
      descending: descending === 1,
      collation: text(collation),
    })),
    foreignKeys: each(foreignKeys, ([table, id, parent, from, to, onUpdate, onDelete]) => ({
      table: text(table),
      id: Number(id),
      parent: text(parent),
      from: text(from),
      to: maybe(to),
      onUpdate: text(onUpdate),
      onDelete: text(onDelete),
    })),
  };
  return buildModel(raw);
}

const each = <T>(rows: readonly Cell[][] | undefined, toItem: (row: readonly Cell[]) => T): T[] => (rows ?? []).map(toItem);
const text = (cell: Cell | undefined): string => String(cell ?? '');
const maybe = (cell: Cell | undefined): string | null => (cell === null || cell === undefined ? null : String(cell));
