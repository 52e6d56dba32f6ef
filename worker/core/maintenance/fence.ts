/** What to do about the fence now. Pure; milliseconds since the epoch. */
import type { Mode } from '../../protocol/database.ts';
import type { FenceStatus } from '../../protocol/maintenance.ts';

/** While it is up it is looked at this often: somebody else's DDL may have made tables that it does not know (M3). */
export const LOOK_EVERY_MS = 10_000;

/** `raise` is also how an up fence is made whole again: it is idempotent. */
export function fenceAction(
  mode: Mode,
  state: FenceStatus['state'],
  wakeAt: number | null,
  now: number,
): 'raise' | 'lower' | 'wait' {
  const wanted = mode !== 'off';
  const due = wakeAt !== null && wakeAt <= now;
  switch (state) {
    case 'down':
      return wanted ? 'raise' : 'wait';
    case 'up':
      if (!wanted) return 'lower';
      return due ? 'raise' : 'wait';
    case 'raising':
    case 'lowering':
    case 'failed':
      // Interrupted, or refused by the database: whichever way it was going, it now goes where it should be.
      if (state === 'failed' && !due) return 'wait';
      return wanted ? 'raise' : 'lower';
  }
}

/** 0.5, 1, 2 … up to 30 s: a fence that should be up is worth trying hard. */
export const fenceRetryMs = (failures: number): number => Math.min(30_000, 500 * 2 ** (failures - 1));
