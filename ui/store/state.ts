/** The whole truth on screen, and how a live message changes it. Pure. */
import type { Me, Token } from '../../worker/protocol/access.ts';
import type { BackupDetails } from '../../worker/protocol/backup.ts';
import type { DatabaseSummary, Overview, TableStats } from '../../worker/protocol/database.ts';
import type { LintRule } from '../../worker/protocol/lint.ts';
import type { LiveMessage } from '../../worker/protocol/live.ts';
import type { MaintenanceStatus, MaintenanceWindow } from '../../worker/protocol/maintenance.ts';
import type { PlanSummary } from '../../worker/protocol/plan.ts';
import type { AuditTrail } from './audit-trail.ts';
import { type BackupList, deletedBackupId, foldBackupDetails, foldBackups } from './backup-list.ts';
import type { Connection } from './connection.ts';
import type { DraftBuffer } from './draft-buffer.ts';
import type { HoldList } from './hold-list.ts';
import { foldJobs, type JobCache } from './job-cache.ts';
import { type JobList, NO_FILTER, newJobList } from './job-list.ts';
import { foldJobPage, type JobPage, withPhase } from './job-page.ts';
import { NOTHING_TYPED, type SqlCheck } from './lint-state.ts';
import { foldPlanPage, foldPlans, type PlanPage } from './plan-state.ts';
import { changed, idle, type Resource } from './resource.ts';
import { type SchemaState, unknownSchema } from './schema-state.ts';

/** `unknown` until `/me` has answered once: until then neither the console nor the sign-in page may flash up. */
export type Session =
  | { readonly state: 'unknown' }
  | { readonly state: 'unreachable'; readonly reason: string }
  /** `expired` when a session was there and ended, so that the sign-in page can say so. */
  | { readonly state: 'signed-out'; readonly expired: boolean }
  | { readonly state: 'signed-in'; readonly me: Me };

export interface BackupPage {
  readonly id: string;
  readonly details: Resource<BackupDetails>;
  /** Deleted while it was open, by this person or another. */
  readonly deleted: boolean;
}

export interface OpenDatabase {
  readonly name: string;
  readonly connection: Connection;
  /** False until the first live message: before that an empty cache means nothing. */
  readonly synced: boolean;
  /** Null until the first snapshot. */
  readonly maintenance: MaintenanceStatus | null;
  readonly holds: Resource<HoldList>;
  readonly windows: Resource<readonly MaintenanceWindow[]>;
  readonly jobs: JobCache;
  readonly jobList: JobList;
  readonly jobPage: JobPage | null;
  readonly overview: Resource<Overview>;
  readonly tables: Resource<readonly TableStats[]>;
  readonly backups: Resource<BackupList>;
  readonly backupPage: BackupPage | null;
  readonly plans: Resource<readonly PlanSummary[]>;
  readonly planPage: PlanPage | null;
  readonly schema: SchemaState;
  readonly check: SqlCheck;
}

export interface ConsoleState {
  readonly session: Session;
  readonly databases: Resource<readonly DatabaseSummary[]>;
  readonly open: OpenDatabase | null;
  readonly tokens: Resource<readonly Token[]>;
  /** The linter's, with their pages. */
  readonly lintRules: Resource<readonly LintRule[]>;
  /** The audit trail that is on screen, or was last. */
  readonly audit: AuditTrail | null;
  /** What is typed and not saved, by `draftKey`: it outlives the page that it was typed on. */
  readonly drafts: Readonly<Record<string, DraftBuffer>>;
}

export const initialState: ConsoleState = {
  session: { state: 'unknown' },
  databases: idle,
  open: null,
  tokens: idle,
  lintRules: idle,
  audit: null,
  drafts: {},
};

export const newlyOpened = (name: string): OpenDatabase => ({
  name,
  connection: { state: 'connecting', attempt: 0, lastLiveMs: null },
  synced: false,
  maintenance: null,
  holds: idle,
  windows: idle,
  jobs: {},
  jobList: newJobList(NO_FILTER),
  jobPage: null,
  overview: idle,
  tables: idle,
  backups: idle,
  backupPage: null,
  plans: idle,
  planPage: null,
  schema: unknownSchema,
  check: NOTHING_TYPED,
});

