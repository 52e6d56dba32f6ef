/** Calls to a Durable Object that may be said twice. */

const TRIES = 4;
const timer = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Whether the platform says that the object went away under the call, rather than that the call was wrong or there is too much of it. */
export function isPassing(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  if ('overloaded' in error && error.overloaded === true) return false;
  if ('retryable' in error && error.retryable === true) return true;
  const message = error instanceof Error ? error.message : '';
  return /Network connection lost|code was updated|no longer active|storage caused object to be reset|reply lost/.test(message);
}

export type Persist = <T>(call: () => Promise<T>) => Promise<T>;

/** For calls that are idempotent: a lost reply looks like a lost call. 100, 400, 1,600 ms apart. */
export const retryingCalls =
  (pause: (ms: number) => Promise<void> = timer): Persist =>
  async (call) => {
    for (let tried = 1; ; tried += 1) {
      try {
        return await call();
      } catch (error) {
        if (tried === TRIES || !isPassing(error)) throw error;
        await pause(100 * 4 ** (tried - 1));
      }
    }
  };
