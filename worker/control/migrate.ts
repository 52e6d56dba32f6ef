/** Brings an object's own tables up to date and proves it, before the object serves anything. */
import { getTableColumns, getTableName, is } from 'drizzle-orm';
import { CasingCache } from 'drizzle-orm/casing';
import { type DrizzleSqliteDODatabase, drizzle } from 'drizzle-orm/durable-sqlite';
import { migrate } from 'drizzle-orm/durable-sqlite/migrator';
import { SQLiteTable } from 'drizzle-orm/sqlite-core';

type Migrations = Parameters<typeof migrate>[1];
export type OwnDatabase = DrizzleSqliteDODatabase<Record<string, never>>;

/**
 * Applies the bundled migrations and compares every table of `schema` with what is really there. Throws with each difference named:
 * an object on a half-known schema must not run jobs.
 */
export async function openOwnDatabase(storage: DurableObjectStorage, migrations: Migrations, schema: object): Promise<OwnDatabase> {
  const db: OwnDatabase = drizzle(storage, { casing: 'snake_case' });
  await migrate(db, migrations);
  const differences = schemaDifferences(storage, schema);
  if (differences.length > 0) throw new Error(`The control plane's own tables are not as expected: ${differences.join('; ')}`);
  return db;
}

export function schemaDifferences(storage: DurableObjectStorage, schema: object): string[] {
  const casing = new CasingCache('snake_case');
  return Object.values(schema)
    .filter((entry) => is(entry, SQLiteTable))
    .flatMap((table) => {
      const expected = Object.values(getTableColumns(table)).map((column) => casing.getColumnCasing(column));
      const found = storage.sql
        .exec<{ name: string }>('SELECT name FROM pragma_table_info(?)', getTableName(table))
        .toArray()
        .map((row) => row.name);
      const missing = expected.filter((name) => !found.includes(name)).map((name) => `${getTableName(table)}.${name} is missing`);
      const extra = found.filter((name) => !expected.includes(name)).map((name) => `${getTableName(table)}.${name} is unknown`);
      return [...missing, ...extra];
    });
}
