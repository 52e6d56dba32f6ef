/** What the door itself has to do with plans: making one, and binding a job to one. */
import { archiveOf } from '../archive/r2.ts';
import type { NewPlan, PlanUse } from '../control/plans.ts';
import { canonical } from '../core/plan/hash.ts';
import { readBasis } from '../database/basis.ts';
import { d1Database } from '../database/d1.ts';
import { scratchDatabase } from '../database/scratch.ts';
import { bindingOf, managed } from '../env.ts';
import { isPlanned, plannerOf } from '../plans/index.ts';
import { makePlan } from '../plans/make.ts';
import { type Role, roleAtLeast } from '../protocol/access.ts';
import type { JobRequest } from '../protocol/job.ts';
import type { PlanKind, PlanRequest } from '../protocol/plan.ts';
import { Refusal } from '../protocol/problem.ts';
import type { AppContext, Caller } from './context.ts';
import { InvalidRequest } from './door.ts';

/** On the database of the path. */
const roleOf = (c: AppContext): Role => (c.get('caller') as Caller).role;

const parsed = (schema: ReturnType<typeof plannerOf>['params'], params: unknown): Record<string, unknown> => {
  const result = schema.safeParse(params);
  if (result.success) return result.data as Record<string, unknown>;
  throw new InvalidRequest(
    result.error.issues.map((issue) => ({ path: ['params', ...issue.path].join('.'), message: issue.message })),
  );
};

export function mustMeet(c: AppContext, needs: Role): void {
  const role = roleOf(c);
  if (!roleAtLeast(role, needs)) throw new Refusal('forbidden', `This plan needs the role ${needs}; yours is ${role}.`);
}

export const basisNow = async (c: AppContext, binding: string): Promise<string> =>
  (await readBasis(d1Database(bindingOf(c.env, binding)))).hash;

/** Looks at the database and changes nothing. Stored by whoever calls. */
export async function newPlan(c: AppContext, binding: string, request: PlanRequest): Promise<NewPlan> {
  const planner = plannerOf(request.kind);
  mustMeet(c, planner.role);
  const id = `plan_${crypto.randomUUID()}`;
  const { plan, basis } = await makePlan(planner, {
    database: d1Database(bindingOf(c.env, binding)),
    databaseName: binding,
    archive: archiveOf(c.env.ARCHIVE, binding),
    scratch: () => scratchDatabase(c.env.SCRATCH.getByName(id)),
    newestBackup: () => c.env.CONTROL.getByName(binding).newestWholeBackup(),
    params: parsed(planner.params, request.params),
    now: () => new Date(),
  });
  const secondPerson = { demanded: managed(binding).secondPerson === true, asked: request.secondPerson };
  return { id, kind: request.kind, basis, plan: JSON.stringify(plan), secondPerson };
}

export interface PlannedJob {
  readonly params: Record<string, unknown>;
  /** Null: the job's key is known, and nothing is to be looked at again. */
  readonly use: PlanUse | null;
}

/** The plan that a request names, in the body or in its parameters. */
export const planIdOf = ({ kind, planId, params }: JobRequest): string | null => {
  if (planId !== undefined) return planId;
  return isPlanned(kind) && typeof params.planId === 'string' ? params.planId : null;
};

/** What is left of the parameters when the plan is named elsewhere; null: nothing was said. */
const ownParams = ({ planId: _, ...params }: Record<string, unknown>): Record<string, unknown> | null =>
  Object.keys(params).length === 0 ? null : params;

/** What tells a request from another under the same key. Only of what was checked: texts are made of it, and anything may be sent. */
export function askedOf(kind: PlanKind, request: JobRequest): readonly (string | null)[] {
  const said = ownParams(request.params);
  return [said === null ? null : canonical(parsed(plannerOf(kind).params, said)), planIdOf(request)];
}

/** The parameters of the job, and the plan that it wants to run. Changes nothing; whether it may start is decided where the plan is kept. */
export async function plannedJob(c: AppContext, binding: string, kind: PlanKind, request: JobRequest): Promise<PlannedJob> {
  const planner = plannerOf(kind);
  const planId = planIdOf(request);
  const said = ownParams(request.params);
  if (planId === null && !planner.onTheSpot) throw new Refusal('plan_needed', `A ${kind} job runs a plan, and none is named.`);
  const confirm = request.confirm ?? null;
  const role = roleOf(c);
  if (planId === null) {
    const made = await newPlan(c, binding, { kind, params: request.params, secondPerson: false });
    const { params } = JSON.parse(made.plan) as { params: Record<string, unknown> };
    const use = { plan: { made }, kind, params: null, confirm, role, basis: made.basis };
    return { params: planner.jobParams({ id: made.id, params }), use };
  }
  const params = said === null ? null : canonical(parsed(planner.params, said));
  const answered = await c.env.CONTROL.getByName(binding).plan(planId, null);
  if (!answered.ok) throw new Refusal(answered.code, answered.detail, { hint: answered.hint });
  const basis = await basisNow(c, binding);
  const use = { plan: { id: planId }, kind, params, confirm, role, basis };
  return { params: planner.jobParams(answered.value), use };
}
