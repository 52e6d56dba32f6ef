/**
 * The control plane of one database: a Durable Object named by its binding. A thin shell that keeps time, sends to the queue, sets the
 * alarm and feeds the sockets; the rules are in `kernel.ts` and below.
 */
import migrations from '../../db/control/migrations/migrations.js';
import * as schema from '../../db/control/schema.ts';
import { DATABASES } from '../../db/databases.ts';
import { anchorsOf, databasePrefix } from '../archive/anchors.ts';
import { auditLogState, mirror, newestLogged } from '../database/audit-log.ts';
import { d1Database } from '../database/d1.ts';
import { bindingOf, type Env } from '../env.ts';
import { log } from '../log.ts';
import { within } from '../patience.ts';
import { type By, SYSTEM } from '../protocol/audit.ts';
import type { BackupSummary } from '../protocol/backup.ts';
import type { TableStats } from '../protocol/database.ts';
import type { Job, JobError, JobKind, JobProgress, JobStep } from '../protocol/job.ts';
import type { HoldMode } from '../protocol/maintenance.ts';
import { Refusal } from '../protocol/problem.ts';
import { AuditKeeper, type Mirror } from './audit-keeper.ts';
import { AuditStore } from './audit-store.ts';
import { CatalogStore } from './catalog-store.ts';
import { DraftCommands } from './draft-commands.ts';
import { HoldStore } from './hold-store.ts';
import type { Draft } from './job-audit.ts';
import { toStep } from './job-rows.ts';
import { JobStore } from './job-store.ts';
import { Kernel, type Submission } from './kernel.ts';
import { Live } from './live.ts';
import { Maintenance } from './maintenance.ts';
import { openOwnDatabase } from './migrate.ts';
import type { PlanUse } from './plans.ts';
import { WindowStore } from './window-store.ts';
import { Windows } from './windows.ts';
import { type Answer, answer, type Brief, type EffectReport, type Standing, type StepReport } from './wire.ts';

/** The part of the Worker's environment that the control plane uses; the managed database's binding is found by name. */
type ControlEnv = Pick<Env, 'SLICES' | 'ARCHIVE'>;

const ALARM_SLACK_MS = 10_000;
/** Whoever shows the schema has to read it again after these. */
const CHANGES_SCHEMA: readonly JobKind[] = ['schema.sync', 'sample.seed'];
/** The runtime counts nanoseconds: an alarm in the year 9999 would be one in the past. */
const LONGEST_ALARM_MS = 30 * 86_400_000;
const SAMPLING_LEASE_MS = 60_000;
/** How long a job waits for a copy of audit entries to land before it is sent. */
const COPY_PATIENCE_MS = 2_000;

export class ControlPlane extends DraftCommands<ControlEnv> {
  private readonly live: Live;
  /** What the alarm was last set to; undefined: not known. */
  private alarmAt: number | null | undefined;
  private samplingUntil = 0;
  private keeper!: AuditKeeper;

  constructor(ctx: DurableObjectState, env: ControlEnv) {
    super(ctx, env);
    this.live = new Live(ctx);
    ctx.blockConcurrencyWhile(async () => {
      const db = await openOwnDatabase(ctx.storage, migrations, schema);
      this.store = new JobStore(db, ctx.storage);
      this.catalog = new CatalogStore(db);
      this.trail = new AuditStore(db, ctx.storage, this.name);
      this.planBook = this.openPlans(db);
      this.draftBook = this.openDrafts(db);
      this.kernel = new Kernel(
        this.store,
        this.name,
        (jobId, now) => this.maintenance.jobOver(jobId, now),
        this.trail,
        (jobId) => this.planBook.ofJob(jobId),
      );
      this.maintenance = new Maintenance(
        new HoldStore(db),
        this.store,
        (status, reason) => this.kernel.note('maintenance.changed', null, reason, { maintenance: status }, Date.now()),
        (draft, now) => this.trail.record(draft, now),
      );
      this.windows = new Windows(new WindowStore(db), this.maintenance, this.store, (draft, now) => this.trail.record(draft, now));
      this.keeper = new AuditKeeper(
        this.trail,
        () => anchorsOf(this.env.ARCHIVE, databasePrefix(this.name)),
        this.mirror(),
        this.name,
      );
      this.kernel.recover(Date.now());
      this.announceAndWake();
    });
  }

