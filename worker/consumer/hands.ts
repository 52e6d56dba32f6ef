/** A task's hands: what it may do to the control plane and to the managed database, for one slice of one executor. */
import type { Brief, EffectReport, Standing, StepReport } from '../control/wire.ts';
import { sqlDigest } from '../core/audit/entry.ts';
import { AUDIT_LOGS, auditLogState, CREATE_AUDIT_LOGS, effectLog, type LogState } from '../database/audit-log.ts';
import type { Database, Statement } from '../database/database.ts';
import type { Expectations } from '../database/expect.ts';
import { type Claim, claim, type Effect, effectOnce, hasLanded } from '../database/guarded.ts';
import type { BackupSummary } from '../protocol/backup.ts';
import type { JobProgress, JobStep } from '../protocol/job.ts';
import type { HoldMode } from '../protocol/maintenance.ts';
import { Refusal } from '../protocol/problem.ts';
import { type Hands, type Json, StaleExecutor, type StepRecord, type Verdict } from '../tasks/task.ts';
import type { Persist } from './retry.ts';

/** The part of the control plane that an executor speaks to. */
export interface ControlForExecutors {
  begin(jobId: string, ticket: number): Promise<Brief | null>;
  commit(jobId: string, epoch: number, step: StepReport): Promise<Standing>;
  alive(jobId: string, epoch: number, progress: JobProgress | null): Promise<Standing>;
  allSteps(jobId: string, after: number): Promise<JobStep[]>;
  pause(jobId: string, epoch: number): Promise<boolean>;
  succeed(jobId: string, epoch: number, result: string, progress: JobProgress, backup: string | null): Promise<boolean>;
  stopped(jobId: string, epoch: number): Promise<boolean>;
  stumble(
    jobId: string,
    epoch: number,
    error: { code: string; message: string; hint: string; retryable: boolean },
  ): Promise<boolean>;
  epochBehind(jobId: string, epoch: number, found: number): Promise<boolean>;
  effects(jobId: string, epoch: number, effects: readonly EffectReport[]): Promise<boolean>;
  hold(jobId: string, epoch: number, mode: HoldMode, reason: string): Promise<'held' | 'stale' | { failed: string }>;
  safetyBackup(jobId: string, epoch: number, summary: string): Promise<boolean>;
}

/** A slice ends after this much work, at the next commit: far below what an invocation may use. */
export interface Budget {
  readonly wallMs: number;
  /** D1 allows 1,000 calls for each invocation. */
  readonly calls: number;
}
export const SLICE_BUDGET: Budget = { wallMs: 20_000, calls: 600 };

const REPORT_EVERY_MS = 250;
/** A long statement reports nothing; this keeps the lease meanwhile. */
const HEARTBEAT_MS = 3_000;

export class SliceHands<Cursor extends Json> implements Hands<Cursor> {
  private n: number;
  private latest: JobProgress;
  private lastReportAt = 0;
  private stale = false;
  private claimed = false;
  /** Whether the managed database has a table for the copy of the audit trail; null: not known. */
  private logState: LogState | null = null;
  /** Landed since the last commit, and not yet in the audit trail. */
  private landedEffects: EffectReport[] = [];
  private readonly startedAt: number;
  private readonly heartbeat: ReturnType<typeof setInterval>;

  constructor(
    private readonly brief: Brief,
    private readonly control: () => ControlForExecutors,
    private readonly database: Database & { readonly calls: number },
    private readonly budget: Budget,
    start: JobProgress,
    private readonly persist: Persist,
  ) {
    this.n = brief.nextStep;
    this.latest = start;
    this.startedAt = Date.now();
    this.heartbeat = setInterval(() => this.report(null), HEARTBEAT_MS);
  }

  /** Ends the signs of life. */
  drop(): void {
    clearInterval(this.heartbeat);
  }

  get lastProgress(): JobProgress {
    return this.latest;
  }

  async commit(step: { name: string; cursor: Cursor; progress: JobProgress; detail?: { [key: string]: Json } }): Promise<Verdict> {
    this.mustOwn();
    this.latest = step.progress;
    const report: StepReport = {
      n: this.n,
      name: step.name,
      cursor: JSON.stringify(step.cursor),
      progress: step.progress,
      detail: JSON.stringify(step.detail ?? {}),
      effects: this.landedEffects,
    };
    const standing = await this.persist(() => this.control().commit(this.brief.jobId, this.brief.epoch, report));
    this.landedEffects = [];
    this.lastReportAt = Date.now();
    this.n += 1;
    return this.verdict(standing);
  }

  private verdict(standing: Standing): Verdict {
    switch (standing) {
      case 'stale':
        this.stale = true;
        throw new StaleExecutor('Another executor owns this job.');
      case 'cancel':
        return 'cancel';
      case 'go-on': {
        const spent = Date.now() - this.startedAt >= this.budget.wallMs || this.database.calls >= this.budget.calls;
        return spent ? 'pause' : 'go-on';
      }
    }
  }

  async steps(): Promise<StepRecord[]> {
    const all: StepRecord[] = [];
    for (;;) {
      const after = all.at(-1)?.n ?? -1;
      const page = await this.persist(() => this.control().allSteps(this.brief.jobId, after));
      if (page.length === 0) return all;
      all.push(...(page as unknown as StepRecord[]));
    }
  }

  progress(progress: JobProgress): void {
    this.latest = progress;
    if (Date.now() - this.lastReportAt >= REPORT_EVERY_MS) this.report(progress);
  }

