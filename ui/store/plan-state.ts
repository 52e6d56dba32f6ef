/** The plans on screen, and how live messages change them. Pure. */
import type { Event } from '../../worker/protocol/live.ts';
import type { Plan, PlanSummary } from '../../worker/protocol/plan.ts';
import { changed, type Resource } from './resource.ts';

export interface PlanPage {
  readonly id: string;
  readonly plan: Resource<Plan>;
}

/** The summary that a `plan.changed` event carries; null when it is another event, or damaged. */
export function changedPlan(event: Event): PlanSummary | null {
  if (event.type !== 'plan.changed') return null;
  const { plan } = event.data;
  return typeof plan === 'object' && plan !== null && 'id' in plan && 'approval' in plan ? (plan as PlanSummary) : null;
}

/** A new plan stands first; a known one keeps its place. */
export function foldPlans(list: readonly PlanSummary[], event: Event): readonly PlanSummary[] {
  const plan = changedPlan(event);
  if (plan === null) return list;
  return list.some(({ id }) => id === plan.id) ? list.map((one) => (one.id === plan.id ? plan : one)) : [plan, ...list];
}

/** What a plan consists of never changes; what becomes of it does. */
export function foldPlanPage(page: PlanPage | null, event: Event): PlanPage | null {
  const summary = changedPlan(event);
  if (page === null || summary?.id !== page.id) return page;
  return { ...page, plan: changed(page.plan, (plan) => ({ ...plan, approval: summary.approval, jobId: summary.jobId })) };
}

export const summaryOfPlan = ({ statements, rehearsal: _rehearsal, ...plan }: Plan): PlanSummary => ({
  ...plan,
  statementCount: statements.length,
});
