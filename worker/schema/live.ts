/** The live schema as a definition: what `introspect` reads, parsed. */
import { schemaOf } from '../core/schema/ddl/index.ts';
import type { SchemaModel } from '../core/schema/model.ts';
import { readBasis } from '../database/basis.ts';
import type { Database } from '../database/database.ts';
import { introspect } from '../database/introspect.ts';
import { Refusal } from '../protocol/problem.ts';
import type { SchemaDef } from '../protocol/schema.ts';

export interface Definition {
  readonly schema: SchemaDef;
  /** What could not be read, by name, in words. */
  readonly warnings: readonly string[];
}

/** Shadow tables are left out: the pragma knows which they are. */
export function definitionOf(model: SchemaModel): Definition {
  const shadows = new Set(model.tables.filter(({ kind }) => kind === 'shadow').map(({ name }) => name));
  return schemaOf(model.entries, shadows);
}

export interface LiveDefinition extends Definition {
  readonly basis: string;
}

const TRIES = 3;

/** Schema and basis of the same moment, or `schema_changed` when it changes again and again. */
export async function readLive(database: Database): Promise<LiveDefinition> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const before = await readBasis(database);
    const definition = definitionOf(await introspect(database));
    if ((await readBasis(database)).hash === before.hash) return { ...definition, basis: before.hash };
  }
  throw new Refusal('schema_changed', `The schema changed ${TRIES} times while it was read.`, { retryable: true });
}
