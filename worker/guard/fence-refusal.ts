/** Tells the fence's refusal from other errors: a write may meet the fence before this isolate has heard of the hold. */

/** What the fence's triggers say. The same words as in worker/database/fence.ts, which a test holds; consumers do not have that file. */
export const FENCE_TEXT = 'lockkeeper: this database is in maintenance, writes are refused';

/** Query builders wrap the database's error, some of them twice. */
const DEPTH = 6;

export function isFenceRefusal(error: unknown): boolean {
  let at: unknown = error;
  for (let depth = 0; depth < DEPTH && typeof at === 'object' && at !== null; depth += 1) {
    const { message, cause } = at as { message?: unknown; cause?: unknown };
    if (typeof message === 'string' && message.includes(FENCE_TEXT)) return true;
    at = cause;
  }
  return typeof at === 'string' && at.includes(FENCE_TEXT);
}
