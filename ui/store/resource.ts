/**
 * Something that the server knows and the screen shows. What is on screen is never silently old: a value whose refresh failed
 * keeps the failure beside it, and says when it was taken.
 */
import { ApiError, clientFailure, type Failure } from '../api/problem.ts';

export type Resource<T> =
  | { readonly state: 'idle' }
  | { readonly state: 'loading' }
  | {
      readonly state: 'ready';
      readonly value: T;
      readonly takenAtMs: number;
      readonly refreshing: boolean;
      /** Why the latest refresh failed: then `value` is stale. */
      readonly failure: Failure | null;
    }
  | { readonly state: 'failed'; readonly failure: Failure };

export const idle: Resource<never> = { state: 'idle' };

/** A call begins: what was shown stays on screen. */
export function begun<T>(resource: Resource<T>): Resource<T> {
  return resource.state === 'ready' ? { ...resource, refreshing: true } : { state: 'loading' };
}

export const ready = <T>(value: T, takenAtMs: number): Resource<T> => ({
  state: 'ready',
  value,
  takenAtMs,
  refreshing: false,
  failure: null,
});

/** A call failed: with something on screen it becomes stale, with nothing it is the failure that is shown. */
export function failed<T>(resource: Resource<T>, failure: Failure): Resource<T> {
  return resource.state === 'ready' ? { ...resource, refreshing: false, failure } : { state: 'failed', failure };
}

/** Loads into one place of the state: begins, and then is ready or failed. Never throws. `put` changes what is there when it is called. */
export async function loadInto<T>(
  put: (change: (resource: Resource<T>) => Resource<T>) => void,
  load: () => Promise<T>,
): Promise<void> {
  put(begun);
  try {
    const value = await load();
    put(() => ready(value, Date.now()));
  } catch (error) {
    const failure = failureFrom(error);
    put((resource) => failed(resource, failure));
  }
}

/** Changes the value in place, for events that arrive between two loads. */
export function changed<T>(resource: Resource<T>, change: (value: T) => T): Resource<T> {
  return resource.state === 'ready' ? { ...resource, value: change(resource.value) } : resource;
}

/** The failure of anything that was thrown. What is no `ApiError` is a fault of the console itself and must not hide. */
export function failureFrom(error: unknown): Failure {
  if (error instanceof ApiError) return error.failure;
  console.error(error);
  return { ...clientFailure('bad_answer'), title: 'Something went wrong in the console', hint: 'Reload the page.' };
}

export type { Failure } from '../api/problem.ts';
