/** Which names tables and columns have in the code. */
import type { SchemaDef, TableDef } from '../../protocol/schema.ts';
import { foldName } from '../schema/names.ts';
import { camelCase, freeName, isReservedName, isTakenKey } from './js-text.ts';

export interface TableNames {
  /** The exported constant. */
  readonly constant: string;
  /** Folded column name to key. */
  readonly keys: ReadonlyMap<string, string>;
}

/** By folded SQL name. */
export type Naming = ReadonlyMap<string, TableNames>;

/** What schema files import: no constant may hide it. */
export const DRIZZLE_NAMES: readonly string[] = [
  ...[
    'sql',
    'desc',
    'asc',
    'relations',
    'AnySQLiteColumn',
    'blob',
    'check',
    'customType',
    'foreignKey',
    'index',
    'int',
    'integer',
    'numeric',
  ],
  ...['primaryKey', 'real', 'sqliteTable', 'sqliteView', 'text', 'unique', 'uniqueIndex', 't'],
];

/** `text` would hide drizzle's own: it becomes `textTable`. */
export function constantFor(name: string, suffix: string, taken: Set<string>): string {
  const plain = camelCase(name, suffix.toLowerCase());
  return freeName(isReservedName(plain) || taken.has(plain) ? `${plain}${suffix}` : plain, taken);
}

export function keysFor(table: TableDef, taken = new Set<string>()): Map<string, string> {
  const keys = new Map<string, string>();
  for (const { name } of table.columns) {
    const plain = camelCase(name, 'column');
    keys.set(foldName(name), freeName(isTakenKey(plain) ? `${plain}Column` : plain, taken));
  }
  return keys;
}

/** Names for a schema that has no code yet. */
export function namingOf(schema: SchemaDef): { naming: Naming; taken: Set<string> } {
  const taken = new Set(DRIZZLE_NAMES);
  const naming = new Map<string, TableNames>();
  for (const table of schema.tables) {
    naming.set(foldName(table.name), { constant: constantFor(table.name, 'Table', taken), keys: keysFor(table) });
  }
  return { naming, taken };
}
