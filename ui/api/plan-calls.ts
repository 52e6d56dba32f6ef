/** The calls about plans: what a change will do, before anything is touched. */
import type { Page } from '../../worker/protocol/list.ts';
import type { Plan, PlanRequest, PlanSummary } from '../../worker/protocol/plan.ts';
import type { Call } from './client.ts';

/** What goes into `POST D/plans`. */
export type NewPlan = Pick<PlanRequest, 'kind'> & Partial<Pick<PlanRequest, 'params' | 'secondPerson'>>;
export type Decision = 'request-approval' | 'approve' | 'decline';

/** Planning counts rows and rehearses in scratch: that takes longer than reading. */
const PLANNING_TIMEOUT_MS = 120_000;

export function planCalls(call: Call, at: (database: string, rest: string) => string) {
  const plan = (database: string, id: string, rest = ''): string => at(database, `/plans/${encodeURIComponent(id)}${rest}`);
  return {
    makePlan: (database: string, request: NewPlan) =>
      call<Plan>('POST', at(database, '/plans'), request, { timeoutMs: PLANNING_TIMEOUT_MS }),
    plans: (database: string) => call<Page<PlanSummary>>('GET', at(database, '/plans?limit=50')),
    plan: (database: string, id: string) => call<Plan>('GET', plan(database, id)),
    decidePlan: (database: string, id: string, decision: Decision) => call<Plan>('POST', plan(database, id, `/${decision}`)),
  };
}
