/**
 * What a control plane can be asked: every read, for the API, the overview and the sockets. Nothing here changes anything. A base class,
 * because RPC reaches only the methods of the object itself.
 */
import { DurableObject } from 'cloudflare:workers';
import type { Anchor, Checked } from '../core/audit/chain.ts';
import type { AuditEntry, AuditFilter } from '../protocol/audit.ts';
import type { BackupSummary } from '../protocol/backup.ts';
import type { HistoryPoint, Mode, TableStats } from '../protocol/database.ts';
import type { Job, JobStep } from '../protocol/job.ts';
import type { Page } from '../protocol/list.ts';
import type { Event, LiveMessage } from '../protocol/live.ts';
import type { Hold, MaintenanceStatus, MaintenanceWindow } from '../protocol/maintenance.ts';
import { Refusal } from '../protocol/problem.ts';
import type { AuditStore, CheckAnswer } from './audit-store.ts';
import type { CatalogStore } from './catalog-store.ts';
import { toJob, toStep } from './job-rows.ts';
import type { JobFilter, JobStore } from './job-store.ts';
import type { Kernel } from './kernel.ts';
import { type Maintenance, toHold } from './maintenance.ts';
import { ProgressBook } from './progress-book.ts';
import type { Windows } from './windows.ts';
import { type Answer, answer } from './wire.ts';

const SNAPSHOT_FINISHED_JOBS = 20;
const RESUME_LIMIT = 1_000;
/** Entries that one call checks: the object answers others between two calls. */
const AUDIT_CHECK_PAGE = 2_000;

export abstract class ControlQuestions<E> extends DurableObject<E> {
  protected readonly book = new ProgressBook();
  protected store!: JobStore;
  protected catalog!: CatalogStore;
  protected kernel!: Kernel;
  protected maintenance!: Maintenance;
  protected windows!: Windows;
  protected trail!: AuditStore;

  protected get name(): string {
    return this.ctx.id.name ?? 'unnamed';
  }

  async job(jobId: string): Promise<Answer<{ job: Job; steps: JobStep[]; stepCount: number }>> {
    return answer(() => ({
      job: this.book.overlay(this.kernel.job(jobId)),
      steps: this.store.latestSteps(jobId, 20).map(toStep),
      stepCount: this.store.stepCount(jobId),
    }));
  }

  async jobs(filter: JobFilter, before: number | null, limit: number): Promise<Page<Job>> {
    const rows = this.store.list(filter, before, limit + 1);
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return {
      items: rows.slice(0, limit).map((row) => this.book.overlay(toJob(row, this.name))),
      nextCursor: last ? String(last.n) : null,
    };
  }

  async steps(jobId: string, after: number, limit: number): Promise<Answer<Page<JobStep>>> {
    return answer(() => {
      this.kernel.job(jobId);
      const rows = this.store.steps(jobId, after, limit + 1);
      return { items: rows.slice(0, limit).map(toStep), nextCursor: rows.length > limit ? String(rows[limit - 1]?.n) : null };
    });
  }

  async events(jobId: string, after: number, limit: number): Promise<Answer<Page<Event>>> {
    return answer(() => {
      this.kernel.job(jobId);
      const found = this.store.eventsOfJob(jobId, after, limit + 1);
      return { items: found.slice(0, limit), nextCursor: found.length > limit ? String(found[limit - 1]?.seq) : null };
    });
  }

  async backups(before: { at: number; id: string } | null, limit: number): Promise<Page<BackupSummary>> {
    const found = this.catalog.listBackups(before, limit + 1);
    const last = found.length > limit ? found[limit - 1] : undefined;
    return { items: found.slice(0, limit), nextCursor: last ? `${Date.parse(last.createdAt)}~${last.id}` : null };
  }

  async backup(id: string): Promise<Answer<BackupSummary>> {
    return answer(() => {
      const found = this.catalog.backup(id);
      if (!found) throw new Refusal('backup_not_found', `There is no backup ${id} in ${this.name}.`);
      return found;
    });
  }

