/** From whatever was thrown to what a person is told. Pure. */
import type { JobError } from '../../protocol/job.ts';
import { PROBLEMS, Refusal } from '../../protocol/problem.ts';

/** What a person is told of an error. Only what the platform calls passing, or a refusal calls retryable, is tried again by itself. */
export function toJobError(error: unknown): JobError {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof Refusal) return { code: error.code, message, hint: error.hint, retryable: error.retryable };
  return { code: 'internal', message: `${PROBLEMS.internal.title}: ${message}`, hint: PROBLEMS.internal.hint, retryable: true };
}
