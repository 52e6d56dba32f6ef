/** One invented database behind the fake server: jobs that run by a timer, backups that appear, events that tell of it. */
import type { BackupDetails, BackupSummary } from '../../worker/protocol/backup.ts';
import type { Figure, Overview } from '../../worker/protocol/database.ts';
import type { Job, JobKind, JobStep } from '../../worker/protocol/job.ts';
import { FakeAudit } from './fake-audit.ts';
import { FakeLive } from './fake-live.ts';
import { FakeMaintenance } from './fake-maintenance.ts';
import { FakePlans } from './fake-plans.ts';
import { FakeSchema } from './fake-schema.ts';
import { fakeBackup, fakeBackups, fakeHistory, fakeJob, fakeJobs, fakeNotes, fakeTables, iso } from './fixtures.ts';

export type Scenario = 'full' | 'empty' | 'down';
const LAST = { succeeded: 'job.succeeded', failed: 'job.failed', cancelled: 'job.cancelled' } as const;
export const summaryOf = ({ manifest: _manifest, ...summary }: BackupDetails): BackupSummary => summary;

export class FakeDatabase {
  readonly name: string;
  readonly displayName: string;
  scenario: Scenario;
  extraTables = 0;
  /** Tables that a job has cleared. */
  readonly emptied = new Set<string>();
  jobs: Job[];
  backups: BackupDetails[];
  readonly steps = new Map<string, JobStep[]>();
  readonly live: FakeLive;
  readonly maintenance: FakeMaintenance;
  readonly audit: FakeAudit;
  readonly plans: FakePlans;
  readonly schema: FakeSchema;
  readonly keys = new Map<string, Job>();
  private readonly timers = new Map<string, ReturnType<typeof setInterval>>();
  private made = 0;

  constructor(name: string, displayName: string, scenario: Scenario) {
    const now = Date.now();
    this.name = name;
    this.displayName = displayName;
    this.scenario = scenario;
    this.jobs = scenario === 'empty' ? [] : fakeJobs(now).map((job) => ({ ...job, database: name }));
    this.backups = scenario === 'empty' ? [] : fakeBackups(now);
    this.live = new FakeLive(name, () => this.jobs);
    this.audit = new FakeAudit(name, scenario === 'empty' ? 0 : 130);
    this.plans = new FakePlans(this.live, name);
    this.schema = new FakeSchema(this.live, this.plans, name, scenario === 'empty');
    this.maintenance = new FakeMaintenance(this.live, now, scenario === 'empty' ? 0 : 64);
    for (const job of this.jobs.slice(0, 6)) this.invented(job);
  }

  private invented(job: Job): void {
    this.steps.set(
      job.id,
      Array.from({ length: 120 }, (_, n) => ({
        n,
        name: n === 0 ? 'plan' : `chunk-${n}`,
        at: job.createdAt,
        attempt: 1,
        detail: n === 0 ? { tables: 18 } : { sha256: 'c0ffee'.repeat(10), gzipBytes: 51_000 + n, rows: 1_190 },
      })),
    );
    this.live.record('job.queued', job.id, 'ordered by owner', { job });
    this.live.record('job.started', job.id, 'its turn has come', { job });
  }

  overview(): Overview {
    const empty = this.scenario === 'empty' && !this.jobs.some(({ status }) => status === 'succeeded');
    const down = this.scenario === 'down';
    const now = Date.now();
    return {
      database: { name: this.name, displayName: this.displayName, sample: true, mode: this.live.maintenance.mode },
      connection: down
        ? {
            state: 'down',
            code: 'database_unreachable',
            message: 'Network connection lost.',
            hint: 'It is tried again by itself. If it lasts, look at Cloudflare’s status page.',
          }
        : { state: 'up', latencyMs: 1.8 },
      sizeBytes: down ? null : empty ? 12_288 : 14_671_872,
      sizeLimitBytes: 10_000_000_000,
      tables: down ? null : empty ? 0 : 18 + this.extraTables,
      rows: down ? null : { value: empty ? 0 : 142_318, exact: empty, takenAt: iso(now - 240_000), method: 'count(*)' },
      mode: this.live.maintenance.mode,
      runningJob: this.jobs.find(({ status }) => status === 'running' || status === 'cancelling') ?? null,
      queuedJobs: this.jobs.filter(({ status }) => status === 'queued').length,
      lastBackup: this.backups[0] === undefined ? null : summaryOf(this.backups[0]),
      history: empty ? [] : fakeHistory(now),
      notes: fakeNotes,
      takenAt: iso(now),
    };
  }

  tables() {
    const tables = this.scenario === 'empty' ? [] : fakeTables(Date.now(), this.extraTables);
    const none = (rows: Figure | null): Figure | null => (rows === null ? null : { ...rows, value: 0, exact: true });
    return tables.map((table) => (this.emptied.has(table.name) ? { ...table, rows: none(table.rows) } : table));
  }