  private report(progress: JobProgress | null): void {
    if (this.stale) return;
    this.lastReportAt = Date.now();
    this.control()
      .alive(this.brief.jobId, this.brief.epoch, progress)
      .then(
        (standing) => {
          if (standing === 'stale') this.stale = true;
        },
        () => {
          // Lost signs of life are what the lease is for; the next commit finds out where we stand.
        },
      );
  }

  async hold(mode: HoldMode, reason: string): Promise<void> {
    this.mustOwn();
    const answer = await this.persist(() => this.control().hold(this.brief.jobId, this.brief.epoch, mode, reason));
    if (answer === 'held') return;
    if (answer !== 'stale') throw new Refusal('fence_failed', answer.failed, { retryable: true });
    this.stale = true;
    throw new StaleExecutor('Another executor owns this job.');
  }

  async backup(summary: BackupSummary): Promise<void> {
    this.mustOwn();
    const owned = await this.persist(() =>
      this.control().safetyBackup(this.brief.jobId, this.brief.epoch, JSON.stringify(summary)),
    );
    if (owned) return;
    this.stale = true;
    throw new StaleExecutor('Another executor owns this job.');
  }

  async effect(name: string, statements: readonly Statement[], expect: Expectations = {}): Promise<'applied' | 'already'> {
    this.mustOwn();
    const by: Claim = { owner: this.brief.jobId, epoch: this.brief.epoch, at: new Date().toISOString() };
    if (!this.claimed) await this.claim(by);
    const startedAt = Date.now();
    const digest = sqlDigest(statements);
    const effect = this.mustStillOwn(await this.logged(by, name, statements, digest, expect));
    this.landedEffects.push({ step: name, sqlDigest: digest, statements: statements.length, durationMs: Date.now() - startedAt });
    return effect;
  }

  private mustStillOwn(effect: Effect): 'applied' | 'already' {
    if (effect !== 'stale') return effect;
    this.stale = true;
    throw new StaleExecutor('The managed database knows a newer executor.');
  }

  /** Effects that no commit has told of: before the slice ends otherwise. */
  async tellEffects(): Promise<void> {
    if (this.landedEffects.length === 0 || this.stale) return;
    const effects = this.landedEffects;
    await this.persist(() => this.control().effects(this.brief.jobId, this.brief.epoch, effects));
    this.landedEffects = [];
  }

  /** A1: the row of the audit log is part of the effect's own batch. */
  private async logged(
    by: Claim,
    name: string,
    statements: readonly Statement[],
    digest: string,
    expect: Expectations,
  ): Promise<Effect> {
    this.logState ??= await this.openLog(by);
    const log = this.logState === 'ours' ? [this.logRow(by, name, statements, digest)] : [];
    try {
      return await this.landed(by, name, statements, log, expect);
    } catch (error) {
      if (!isLogMissing(error)) throw error;
      // Somebody has dropped it since: the log must not stop the job.
      this.logState = null;
      return await this.landed(by, name, statements, [], expect);
    }
  }

  private logRow({ owner, at }: Claim, step: string, statements: readonly Statement[], digest: string): Statement {
    const { by, database, planHash, kind } = this.brief;
    return effectLog(owner, step, {
      ...by,
      n: null,
      at: Date.parse(at),
      action: 'job.effect',
      target: owner,
      database,
      planHash,
      sqlDigest: digest,
      outcome: 'ok',
      durationMs: null,
      detail: JSON.stringify({ kind, statements: statements.length, step }),
      prevHash: null,
      hash: null,
    });
  }

  /** Makes the table when there is none, under the rules that every effect obeys: the epoch, and the fence if one is up. */
  private async openLog(by: Claim): Promise<LogState> {
    const state = await auditLogState(this.database);
    if (state !== 'absent') return state;
    this.mustStillOwn(await this.landed(by, `${AUDIT_LOGS}@${by.epoch}`, CREATE_AUDIT_LOGS, [], {}));
    return await auditLogState(this.database);
  }

  /** An answer that was lost leaves open what happened: the marker knows. */
  private async landed(
    by: Claim,
    name: string,
    statements: readonly Statement[],
    log: readonly Statement[],
    expect: Expectations,
  ): Promise<Effect> {
    try {
      return await effectOnce(this.database, by, name, statements, log, expect);
    } catch (error) {
      if (!isOutcomeUnknown(error)) throw error;
      return (await hasLanded(this.database, by.owner, name))
        ? 'applied'
        : await effectOnce(this.database, by, name, statements, log, expect);
    }
  }

  private async claim(by: Claim): Promise<void> {
    const found = await claim(this.database, by);
    if (found !== by.epoch) {
      this.stale = true;
      await this.persist(() => this.control().epochBehind(by.owner, by.epoch, found));
      throw new StaleExecutor(`The managed database is at epoch ${found}, this executor at ${by.epoch}.`);
    }
    this.claimed = true;
  }

  private mustOwn(): void {
    if (this.stale) throw new StaleExecutor('Another executor owns this job.');
  }
}

const isOutcomeUnknown = (error: unknown): boolean =>
  error instanceof Error && 'outcomeUnknown' in error && error.outcomeUnknown === true;

const isLogMissing = (error: unknown): boolean =>
  error instanceof Error && /no such table: (?:main\.)?audit_logs\b|audit_logs has no column/.test(error.message);
