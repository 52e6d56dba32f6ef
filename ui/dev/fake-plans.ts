/** The fake server's plans: who may start them, a second person's consent, and all the ways in which they become useless. */
import { createHash } from 'node:crypto';
import type { Plan, PlanKind, PlanRequest, PlanSummary, StoredPlan } from '../../worker/protocol/plan.ts';
import { refused } from './fake-answer.ts';
import { clearPlan } from './fake-clear.ts';
import type { FakeLive } from './fake-live.ts';
import { iso } from './fixtures.ts';

const LIFE_MS = 24 * 3_600_000;
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const summaryOf = ({ statements, rehearsal: _rehearsal, ...plan }: Plan): PlanSummary => ({
  ...plan,
  statementCount: statements.length,
});

export class FakePlans {
  plans: Plan[] = [];
  /** What each kind's planner answers. */
  readonly planners: Partial<Record<PlanKind, (params: Record<string, unknown>) => StoredPlan>> = { 'table.clear': clearPlan };
  /** As `secondPerson: true` in db/databases.ts. */
  demandsSecond = false;
  /** Dangerous jobs that may still begin before the limit says no. */
  startsLeft = 10;
  basis = sha256('first');
  private made = 0;
  private readonly live: FakeLive;
  private readonly database: string;

  constructor(live: FakeLive, database: string) {
    this.live = live;
    this.database = database;
  }

  make({ kind, params, secondPerson }: PlanRequest, actor: string): Plan {
    const planner = this.planners[kind];
    if (planner === undefined) throw refused('nothing_to_do');
    const stored = planner(params);
    this.made += 1;
    const now = Date.now();
    const plan: Plan = {
      id: `plan_${this.made}`,
      database: this.database,
      kind,
      hash: sha256(JSON.stringify([this.database, kind, stored.params, this.basis, stored.statements])),
      basis: this.basis,
      createdAt: iso(now),
      createdBy: actor,
      expiresAt: iso(now + LIFE_MS),
      ...stored,
      approval: {
        state: secondPerson || this.demandsSecond ? 'wanted' : 'not-needed',
        requestedBy: null,
        requestedAt: null,
        decidedBy: null,
        decidedAt: null,
      },
      jobId: null,
    };
    this.plans.unshift(plan);
    this.tell(plan, 'planned');
    return plan;
  }

  one(id: string): Plan {
    const plan = this.plans.find((one) => one.id === id);
    if (plan === undefined) throw refused('plan_not_found');
    return plan;
  }

  list(): PlanSummary[] {
    return this.plans.map(summaryOf);
  }

  ofJob(jobId: string): Plan | undefined {
    return this.plans.find((plan) => plan.jobId === jobId);
  }

  request(id: string, actor: string): Plan {
    const plan = this.usable(id);
    if (plan.approval.state !== 'wanted' && plan.approval.state !== 'declined') throw refused('approval_not_open');
    return this.become(plan, { state: 'requested', requestedBy: actor, requestedAt: iso(Date.now()) });
  }

  decide(id: string, state: 'approved' | 'declined', actor: string): Plan {
    const plan = this.usable(id);
    if (plan.approval.state !== 'requested') throw refused('approval_not_open');
    if (state === 'approved' && plan.approval.requestedBy === actor) throw refused('approval_by_same_person');
    return this.become(plan, { state, decidedBy: actor, decidedAt: iso(Date.now()) });
  }

  use(id: string, jobId: string): void {
    const plan = this.one(id);
    plan.jobId = jobId;
    this.startsLeft -= 1;
    this.tell(plan, 'started');
  }

  /** The schema changes under every plan there is. */
  changeBasis(): void {
    this.basis = sha256(this.basis);
    for (const plan of this.plans) if (plan.approval.state !== 'not-needed') this.become(plan, { state: 'void' });
  }

  /** The same, as the server tells it to whoever wants to go on with the plan. */
  usable(id: string): Plan {
    const plan = this.one(id);
    if (plan.jobId !== null) throw refused('plan_used');
    if (Date.parse(plan.expiresAt) <= Date.now()) throw refused('plan_expired');
    if (plan.basis !== this.basis) throw refused('plan_stale');
    return plan;
  }

  private become(plan: Plan, approval: Partial<Plan['approval']>): Plan {
    plan.approval = { ...plan.approval, ...approval };
    this.tell(plan, plan.approval.state);
    return plan;
  }

  private tell(plan: Plan, reason: string): void {
    this.live.record('plan.changed', null, reason, { plan: summaryOf(plan) });
  }
}
