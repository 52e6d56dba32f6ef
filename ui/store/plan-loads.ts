/** What is fetched, and what can be ordered, about plans. The loads never throw; the orders throw an `ApiError`. */
import type { Plan, PlanSummary } from '../../worker/protocol/plan.ts';
import type { Decision, NewPlan } from '../api/plan-calls.ts';
import type { Console } from './console.ts';
import { type PlanPage, summaryOfPlan } from './plan-state.ts';
import { changed, idle, loadInto, ready } from './resource.ts';

export type { Decision, NewPlan } from '../api/plan-calls.ts';

export class PlanLoads {
  private readonly console: Console;
  constructor(console: Console) {
    this.console = console;
  }

  /** The newest plans, open and past. */
  async list(database: string): Promise<void> {
    const { console } = this;
    await loadInto<readonly PlanSummary[]>(
      (change) => console.update(database, (open) => ({ ...open, plans: change(open.plans) })),
      async () => (await console.client.plans(database)).items,
    );
  }

  async one(database: string, id: string): Promise<void> {
    const { console } = this;
    console.update(database, (open) => (open.planPage?.id === id ? open : { ...open, planPage: { id, plan: idle } }));
    await loadInto<Plan>(
      (change) => this.change(database, id, (page) => ({ ...page, plan: change(page.plan) })),
      () => console.client.plan(database, id),
    );
  }

  /** Plans, and keeps the answer, so that the plan's page has it at once. */
  async make(database: string, request: NewPlan): Promise<Plan> {
    return this.taken(database, await this.console.client.makePlan(database, request));
  }

  async decide(database: string, id: string, decision: Decision): Promise<Plan> {
    return this.taken(database, await this.console.client.decidePlan(database, id, decision));
  }

  refresh(database: string): void {
    const { open } = this.console.state;
    if (open === null || open.name !== database) return;
    if (open.plans.state !== 'idle') void this.list(database);
    if (open.planPage !== null) void this.one(database, open.planPage.id);
  }

  private taken(database: string, plan: Plan): Plan {
    const summary = summaryOfPlan(plan);
    this.console.update(database, (open) => ({
      ...open,
      planPage: { id: plan.id, plan: ready(plan, Date.now()) },
      plans: changed(open.plans, (list) => [summary, ...list.filter(({ id }) => id !== plan.id)]),
    }));
    return plan;
  }

  private change(database: string, id: string, change: (page: PlanPage) => PlanPage): void {
    this.console.update(database, (open) => (open.planPage?.id === id ? { ...open, planPage: change(open.planPage) } : open));
  }
}
