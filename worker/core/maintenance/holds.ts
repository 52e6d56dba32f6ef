/** What the holds of a database add up to (M1, M4). Pure; times in milliseconds since the epoch. */
import type { Mode } from '../../protocol/database.ts';
import type { HoldMode } from '../../protocol/maintenance.ts';

export interface ActiveHold {
  readonly mode: HoldMode;
  readonly reason: string;
  readonly message: string | null;
  readonly createdAt: number;
  readonly expiresAt: number | null;
}

export interface Effective {
  readonly mode: Mode;
  readonly reason: string | null;
  readonly message: string | null;
  /** Since when a hold of this mode is there. */
  readonly since: number | null;
  /** When the mode becomes laxer by itself; null: not by itself. */
  readonly expiresAt: number | null;
}

const STRICTNESS: Readonly<Record<Mode, number>> = { off: 0, 'read-only': 1, closed: 2 };
const OFF: Effective = { mode: 'off', reason: null, message: null, since: null, expiresAt: null };

export const isOver = (hold: { readonly expiresAt: number | null }, now: number): boolean =>
  hold.expiresAt !== null && hold.expiresAt <= now;

/** M1: the strictest of the active holds decides; among those, the oldest speaks. */
export function effectiveMode(holds: readonly ActiveHold[], now: number): Effective {
  const active = holds.filter((hold) => !isOver(hold, now)).sort((a, b) => a.createdAt - b.createdAt);
  const strictest = active.reduce<Mode>((mode, hold) => (STRICTNESS[hold.mode] > STRICTNESS[mode] ? hold.mode : mode), 'off');
  const deciding = active.filter((hold) => hold.mode === strictest);
  const [first] = deciding;
  if (!first) return OFF;
  const ends = deciding.map((hold) => hold.expiresAt);
  const lasting = ends.some((end) => end === null);
  return {
    mode: strictest,
    reason: first.reason,
    message: deciding.find(({ message }) => message !== null)?.message ?? null,
    since: first.createdAt,
    expiresAt: lasting ? null : Math.max(...ends.filter((end) => end !== null)),
  };
}

/** When the next hold runs out, or null. */
export function nextExpiry(holds: readonly { readonly expiresAt: number | null }[], now: number): number | null {
  const ends = holds.flatMap(({ expiresAt }) => (expiresAt !== null && expiresAt > now ? [expiresAt] : []));
  return ends.length === 0 ? null : Math.min(...ends);
}
