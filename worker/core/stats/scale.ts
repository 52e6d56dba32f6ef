/** Fits estimated tree sizes to the exact size of the database, which is all that D1 tells. */
import { PAGE_BYTES } from './btree.ts';

/**
 * Scales estimates so that they add up to `totalBytes` exactly. Each tree keeps its root page: only what lies above that is uncertain.
 * Answers whole numbers in the same order. What cannot be spread because every tree is a single page goes to the last one.
 */
export function scaleToTotal(estimates: readonly number[], totalBytes: number): number[] {
  if (estimates.length === 0) return [];
  const roots = estimates.length * PAGE_BYTES;
  const above = estimates.map((bytes) => Math.max(0, bytes - PAGE_BYTES));
  const uncertain = above.reduce((sum, bytes) => sum + bytes, 0);
  // Fewer pages than trees cannot be; should a database say so, equal shares are still nearer than negative ones.
  if (totalBytes < roots)
    return roundToSum(
      estimates.map(() => totalBytes / estimates.length),
      totalBytes,
    );
  const factor = uncertain > 0 ? (totalBytes - roots) / uncertain : 0;
  return roundToSum(
    above.map((bytes) => PAGE_BYTES + bytes * factor),
    totalBytes,
  );
}

/** Rounds down and gives what is missing to the last one. */
function roundToSum(values: readonly number[], total: number): number[] {
  const whole = values.map(Math.floor);
  const missing = total - whole.reduce((sum, value) => sum + value, 0);
  return whole.map((value, i) => (i === whole.length - 1 ? value + missing : value));
}
