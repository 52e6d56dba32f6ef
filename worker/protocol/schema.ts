/**
 * Schemas: one model for the live database, the Drizzle code and the migrations, and how they differ. Texts of expressions are in the
 * normal form of `worker/core/schema/ddl`, in which equal things are equal; `sql` is the text as it was written, where there is one.
 */
import { z } from 'zod';

export const AFFINITIES = ['integer', 'text', 'blob', 'real', 'numeric'] as const;

export const ColumnDef = z.object({
  name: z.string(),
  /** Upper case, single spaces, empty when there is none. */
  type: z.string(),
  affinity: z.enum(AFFINITIES),
  notNull: z.boolean(),
  /** A literal or expression, without the parentheses around it; null: none. */
  default: z.string().nullable(),
  /** Upper case; `BINARY` when nothing is said. */
  collation: z.string(),
  generated: z.object({ expression: z.string(), kind: z.enum(['virtual', 'stored']) }).nullable(),
});
export type ColumnDef = z.infer<typeof ColumnDef>;

/** Of an index or a key: a column, or an expression. `collation` null: that of the column. */
export const IndexTerm = z.object({
  column: z.string().nullable(),
  expression: z.string().nullable(),
  collation: z.string().nullable(),
  descending: z.boolean(),
});
export type IndexTerm = z.infer<typeof IndexTerm>;

/** `onConflict`: `ABORT` unless said otherwise. */
export const PrimaryKeyDef = z.object({
  name: z.string().nullable(),
  columns: z.array(IndexTerm),
  autoincrement: z.boolean(),
  onConflict: z.string(),
});
export type PrimaryKeyDef = z.infer<typeof PrimaryKeyDef>;
export const UniqueDef = z.object({ name: z.string().nullable(), columns: z.array(IndexTerm), onConflict: z.string() });
export type UniqueDef = z.infer<typeof UniqueDef>;
export const CheckDef = z.object({ name: z.string().nullable(), expression: z.string() });
export type CheckDef = z.infer<typeof CheckDef>;

export const FK_ACTIONS = ['NO ACTION', 'RESTRICT', 'SET NULL', 'SET DEFAULT', 'CASCADE'] as const;
/** `references` empty: the primary key of the table, where that table is unknown; otherwise it is spelled out. */
export const ForeignKeyDef = z.object({
  name: z.string().nullable(),
  columns: z.array(z.string()),
  table: z.string(),
  references: z.array(z.string()),
  onUpdate: z.enum(FK_ACTIONS),
  onDelete: z.enum(FK_ACTIONS),
  /** INITIALLY DEFERRED. */
  deferred: z.boolean(),
});
export type ForeignKeyDef = z.infer<typeof ForeignKeyDef>;

export const TableDef = z.object({
  name: z.string(),
  strict: z.boolean(),
  withoutRowid: z.boolean(),
  columns: z.array(ColumnDef),
  primaryKey: PrimaryKeyDef.nullable(),
  uniques: z.array(UniqueDef),
  checks: z.array(CheckDef),
  foreignKeys: z.array(ForeignKeyDef),
  sql: z.string().nullable(),
});
export type TableDef = z.infer<typeof TableDef>;

/** `args` in normal form, in order. */
export const VirtualTableDef = z.object({
  name: z.string(),
  module: z.string(),
  args: z.array(z.string()),
  sql: z.string().nullable(),
});
export type VirtualTableDef = z.infer<typeof VirtualTableDef>;
export const IndexDef = z.object({
  name: z.string(),
  table: z.string(),
  unique: z.boolean(),
  terms: z.array(IndexTerm),
  where: z.string().nullable(),
  sql: z.string().nullable(),
});
export type IndexDef = z.infer<typeof IndexDef>;
export const ViewDef = z.object({
  name: z.string(),
  /** Named columns, if the view names them. */
  columns: z.array(z.string()).nullable(),
  select: z.string(),
  sql: z.string().nullable(),
});
export type ViewDef = z.infer<typeof ViewDef>;
/** `body`: everything after the trigger's name, in normal form. */
export const TriggerDef = z.object({ name: z.string(), table: z.string(), body: z.string(), sql: z.string().nullable() });
export type TriggerDef = z.infer<typeof TriggerDef>;

