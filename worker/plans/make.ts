/** Makes a plan and takes its basis: both of the same moment, or again. */
import { readBasis } from '../database/basis.ts';
import { introspect } from '../database/introspect.ts';
import type { StoredPlan } from '../protocol/plan.ts';
import { Refusal } from '../protocol/problem.ts';
import type { PlanContext, Planner } from './planner.ts';

const TRIES = 3;

export type Surroundings = Omit<PlanContext<unknown>, 'model'>;

/** Throws a `Refusal`; `plan_stale` when the database changes again and again while it is looked at. Changes nothing. */
export async function makePlan(planner: Planner<unknown>, at: Surroundings): Promise<{ plan: StoredPlan; basis: string }> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const before = await readBasis(at.database);
    const plan = await planner.plan({ ...at, model: await introspect(at.database) });
    if ((await readBasis(at.database)).hash === before.hash) return { plan, basis: before.hash };
  }
  throw new Refusal('plan_stale', `The schema changed ${TRIES} times while the plan was made.`, { retryable: true });
}
