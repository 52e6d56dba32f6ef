/**
 * What a Drizzle schema says, as plain data: the hub between evaluated modules, files read as data, written code, drizzle-kit's
 * snapshots and `SchemaDef`. SQL texts are as drizzle itself would write them, not in normal form.
 */
import type { ForeignKeyDef } from '../../protocol/schema.ts';

/** How property names become column names where a column has no name of its own. */
export type Casing = 'snake_case' | 'camelCase';

export interface DrizzleColumn {
  /** The property in the code. */
  readonly key: string;
  readonly name: string;
  /** As `getSQLType()` has it: `integer`, `text(20)`, empty for none. */
  readonly type: string;
  readonly primaryKey: boolean;
  readonly autoincrement: boolean;
  readonly notNull: boolean;
  /** SQL text, with the parentheses of an expression; numbers and booleans as they are. Null: none. */
  readonly default: string | number | boolean | null;
  /** Name of the unique index that `.unique()` makes. */
  readonly unique: string | null;
  /** `as` without parentheses around it. */
  readonly generated: { readonly as: string; readonly kind: 'virtual' | 'stored' } | null;
}

/** `column` is a column's SQL name. `expression` is SQL text, which may end in `COLLATE …` and `DESC`. */
export type DrizzleIndexTerm = { readonly column: string } | { readonly expression: string };

export interface DrizzleIndex {
  readonly name: string;
  readonly unique: boolean;
  readonly terms: readonly DrizzleIndexTerm[];
  readonly where: string | null;
  /** Said by `unique().on(…)`, which makes an index in SQLite. */
  readonly asConstraint: boolean;
}

export interface DrizzleForeignKey {
  readonly name: string;
  readonly columns: readonly string[];
  readonly table: string;
  readonly references: readonly string[];
  readonly onUpdate: ForeignKeyDef['onUpdate'];
  readonly onDelete: ForeignKeyDef['onDelete'];
}

export interface DrizzleTable {
  /** The name under which the schema module exports it. */
  readonly exportName: string;
  readonly name: string;
  readonly columns: readonly DrizzleColumn[];
  /** Of `primaryKey({ columns })`, SQL names; a single column here may be nullable, unlike one with `.primaryKey()`. */
  readonly primaryKey: { readonly name: string; readonly columns: readonly string[] } | null;
  readonly indexes: readonly DrizzleIndex[];
  readonly checks: readonly { readonly name: string; readonly expression: string }[];
  /** First those of `.references()`, then those of `foreignKey()`, each in the order of the code. */
  readonly foreignKeys: readonly DrizzleForeignKey[];
}

export interface DrizzleView {
  readonly exportName: string;
  readonly name: string;
  /** Null: `.existing()`, somebody else makes it. */
  readonly select: string | null;
  readonly columns: readonly DrizzleColumn[];
}

/** Tables and views in the order of their export names, which is the order in which a module namespace has them. */
export interface DrizzleModel {
  readonly tables: readonly DrizzleTable[];
  readonly views: readonly DrizzleView[];
}

export const byExportName = (a: { readonly exportName: string }, b: { readonly exportName: string }): number =>
  a.exportName < b.exportName ? -1 : a.exportName > b.exportName ? 1 : 0;

/** drizzle's own names for what has none. */
export const uniqueName = (table: string, columns: readonly string[]): string => `${table}_${columns.join('_')}_unique`;
export const primaryKeyName = (table: string, columns: readonly string[]): string => `${table}_${columns.join('_')}_pk`;
export const foreignKeyName = (table: string, columns: readonly string[], other: string, references: readonly string[]): string =>
  `${[table, ...columns, other, ...references].join('_')}_fk`;

/** drizzle's own rules (`drizzle-orm/casing`): words are runs of capitals, capitalized words, and runs of small letters and digits. */
const wordsOf = (text: string): string[] =>
  text.replaceAll(/['\u2019]/g, '').match(/[\da-z]+|[A-Z]+(?![a-z])|[A-Z][\da-z]+/g) ?? [];
const capitalized = (word: string): string => `${word[0]?.toUpperCase()}${word.slice(1)}`;

export function cased(key: string, casing: Casing | undefined): string {
  switch (casing) {
    case undefined:
      return key;
    case 'snake_case':
      return wordsOf(key)
        .map((word) => word.toLowerCase())
        .join('_');
    case 'camelCase':
      return wordsOf(key)
        .map((word, n) => (n === 0 ? word.toLowerCase() : capitalized(word)))
        .join('');
  }
}

export const findDrizzleTable = (model: DrizzleModel, same: (name: string) => boolean): DrizzleTable | undefined =>
  model.tables.find(({ name }) => same(name));

/** drizzle-kit makes constraint names from uncased columns, then swaps the first occurrence of each for the cased one. */
export const recased = (name: string, from: readonly string[], to: readonly string[]): string =>
  from.reduce((text, original, n) => text.replace(original, () => to[n] ?? original), name);