  submit(kind: JobKind, params: Record<string, unknown>, key: string): Job {
    const before = this.keys.get(key);
    if (before !== undefined) return before;
    this.made += 1;
    const job = fakeJob(`job_1${String(this.made).padStart(3, '0')}`, kind, 'queued', Date.now(), {
      database: this.name,
      params,
      progress: { phase: 'queued', done: 0, total: null, unit: 'rows' },
    });
    this.keys.set(key, job);
    this.jobs.unshift(job);
    this.live.record('job.queued', job.id, 'ordered by owner', { job });
    return job;
  }

  /** A test that wants every step in its own hands sets this to false and calls `start`, `advance` and `end`. */
  running = true;

  start(job: Job): void {
    this.change(job, {
      status: 'running',
      reason: 'its turn has come',
      startedAt: iso(Date.now()),
      progress: {
        phase: job.kind === 'table.clear' ? 'backup' : 'rows',
        done: 0,
        total: 142_318,
        unit: 'rows',
        bytes: 0,
        ratePerSecond: null,
        secondsLeft: null,
      },
    });
    this.live.record('job.started', job.id, job.reason, { job });
    if (job.kind === 'table.clear')
      this.maintenance.holdForJob(job.id, 'read-only', 'Nobody may add rows while the table is cleared.');
    if (!this.running) return;
    this.timers.set(
      job.id,
      setInterval(() => (job.progress.done >= 142_318 ? this.end(job, 'succeeded') : this.advance(job, 3_100)), 250),
    );
  }

  advance(job: Job, rows: number): void {
    const total = 142_318;
    const done = Math.min(total, job.progress.done + rows);
    this.change(job, {
      progress: { ...job.progress, done, total, bytes: done * 172, ratePerSecond: 12_400, secondsLeft: (total - done) / 12_400 },
    });
    if (job.kind === 'table.clear' && job.progress.phase === 'backup' && done * 2 > total) {
      job.progress.phase = 'remove';
      if (job.params.safetyBackup !== false) this.backedUp(job);
    }
    this.live.progress(job);
    const steps = this.steps.get(job.id) ?? [];
    if (done < (steps.length + 1) * 20_000) return;
    const step: JobStep = {
      n: steps.length,
      name: steps.length === 0 ? 'plan' : `chunk-${steps.length}`,
      at: iso(Date.now()),
      attempt: job.attempt,
      detail: { rows: done },
    };
    this.steps.set(job.id, [...steps, step]);
    this.live.record('job.step', job.id, `step ${step.n} committed`, { job, step });
  }

  end(job: Job, status: 'succeeded' | 'failed' | 'cancelled'): void {
    clearInterval(this.timers.get(job.id));
    if (status === 'succeeded') this.effect(job);
    this.change(job, {
      status,
      finishedAt: iso(Date.now()),
      reason: status === 'succeeded' ? 'every step is done' : `ended: ${status}`,
    });
    this.live.record(LAST[status], job.id, job.reason, { job });
  }

  stop(): void {
    for (const timer of this.timers.values()) clearInterval(timer);
    for (const socket of this.live.sockets) socket.cut();
  }

  change(job: Job, change: Partial<Job>): void {
    Object.assign(job, change);
  }

  private backedUp(job: Job): BackupDetails {
    const backup = fakeBackup(`bk_${job.id}`, Date.now(), { jobId: job.id });
    this.backups.unshift(backup);
    this.live.record('backup.created', job.id, 'an export ended', { backup: summaryOf(backup) });
    return backup;
  }

  private cleared(job: Job): void {
    const plan = this.plans.ofJob(job.id);
    const removed = Object.fromEntries((plan?.predicted.tables ?? []).map(({ table, removed: rows }) => [table, rows]));
    for (const table of Object.keys(removed)) this.emptied.add(table);
    const safetyBackupId = this.backups.find(({ jobId }) => jobId === job.id)?.id ?? null;
    this.change(job, { result: { removed, rowsPerSecond: 41_200, safetyBackupId } });
    this.maintenance.jobOver(job.id);
  }

  private effect(job: Job): void {
    if (job.kind === 'sample.seed') this.scenario = 'full';
    if (job.kind === 'table.clear') this.cleared(job);
    const plan = job.kind === 'schema.sync' ? this.plans.ofJob(job.id) : undefined;
    if (plan !== undefined) this.schema.apply(plan);
    if (job.kind === 'database.export') {
      const backup = this.backedUp(job);
      this.change(job, {
        result: {
          backupId: backup.id,
          rows: backup.rows,
          sqlBytes: backup.sqlBytes,
          gzipBytes: backup.gzipBytes,
          consistency: backup.consistency,
        },
      });
    }
    const verified = this.backups.find(({ id }) => job.kind === 'backup.verify' && id === job.params.backupId);
    if (verified === undefined) return;
    verified.verification = { state: 'verified', at: iso(Date.now()), tookMs: 4_000 };
    this.live.record('backup.updated', job.id, 'a verification ended', { backup: summaryOf(verified) });
  }
}
