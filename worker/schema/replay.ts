/** What the migrations give: all of them, or those that were applied, run one after the other in scratch. */
import type { CatalogMigration } from '../core/drizzle/catalog.ts';
import { statementAt } from '../core/sql/split.ts';
import type { Database, Statement } from '../database/database.ts';
import { introspect } from '../database/introspect.ts';
import type { SchemaDef } from '../protocol/schema.ts';
import { type Definition, definitionOf } from './live.ts';

/** A database to throw away. Foreign keys are not enforced in it. */
export interface ReplayScratch extends Database {
  wipe(): Promise<void>;
}

/** `schema` null: one of them does not run; `warnings` says which and why. */
export interface Replayed {
  readonly schema: SchemaDef | null;
  readonly warnings: readonly string[];
}

/** Histories are long and change with a deploy only. */
const known = new Map<string, Replayed>();
const MAX_KNOWN = 20;

export async function replay(scratch: () => ReplayScratch, migrations: readonly CatalogMigration[]): Promise<Replayed> {
  const key = migrations.map(({ name, hash }) => `${name} ${hash}`).join('\n');
  const before = known.get(key);
  if (before) return before;
  const replayed = await run(scratch(), migrations);
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(key, replayed);
  return replayed;
}

async function run(scratch: ReplayScratch, migrations: readonly CatalogMigration[]): Promise<Replayed> {
  await scratch.wipe();
  try {
    for (const migration of migrations) {
      const failed = await failureOf(scratch, migration);
      if (failed !== null) return { schema: null, warnings: [failed] };
    }
    return withNames(definitionOf(await introspect(scratch)));
  } finally {
    await scratch.wipe();
  }
}

const withNames = ({ schema, warnings }: Definition): Replayed => ({
  schema,
  warnings: warnings.map((warning) => `In the migrations: ${warning}`),
});

/** Null when it ran. */
async function failureOf(scratch: Database, { folder, name, sql }: CatalogMigration): Promise<string | null> {
  try {
    await scratch.batch(statementsOf(sql));
    return null;
  } catch (error) {
    return `The migration ${name} of ${folder} does not run on an empty database: ${error instanceof Error ? error.message : error}`;
  }
}

/** Pragmas are for the connection that migrates; this one has its own settings. */
export function statementsOf(sql: string): Statement[] {
  const statements: Statement[] = [];
  for (let at = 0; ; ) {
    const piece = statementAt(sql, at);
    if (piece === null) return statements;
    at = piece.end;
    if (!/^PRAGMA\b/i.test(piece.sql)) statements.push({ sql: piece.sql });
  }
}
