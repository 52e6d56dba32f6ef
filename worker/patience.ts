/** Waiting for something, but not for ever. */

/** What comes when it takes too long. */
export const LATE = Symbol('late');

/** What `work` gives, or `LATE`. Leaves no timer behind: one that runs keeps an object from being evicted, and paid for. */
export async function within<T>(patienceMs: number, work: Promise<T>): Promise<T | typeof LATE> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<typeof LATE>((resolve) => {
    timer = setTimeout(() => resolve(LATE), patienceMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
