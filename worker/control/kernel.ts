/**
 * The durable job queue of one database: commands in, rows and numbered events out. Each public method is one storage transaction
 * without an await, so it happens whole or not at all. Nothing here sends, waits or reads a clock.
 */
import {
  alive,
  begin,
  firstDispatch,
  overdue,
  ownedBy,
  paused,
  progressed,
  type Running,
  recovered,
  sent,
  struck,
} from '../core/job/dispatch.ts';
import { startable } from '../core/job/lanes.ts';
import { type Command, transition } from '../core/job/machine.ts';
import type { By } from '../protocol/audit.ts';
import { isTerminal, type Job, type JobError, type JobKind, type JobLane, type JobProgress } from '../protocol/job.ts';
import type { Event } from '../protocol/live.ts';
import { PROBLEMS, Refusal } from '../protocol/problem.ts';
import { auditOfChange, auditOfEffect, auditOfSubmission, type Recorder } from './job-audit.ts';
import { byOf, type JobRow, lifeColumns, lifeOf, NOT_RUNNING, runningColumns, runningOf, toJob, toStep } from './job-rows.ts';
import type { JobStore } from './job-store.ts';
import type { Brief, EffectReport, SliceMessage, Standing, StepReport } from './wire.ts';

export interface Submission extends By {
  readonly id: string;
  readonly kind: JobKind;
  readonly lane: JobLane;
  readonly params: Record<string, unknown>;
  readonly progress: JobProgress;
  readonly requestHash: string;
  readonly idempotencyKey: string | null;
  /** Of the plan that it runs, if it runs one. */
  readonly planHash?: string | null;
}

export class Kernel {
  /** Events since the last `takeEvents`, to be sent to whoever listens. */
  private fresh: Event[] = [];

  constructor(
    private readonly store: JobStore,
    private readonly database: string,
    /** In the same transaction as the end of a job, however it ends. */
    private readonly over: (jobId: string, now: number) => void,
    /** The audit trail, in the same transaction as what it records (A1). */
    private readonly audit: Recorder,
    /** The plan that a job is bound to, as JSON text. */
    private readonly planOf: (jobId: string) => string | null,
  ) {}

  takeEvents(): Event[] {
    return this.fresh.splice(0);
  }

  /** Takes a job, or gives the one that this key has made before (J7). `bind`: in the same transaction as a new one; may refuse it. */
  submit(submission: Submission, now: number, bind: (job: Job) => void = () => {}): Job {
    return this.atomically(() => {
      const known = submission.idempotencyKey === null ? undefined : this.store.byIdempotencyKey(submission.idempotencyKey);
      if (known) return this.sameRequest(known, submission);
      const row = this.store.insert({
        ...submission,
        n: this.store.next('job'),
        status: 'queued',
        reason: 'Waits for its turn.',
        attempt: 1,
        createdAt: now,
      });
      bind(toJob(row, this.database));
      this.announce('job.queued', row, row.reason, now);
      this.audit.record(auditOfSubmission(row), now);
      this.startWaiting(now);
      return this.job(row.id);
    });
  }

  private sameRequest(known: JobRow, submission: Submission): Job {
    if (known.requestHash !== submission.requestHash) {
      throw new Refusal('idempotency_conflict', `This Idempotency-Key belongs to job ${known.id}, which asked for something else.`);
    }
    return toJob(known, this.database);
  }

  job(id: string): Job {
    return toJob(this.row(id), this.database);
  }

  private row(id: string): JobRow {
    const row = this.store.byId(id);
    if (!row) throw new Refusal('job_not_found', `There is no job ${id} in ${this.database}.`);
    return row;
  }

  /** J5. Nobody works on a job that is due: it is over at once. Otherwise the executor is told at its next commit. */
  cancel(id: string, by: By, now: number): Job {
    return this.atomically(() => {
      const row = this.apply(this.row(id), { do: 'cancel', at: now, actor: by.actor }, now, {}, by);
      if (row.status === 'cancelling' && row.dispatchState === 'due') this.apply(row, { do: 'stop', at: now }, now);
      this.startWaiting(now);
      return this.job(id);
    });
  }

