/**
 * The control plane's own tables, one set for each managed database, in its Durable Object. Times are milliseconds since the epoch.
 * The CHECKs repeat what `worker/core/job/machine.ts` promises (J8): a bug there fails loudly here instead of storing nonsense.
 */
import { sql } from 'drizzle-orm';
import { check, index, integer, primaryKey, real, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { BackupSummary } from '../../worker/protocol/backup.ts';
import type { Figure } from '../../worker/protocol/database.ts';
import type { JobError, JobKind, JobLane, JobProgress, JobStatus } from '../../worker/protocol/job.ts';
import type { EventType } from '../../worker/protocol/live.ts';
import type { FenceStatus, HoldMode, HoldOwner } from '../../worker/protocol/maintenance.ts';
import type { Approval, PlanKind, StoredPlan } from '../../worker/protocol/plan.ts';

export { audit, auditHead } from './audit.ts';

/** Numbers that only grow: `epoch`, `event`, `job`. */
export const counters = sqliteTable('counters', {
  name: text().primaryKey(),
  value: integer().notNull(),
});

export const jobs = sqliteTable(
  'jobs',
  {
    /** The order of submission. */
    n: integer().primaryKey(),
    id: text().notNull(),
    kind: text().$type<JobKind>().notNull(),
    lane: text().$type<JobLane>().notNull(),
    status: text().$type<JobStatus>().notNull(),
    reason: text().notNull(),
    actor: text().notNull(),
    /** Where and with which request it was submitted: for the audit entries of all that it does. */
    address: text(),
    requestId: text(),
    /** Of the plan that it runs, if it runs one. */
    planHash: text(),
    attempt: integer().notNull(),
    createdAt: integer().notNull(),
    startedAt: integer(),
    finishedAt: integer(),
    params: text({ mode: 'json' }).$type<Record<string, unknown>>().notNull(),
    progress: text({ mode: 'json' }).$type<JobProgress>().notNull(),
    /** Where the next executor begins. */
    cursor: text({ mode: 'json' }).$type<unknown>(),
    result: text({ mode: 'json' }).$type<Record<string, unknown>>(),
    error: text({ mode: 'json' }).$type<JobError>(),
    idempotencyKey: text(),
    /** SHA-256 of kind and params: the same key with another request is refused (J7). */
    requestHash: text().notNull(),
    dispatchState: text().$type<'due' | 'sent' | 'begun'>(),
    ticket: integer().notNull().default(0),
    epoch: integer(),
    /** When it is due, or when the lease ends. */
    wakeAt: integer(),
    strikes: integer().notNull().default(0),
  },
  (t) => [
    uniqueIndex('jobs_id').on(t.id),
    uniqueIndex('jobs_idempotency').on(t.idempotencyKey),
    index('jobs_by_status').on(t.status, t.n),
    uniqueIndex('jobs_one_exclusive').on(t.lane).where(sql`lane = 'exclusive' AND status IN ('running', 'cancelling')`),
    check('jobs_status', sql`${t.status} IN ('queued', 'running', 'cancelling', 'succeeded', 'failed', 'cancelled')`),
    check('jobs_lane', sql`${t.lane} IN ('exclusive', 'background')`),
    check('jobs_finished', sql`(${t.finishedAt} IS NOT NULL) = (${t.status} IN ('succeeded', 'failed', 'cancelled'))`),
    check('jobs_error', sql`(${t.error} IS NOT NULL) = (${t.status} = 'failed')`),
    check('jobs_result', sql`(${t.result} IS NOT NULL) = (${t.status} = 'succeeded')`),
    check('jobs_started', sql`${t.startedAt} IS NOT NULL OR ${t.status} IN ('queued', 'failed', 'cancelled')`),
    check('jobs_dispatch', sql`(${t.dispatchState} IS NOT NULL) = (${t.status} IN ('running', 'cancelling'))`),
    check('jobs_wake', sql`(${t.wakeAt} IS NOT NULL) = (${t.dispatchState} IS NOT NULL)`),
    check('jobs_epoch', sql`(${t.epoch} IS NOT NULL) = (${t.dispatchState} IS 'begun')`),
    check('jobs_attempt', sql`${t.attempt} >= 1`),
  ],
);

/** The step journal: what each job has committed, in order. */
export const steps = sqliteTable(
  'steps',
  {
    jobId: text().notNull(),
    n: integer().notNull(),
    name: text().notNull(),
    at: integer().notNull(),
    attempt: integer().notNull(),
    epoch: integer().notNull(),
    detail: text({ mode: 'json' }).$type<Record<string, unknown>>().notNull(),
  },
  (t) => [primaryKey({ columns: [t.jobId, t.n] })],
);

/** What happened, numbered without gaps (J4). The oldest are dropped; a client that asks for them gets a snapshot instead. */
export const events = sqliteTable(
  'events',
  {
    seq: integer().primaryKey(),
    at: integer().notNull(),
    type: text().$type<EventType>().notNull(),
    jobId: text(),
    reason: text().notNull(),
    data: text({ mode: 'json' }).$type<Record<string, unknown>>().notNull(),
  },
  (t) => [index('events_by_job').on(t.jobId, t.seq)],
);

export const backups = sqliteTable(
  'backups',
  {
    id: text().primaryKey(),
    createdAt: integer().notNull(),
    summary: text({ mode: 'json' }).$type<BackupSummary>().notNull(),
  },
  (t) => [index('backups_by_age').on(t.createdAt)],
);

/** The latest figures of each table: see `worker/core/stats`. */
export const tableStats = sqliteTable('table_stats', {
  name: text().primaryKey(),
  kind: text().$type<'table' | 'virtual' | 'shadow' | 'internal'>().notNull(),
  columns: integer().notNull(),
  rows: text({ mode: 'json' }).$type<Figure>(),
  bytes: text({ mode: 'json' }).$type<Figure>(),
  indexes: text({ mode: 'json' }).$type<{ name: string; bytes: Figure | null }[]>().notNull(),
});

/** Size and rows over time, for the chart. */
export const samples = sqliteTable('samples', {
  at: integer().primaryKey(),
  sizeBytes: real().notNull(),
  rows: real().notNull(),
  /** What the notes need beyond the figures, as JSON; kept of the newest sample only. */
  facts: text(),
});

/** Reasons for maintenance, those that are over too. `ownerId` is the actor of a person's hold, the id of a window's or a job's. */
export const holds = sqliteTable(
  'holds',
  {
    n: integer().primaryKey(),
    id: text().notNull(),
    mode: text().$type<HoldMode>().notNull(),
    reason: text().notNull(),
    message: text(),
    ownerKind: text().$type<HoldOwner['kind']>().notNull(),
    ownerId: text().notNull(),
    createdAt: integer().notNull(),
    expiresAt: integer(),
    endedAt: integer(),
    endedBy: text(),
  },
  (t) => [
    uniqueIndex('holds_id').on(t.id),
    index('holds_active').on(t.endedAt),
    check('holds_mode', sql`${t.mode} IN ('read-only', 'closed')`),
    check('holds_owner', sql`${t.ownerKind} IN ('person', 'window', 'job')`),
    check('holds_ended', sql`(${t.endedAt} IS NULL) = (${t.endedBy} IS NULL)`),
    check('holds_expiry', sql`${t.expiresAt} IS NULL OR ${t.expiresAt} > ${t.createdAt}`),
  ],
);

/** Holds that come by themselves each week. `nextAt`: when the next one begins; null while it is not enabled. */
export const windows = sqliteTable(
  'windows',
  {
    n: integer().primaryKey(),
    id: text().notNull(),
    days: text({ mode: 'json' }).$type<number[]>().notNull(),
    from: text().notNull(),
    minutes: integer().notNull(),
    timeZone: text().notNull(),
    mode: text().$type<HoldMode>().notNull(),
    reason: text().notNull(),
    message: text(),
    enabled: integer({ mode: 'boolean' }).notNull(),
    createdAt: integer().notNull(),
    createdBy: text().notNull(),
    nextAt: integer(),
  },
  (t) => [
    uniqueIndex('windows_id').on(t.id),
    index('windows_next').on(t.nextAt),
    check('windows_mode', sql`${t.mode} IN ('read-only', 'closed')`),
    check('windows_minutes', sql`${t.minutes} BETWEEN 1 AND 1440`),
    check('windows_next_enabled', sql`${t.nextAt} IS NULL OR ${t.enabled}`),
  ],
);

/** Plans, and who has agreed to them. `plan` is what was made, and never changes; the other columns are what became of it. */
export const plans = sqliteTable(
  'plans',
  {
    n: integer().primaryKey(),
    id: text().notNull(),
    kind: text().$type<PlanKind>().notNull(),
    hash: text().notNull(),
    basis: text().notNull(),
    createdAt: integer().notNull(),
    createdBy: text().notNull(),
    expiresAt: integer().notNull(),
    plan: text({ mode: 'json' }).$type<StoredPlan>().notNull(),
    approval: text().$type<Approval['state']>().notNull(),
    requestedBy: text(),
    requestedAt: integer(),
    decidedBy: text(),
    decidedAt: integer(),
    jobId: text(),
  },
  (t) => [
    uniqueIndex('plans_id').on(t.id),
    index('plans_by_expiry').on(t.expiresAt),
    check('plans_approval', sql`${t.approval} IN ('not-needed', 'wanted', 'requested', 'approved', 'declined', 'void')`),
    check('plans_requested', sql`(${t.requestedAt} IS NULL) = (${t.requestedBy} IS NULL)`),
    check('plans_decided', sql`(${t.decidedAt} IS NULL) = (${t.decidedBy} IS NULL)`),
    check('plans_two_persons', sql`${t.approval} <> 'approved' OR ${t.decidedBy} <> ${t.requestedBy}`),
  ],
);

/** What was written in the console for a schema file, every version of it. */
export const drafts = sqliteTable(
  'drafts',
  {
    n: integer().primaryKey(),
    path: text().notNull(),
    text: text().notNull(),
    basedOn: text().notNull(),
    state: text().$type<'open' | 'accepted' | 'discarded'>().notNull(),
    message: text().notNull(),
    savedAt: integer().notNull(),
    savedBy: text().notNull(),
  },
  (t) => [index('drafts_by_path').on(t.path, t.n), check('drafts_state', sql`${t.state} IN ('open', 'accepted', 'discarded')`)],
);

/** Where the fence in the managed database is, one row. `wakeAt`: when it has to be looked at again. */
export const fence = sqliteTable(
  'fence',
  {
    id: integer().primaryKey(),
    state: text().$type<FenceStatus['state']>().notNull(),
    detail: text(),
    failures: integer().notNull(),
    wakeAt: integer(),
  },
  (t) => [
    check('fence_one', sql`${t.id} = 1`),
    check('fence_state', sql`${t.state} IN ('down', 'raising', 'up', 'lowering', 'failed')`),
  ],
);
