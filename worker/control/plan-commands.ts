/** What a control plane does about plans. A base class, because RPC reaches only the methods of the object itself. */
import type { ApprovalAction } from '../core/plan/approval.ts';
import type { Role } from '../protocol/access.ts';
import type { By } from '../protocol/audit.ts';
import type { Job } from '../protocol/job.ts';
import type { Page } from '../protocol/list.ts';
import type { Plan, PlanSummary } from '../protocol/plan.ts';
import type { Submission } from './kernel.ts';
import { MaintenanceCommands } from './maintenance-commands.ts';
import type { OwnDatabase } from './migrate.ts';
import { PlanStore } from './plan-store.ts';
import { type NewPlan, Plans, type PlanUse } from './plans.ts';
import { type Answer, answer } from './wire.ts';

export abstract class PlanCommands<E> extends MaintenanceCommands<E> {
  protected planBook!: Plans;

  protected openPlans(db: OwnDatabase): Plans {
    return new Plans(new PlanStore(db), this.name, {
      next: () => this.store.next('plan'),
      changed: (plan, jobId, reason, now) => this.kernel.note('plan.changed', jobId, reason, { plan }, now),
      record: (draft, now) => this.trail.record(draft, now),
    });
  }

  async createPlan(made: NewPlan, by: By): Promise<Answer<Plan>> {
    return this.planned((now) => this.planBook.create(made, by, now));
  }

  async approval(id: string, action: ApprovalAction, basis: string, by: By): Promise<Answer<Plan>> {
    return this.planned((now) => this.planBook.approval(id, action, basis, by, now));
  }

  /** `basis`: as it is now, null when nobody has looked. */
  async plan(id: string, basis: string | null): Promise<Answer<Plan>> {
    return answer(() => this.planBook.plan(id, basis, Date.now()));
  }

  async plans(before: number | null, limit: number, basis: string | null): Promise<Page<PlanSummary>> {
    return this.planBook.list(before, limit, basis, Date.now());
  }

  /** How long until one more dangerous job may be submitted. */
  async dangerWaitMs(): Promise<number> {
    return this.planBook.dangerWaitMs(Date.now());
  }

  /** The least role that may start again what this job runs, as its plan has it; null when it runs none. */
  async planNeeds(jobId: string): Promise<Role | null> {
    return this.planBook.needsOf(jobId);
  }

  private planned<T>(work: (now: number) => T): Answer<T> {
    return this.act((now) => answer(() => this.kernel.atomically(() => work(now))));
  }

  /** Takes the job and binds the plan to it, or neither. A known Idempotency-Key gives its job back, whatever became of the plan (J7). */
  protected submitPlanned(submission: Submission, use: PlanUse, now: number): Job {
    return this.kernel.atomically(() => {
      const { idempotencyKey } = submission;
      if (idempotencyKey !== null && this.store.byIdempotencyKey(idempotencyKey)) return this.kernel.submit(submission, now);
      const { id, hash } = this.planBook.mayStart(use, submission, now);
      return this.kernel.submit({ ...submission, planHash: hash }, now, (job) => this.planBook.use(id, job.id, now));
    });
  }
}