  // ---- commands of people ------------------------------------------------------------------------------------------

  async submit(submission: Submission, use: PlanUse | null = null): Promise<Answer<Job>> {
    return this.command((now) => (use ? this.submitPlanned(submission, use, now) : this.kernel.submit(submission, now)));
  }

  async cancel(jobId: string, by: By): Promise<Answer<Job>> {
    return this.command((now) => this.kernel.cancel(jobId, by, now));
  }

  async retry(jobId: string, by: By): Promise<Answer<Job>> {
    return this.command((now) => this.kernel.retry(jobId, by, now));
  }

  async deleteBackup(id: string, by: By): Promise<Answer<null>> {
    return this.command((now) =>
      this.store.atomically(() => {
        if (!this.catalog.deleteBackup(id)) throw new Refusal('backup_not_found', `There is no backup ${id} in ${this.name}.`);
        this.trail.record({ by, action: 'backup.deleted', target: id }, now);
        this.kernel.note('backup.deleted', null, `Deleted by ${by.actor}.`, { id }, now);
        return null;
      }),
    );
  }

  // ---- audit -------------------------------------------------------------------------------------------------------

  /** Something was read that leaves the house: a download, an export of the trail. */
  async recordReading(draft: Draft): Promise<void> {
    this.act((now) => this.trail.recordReading(draft, now));
  }

  /** Somebody may not. `key` tells repeats. */
  async recordDenial(key: string, draft: Draft): Promise<void> {
    this.act((now) => this.trail.recordDenial('member', key, draft, now));
  }

  // ---- figures -----------------------------------------------------------------------------------------------------

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
    return this.act((now) => {
      // Who has been replaced may still say how far it is: nobody listens.
      const { progress } = step;
      const seen = this.kernel.isOwner(jobId, epoch) ? this.book.measure(jobId, progress, now) : progress;
      return this.kernel.commit(jobId, epoch, { ...step, progress: seen }, now);
    });
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

  /** What has landed in the managed database and no step was committed after. */
  async effects(jobId: string, epoch: number, effects: readonly EffectReport[]): Promise<boolean> {
    return this.act((now) => this.kernel.effects(jobId, epoch, effects, now));
  }

  async pause(jobId: string, epoch: number): Promise<boolean> {
    return this.settle((now) => this.kernel.pause(jobId, epoch, now));
  }

  async succeed(jobId: string, epoch: number, result: string, progress: JobProgress, backup: string | null): Promise<boolean> {
    return this.settle((now) =>
      this.kernel.succeed(jobId, epoch, JSON.parse(result) as Record<string, unknown>, progress, now, () => {
        if (backup !== null) this.putBackup(JSON.parse(backup) as BackupSummary, jobId, now);
        const kind = this.store.byId(jobId)?.kind;
        if (kind !== undefined && CHANGES_SCHEMA.includes(kind))
          this.kernel.note('schema.changed', jobId, 'A job has changed the schema.', {}, now);
      }),
    );
  }

  /** The backup is in the catalog from now on, whatever becomes of the job. */
  async safetyBackup(jobId: string, epoch: number, summary: string): Promise<boolean> {
    const made = JSON.parse(summary) as BackupSummary;
    const put = (now: number) => () => {
      if (this.catalog.backup(made.id) === undefined) this.putBackup(made, jobId, now);
    };
    return this.act((now) => this.kernel.holding(jobId, epoch, now, put(now)));
  }

