/** What the code asks of each managed database: the catalog of the build, with its schema in normal form. */
import { CATALOG } from '../db/generated/catalog.js';
import type { CatalogEntry } from './core/drizzle/catalog.ts';
import { type ModelProblem, schemaOfModel } from './core/drizzle/schema-of.ts';
import type { SchemaDef } from './protocol/schema.ts';

export interface DatabaseCatalog extends CatalogEntry {
  /** What the Drizzle code asks for, in the normal form of the live schema. */
  readonly schema: SchemaDef;
  /** Tables, indexes and views of the code that SQLite would not take; they are not in `schema`. */
  readonly problems: readonly ModelProblem[];
}

const made = new Map<CatalogEntry, DatabaseCatalog>();

/** Of the database with this binding. Throws for one that is not in `db/databases.ts`: its caller has checked that before. */
export function catalogOf(binding: string): DatabaseCatalog {
  const entry = CATALOG.entries[CATALOG.databases[binding] ?? -1];
  if (entry === undefined) throw new Error(`there is no database ${binding} in the catalog`);
  const known = made.get(entry) ?? { ...entry, ...schemaOfModel(entry.model) };
  made.set(entry, known);
  return known;
}
