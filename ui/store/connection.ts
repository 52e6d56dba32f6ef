/** How the connection to one database stands, and how long to wait before the next try. Pure. */

export type Connection =
  | { readonly state: 'connecting'; readonly attempt: number; readonly lastLiveMs: number | null }
  | { readonly state: 'live'; readonly sinceMs: number }
  | {
      readonly state: 'waiting';
      readonly attempt: number;
      readonly retryAtMs: number;
      readonly lastLiveMs: number | null;
      readonly reason: string;
    }
  | { readonly state: 'offline'; readonly lastLiveMs: number | null }
  | { readonly state: 'refused'; readonly reason: string; readonly lastLiveMs: number | null };

export const FIRST_DELAY_MS = 500;
export const LONGEST_DELAY_MS = 15_000;

/**
 * Exponential back-off with "equal jitter": between half and all of 0.5 s, 1 s, 2 s … 15 s, so that many consoles that were cut by
 * one deploy do not come back in one moment. `attempt` counts failures from 1; `random` is in [0, 1).
 */
export function backoffMs(attempt: number, random: number): number {
  const full = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(30, Math.max(0, attempt - 1)));
  return Math.round(full / 2 + (full / 2) * random);
}

export const lastLiveMs = (connection: Connection, nowMs: number): number | null =>
  connection.state === 'live' ? nowMs : connection.lastLiveMs;

/** Data is stale when it was live once and is not now, for longer than a blink. */
export const STALE_AFTER_MS = 3_000;
export const isStale = (connection: Connection, nowMs: number): boolean =>
  connection.state !== 'live' && connection.lastLiveMs !== null && nowMs - connection.lastLiveMs > STALE_AFTER_MS;

/** Whole seconds until the next try, never negative. */
export const secondsUntil = (retryAtMs: number, nowMs: number): number => Math.max(0, Math.ceil((retryAtMs - nowMs) / 1000));