  private putBackup(summary: BackupSummary, jobId: string, now: number): void {
    // Another job than the one that made it only looks at it again: a backup that was deleted meanwhile stays deleted.
    if (summary.jobId !== jobId && this.catalog.backup(summary.id) === undefined) return;
    const what = this.catalog.putBackup(summary);
    const reason = what === 'created' ? 'A backup was made.' : 'A backup was looked at again.';
    this.kernel.note(`backup.${what}`, jobId, reason, { backup: summary }, now);
    const { consistency, gzipBytes, verification } = summary;
    this.trail.record(
      { by: SYSTEM, action: `backup.${what}`, target: summary.id, detail: { jobId, consistency, gzipBytes, verification } },
      now,
    );
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
    this.act((now) => this.store.atomically(() => this.trail.settleDenials(now)));
    await this.lookAround();
    await this.keeper.tend(new Date().toISOString().slice(0, 10), Date.now);
    if (this.maintenance.status(Date.now()).mode === 'off') await this.removeStrayFence();
  }

  private async lookAround(): Promise<void> {
    this.live.closeExpired(Date.now());
    this.moveHolds();
    await Promise.all([this.pump(), this.followMode()]);
  }

  protected override get managedDatabase() {
    return d1Database(bindingOf(this.env as Env, this.name));
  }

  /**
   * The copy of the audit trail in the managed database. Not while a job works there alone: an export must not see the database change under
   * its hands, and the job's own effects write their rows themselves.
   */
  private mirror(): Mirror | null {
    if (!DATABASES.some(({ binding }) => binding === this.name)) return null;
    const busy = () => this.store.active().some(({ lane }) => lane === 'exclusive');
    return {
      newest: async () => {
        if (busy()) return 'busy';
        return (await auditLogState(this.managedDatabase)) === 'foreign' ? 'foreign' : newestLogged(this.managedDatabase);
      },
      write: (rows) =>
        this.maintenance.whileFenceRests(async (up) => {
          if (busy()) return false;
          await mirror(this.managedDatabase, rows, up);
          return true;
        }),
    };
  }

  private async command<T>(work: (now: number) => T): Promise<Answer<T>> {
    return this.settle((now) => answer(() => work(now)));
  }

  /** Something that changes no dispatch. */
  protected override act<T>(work: (now: number) => T): T {
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
    const wakes = [
      this.store.nextWakeAt(),
      this.maintenance.nextWakeAt(Date.now()),
      this.windows.nextWakeAt(),
      this.live.nextEndAt(),
    ];
    const times = wakes.filter((at) => at !== null);
    const wakeAt = times.length === 0 ? null : Math.min(...times);
    // Leases move with every sign of life: a watchdog that looks a little early is cheaper than a write each time.
    const early =
      typeof this.alarmAt === 'number' && wakeAt !== null && this.alarmAt <= wakeAt && wakeAt - this.alarmAt < ALARM_SLACK_MS;
    if (this.keeper.isDue(Date.now())) this.ctx.waitUntil(this.keeper.tend(null, Date.now));
    if (wakeAt === this.alarmAt || early) return;
    this.alarmAt = wakeAt;
    // Set before anything is sent: should this object die now, the alarm sends it.
    if (wakeAt === null) void this.ctx.storage.deleteAlarm();
    else void this.ctx.storage.setAlarm(Math.min(Math.max(wakeAt, Date.now()), Date.now() + LONGEST_ALARM_MS));
  }

  private async pump(): Promise<void> {
    const messages = this.kernel.due(Date.now());
    // A copy of the trail that is on its way must not land in the middle of the job.
    if (messages.length > 0) await within(COPY_PATIENCE_MS, this.keeper.quiet());
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
    const response = this.live.accept(request, (after) => this.firstMessages(after));
    this.announceAndWake();
    return response;
  }

  /** What opened them is gone: closed with 4401. Answers how many there were. */
  async closeSockets(tag: string): Promise<number> {
    return this.live.close(tag);
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
