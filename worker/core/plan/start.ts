/** Whether a plan may be started, and if not, why: the first of the reasons in their fixed order. */
import { type Role, roleAtLeast } from '../../protocol/access.ts';
import type { Plan } from '../../protocol/plan.ts';
import { PROBLEM_CODES, type ProblemCode } from '../../protocol/problem.ts';
import { isAgreed, type Verdict } from './approval.ts';

export type Startable = Pick<Plan, 'needs' | 'hazards' | 'rehearsal' | 'confirm' | 'basis' | 'jobId'> & {
  readonly expiresAtMs: number;
  readonly approval: Plan['approval']['state'];
  /** Made for this very job: nobody has seen its hazards, so they are told by their own names. */
  readonly onTheSpot: boolean;
};

export interface Attempt {
  readonly role: Role;
  readonly confirm: string | null;
  /** As it is now. */
  readonly basis: string;
  readonly now: number;
}

/** Null: it may start. */
export function refusalToStart(plan: Startable, attempt: Attempt): Verdict | null {
  for (const check of CHECKS) {
    const refused = check(plan, attempt);
    if (refused) return refused;
  }
  return null;
}

type Check = (plan: Startable, attempt: Attempt) => Verdict | null;
const unless = (well: boolean, code: ProblemCode, detail: string): Verdict | null => (well ? null : { code, detail });

const CHECKS: readonly Check[] = [
  ({ needs }, { role }) => unless(roleAtLeast(role, needs), 'forbidden', `This plan needs the role ${needs}; yours is ${role}.`),
  ({ jobId }) => unless(jobId === null, 'plan_used', `The plan was run by ${jobId}.`),
  ({ expiresAtMs }, { now }) => unless(now < expiresAtMs, 'plan_expired', 'The plan is older than a day.'),
  (plan, { basis }) => unless(plan.basis === basis, 'plan_stale', 'The schema or a ledger has changed since the plan was made.'),
  (plan) => {
    const stop = plan.hazards.find(({ level }) => level === 'stop');
    if (!stop) return null;
    const own = PROBLEM_CODES.find((code) => code === stop.code);
    return { code: plan.onTheSpot && own ? own : 'plan_blocked', detail: stop.message };
  },
  ({ rehearsal }) => unless(rehearsal?.state !== 'failed', 'rehearsal_failed', rehearsalText(rehearsal)),
  ({ approval }) => unless(isAgreed(approval), 'approval_needed', `The approval of this plan is ${approval}.`),
  (plan, { confirm }) =>
    unless(
      plan.confirm === null || plan.confirm === confirm,
      'confirmation_needed',
      `Type ${JSON.stringify(plan.confirm)} to confirm${confirm === null ? '' : '; what was sent is something else'}.`,
    ),
];

const rehearsalText = (rehearsal: Plan['rehearsal']): string =>
  `The rehearsal failed: ${(rehearsal?.findings ?? []).map(({ message }) => message).join(' ') || 'no reason is known'}`;
