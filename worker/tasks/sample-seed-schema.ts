/** The first step of seeding: the sample's schema and its ledger, in one batch that refuses a database that is not empty. */
import { DATABASES } from '../../db/databases.ts';
import { catalogOf } from '../catalog.ts';
import type { CatalogMigration } from '../core/drizzle/catalog.ts';
import type { Database, Statement } from '../database/database.ts';
import { Refusal } from '../protocol/problem.ts';

/** drizzle's own words (0.x): its migrator must find the ledger as it would have made it. SERIAL leaves `id` NULL there too. */
const LEDGER: Statement = {
  sql: 'CREATE TABLE IF NOT EXISTS "__drizzle_migrations" (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at numeric)',
};

/** S4: the platform's objects, ours and the ledgers do not make a database used. */
const USER_OBJECTS = `sqlite_schema WHERE type IN ('table', 'view')
  AND lower(substr(name, 1, 4)) NOT IN ('_cf_', '_lk_') AND lower(substr(name, 1, 7)) <> 'sqlite_'
  AND lower(name) NOT IN ('__drizzle_migrations', 'd1_migrations', 'audit_logs')`;

/**
 * Aborts the batch when there is something. Only constraints and triggers can abort one, so it writes a ledger row that the
 * ledger cannot take. The check before the job was taken does not do: another job may have filled the database since.
 */
const MUST_BE_EMPTY: Statement = {
  sql: `INSERT INTO "__drizzle_migrations" (hash, created_at) SELECT NULL, 0 WHERE EXISTS (SELECT 1 FROM ${USER_OBJECTS})`,
};
const NOT_EMPTY_FAILURE = 'NOT NULL constraint failed: __drizzle_migrations.hash';

const HINT = 'Sample data goes into an empty database only. A seeding that was stopped goes on by retrying that job.';

const notEmpty = (detail: string, cause?: unknown) => new Refusal('sample_not_empty', detail, { hint: HINT, cause });

/** Throws `sample_not_empty`, naming what is there. */
export async function mustBeEmpty(database: Database): Promise<void> {
  const { rows } = await database.query(`SELECT name FROM ${USER_OBJECTS} ORDER BY name LIMIT 4`);
  if (rows.length === 0) return;
  const names = rows.map(([name]) => `\`${name}\``);
  throw notEmpty(`The database already holds ${names.slice(0, 3).join(', ')}${names.length > 3 ? ' and more' : ''}.`);
}

/** Turns the failure of `MUST_BE_EMPTY` into the refusal that it stands for; any other error is thrown as it is. */
export function rethrowFilled(error: unknown): never {
  if (error instanceof Error && error.message.includes(NOT_EMPTY_FAILURE)) {
    throw notEmpty('The database was filled between the check and the job.', error);
  }
  throw error;
}

const statementsOf = ({ sql }: CatalogMigration): Statement[] =>
  sql.split('--> statement-breakpoint').map((part) => ({ sql: part.trim() }));

/** Not written twice where a ledger outlived its tables. */
const ledgerRow = ({ hash, when }: CatalogMigration): Statement => ({
  sql: `INSERT INTO "__drizzle_migrations" (hash, created_at)
    SELECT ?1, CAST(?2 AS INTEGER) WHERE NOT EXISTS (SELECT 1 FROM "__drizzle_migrations" WHERE hash = ?1)`,
  params: [hash, String(when)],
});

/** The generator fits one schema: that of the first database that is declared as a sample. To be run as one batch. */
export function schemaStatements(): Statement[] {
  const sample = DATABASES.find((database) => database.sample);
  if (!sample) throw new Refusal('not_a_sample', 'No database is declared as a sample.');
  const { migrations } = catalogOf(sample.binding);
  return [LEDGER, MUST_BE_EMPTY, ...migrations.flatMap(statementsOf), ...migrations.map(ledgerRow)];
}
