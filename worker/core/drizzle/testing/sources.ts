/** Schemas for the tests: the sample, files in the repository's shared data, and modules evaluated by drizzle itself. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { CATALOG } from '../../../../db/generated/catalog.js';
import { modelOfModule } from '../../../../tools/catalog/evaluate.ts';
import type { SchemaDef } from '../../../protocol/schema.ts';
import { schemaOf } from '../../schema/ddl/index.ts';
import { diffSchemas } from '../../schema/diff/diff.ts';
import type { SchemaEntry } from '../../schema/model.ts';
import type { CatalogEntry } from '../catalog.ts';
import { drizzleCanSay } from '../expressible.ts';
import type { Casing, DrizzleModel } from '../model.ts';
import type { SourceText } from '../source.ts';

const top = join(import.meta.dirname, '../../../..');

export const SAMPLE = CATALOG.entries[0] as CatalogEntry;

/** In memory, with the sample's migrations applied. */
export function sampleDatabase(): DatabaseSync {
  const database = new DatabaseSync(':memory:');
  for (const { sql } of SAMPLE.migrations) for (const statement of sql.split('--> statement-breakpoint')) database.exec(statement);
  return database;
}

export function liveSchema(database: DatabaseSync): SchemaDef {
  const shadow = database.prepare("SELECT name FROM pragma_table_list WHERE type = 'shadow'").all();
  const entries = database
    .prepare('SELECT type, name, tbl_name AS "table", sql FROM sqlite_schema')
    .all() as unknown as SchemaEntry[];
  const { schema, warnings } = schemaOf(entries, new Set(shadow.map(({ name }) => String(name))));
  if (warnings.length > 0) throw new Error(warnings.join('\n'));
  return schema;
}

/** Null where the shared data are not. */
export function chinookDatabase(): DatabaseSync | null {
  const file = join(top, '../shared/data/chinook.sqlite');
  return existsSync(file) ? new DatabaseSync(file, { readOnly: true }) : null;
}

/** Imports the files as an application would, and asks drizzle what they say. The first is the module. */
export async function evaluated(
  files: readonly SourceText[],
  casing?: Casing,
): Promise<{ model: DrizzleModel; exports: Record<string, unknown> }> {
  const parent = join(top, '.wrangler/tmp');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, 'drizzle-'));
  try {
    for (const { path, text } of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const exports = (await import(/* @vite-ignore */ pathToFileURL(join(folder, files[0]?.path ?? '')).href)) as Record<
      string,
      unknown
    >;
    return { model: modelOfModule(exports, casing), exports };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Ids and states of what differs in anything that Drizzle can say. */
export const differences = (schema: SchemaDef, live: SchemaDef): string[] =>
  diffSchemas({ schema, live, migrations: null, canSay: drizzleCanSay })
    .rows.filter(({ state }) => state !== 'match')
    .map(({ id, state, differences: aspects }) => `${id} ${state} ${JSON.stringify(aspects)}`);
