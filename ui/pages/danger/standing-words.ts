/** The plans of the danger zone: how each stands, in words, and in which order they are worth reading. Pure: the moment is passed in. */
import type { PlanSummary } from '../../../worker/protocol/plan.ts';
import { count, plural } from '../../components/format.ts';
import { isOver, type Standing, standingOf } from '../../components/plan-words.ts';
import type { Tone } from '../../components/words.ts';

export const STANDING_NAMES: Record<Standing, string> = {
  used: 'Started',
  expired: 'Expired',
  void: 'Void: the database changed',
  stopped: 'Cannot be started',
  unproven: 'Rehearsal failed',
  wanted: 'Needs a second person',
  requested: 'Waits for approval',
  declined: 'Declined',
  ready: 'Ready to start',
};
export const STANDING_TONES: Record<Standing, Tone> = {
  used: 'neutral',
  expired: 'neutral',
  void: 'neutral',
  stopped: 'bad',
  unproven: 'bad',
  wanted: 'warn',
  requested: 'warn',
  declined: 'neutral',
  ready: 'accent',
};

export interface ListedPlan {
  readonly plan: PlanSummary;
  readonly standing: Standing;
  /** This person is the one who is asked. */
  readonly asksMe: boolean;
}

/** A summary leaves the rehearsal out, so a plan that failed in it is listed as ready; its own page says so. */
const standing = (plan: PlanSummary, nowMs: number): Standing => standingOf({ ...plan, rehearsal: null }, nowMs);

/** First what waits for this person, then what is open, then what was; newest first in each. */
export function listed(plans: readonly PlanSummary[], me: string, mayApprove: boolean, nowMs: number): ListedPlan[] {
  const rank = ({ asksMe, standing: state }: ListedPlan): number => (asksMe ? 0 : isOver(state) ? 2 : 1);
  return plans
    .map((plan) => {
      const state = standing(plan, nowMs);
      return { plan, standing: state, asksMe: mayApprove && state === 'requested' && plan.approval.requestedBy !== me };
    })
    .sort((a, b) => rank(a) - rank(b) || b.plan.createdAt.localeCompare(a.plan.createdAt));
}

/** What it is about: `customers`, for a table. */
export const subjectOf = ({ params, kind }: Pick<PlanSummary, 'params' | 'kind'>): string =>
  typeof params.table === 'string' ? params.table : kind;

/** `118,204 rows in 6 tables`. */
export function lossInWords({ predicted }: Pick<PlanSummary, 'predicted'>): string {
  const tables = predicted.tables.filter(({ removed }) => removed > 0).length;
  if (predicted.rowsRemoved === 0) return 'no rows';
  return `${plural(predicted.rowsRemoved, 'row')}${tables > 1 ? ` in ${count(tables)} tables` : ''}`;
}
