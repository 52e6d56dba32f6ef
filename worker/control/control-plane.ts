/**
 * The control plane of one database: a Durable Object named by its binding. A thin shell that keeps time, sends to the queue, sets the
 * alarm and feeds the sockets; the rules are in `kernel.ts` and below.
 */
import { DurableObject } from 'cloudflare:workers';
import migrations from '../../db/control/migrations/migrations.js';
import * as schema from '../../db/control/schema.ts';
import { d1Database } from '../database/d1.ts';
import { fenceState, lowerFence, raiseFence } from '../database/fence.ts';
import { bindingOf, type Env } from '../env.ts';
import { log } from '../log.ts';
import type { BackupSummary } from '../protocol/backup.ts';
import type { HistoryPoint, Mode, TableStats } from '../protocol/database.ts';
import type { Job, JobError, JobProgress, JobStep } from '../protocol/job.ts';
import type { Page } from '../protocol/list.ts';
import type { Event, LiveMessage } from '../protocol/live.ts';
import type { Hold, HoldMode, MaintenanceRequest, MaintenanceStatus } from '../protocol/maintenance.ts';
import { Refusal } from '../protocol/problem.ts';
import { CatalogStore } from './catalog-store.ts';
import { HoldStore } from './hold-store.ts';
import { toJob, toStep } from './job-rows.ts';
import { type JobFilter, JobStore } from './job-store.ts';
import { Kernel, type Submission } from './kernel.ts';
import { Live } from './live.ts';
import { Maintenance, toHold } from './maintenance.ts';
import { openOwnDatabase } from './migrate.ts';
import { ProgressBook } from './progress-book.ts';
import { type Answer, answer, type Brief, type Standing, type StepReport } from './wire.ts';

/** The part of the Worker's environment that the control plane uses; the managed database's binding is found by name. */
type ControlEnv = Pick<Env, 'SLICES'>;

const SNAPSHOT_FINISHED_JOBS = 20;
const RESUME_LIMIT = 1_000;
const ALARM_SLACK_MS = 10_000;
const SAMPLING_LEASE_MS = 60_000;

export class ControlPlane extends DurableObject<ControlEnv> {
  private readonly live: Live;
  private readonly book = new ProgressBook();
  /** What the alarm was last set to; undefined: not known. */
  private alarmAt: number | null | undefined;
  private samplingUntil = 0;
  private store!: JobStore;
  private catalog!: CatalogStore;
  private kernel!: Kernel;
  private maintenance!: Maintenance;

  constructor(ctx: DurableObjectState, env: ControlEnv) {
    super(ctx, env);
    this.live = new Live(ctx);
    ctx.blockConcurrencyWhile(async () => {
      const db = await openOwnDatabase(ctx.storage, migrations, schema);
      this.store = new JobStore(db, ctx.storage);
      this.catalog = new CatalogStore(db);
      this.kernel = new Kernel(this.store, this.name, (jobId, now) => this.maintenance.jobOver(jobId, now));
      this.maintenance = new Maintenance(new HoldStore(db), this.store, (status, reason) =>
        this.kernel.note('maintenance.changed', null, reason, { maintenance: status }, Date.now()),
      );
      this.kernel.recover(Date.now());
      this.announceAndWake();
    });
  }

  private get name(): string {
    return this.ctx.id.name ?? 'unnamed';
  }

  // ---- commands of people ------------------------------------------------------------------------------------------

  async submit(submission: Submission): Promise<Answer<Job>> {
    return this.command((now) => this.kernel.submit(submission, now));
  }

  async cancel(jobId: string, actor: string): Promise<Answer<Job>> {
    return this.command((now) => this.kernel.cancel(jobId, actor, now));
  }

  async retry(jobId: string, actor: string): Promise<Answer<Job>> {
    return this.command((now) => this.kernel.retry(jobId, actor, now));
  }

  async deleteBackup(id: string, actor: string): Promise<Answer<null>> {
    return this.command((now) => {
      if (!this.catalog.deleteBackup(id)) throw new Refusal('backup_not_found', `There is no backup ${id} in ${this.name}.`);
      this.kernel.note('backup.deleted', null, `Deleted by ${actor}.`, { id }, now);
      return null;
    });
  }

  /** Sets the mode and waits until the fence has followed, or has said why it could not. */
  async setMaintenance(request: MaintenanceRequest, actor: string): Promise<Answer<MaintenanceStatus>> {
    const answered = this.act((now) => answer(() => this.store.atomically(() => this.maintenance.set(request, actor, now))));
    if (!answered.ok) return answered;
    await this.followMode();
    return { ok: true, value: this.maintenance.status(Date.now()) };
  }

