/** Whether a request may pass, from what is known about the database. Pure. */
import type { MaintenanceAnswer, Mode } from './answer.ts';

/**
 * What to do while the control plane does not answer: serve all (`open`), refuse writes (`read-only`), refuse all (`closed`), or go by
 * the last answer there was (`last-known`; open when there was none).
 */
export type OnUnreachable = 'open' | 'read-only' | 'closed' | 'last-known';

export type Standing =
  | { readonly kind: 'known'; readonly answer: MaintenanceAnswer }
  | { readonly kind: 'unreachable'; readonly last: MaintenanceAnswer | null };

/** Why a request is refused: the control plane said so, the policy for its silence did, or the database itself refused the write. */
export type Source = 'answer' | 'policy' | 'fence';

/** What a refused visitor may know. */
export interface Notice {
  readonly mode: Exclude<Mode, 'off'>;
  readonly message: string | null;
  /** ISO 8601 UTC; null: not known. */
  readonly expiresAt: string | null;
  readonly retryAfterSeconds: number;
  readonly source: Source;
}

export interface RetryPolicy {
  /** When nothing says how long it takes. */
  readonly retryAfterSeconds: number;
}

/** A window of days must not keep crawlers and clients away for days after it was ended early. */
export const MAX_RETRY_AFTER_SECONDS = 3600;

/** Whole seconds, at least 1: `now` and the expiry come from two clocks. */
export function retryAfterSeconds(expiresAt: string | null, now: number, policy: RetryPolicy): number {
  const leftMs = expiresAt === null ? Number.NaN : Date.parse(expiresAt) - now;
  if (!(leftMs > 0)) return policy.retryAfterSeconds;
  return Math.min(MAX_RETRY_AFTER_SECONDS, Math.max(1, Math.ceil(leftMs / 1000)));
}

/** A hold that was to end by itself has ended, also when nobody is there to say so. */
export const isOver = (answer: MaintenanceAnswer, now: number): boolean =>
  answer.mode !== 'off' && answer.expiresAt !== null && Date.parse(answer.expiresAt) <= now;

interface Grounds {
  readonly mode: Mode;
  readonly source: Source;
  readonly answer: MaintenanceAnswer | null;
}

function grounds(standing: Standing, onUnreachable: OnUnreachable, now: number): Grounds {
  if (standing.kind === 'known') return { mode: standing.answer.mode, source: 'answer', answer: standing.answer };
  switch (onUnreachable) {
    case 'open':
      return { mode: 'off', source: 'policy', answer: null };
    case 'read-only':
    case 'closed':
      return { mode: onUnreachable, source: 'policy', answer: null };
    case 'last-known': {
      const last = standing.last !== null && !isOver(standing.last, now) ? standing.last : null;
      return { mode: last?.mode ?? 'off', source: 'policy', answer: last };
    }
  }
}

/** Null: it may pass. `isWrite` is asked only where the answer hangs on it. */
export function decide(
  standing: Standing,
  isWrite: () => boolean,
  options: RetryPolicy & { readonly onUnreachable: OnUnreachable },
  now: number,
): Notice | null {
  const { mode, source, answer } = grounds(standing, options.onUnreachable, now);
  switch (mode) {
    case 'off':
      return null;
    case 'read-only':
      if (!isWrite()) return null;
      break;
    case 'closed':
      break;
  }
  const expiresAt = answer?.expiresAt ?? null;
  return {
    mode,
    message: answer?.message ?? null,
    expiresAt,
    retryAfterSeconds: retryAfterSeconds(expiresAt, now, options),
    source,
  };
}

/** Reads are what these do; everything else may write. */
const READS = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);
export const isWriteByMethod = (request: Request): boolean => !READS.has(request.method);

/** `patterns`: whole paths, or with `/*` at the end everything below one. */
export const isAllowed = (path: string, patterns: readonly string[]): boolean =>
  patterns.some((pattern) => (pattern.endsWith('/*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern));
