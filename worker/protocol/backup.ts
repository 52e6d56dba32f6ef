/** Backups: a manifest and chunks of SQL text in R2. Sizes are bytes. */
import { z } from 'zod';
import { Consistency } from './job.ts';

/** B5: `verified` only after a restore into scratch that compared equal. */
export const Verification = z.discriminatedUnion('state', [
  z.object({ state: z.literal('unverified') }),
  z.object({ state: z.literal('verified'), at: z.iso.datetime(), tookMs: z.number() }),
  z.object({ state: z.literal('damaged'), at: z.iso.datetime(), code: z.string(), message: z.string() }),
]);
export type Verification = z.infer<typeof Verification>;

export const BackupSummary = z
  .object({
    id: z.string(),
    database: z.string(),
    jobId: z.string(),
    createdAt: z.iso.datetime(),
    consistency: Consistency,
    /** True when only some tables were asked for. */
    partial: z.boolean(),
    tables: z.number().int(),
    rows: z.number().int(),
    /** Of the SQL text, and of what is stored and downloaded as `sql.gz`. */
    sqlBytes: z.number().int(),
    gzipBytes: z.number().int(),
    chunks: z.number().int(),
    tookMs: z.number(),
    warnings: z.array(z.string()),
    verification: Verification,
  })
  .meta({ id: 'BackupSummary' });
export type BackupSummary = z.infer<typeof BackupSummary>;

/**
 * Rows of one table inside one chunk, in key order. `after` and `upTo` are the key range `(after, upTo]` as cursor text
 * (null: open), so that the same rows can be read again and hashed again. `sha256` is over the encoded rows, `,\n` between them.
 */
export const Segment = z.object({
  table: z.string(),
  rows: z.number().int(),
  after: z.string().nullable(),
  upTo: z.string().nullable(),
  sha256: z.string(),
});
export type Segment = z.infer<typeof Segment>;

/** One gzip member. Its object is named by `sha256`, the hash of the stored bytes. */
export const Chunk = z.object({
  n: z.number().int(),
  sha256: z.string(),
  gzipBytes: z.number().int(),
  sqlBytes: z.number().int(),
  segments: z.array(Segment),
});
export type Chunk = z.infer<typeof Chunk>;

export const ManifestTable = z.object({
  name: z.string(),
  rows: z.number().int(),
  /** Over the hashes of its segments, in order. */
  contentHash: z.string(),
  /** How its rows are found: `rowid`, `key`, `whole`, `derived` (an FTS5 index that is rebuilt), `none`. */
  pagedBy: z.enum(['rowid', 'key', 'whole', 'derived', 'none']),
});

export const Manifest = z
  .object({
    format: z.literal(1),
    id: z.string(),
    database: z.string(),
    createdAt: z.iso.datetime(),
    startedAt: z.iso.datetime(),
    consistency: Consistency,
    partial: z.boolean(),
    tables: z.array(ManifestTable),
    /** The text of `sqlite_schema` for what is in the backup, in the order in which it is written. */
    schema: z.array(z.object({ type: z.string(), name: z.string(), table: z.string(), sql: z.string() })),
    /** SHA-256 of the schema above. */
    schemaHash: z.string(),
    ledgers: z.array(z.object({ name: z.string(), rows: z.number().int() })),
    sequences: z.array(z.object({ table: z.string(), seq: z.string() })),
    chunks: z.array(Chunk),
    rows: z.number().int(),
    sqlBytes: z.number().int(),
    gzipBytes: z.number().int(),
    warnings: z.array(z.string()),
    notExported: z.array(z.object({ name: z.string(), reason: z.string() })),
  })
  .meta({ id: 'Manifest' });
export type Manifest = z.infer<typeof Manifest>;

export const BackupDetails = BackupSummary.extend({ manifest: Manifest }).meta({ id: 'BackupDetails' });
export type BackupDetails = z.infer<typeof BackupDetails>;