/** Only what is the user's (S4): nothing of the platform, of Lockkeeper, no ledger, no shadow table. */
export const SchemaDef = z.object({
  tables: z.array(TableDef),
  virtualTables: z.array(VirtualTableDef),
  indexes: z.array(IndexDef),
  views: z.array(ViewDef),
  triggers: z.array(TriggerDef),
});
export type SchemaDef = z.infer<typeof SchemaDef>;

export const OBJECT_KINDS = [
  'table',
  'column',
  'primary-key',
  'unique',
  'check',
  'foreign-key',
  'index',
  'view',
  'trigger',
  'virtual-table',
] as const;
export const ObjectKind = z.enum(OBJECT_KINDS);
export type ObjectKind = z.infer<typeof ObjectKind>;

/** Where a model came from. */
export const SIDES = ['schema', 'live', 'migrations'] as const;
export type SchemaSide = (typeof SIDES)[number];

/**
 * The live database against what the code wants: `missing`: the code has it, the database has not. `extra`: the other way round.
 */
export const DIFF_STATES = ['match', 'mismatch', 'missing', 'extra'] as const;
export const DiffState = z.enum(DIFF_STATES);
export type DiffState = z.infer<typeof DiffState>;

/**
 * Why it differs. `pending`: the schema is ahead of the migrations, which agree with the database. `unapplied`: the migrations have it,
 * the database does not yet. `drift`: the database differs from its migrations. `none`: it does not differ.
 */
export const DIFF_CAUSES = ['none', 'pending', 'unapplied', 'drift'] as const;
export const DiffCause = z.enum(DIFF_CAUSES);
export type DiffCause = z.infer<typeof DiffCause>;

/** `unsaid`: this source cannot say such a thing (Drizzle knows no triggers, no STRICT). */
export const DiffCell = z.object({ presence: z.enum(['present', 'absent', 'unsaid']), text: z.string().nullable() });
export type DiffCell = z.infer<typeof DiffCell>;

/** One thing in which the sides differ, for example `type`, `not null`, `default`, `on delete`. Null: unsaid or absent. */
export const AspectDiff = z.object({
  aspect: z.string(),
  schema: z.string().nullable(),
  live: z.string().nullable(),
  migrations: z.string().nullable(),
});
export type AspectDiff = z.infer<typeof AspectDiff>;

export const DiffRow = z.object({
  /** Stable, names folded: `table:users`, `column:users.email`, `index:users_email`, `foreign-key:orders(customer_id)→customers(id)`. */
  id: z.string(),
  kind: ObjectKind,
  /** The table it belongs to; of a view or virtual table its own name. */
  table: z.string(),
  name: z.string(),
  state: DiffState,
  cause: DiffCause,
  cells: z.object({ schema: DiffCell, live: DiffCell, migrations: DiffCell }),
  differences: z.array(AspectDiff),
  /** One click is enough: it only adds, and ALTER or CREATE can do it. */
  additive: z.boolean(),
  /** How the plan would do it; null for a match. `none`: it cannot be changed by a plan (see the hazard). */
  change: z.enum(['create', 'drop', 'alter', 'rebuild', 'recreate', 'none']).nullable(),
});
export type DiffRow = z.infer<typeof DiffRow>;

/** Two rows that may be one thing under a new name. Never applied unless an admin says so. */
export const RenameCandidate = z.object({
  kind: z.enum(['table', 'column']),
  table: z.string(),
  from: z.string(),
  to: z.string(),
  /** 0 to 1. */
  similarity: z.number().min(0).max(1),
  /** What speaks for it, in words. */
  because: z.array(z.string()),
});
export type RenameCandidate = z.infer<typeof RenameCandidate>;

export const SchemaDiff = z
  .object({
    database: z.string(),
    takenAt: z.iso.datetime(),
    basis: z.string(),
    rows: z.array(DiffRow),
    renames: z.array(RenameCandidate),
    counts: z.object({ match: z.number().int(), mismatch: z.number().int(), missing: z.number().int(), extra: z.number().int() }),
    /** What could not be compared, in words, for example a migration that does not replay. */
    warnings: z.array(z.string()),
  })
  .meta({ id: 'SchemaDiff' });
export type SchemaDiff = z.infer<typeof SchemaDiff>;

