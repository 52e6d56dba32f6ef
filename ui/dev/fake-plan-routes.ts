/** The fake server's answers about plans, and what a job with a plan must bring along. */
import type { Me } from '../../worker/protocol/access.ts';
import { type Plan, PlanRequest } from '../../worker/protocol/plan.ts';
import { type Answer, ok, page, refused } from './fake-answer.ts';
import type { FakeDatabase } from './fake-database.ts';
import { demand } from './fake-grants.ts';

export function plans(database: FakeDatabase, me: Me, call: string, url: URL, body: unknown): Answer {
  const keeper = database.plans;
  if (call === 'GET plans') return page(keeper.list(), url);
  if (call === 'POST plans') {
    const request = PlanRequest.parse(body);
    demand(me, database.name, request.kind === 'table.clear' ? 'admin' : 'operator');
    return { status: 201, value: keeper.make(request, me.subject) };
  }
  const [, verb, id = '', more = ''] = /^(\w+) plans\/([^/]+)(?:\/([\w-]+))?$/.exec(call) ?? [];
  switch (`${verb} ${more}`) {
    case 'GET ':
      return ok(keeper.one(id));
    case 'GET sql': {
      const text = keeper.one(id).statements.map(({ sql, reason }) => `-- ${reason}\n${sql};\n`);
      return { status: 200, file: { name: `${id}.sql`, type: 'text/plain', text: text.join('\n') } };
    }
    case 'POST request-approval':
      demand(me, database.name, keeper.one(id).needs);
      return ok(keeper.request(id, me.subject));
    case 'POST approve':
    case 'POST decline':
      demand(me, database.name, 'admin');
      return ok(keeper.decide(id, more === 'approve' ? 'approved' : 'declined', me.subject));
    default:
      throw refused('not_found');
  }
}

/** The plan that a job runs, after everything that can be in its way; null for a job that has none. */
export function checkedPlan(database: FakeDatabase, me: Me, body: Record<string, unknown>): Plan | null {
  if (typeof body.planId !== 'string') {
    if (body.kind === 'table.clear' || body.kind === 'schema.sync') throw refused('plan_needed');
    return null;
  }
  const plan = database.plans.usable(body.planId);
  demand(me, database.name, plan.needs);
  if (plan.kind !== body.kind) throw refused('plan_mismatch');
  if (plan.hazards.some(({ level }) => level === 'stop')) throw refused('plan_blocked');
  if (plan.rehearsal?.state === 'failed') throw refused('rehearsal_failed');
  if (plan.approval.state !== 'not-needed' && plan.approval.state !== 'approved') throw refused('approval_needed');
  if (plan.confirm !== null && body.confirm !== plan.confirm) throw refused('confirmation_needed');
  if (plan.needs === 'admin' && database.plans.startsLeft <= 0)
    throw refused('danger_rate_limited', undefined, { 'retry-after': '240' });
  return plan;
}
