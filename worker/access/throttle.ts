/** How failed sign-ins are slowed down. Pure; milliseconds since the epoch. */

/** So many mistakes are human. */
export const FREE_FAILURES = 5;
const LONGEST_MS = 15 * 60_000;

/** After the free ones: 2, 4, 8 … seconds since the last failure, up to a quarter of an hour. 0: not locked. */
export function lockedUntil(failures: number, lastAt: number): number {
  if (failures < FREE_FAILURES) return 0;
  return lastAt + Math.min(LONGEST_MS, 2_000 * 2 ** (failures - FREE_FAILURES));
}