/** The open job's current phase joins the phases seen, whichever way it was learnt. */
export function withOpenPhase(open: OpenDatabase): OpenDatabase {
  const job = open.jobPage === null ? undefined : open.jobs[open.jobPage.id];
  if (open.jobPage === null || job === undefined) return open;
  const jobPage = withPhase(open.jobPage, job.progress.phase);
  return jobPage === open.jobPage ? open : { ...open, jobPage };
}

function foldBackupPage(page: BackupPage | null, message: LiveMessage): BackupPage | null {
  if (page === null || message.type !== 'event') return page;
  if (deletedBackupId(message.event) === page.id) return { ...page, deleted: true };
  return { ...page, details: changed(page.details, (details) => foldBackupDetails(details, message.event)) };
}

function foldMaintenance(status: MaintenanceStatus | null, message: LiveMessage): MaintenanceStatus | null {
  if (message.type === 'snapshot') return message.maintenance ?? null;
  if (message.type !== 'event' || message.event.type !== 'maintenance.changed') return status;
  const { maintenance } = message.event.data;
  return typeof maintenance === 'object' && maintenance !== null && 'mode' in maintenance
    ? (maintenance as MaintenanceStatus)
    : status;
}

/**
 * Takes an answer of `GET` or `PUT D/maintenance`. It may be overtaken by the event of the same change, and says less than that: a fence
 * moves without a new version, and only the events keep its order.
 */
export function withMaintenance(open: OpenDatabase, answer: MaintenanceStatus): OpenDatabase {
  const known = open.maintenance;
  const isLive = open.synced && open.connection.state === 'live';
  if (known !== null && (known.version > answer.version || (known.version === answer.version && isLive))) return open;
  return { ...open, maintenance: answer };
}

/** Folds one message that `judge` let through. */
export function foldMessage(open: OpenDatabase, message: LiveMessage): OpenDatabase {
  const jobs = foldJobs(open.jobs, message);
  const maintenance = foldMaintenance(open.maintenance, message);
  const synced = open.synced || message.type === 'snapshot' || message.type === 'resumed';
  if (message.type !== 'event') return withOpenPhase({ ...open, synced, jobs, maintenance });
  return withOpenPhase({
    ...open,
    synced,
    jobs,
    maintenance,
    jobPage: open.jobPage === null ? null : foldJobPage(open.jobPage, message.event),
    backups: changed(open.backups, (list) => foldBackups(list, message.event)),
    backupPage: foldBackupPage(open.backupPage, message),
    plans: changed(open.plans, (list) => foldPlans(list, message.event)),
    planPage: foldPlanPage(open.planPage, message.event),
  });
}

/** Which of the loaded parts a message makes old. The live messages themselves carry jobs and backups, but not sizes and counts. */
export function outdatedBy(message: LiveMessage): {
  readonly overview: boolean;
  readonly tables: boolean;
  readonly lists: boolean;
  readonly holds: boolean;
  readonly schema: boolean;
} {
  const none = { overview: false, tables: false, lists: false, holds: false, schema: false };
  switch (message.type) {
    case 'snapshot':
      return { overview: true, tables: false, lists: true, holds: true, schema: true };
    case 'resumed':
      return { ...none, overview: true };
    case 'progress':
    case 'goodbye':
      return none;
    case 'event':
      break;
  }
  switch (message.event.type) {
    case 'tables.sampled':
      return { ...none, overview: true, tables: true };
    case 'schema.changed':
      return { ...none, overview: true, tables: true, schema: true };
    case 'job.succeeded':
      return { ...none, overview: true, tables: true };
    case 'job.started':
    case 'job.failed':
    case 'job.cancelled':
    case 'backup.created':
    case 'backup.updated':
    case 'backup.deleted':
      return { ...none, overview: true };
    case 'maintenance.changed':
      return { ...none, overview: true, holds: true };
    case 'job.queued':
    case 'job.step':
    case 'job.cancelling':
    case 'job.retried':
    case 'job.recovered':
    case 'plan.changed':
      return none;
  }
}
