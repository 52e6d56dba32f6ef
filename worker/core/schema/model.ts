/** A database's schema as it lives: plain data. Names are as declared; compare them with `sameName`. */
import { foldName } from './names.ts';

export type Affinity = 'integer' | 'text' | 'blob' | 'real' | 'numeric';

export interface Column {
  readonly name: string;
  /** As declared, empty when there is none. */
  readonly declaredType: string;
  /** `blob` is the affinity of columns without a type, and of ANY in STRICT tables. */
  readonly affinity: Affinity;
  readonly notNull: boolean;
  /** SQL text, without the outer parentheses of an expression. */
  readonly default: string | null;
  /** Place in the primary key from 1, or 0. */
  readonly pk: number;
  /** `hidden`: an argument of a virtual table, not seen by `SELECT *`. */
  readonly generated: 'no' | 'virtual' | 'stored' | 'hidden';
  readonly collation: string;
}

export interface IndexColumn {
  /** Null for an expression or the rowid. */
  readonly name: string | null;
  readonly collation: string;
  readonly descending: boolean;
}

export interface Index {
  readonly name: string;
  /** Null when a UNIQUE or PRIMARY KEY made it. */
  readonly sql: string | null;
  readonly unique: boolean;
  readonly origin: 'create' | 'unique' | 'primary-key';
  readonly partial: boolean;
  /** The key columns, in order. */
  readonly columns: readonly IndexColumn[];
}

export interface ForeignKey {
  readonly columns: readonly string[];
  readonly table: string;
  /** Null: the primary key of the table. */
  readonly references: readonly (string | null)[];
  readonly onUpdate: string;
  readonly onDelete: string;
}

/** `internal`: the platform's, SQLite's or Lockkeeper's. `shadow`: where a virtual table keeps its data. */
export type TableKind = 'table' | 'virtual' | 'shadow' | 'internal';

export interface Table {
  readonly name: string;
  readonly kind: TableKind;
  /** Of a virtual table, in lower case. */
  readonly module: string | null;
  readonly sql: string;
  readonly columns: readonly Column[];
  readonly strict: boolean;
  readonly withoutRowid: boolean;
  readonly autoincrement: boolean;
  /** A name by which the rowid can be had: the INTEGER PRIMARY KEY, or a name that no column hides. Null: there is none. */
  readonly rowidName: string | null;
  /** The column that is the rowid. */
  readonly integerKey: string | null;
  /** Of a declared primary key that is not the rowid. */
  readonly primaryKey: readonly IndexColumn[];
  readonly foreignKeys: readonly ForeignKey[];
  readonly indexes: readonly Index[];
}

export interface View {
  readonly name: string;
  readonly sql: string;
}
export interface Trigger {
  readonly name: string;
  /** A table or a view. */
  readonly table: string;
  readonly sql: string;
}

/** A row of `sqlite_schema`. */
export interface SchemaEntry {
  readonly type: string;
  readonly name: string;
  readonly table: string;
  readonly sql: string | null;
}

/** Everything in the order of creation. */
export interface SchemaModel {
  readonly tables: readonly Table[];
  readonly views: readonly View[];
  readonly triggers: readonly Trigger[];
  readonly entries: readonly SchemaEntry[];
}

export const findTable = (model: SchemaModel, name: string): Table | undefined =>
  model.tables.find((table) => foldName(table.name) === foldName(name));

/** SQLite's rules, in their order: the first that matches decides. */
export function affinityOf(declaredType: string, strict: boolean): Affinity {
  const type = declaredType.toUpperCase();
  if (strict && type === 'ANY') return 'blob';
  if (type.includes('INT')) return 'integer';
  if (/CHAR|CLOB|TEXT/.test(type)) return 'text';
  if (type === '' || type.includes('BLOB')) return 'blob';
  if (/REAL|FLOA|DOUB/.test(type)) return 'real';
  return 'numeric';
}
