/**
 * Jobs as both sides speak of them. Times are ISO 8601 UTC, sizes are bytes.
 * What each status means, and which may follow which, is `worker/core/job/machine.ts`.
 */
import { z } from 'zod';

export const JOB_STATUSES = ['queued', 'running', 'cancelling', 'succeeded', 'failed', 'cancelled'] as const;
export const JobStatus = z.enum(JOB_STATUSES);
export type JobStatus = z.infer<typeof JobStatus>;

/** Every kind that this version can run. The registry in `worker/tasks` is checked against this list. */
export const JOB_KINDS = ['database.export', 'backup.verify', 'sample.seed', 'table.clear', 'schema.sync'] as const;
export const JobKind = z.enum(JOB_KINDS);
export type JobKind = z.infer<typeof JobKind>;

/** `exclusive`: one at a time for a database, in order. `background`: reads only R2 or scratch, runs beside it. */
export const JobLane = z.enum(['exclusive', 'background']);
export type JobLane = z.infer<typeof JobLane>;

/** How far a job is. `total` is null while nobody can know it. `ratePerSecond` and `secondsLeft` are measured, not promised. */
export const JobProgress = z.object({
  phase: z.string(),
  done: z.number().int().nonnegative(),
  total: z.number().int().nonnegative().nullable(),
  unit: z.string(),
  bytes: z.number().int().nonnegative().optional(),
  ratePerSecond: z.number().nonnegative().nullable().optional(),
  secondsLeft: z.number().nonnegative().nullable().optional(),
});
export type JobProgress = z.infer<typeof JobProgress>;

export const JobError = z.object({
  code: z.string(),
  message: z.string(),
  hint: z.string(),
  retryable: z.boolean(),
});
export type JobError = z.infer<typeof JobError>;

export const Job = z
  .object({
    id: z.string(),
    database: z.string(),
    kind: JobKind,
    lane: JobLane,
    status: JobStatus,
    /** Why it has this status, in words for a person. */
    reason: z.string(),
    actor: z.string(),
    createdAt: z.iso.datetime(),
    startedAt: z.iso.datetime().nullable(),
    finishedAt: z.iso.datetime().nullable(),
    /** 1 for the first run; each retry adds one. */
    attempt: z.number().int().positive(),
    progress: JobProgress,
    params: z.record(z.string(), z.unknown()),
    result: z.record(z.string(), z.unknown()).nullable(),
    error: JobError.nullable(),
  })
  .meta({ id: 'Job' });
export type Job = z.infer<typeof Job>;

/** A committed step: the unit a job resumes at. */
export const JobStep = z
  .object({
    n: z.number().int().nonnegative(),
    name: z.string(),
    at: z.iso.datetime(),
    attempt: z.number().int().positive(),
    /** What the step recorded, for example the chunk that it wrote. */
    detail: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'JobStep' });
export type JobStep = z.infer<typeof JobStep>;

export const JobDetails = Job.extend({ steps: z.array(JobStep), stepCount: z.number().int() }).meta({ id: 'JobDetails' });
export type JobDetails = z.infer<typeof JobDetails>;

/** Body of `POST D/jobs`. `params` are checked against the kind's own schema. */
export const JobRequest = z
  .object({
    kind: JobKind,
    params: z.record(z.string(), z.unknown()).default({}),
    planId: z.string().optional(),
    confirm: z.string().optional(),
  })
  // A field in the wrong place, `tables` beside `params` and not in them, would otherwise start another job than was meant.
  .strict()
  .meta({ id: 'JobRequest' });
export type JobRequest = z.infer<typeof JobRequest>;

export const CONSISTENCIES = ['snapshot', 'captured', 'fenced', 'fuzzy'] as const;
export const Consistency = z.enum(CONSISTENCIES);
export type Consistency = z.infer<typeof Consistency>;

/** SQLite folds only ASCII. Each name once: parameters are kept and shown with the job and with each of its events, so they have to stay small. */
const TableNames = z
  .array(z.string().min(1))
  .min(1)
  .refine(
    (names) => new Set(names.map((name) => name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase()))).size === names.length,
    'a table is named twice',
  );

/** `tables` absent: all of them. `consistency` absent: the strongest that is possible. */
export const ExportParams = z
  .object({ tables: TableNames.optional(), consistency: Consistency.optional() })
  .strict()
  .meta({ id: 'ExportParams' });
export type ExportParams = z.infer<typeof ExportParams>;

export const VerifyParams = z
  .object({ backupId: z.string().regex(/^[\w.-]{1,100}$/, 'that is no id of a backup') })
  .strict()
  .meta({ id: 'VerifyParams' });
export type VerifyParams = z.infer<typeof VerifyParams>;

/** `rows` is the wanted total over all tables of the sample. */
export const SeedParams = z
  .object({ rows: z.number().int().min(100).max(5_000_000).default(50_000), seed: z.number().int().default(1) })
  .strict()
  .meta({ id: 'SeedParams' });
export type SeedParams = z.infer<typeof SeedParams>;

/**
 * Empties one table. `dependents`: `keep` refuses as long as a row elsewhere would be touched; `clear` removes the rows that depend on
 * it too, whatever their foreign keys say. `resetSequence`: AUTOINCREMENT begins again at 1.
 */
export const ClearParams = z
  .object({
    table: z.string().min(1).max(1_000),
    dependents: z.enum(['keep', 'clear']).default('keep'),
    resetSequence: z.boolean().default(false),
    safetyBackup: z.boolean().default(true),
  })
  .strict()
  .meta({ id: 'ClearParams' });
export type ClearParams = z.infer<typeof ClearParams>;

/** What it does stands in its plan. */
export const SyncJobParams = z
  .object({ planId: z.string().min(1).max(100).optional() })
  .strict()
  .meta({ id: 'SyncJobParams' });
export type SyncJobParams = z.infer<typeof SyncJobParams>;

export const PARAMS_OF_KIND = {
  'database.export': ExportParams,
  'backup.verify': VerifyParams,
  'sample.seed': SeedParams,
  'table.clear': ClearParams,
  'schema.sync': SyncJobParams,
} satisfies Record<JobKind, z.ZodType>;

export const TERMINAL_STATUSES: readonly JobStatus[] = ['succeeded', 'failed', 'cancelled'];
export const isTerminal = (status: JobStatus): boolean => TERMINAL_STATUSES.includes(status);
