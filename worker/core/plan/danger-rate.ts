/** How often dangerous jobs may be submitted: whoever has got hold of an admin's session must not empty table after table. */

export const DANGER_WINDOW_MS = 10 * 60_000;
export const DANGEROUS_IN_WINDOW = 10;

/** How long to wait until one more may be submitted, 0 for not at all. `submittedAt`: those before, in any order; all in milliseconds. */
export function dangerWaitMs(submittedAt: readonly number[], now: number): number {
  const recent = submittedAt.filter((at) => at > now - DANGER_WINDOW_MS).sort((a, b) => b - a);
  const oldest = recent[DANGEROUS_IN_WINDOW - 1];
  return oldest === undefined ? 0 : oldest + DANGER_WINDOW_MS - now;
}