  retry(id: string, by: By, now: number): Job {
    return this.atomically(() => {
      this.apply(this.row(id), { do: 'retry', actor: by.actor }, now, {}, by);
      this.startWaiting(now);
      return this.job(id);
    });
  }

  /** An executor came with a ticket: what it is to do, or null when the ticket is not open (late, twice, out of order). */
  begin(jobId: string, ticket: number, now: number): Brief | null {
    return this.atomically(() => {
      const row = this.activeRow(jobId);
      if (!row) return null;
      const begun = begin(runningOf(row), ticket, this.store.next('epoch'), now);
      if (!begun) return null;
      return this.brief(this.store.update(jobId, runningColumns(begun)));
    });
  }

  private brief(row: JobRow): Brief {
    return {
      jobId: row.id,
      database: this.database,
      kind: row.kind,
      params: JSON.stringify(row.params),
      cursor: JSON.stringify(row.cursor ?? null),
      attempt: row.attempt,
      startedAt: new Date(row.startedAt ?? row.createdAt).toISOString(),
      by: byOf(row),
      planHash: row.planHash,
      plan: this.planOf(row.id),
      epoch: row.epoch ?? 0,
      nextStep: this.store.stepCount(row.id),
      cancelRequested: row.status === 'cancelling',
    };
  }

  /** Commits a step (J2). Said twice by the same executor, because a reply was lost, it counts once. */
  commit(jobId: string, epoch: number, step: StepReport, now: number): Standing {
    return this.atomically(() => {
      const row = this.owned(jobId, epoch);
      if (!row) return 'stale';
      const count = this.store.stepCount(jobId);
      if (step.n === count - 1 && this.store.step(jobId, step.n)?.epoch === epoch) return this.standing(row);
      if (step.n !== count) return 'stale';
      const detail = JSON.parse(step.detail) as Record<string, unknown>;
      this.store.addStep({ jobId, n: step.n, name: step.name, at: now, attempt: row.attempt, epoch, detail });
      const after = this.store.update(jobId, {
        ...runningColumns(progressed(runningOf(row), now)),
        cursor: JSON.parse(step.cursor) as unknown,
        progress: step.progress,
      });
      this.recordEffects(row, step.effects ?? [], now);
      const stored = this.store.step(jobId, step.n);
      this.announce('job.step', after, `Step ${step.n + 1}: ${step.name}.`, now, stored ? { step: toStep(stored) } : {});
      return this.standing(after);
    });
  }

  /** Effects that no step was committed after: the job is about to fail, or its slice to end. */
  effects(jobId: string, epoch: number, effects: readonly EffectReport[], now: number): boolean {
    return this.settle(jobId, epoch, (row) => this.recordEffects(row, effects, now));
  }

  /** Once each, however often executors report them. */
  private recordEffects(row: JobRow, effects: readonly EffectReport[], now: number): void {
    for (const effect of effects)
      if (!this.audit.hasEffect(row.id, effect.step)) this.audit.record(auditOfEffect(row, effect), now);
  }

  /** A sign of life between commits. */
  alive(jobId: string, epoch: number, now: number): Standing {
    return this.atomically(() => {
      const row = this.owned(jobId, epoch);
      if (!row) return 'stale';
      this.store.update(jobId, runningColumns(alive(runningOf(row), now)));
      return this.standing(row);
    });
  }

  /** The owner does something that belongs to its job, and lives. */
  holding(jobId: string, epoch: number, now: number, take: () => void): boolean {
    return this.settle(jobId, epoch, (row) => {
      this.store.update(jobId, runningColumns(alive(runningOf(row), now)));
      take();
    });
  }

