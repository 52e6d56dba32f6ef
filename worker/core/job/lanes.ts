/** Which queued jobs may start (J1). Pure. */
import type { JobLane } from '../../protocol/job.ts';

export interface Waiting {
  readonly id: string;
  readonly lane: JobLane;
}

export const BACKGROUND_WIDTH = 2;

/** `queued` in the order submitted; `active` are running or cancelling. Exclusive jobs never overtake one another. */
export function startable(queued: readonly Waiting[], active: readonly { readonly lane: JobLane }[]): string[] {
  const free: Record<JobLane, number> = { exclusive: 1, background: BACKGROUND_WIDTH };
  for (const { lane } of active) free[lane] -= 1;
  const chosen: string[] = [];
  for (const { id, lane } of queued) {
    if (free[lane] <= 0) continue;
    free[lane] -= 1;
    chosen.push(id);
  }
  return chosen;
}
