import type { Problem, ProblemCode } from '../../worker/protocol/problem.ts';

/** What can go wrong that the server did not say itself: nothing came back, or what came back was not ours. */
export type ClientCode = 'network' | 'timeout' | 'bad_answer';

/** Everything that a failed call can tell a person. `status` is 0 where no answer came. */
export interface Failure {
  readonly code: ProblemCode | ClientCode;
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly hint: string;
  readonly requestId: string | null;
  /** From `Retry-After`, in seconds. */
  readonly retryAfterSeconds: number | null;
  readonly issues: readonly { readonly path: string; readonly message: string }[];
}

/** Thrown by every function of the client, and nothing else is. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.detail || failure.title);
    this.failure = failure;
  }
}

const CLIENT_FAILURES: Record<ClientCode, { title: string; detail: string; hint: string }> = {
  network: {
    title: 'The server cannot be reached',
    detail: 'No answer came back.',
    hint: 'Check the network, and that the server is running. It is tried again by itself when the connection is back.',
  },
  timeout: {
    title: 'The server did not answer in time',
    detail: 'The request was given up before an answer came.',
    hint: 'Try again. If it happens often, look at the server’s logs.',
  },
  bad_answer: {
    title: 'The answer cannot be read',
    detail: 'Something between this page and the server answered in its place.',
    hint: 'Reload the page. If a proxy or a login page sits in front, sign in there again.',
  },
};

export const clientFailure = (code: ClientCode, status = 0): Failure => ({
  ...CLIENT_FAILURES[code],
  code,
  status,
  requestId: null,
  retryAfterSeconds: null,
  issues: [],
});

/** `Retry-After` is seconds or an HTTP date. Null for neither. */
export function retryAfterSeconds(header: string | null, nowMs: number): number | null {
  if (header === null || header.trim() === '') return null;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, Math.ceil(seconds));
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, Math.ceil((at - nowMs) / 1000));
}

const isProblem = (body: unknown): body is Problem =>
  typeof body === 'object' && body !== null && 'code' in body && typeof body.code === 'string' && 'title' in body;

/** Turns an answer that is not 2xx into a failure, also when a proxy wrote it and it is no problem document. */
export function failureOf(status: number, body: unknown, retryAfter: string | null, nowMs: number): Failure {
  if (!isProblem(body)) {
    return status === 401
      ? { ...clientFailure('bad_answer', 401), code: 'unauthorized', title: 'Not signed in', hint: 'Sign in again.' }
      : clientFailure(status >= 502 && status <= 504 ? 'network' : 'bad_answer', status);
  }
  return {
    code: body.code,
    status,
    title: body.title,
    detail: body.detail ?? '',
    hint: body.hint ?? '',
    requestId: body.requestId ?? null,
    retryAfterSeconds: retryAfterSeconds(retryAfter, nowMs),
    issues: body.issues ?? [],
  };
}
