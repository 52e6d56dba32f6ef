/**
 * A second person's consent. An approval is bound to the plan as it is, and void as soon as the basis has changed or the plan has expired.
 *
 *   wanted ──request──► requested ──approve──► approved
 *      ▲                    │
 *      └───── request ── declined
 */
import type { Approval, Plan, StoredPlan } from '../../protocol/plan.ts';
import type { ProblemCode } from '../../protocol/problem.ts';

export interface Verdict {
  readonly code: ProblemCode;
  readonly detail: string;
}

/** Whether another admin has to agree: where the database demands it for what is dangerous, or whoever made the plan asked for it. */
export function needsSecondPerson(plan: Pick<StoredPlan, 'needs' | 'hazards'>, demanded: boolean, asked: boolean): boolean {
  const dangerous = plan.needs === 'admin' || plan.hazards.some(({ level }) => level === 'danger');
  return asked || (demanded && dangerous);
}

export interface Standing {
  readonly state: Approval['state'];
  readonly requestedBy: string | null;
  readonly expired: boolean;
  /** The basis is not the plan's any more. */
  readonly stale: boolean;
  readonly used: boolean;
}

/** What to show, whatever is stored. Of a plan that has run, what was agreed stays. */
export function shownState({ state, expired, stale, used }: Standing): Approval['state'] {
  if (used || state === 'not-needed') return state;
  return expired || stale ? 'void' : state;
}

export const APPROVAL_ACTIONS = ['request', 'approve', 'decline'] as const;
export type ApprovalAction = (typeof APPROVAL_ACTIONS)[number];
type Next = Extract<Approval['state'], 'requested' | 'approved' | 'declined'>;

/** What becomes of the approval when `by` does `action`, or why they may not. */
export function decide(standing: Standing, action: ApprovalAction, by: string): { readonly next: Next } | Verdict {
  if (standing.used) return { code: 'plan_used', detail: 'The plan has been run; nothing is left to approve.' };
  if (standing.expired) return { code: 'plan_expired', detail: 'The plan has expired, and with it every request to approve it.' };
  if (standing.stale)
    return { code: 'plan_stale', detail: 'The database has changed since the plan was made: its approval is void.' };
  switch (action) {
    case 'request':
      return standing.state === 'wanted' || standing.state === 'declined'
        ? { next: 'requested' }
        : notOpen(`An approval cannot be requested: it is ${standing.state}.`);
    case 'approve':
      if (standing.state !== 'requested') return notOpen(`There is no open request: the approval is ${standing.state}.`);
      return standing.requestedBy === by
        ? { code: 'approval_by_same_person', detail: `${by} requested this approval and cannot give it.` }
        : { next: 'approved' };
    // Who requested it may take the request back.
    case 'decline':
      return standing.state === 'requested'
        ? { next: 'declined' }
        : notOpen(`There is no open request: the approval is ${standing.state}.`);
  }
}

const notOpen = (detail: string): Verdict => ({ code: 'approval_not_open', detail });

/** Whether the plan may start as far as consent goes. */
export const isAgreed = (state: Plan['approval']['state']): boolean => state === 'not-needed' || state === 'approved';
