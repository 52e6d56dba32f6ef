/** The matrix of one database: Drizzle code, live database and migrations side by side. */

import type { DatabaseCatalog } from '../catalog.ts';
import { drizzleCanSay } from '../core/drizzle/expressible.ts';
import type { Sides } from '../core/schema/diff/code.ts';
import { diffSchemas } from '../core/schema/diff/diff.ts';
import { renameCandidates } from '../core/schema/diff/renames.ts';
import type { Database } from '../database/database.ts';
import type { SchemaDef, SchemaDiff } from '../protocol/schema.ts';
import { appliedOf } from './applied.ts';
import { readLive } from './live.ts';
import { renameSamples } from './rename-samples.ts';
import { type ReplayScratch, replay } from './replay.ts';

export interface Surroundings {
  readonly databaseName: string;
  readonly database: Database;
  readonly scratch: () => ReplayScratch;
  readonly catalog: DatabaseCatalog;
  readonly now: () => Date;
}

export interface Comparison {
  readonly diff: SchemaDiff;
  readonly sides: Sides;
  readonly live: SchemaDef;
}

/** `code`: instead of what the build has read, for example a draft. */
export async function compare(at: Surroundings, code: SchemaDef = at.catalog.schema): Promise<Comparison> {
  const { catalog, database } = at;
  const { schema: live, basis, warnings } = await readLive(database);
  const given = await replay(at.scratch, catalog.migrations);
  const done = await appliedOf(database, catalog.migrations);
  const applied = done.length === catalog.migrations.length ? given : await replay(at.scratch, done);
  const sides: Sides = { schema: code, live, migrations: given.schema, canSay: drizzleCanSay };
  const { rows, counts, code: wanted } = diffSchemas({ ...sides, applied: applied.schema });
  const diff: SchemaDiff = {
    database: at.databaseName,
    takenAt: at.now().toISOString(),
    basis,
    rows,
    renames: renameCandidates({ ...sides, rows, samples: await renameSamples(database, rows, live, wanted) }),
    counts,
    warnings: [...new Set([...problemsOf(catalog), ...warnings, ...given.warnings, ...applied.warnings])],
  };
  return { diff, sides, live };
}

const problemsOf = ({ problems }: DatabaseCatalog): string[] =>
  problems.map(({ kind, name, message }) => `In the code: the ${kind} ${name} is left out, SQLite would not take it: ${message}`);
