/** Makes a plan and takes its basis: both of the same moment, or again. */
import type { SchemaModel } from '../core/schema/model.ts';
import { identifier } from '../core/sql/quote.ts';
import { readBasis } from '../database/basis.ts';
import { introspect } from '../database/introspect.ts';
import type { StoredPlan } from '../protocol/plan.ts';
import { Refusal } from '../protocol/problem.ts';
import type { PlanContext, Planner } from './planner.ts';

const TRIES = 3;

export type Surroundings = Omit<PlanContext<unknown>, 'model' | 'rowCount'>;

/** Throws a `Refusal`; `plan_stale` when the database changes again and again while it is looked at. Changes nothing. */
export async function makePlan(planner: Planner<unknown>, at: Surroundings): Promise<{ plan: StoredPlan; basis: string }> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const before = await readBasis(at.database);
    const plan = await planner.plan(contextOf(at, await introspect(at.database)));
    if ((await readBasis(at.database)).hash === before.hash) return { plan, basis: before.hash };
  }
  throw new Refusal('plan_stale', `The schema changed ${TRIES} times while the plan was made.`, { retryable: true });
}

const contextOf = (at: Surroundings, model: SchemaModel): PlanContext<unknown> => ({
  ...at,
  model,
  rowCount: async (table) => Number((await at.database.query(`SELECT count(*) FROM ${identifier(table)}`)).rows[0]?.[0]),
});
