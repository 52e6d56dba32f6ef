/** Which migrations the ledgers in the database say were applied. */
import type { CatalogMigration } from '../core/drizzle/catalog.ts';
import { identifier, textLiteral } from '../core/sql/quote.ts';
import { LEDGERS } from '../database/basis.ts';
import type { Database } from '../database/database.ts';

interface Ledgers {
  readonly hashes: ReadonlySet<string>;
  readonly times: ReadonlySet<string>;
  readonly names: ReadonlySet<string>;
}

const COLUMNS = `SELECT l.value AS ledger, x.name AS name FROM json_each(${textLiteral(JSON.stringify(LEDGERS))}) l
  CROSS JOIN pragma_table_info(l.value) x`;

/** In the order of the catalog. */
export async function appliedOf(database: Database, migrations: readonly CatalogMigration[]): Promise<CatalogMigration[]> {
  const ledgers = await readLedgers(database);
  return migrations.filter((migration) => isApplied(migration, ledgers));
}

async function readLedgers(database: Database): Promise<Ledgers> {
  const { rows } = await database.query(COLUMNS);
  const values = async (column: string): Promise<Set<string>> => {
    const found = rows.filter(([, name]) => name === column).map(([ledger]) => String(ledger));
    const results = await database.batch(
      found.map((ledger) => ({ sql: `SELECT CAST(${identifier(column)} AS TEXT) AS c0 FROM ${identifier(ledger)}` })),
    );
    return new Set(results.flatMap((result) => result.rows.flatMap(([value]) => (value === null ? [] : [String(value)]))));
  };
  return { hashes: await values('hash'), times: await values('created_at'), names: await values('name') };
}

/** drizzle 0.x knows a migration by its time, drizzle v1 by its name, wrangler by its file; the hash is the same text in any case. */
function isApplied({ layout, name, when, hash }: CatalogMigration, { hashes, times, names }: Ledgers): boolean {
  switch (layout) {
    case 'drizzle':
      return hashes.has(hash) || (when !== null && (times.has(String(when)) || times.has(`${when}.0`)));
    case 'drizzle-v1':
      return names.has(name) || hashes.has(hash) || (when !== null && (times.has(String(when)) || times.has(`${when}.0`)));
    case 'wrangler':
      return names.has(name);
  }
}