export const LiveSchema = z
  .object({ database: z.string(), takenAt: z.iso.datetime(), basis: z.string(), schema: SchemaDef, warnings: z.array(z.string()) })
  .meta({ id: 'LiveSchema' });
export type LiveSchema = z.infer<typeof LiveSchema>;

const Name = z.string().min(1).max(1_000);

/** An admin's decision that `from`, in the database, is `to`, in the code. */
export const Rename = z.object({ kind: z.enum(['table', 'column']), table: Name, from: Name, to: Name }).strict();
export type Rename = z.infer<typeof Rename>;

/**
 * Brings the database to the code. `rows` absent: everything additive; otherwise exactly the diff rows with these ids. `fill`: column id
 * (`column:users.email`) to a SQL expression over the table's own columns, for rows that have no value yet. `silence`: hazard or lint
 * code to the reason why it does not matter here. `fullRehearsal`: rehearse on the newest whole backup and not on a sample.
 */
export const SyncParams = z
  .object({
    rows: z.array(Name).min(1).max(10_000).optional(),
    renames: z.array(Rename).max(1_000).default([]),
    fill: z.record(Name, z.string().min(1).max(2_000)).default({}),
    silence: z.record(Name, z.string().trim().min(3).max(500)).default({}),
    safetyBackup: z.boolean().default(true),
    fullRehearsal: z.boolean().default(false),
  })
  .strict()
  .meta({ id: 'SyncParams' });
export type SyncParams = z.infer<typeof SyncParams>;

// ---- schema files and drafts ---------------------------------------------------------------------------------------

/** A mistake in a schema file: lines and columns from 1. */
export const SourceProblem = z.object({ path: z.string(), line: z.number().int(), column: z.number().int(), message: z.string() });
export type SourceProblem = z.infer<typeof SourceProblem>;

/** One text that was saved for a file. `basedOn`: the `sha256` of the file that it began from. */
export const DraftVersion = z
  .object({
    n: z.number().int().positive(),
    text: z.string(),
    basedOn: z.string(),
    state: z.enum(['open', 'accepted', 'discarded']),
    message: z.string(),
    savedAt: z.iso.datetime(),
    savedBy: z.string(),
    /** Only of the newest one: what is wrong with it in the company of the other files. */
    problems: z.array(SourceProblem),
  })
  .meta({ id: 'DraftVersion' });
export type DraftVersion = z.infer<typeof DraftVersion>;

/** A file of the Drizzle schema. `draft`: the newest text that was written in the console, null when there is none. */
export const SchemaFile = z
  .object({ path: z.string(), text: z.string(), sha256: z.string(), draft: z.union([DraftVersion, z.null()]) })
  .meta({ id: 'SchemaFile' });
export type SchemaFile = z.infer<typeof SchemaFile>;

/** `basedOn` is the `sha256` of the file; `expect` the `n` of the draft that it follows, null for the first: another one is `draft_conflict`. */
export const DraftRequest = z
  .object({
    path: Name,
    text: z.string().max(400_000),
    basedOn: z.string().max(100),
    expect: z.number().int().positive().nullable(),
    message: z.string().trim().max(500).default(''),
  })
  .strict()
  .meta({ id: 'DraftRequest' });
export type DraftRequest = z.infer<typeof DraftRequest>;

/** `patch` is a unified diff that `git apply` takes from the top of the checkout. */
export const SourcePatch = z.object({ patch: z.string(), files: z.array(z.string()) }).meta({ id: 'SourcePatch' });
export type SourcePatch = z.infer<typeof SourcePatch>;

/** "The database is right": what to write into the schema files for these diff rows. `save`: as drafts too. */
export const AdoptRequest = z
  .object({ rows: z.array(Name).min(1).max(1_000), save: z.boolean().default(false) })
  .strict()
  .meta({ id: 'AdoptRequest' });
export type AdoptRequest = z.infer<typeof AdoptRequest>;

/** A migration in drizzle's own layout: paths from the top of the checkout. */
export const MigrationFiles = z
  .object({ tag: z.string(), files: z.array(z.object({ path: z.string(), text: z.string() })), patch: z.string() })
  .meta({ id: 'MigrationFiles' });
export type MigrationFiles = z.infer<typeof MigrationFiles>;