  /** The owner has used up its budget: the next slice is due, or the job is over when somebody asked to cancel meanwhile. */
  pause(jobId: string, epoch: number, now: number): boolean {
    return this.settle(jobId, epoch, (row) => {
      if (row.status === 'cancelling') this.apply(row, { do: 'stop', at: now }, now);
      else this.store.update(jobId, runningColumns(paused(runningOf(row), now)));
      this.startWaiting(now);
    });
  }

  succeed(
    jobId: string,
    epoch: number,
    result: Record<string, unknown>,
    progress: JobProgress,
    now: number,
    also: () => void,
  ): boolean {
    return this.settle(jobId, epoch, (row) => {
      this.apply(row, { do: 'succeed', at: now, summary: 'Done.' }, now, { result, progress });
      also();
      this.startWaiting(now);
    });
  }

  /** The owner stopped at a safe point because it was asked to. */
  stopped(jobId: string, epoch: number, now: number): boolean {
    return this.settle(jobId, epoch, (row) => {
      this.apply(row, { do: 'stop', at: now }, now);
      this.startWaiting(now);
    });
  }

  /** The owner failed: tried again with back-off while that makes sense, otherwise the job fails with this error. */
  stumble(jobId: string, epoch: number, error: JobError, now: number): boolean {
    return this.settle(jobId, epoch, (row) => this.strike(row, error, now));
  }

  /** The managed database knows a higher epoch than we do (our storage is younger than it): numbers go on above that one. */
  epochBehind(jobId: string, epoch: number, found: number, now: number): boolean {
    return this.settle(jobId, epoch, (row) => {
      this.store.next('epoch', found + 1);
      this.store.update(jobId, runningColumns(paused(runningOf(row), now)));
    });
  }

  /** The queue gave up on a message. Only the ticket that is out now counts. */
  deadLetter(jobId: string, ticket: number, why: string, now: number): boolean {
    return this.atomically(() => {
      const row = this.activeRow(jobId);
      if (row?.dispatchState !== 'sent' || row.ticket !== ticket) return false;
      const { hint, title } = PROBLEMS.dead_letter;
      this.apply(
        row,
        { do: 'fail', at: now, error: { code: 'dead_letter', message: `${title}: ${why}`, hint, retryable: true } },
        now,
      );
      this.startWaiting(now);
      return true;
    });
  }

  /** What must be sent to the queue now. Lost executors are replaced first. */
  due(now: number): SliceMessage[] {
    return this.atomically(() => {
      for (const row of this.store.active()) if (overdue(runningOf(row), now) === 'lost') this.replaceLost(row, now);
      return this.store
        .active()
        .filter((row) => overdue(runningOf(row), now) === 'send')
        .map((row) => ({ database: this.database, jobId: row.id, ticket: row.ticket }));
    });
  }

  private replaceLost(row: JobRow, now: number): void {
    const { title, hint } = PROBLEMS.executor_lost;
    const where = row.dispatchState === 'sent' ? 'No executor took it up in time.' : 'Its executor gave no sign of life.';
    this.strike(row, { code: 'executor_lost', message: `${title}. ${where}`, hint, retryable: true }, now);
    const after = this.row(row.id);
    if (after.dispatchState === 'due') this.announce('job.recovered', after, `${where} It goes on from its last step.`, now);
  }

  sent({ jobId, ticket }: SliceMessage, now: number): void {
    this.atomically(() => {
      const row = this.activeRow(jobId);
      if (row?.dispatchState === 'due' && row.ticket === ticket)
        this.store.update(jobId, runningColumns(sent(runningOf(row), now)));
    });
  }

  /** The queue did not take the message. */
  notSent({ jobId, ticket }: SliceMessage, why: string, now: number): void {
    this.atomically(() => {
      const row = this.activeRow(jobId);
      if (row?.dispatchState !== 'due' || row.ticket !== ticket) return;
      const { title, hint } = PROBLEMS.dead_letter;
      this.strike(row, { code: 'dead_letter', message: `${title}: ${why}`, hint, retryable: true }, now);
    });
  }

