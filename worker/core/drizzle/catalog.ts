/** What the build knows of the managed databases: their Drizzle models, migrations and schema files. Written by `tools/catalog`. */
import type { Casing, DrizzleModel } from './model.ts';

/**
 * - `drizzle`: `NNNN_name.sql` with `meta/_journal.json` (drizzle-kit 0.x). `drizzle-v1`: a folder for each, `YYYYMMDDHHMMSS_name/`.
 * - `wrangler`: plain `*.sql`, ordered by their leading numbers.
 */
export type MigrationLayout = 'drizzle' | 'drizzle-v1' | 'wrangler';

export interface CatalogMigration {
  /** From the top of the project, as in `db/databases.ts`. */
  readonly folder: string;
  readonly layout: MigrationLayout;
  /** As its tool's ledger knows it: the tag, the folder's name, or the file's path inside the folder. */
  readonly name: string;
  readonly tag: string;
  /** Unix milliseconds, which drizzle's ledger holds as `created_at`; null where the layout has no time. */
  readonly when: number | null;
  /** The whole file, breakpoints included: drizzle hashes exactly this text. */
  readonly sql: string;
  /** SHA-256 of `sql`, hexadecimal. */
  readonly hash: string;
}

export interface CatalogFolder {
  readonly folder: string;
  readonly layout: MigrationLayout;
  /** Text of `meta/_journal.json`; null in other layouts and in an empty folder. */
  readonly journal: string | null;
  /** `id` of the newest snapshot, which the next one follows. */
  readonly snapshotId: string | null;
  /** `version` of that snapshot: drizzle-kit v1 moved it within its release candidates. */
  readonly snapshotVersion: string | null;
}

/** A file of the Drizzle schema; `path` from the top of the project. */
export interface CatalogFile {
  readonly path: string;
  readonly text: string;
  readonly sha256: string;
}

export interface CatalogEntry {
  readonly casing: Casing | null;
  readonly model: DrizzleModel;
  readonly migrations: readonly CatalogMigration[];
  readonly folders: readonly CatalogFolder[];
  /** The first is the module that `db/databases.ts` names; the others are what it imports, by path. */
  readonly files: readonly CatalogFile[];
}

/** `databases` gives for each binding the place of its entry: databases of one kind share it. */
export interface Catalog {
  readonly entries: readonly CatalogEntry[];
  readonly databases: Readonly<Record<string, number>>;
}
