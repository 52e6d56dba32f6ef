/** Databases, their health and their tables. Times are ISO 8601 UTC, sizes are bytes. */
import { z } from 'zod';
import { BackupSummary } from './backup.ts';
import { Job } from './job.ts';

export const MODES = ['off', 'read-only', 'closed'] as const;
export const Mode = z.enum(MODES);
export type Mode = z.infer<typeof Mode>;

export const DatabaseSummary = z
  .object({
    /** The binding's name: the `{db}` of every path. */
    name: z.string(),
    displayName: z.string(),
    sample: z.boolean(),
    mode: Mode,
  })
  .meta({ id: 'DatabaseSummary' });
export type DatabaseSummary = z.infer<typeof DatabaseSummary>;

/** A figure with how it was got: an estimate says that it is one, and when it was taken. */
export const Figure = z.object({
  value: z.number().nonnegative(),
  exact: z.boolean(),
  takenAt: z.iso.datetime(),
  /** In words: `count(*)`, `highest rowid`, `last backup`, `sampled 200 rows`. */
  method: z.string(),
});
export type Figure = z.infer<typeof Figure>;

export const TableKind = z.enum(['table', 'virtual', 'shadow', 'internal']);
export const TableStats = z
  .object({
    name: z.string(),
    kind: TableKind,
    /** Null while nothing is known yet. */
    rows: Figure.nullable(),
    /** The table's own pages, estimated: D1 gives no page counts. */
    bytes: Figure.nullable(),
    indexes: z.array(z.object({ name: z.string(), bytes: Figure.nullable() })),
    columns: z.number().int(),
  })
  .meta({ id: 'TableStats' });
export type TableStats = z.infer<typeof TableStats>;

export const HistoryPoint = z.object({ at: z.iso.datetime(), sizeBytes: z.number(), rows: z.number() });
export type HistoryPoint = z.infer<typeof HistoryPoint>;

/** A remark about D1 that matters to an admin. `command` is the wrangler command for it, where there is one. */
export const Note = z.object({
  level: z.enum(['info', 'warning']),
  title: z.string(),
  text: z.string(),
  command: z.string().optional(),
});
export type Note = z.infer<typeof Note>;

export const Overview = z
  .object({
    database: DatabaseSummary,
    /** `latencyMs` is one `SELECT 1`, there and back. */
    connection: z.discriminatedUnion('state', [
      z.object({ state: z.literal('up'), latencyMs: z.number() }),
      z.object({ state: z.literal('down'), code: z.string(), message: z.string(), hint: z.string() }),
    ]),
    /** Exact: what D1 itself reports with each query. Null while the database cannot be reached. */
    sizeBytes: z.number().nullable(),
    sizeLimitBytes: z.number(),
    tables: z.number().int().nullable(),
    rows: Figure.nullable(),
    mode: Mode,
    // Not `.nullable()`, which keeps the id: in the description of the API every Job would be one that may be null.
    runningJob: z.union([Job, z.null()]),
    queuedJobs: z.number().int(),
    lastBackup: z.union([BackupSummary, z.null()]),
    history: z.array(HistoryPoint),
    notes: z.array(Note),
    takenAt: z.iso.datetime(),
  })
  .meta({ id: 'Overview' });
export type Overview = z.infer<typeof Overview>;
