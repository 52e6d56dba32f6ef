/** The sample's own time: fixed, so that the same seed gives the same bytes in any year. Times are Unix milliseconds. */

export const DAY_MS = 86_400_000;
export const SAMPLE_NOW_MS = Date.UTC(2026, 10, 1, 9, 0, 0);
/** The day on which the shop opened. */
export const SAMPLE_START_MS = SAMPLE_NOW_MS - 3 * 365 * DAY_MS;

/** `2026-11-01 09:00:00` */
export const dateTime = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
/** `2026-11-01T09:00:00Z` */
export const isoTime = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
/** `2026-11-01` */
export const date = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
export const unixSeconds = (ms: number): number => Math.floor(ms / 1000);

/** When the `i`-th of `count` things happened: in order, all in the shop's time. `jitter` is from 0 to 1. */
export const happened = (i: number, count: number, jitter: number): number =>
  Math.floor(SAMPLE_START_MS + ((i + jitter) / count) * (SAMPLE_NOW_MS - SAMPLE_START_MS));