  /** The id of the newest backup of all tables. */
  async newestWholeBackup(): Promise<string | null> {
    return this.catalog.newestWholeBackup();
  }

  async maintenanceStatus(): Promise<MaintenanceStatus> {
    return this.maintenance.status(Date.now());
  }

  async holds(before: number | null, limit: number): Promise<Page<Hold>> {
    const rows = this.maintenance.history(before, limit + 1);
    return { items: rows.slice(0, limit).map(toHold), nextCursor: rows.length > limit ? String(rows[limit - 1]?.n) : null };
  }

  /** Oldest first; `after` is the number of the last one seen. */
  async maintenanceWindows(after: number, limit: number): Promise<Page<MaintenanceWindow>> {
    const found = this.windows.list(after, limit + 1, Date.now());
    const next = found.length > limit ? String(found[limit - 1]?.n) : null;
    return { items: found.slice(0, limit).map(({ window }) => window), nextCursor: next };
  }

  /** What the overview needs of our own tables, in one call. */
  async summary(): Promise<{
    running: Job | null;
    queued: number;
    lastBackup: BackupSummary | null;
    history: HistoryPoint[];
    mode: Mode;
  }> {
    const active = this.store.active();
    const first = active.find((row) => row.lane === 'exclusive') ?? active[0];
    return {
      running: first ? this.book.overlay(toJob(first, this.name)) : null,
      queued: this.store.queued().length,
      lastBackup: this.catalog.listBackups(null, 1)[0] ?? null,
      history: this.catalog.history(),
      mode: this.maintenance.status(Date.now()).mode,
    };
  }

  async hasKey(idempotencyKey: string): Promise<boolean> {
    return this.store.byIdempotencyKey(idempotencyKey) !== undefined;
  }

  async tables(): Promise<{ tables: TableStats[]; sampledAt: number | null; facts: string | null }> {
    const sample = this.catalog.lastSample();
    return { tables: this.catalog.tables(), sampledAt: sample?.at ?? null, facts: sample?.facts ?? null };
  }

  // ---- audit -------------------------------------------------------------------------------------------------------

  /** Newest first; `before` is the number of the last one seen. */
  async auditEntries(filter: AuditFilter, before: number | null, limit: number): Promise<Page<AuditEntry>> {
    return this.trail.list(filter, before, limit);
  }

  /** Goes on with a check; call it until `done`. `anchors`: those beyond what is checked. */
  async auditCheck(checked: Checked, anchors: readonly Anchor[]): Promise<CheckAnswer> {
    return this.trail.check(checked, anchors, AUDIT_CHECK_PAGE);
  }

  /** The number of the newest entry that has an anchor, as noted here. */
  async auditAnchored(): Promise<number> {
    return this.trail.head().anchored;
  }

  // ---- live --------------------------------------------------------------------------------------------------------

  protected firstMessages(after: number | null): LiveMessage[] {
    const missed = after === null ? null : this.store.eventsAfter(after, RESUME_LIMIT + 1);
    const seq = this.store.last('event');
    if (missed === null || missed.length > RESUME_LIMIT)
      return [
        { type: 'snapshot', database: this.name, seq, jobs: this.currentJobs(), maintenance: this.maintenance.status(Date.now()) },
      ];
    return [{ type: 'resumed', database: this.name, seq }, ...missed.map((event): LiveMessage => ({ type: 'event', event }))];
  }

  private currentJobs(): Job[] {
    const open = [...this.store.queued(), ...this.store.active()];
    const finished = this.store.list({ statuses: ['succeeded', 'failed', 'cancelled'] }, null, SNAPSHOT_FINISHED_JOBS);
    return [...open, ...finished].sort((a, b) => b.n - a.n).map((row) => this.book.overlay(toJob(row, this.name)));
  }
}