  // ---- questions ---------------------------------------------------------------------------------------------------

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

  async maintenanceStatus(): Promise<MaintenanceStatus> {
    return this.maintenance.status(Date.now());
  }

  async holds(before: number | null, limit: number): Promise<Page<Hold>> {
    const rows = this.maintenance.history(before, limit + 1);
    return { items: rows.slice(0, limit).map(toHold), nextCursor: rows.length > limit ? String(rows[limit - 1]?.n) : null };
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

  /** The right to take figures now, with what is known so far; null when somebody else does it, or they are younger than `freshMs`. */
  async claimSampling(freshMs: number): Promise<{ tables: TableStats[]; lastBackupId: string | null } | null> {
    const now = Date.now();
    const last = this.catalog.lastSample()?.at ?? 0;
    if (this.samplingUntil > now || now - last < freshMs) return null;
    this.samplingUntil = now + SAMPLING_LEASE_MS;
    return { tables: this.catalog.tables(), lastBackupId: this.catalog.listBackups(null, 1)[0]?.id ?? null };
  }

  async releaseSampling(): Promise<void> {
    this.samplingUntil = 0;
  }

  async putTables(tables: TableStats[], sizeBytes: number, rows: number, facts: string): Promise<void> {
    this.samplingUntil = 0;
    this.act((now) => {
      this.store.atomically(() => this.catalog.putTables(tables, { at: now, sizeBytes, rows, facts }));
      this.kernel.note('tables.sampled', null, 'New figures were taken.', {}, now);
    });
  }

  // ---- executors ---------------------------------------------------------------------------------------------------

  async begin(jobId: string, ticket: number): Promise<Brief | null> {
    return this.act((now) => this.kernel.begin(jobId, ticket, now));
  }

  async commit(jobId: string, epoch: number, step: StepReport): Promise<Standing> {
    return this.act((now) =>
      this.kernel.commit(jobId, epoch, { ...step, progress: this.book.measure(jobId, step.progress, now) }, now),
    );
  }

  async alive(jobId: string, epoch: number, progress: JobProgress | null): Promise<Standing> {
    return this.act((now) => {
      const standing = this.kernel.alive(jobId, epoch, now);
      if (progress !== null && standing !== 'stale') this.live.progress(jobId, this.book.measure(jobId, progress, now), now);
      return standing;
    });
  }

  /** The job takes a hold and waits until the fence is up; it ends with the job. */
  async hold(jobId: string, epoch: number, mode: HoldMode, reason: string): Promise<'held' | 'stale' | { failed: string }> {
    const owned = this.act((now) =>
      this.kernel.holding(jobId, epoch, now, () => this.maintenance.holdForJob(jobId, mode, reason, now)),
    );
    if (!owned) return 'stale';
    await this.followMode();
    const { state, detail } = this.maintenance.status(Date.now()).fence;
    return state === 'up' ? 'held' : { failed: detail ?? `the fence is ${state}` };
  }

  async allSteps(jobId: string, after: number): Promise<JobStep[]> {
    return this.store.steps(jobId, after, 500).map(toStep);
  }

  async pause(jobId: string, epoch: number): Promise<boolean> {
    return this.settle((now) => this.kernel.pause(jobId, epoch, now));
  }

  async succeed(jobId: string, epoch: number, result: string, progress: JobProgress, backup: string | null): Promise<boolean> {
    return this.settle((now) =>
      this.kernel.succeed(jobId, epoch, JSON.parse(result) as Record<string, unknown>, progress, now, () => {
        if (backup !== null) this.putBackup(JSON.parse(backup) as BackupSummary, jobId, now);
      }),
    );
  }

  private putBackup(summary: BackupSummary, jobId: string, now: number): void {
    const what = this.catalog.putBackup(summary);
    const reason = what === 'created' ? 'A backup was made.' : 'A backup was looked at again.';
    this.kernel.note(`backup.${what}`, jobId, reason, { backup: summary }, now);
  }

  async stopped(jobId: string, epoch: number): Promise<boolean> {
    return this.settle((now) => this.kernel.stopped(jobId, epoch, now));
  }

  async stumble(jobId: string, epoch: number, error: JobError): Promise<boolean> {
    return this.settle((now) => this.kernel.stumble(jobId, epoch, error, now));
  }

  async epochBehind(jobId: string, epoch: number, found: number): Promise<boolean> {
    return this.settle((now) => this.kernel.epochBehind(jobId, epoch, found, now));
  }

  async deadLetter(jobId: string, ticket: number, why: string): Promise<boolean> {
    return this.settle((now) => this.kernel.deadLetter(jobId, ticket, why, now));
  }

  // ---- time --------------------------------------------------------------------------------------------------------

  /** The watchdog: sends what is due, replaces executors that were lost. */
  override async alarm(): Promise<void> {
    this.alarmAt = undefined;
    await this.lookAround();
  }

  /** From cron: wakes the object, so that nothing hangs even if an alarm was lost, and takes away a fence that nobody asks for. */
  async wake(): Promise<void> {
    await this.lookAround();
    if (this.maintenance.status(Date.now()).mode === 'off') await this.removeStrayFence();
  }

  private async lookAround(): Promise<void> {
    this.act((now) => this.store.atomically(() => this.maintenance.expire(now)));
    await Promise.all([this.pump(), this.followMode()]);
  }

  // ---- the fence ---------------------------------------------------------------------------------------------------

  private get managedDatabase() {
    return d1Database(bindingOf(this.env as Env, this.name));
  }

  private async followMode(): Promise<void> {
    await this.maintenance.settleFence(
      { raise: async () => raiseFence(this.managedDatabase), lower: async () => lowerFence(this.managedDatabase) },
      Date.now,
    );
    this.announceAndWake();
  }

  /** Left behind by a control plane whose storage is gone. */
  private async removeStrayFence(): Promise<void> {
    const { up, triggers } = await fenceState(this.managedDatabase);
    if (!up && triggers === 0) return;
    log('warn', 'a fence that nobody asks for is taken away', { database: this.name });
    await lowerFence(this.managedDatabase);
  }

  private async command<T>(work: (now: number) => T): Promise<Answer<T>> {
    return this.settle((now) => answer(() => work(now)));
  }

  /** Something that changes no dispatch. */
  private act<T>(work: (now: number) => T): T {
    const result = work(Date.now());
    this.announceAndWake();
    return result;
  }

  /** Something after which a slice may be due. */
  private async settle<T>(work: (now: number) => T): Promise<T> {
    const result = this.act(work);
    await this.pump();
    // A job that is over gives its hold back: the fence goes with it, whoever waits for this answer.
    if (!this.maintenance.isSettled(Date.now())) this.ctx.waitUntil(this.followMode());
    return result;
  }

  private announceAndWake(): void {
    this.live.events(this.kernel.takeEvents());
    const times = [this.store.nextWakeAt(), this.maintenance.nextWakeAt(Date.now())].filter((at) => at !== null);
    const wakeAt = times.length === 0 ? null : Math.min(...times);
    // Leases move with every sign of life: a watchdog that looks a little early is cheaper than a write each time.
    const early =
      typeof this.alarmAt === 'number' && wakeAt !== null && this.alarmAt <= wakeAt && wakeAt - this.alarmAt < ALARM_SLACK_MS;
    if (wakeAt === this.alarmAt || early) return;
    this.alarmAt = wakeAt;
    // Set before anything is sent: should this object die now, the alarm sends it.
    if (wakeAt === null) void this.ctx.storage.deleteAlarm();
    else void this.ctx.storage.setAlarm(Math.max(wakeAt, Date.now()));
  }

  private async pump(): Promise<void> {
    const messages = this.kernel.due(Date.now());
    for (const message of messages) {
      try {
        await this.env.SLICES.send(message);
        this.kernel.sent(message, Date.now());
      } catch (error) {
        log('error', 'queue send failed', { database: message.database, jobId: message.jobId, error });
        this.kernel.notSent(message, error instanceof Error ? error.message : String(error), Date.now());
      }
    }
    this.announceAndWake();
  }

  // ---- live --------------------------------------------------------------------------------------------------------

  /** Only the API calls this, after it has checked who is there. */
  override async fetch(request: Request): Promise<Response> {
    if (request.headers.get('Upgrade') !== 'websocket') return new Response('Not a WebSocket', { status: 426 });
    const after = new URL(request.url).searchParams.get('after');
    const credential = request.headers.get('X-Lockkeeper-Credential') ?? '';
    return this.live.accept(this.firstMessages(after === null ? null : Number(after)), credential);
  }

  private firstMessages(after: number | null): LiveMessage[] {
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

  async goodbye(reason: string, reconnectAfterMs: number): Promise<number> {
    return this.live.goodbye(reason, reconnectAfterMs);
  }

  override async webSocketMessage(): Promise<void> {
    // Pings are answered by the runtime; clients have nothing else to say.
  }

  override async webSocketError(): Promise<void> {
    // The runtime closes it; the client comes back with its last number.
  }
}