  /** Called when the object wakes up with jobs under way. */
  recover(now: number): void {
    this.atomically(() => {
      for (const row of this.store.active()) this.store.update(row.id, runningColumns(recovered(runningOf(row), now)));
      this.startWaiting(now);
    });
  }

  /** The epoch of the exclusive job that is being worked on, or a new one: in either case above that of every job that is over. */
  epochOfTheLiving(): number {
    const [epoch] = this.store.active().flatMap((row) => (row.lane === 'exclusive' && row.epoch !== null ? [row.epoch] : []));
    return epoch ?? this.store.next('epoch');
  }

  /** Numbers and stores something that happened outside a job. */
  note(type: Event['type'], jobId: string | null, reason: string, data: Record<string, unknown>, now: number): void {
    this.fresh.push(this.store.addEvent(now, type, jobId, reason, data));
  }

  /** Events of a transaction that is rolled back never happened. */
  atomically<T>(work: () => T): T {
    const before = this.fresh.length;
    try {
      return this.store.atomically(work);
    } catch (error) {
      this.fresh.length = before;
      throw error;
    }
  }

  private startWaiting(now: number): void {
    for (const id of startable(this.store.queued(), this.store.active())) {
      const row = this.row(id);
      this.apply(row, { do: 'start', at: now }, now, runningColumns(firstDispatch(row.ticket, now)));
    }
  }

  private strike(row: JobRow, error: JobError, now: number): void {
    const verdict = struck(runningOf(row), error, now);
    if (verdict.next === 'fail') {
      this.apply(row, { do: 'fail', at: now, error: verdict.error }, now);
      this.startWaiting(now);
      return;
    }
    const after = this.store.update(row.id, { ...runningColumns(verdict.running), reason: `Tried again: ${error.message}` });
    if (after.status === 'cancelling') this.apply(after, { do: 'stop', at: now }, now);
  }

  /** One legal change of status, with its event. Throws `illegal_transition` otherwise, and nothing is changed. */
  private apply(row: JobRow, command: Command, now: number, columns: Partial<JobRow> = {}, by: By = byOf(row)): JobRow {
    const change = transition(lifeOf(row), command);
    if (!change.ok) throw new Refusal('illegal_transition', change.why);
    const resting = change.life.status === 'running' || change.life.status === 'cancelling' ? {} : NOT_RUNNING;
    const after = this.store.update(row.id, { ...lifeColumns(change.life), reason: change.reason, ...resting, ...columns });
    this.announce(change.event, after, change.reason, now);
    this.audit.record(auditOfChange(command, after, by), now);
    if (isTerminal(after.status)) this.over(after.id, now);
    return after;
  }

  private announce(type: Event['type'], row: JobRow, reason: string, now: number, more: Record<string, unknown> = {}): void {
    this.note(type, row.id, reason, { job: toJob(row, this.database), ...more }, now);
  }

  private settle(jobId: string, epoch: number, work: (row: JobRow) => void): boolean {
    return this.atomically(() => {
      const row = this.owned(jobId, epoch);
      if (!row) return false;
      work(row);
      return true;
    });
  }

  private activeRow(jobId: string): (JobRow & { status: 'running' | 'cancelling' }) | null {
    const row = this.store.byId(jobId);
    return row && (row.status === 'running' || row.status === 'cancelling') ? { ...row, status: row.status } : null;
  }

  isOwner(jobId: string, epoch: number): boolean {
    return this.owned(jobId, epoch) !== null;
  }

  private owned(jobId: string, epoch: number): JobRow | null {
    const row = this.activeRow(jobId);
    return row && ownedBy(runningOf(row) satisfies Running, epoch) ? row : null;
  }

  private standing(row: JobRow): Standing {
    return row.status === 'cancelling' ? 'cancel' : 'go-on';
  }
}
