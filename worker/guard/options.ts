/** What a guard is told, and what it takes where it is told nothing. */
import type { MaintenanceBinding } from './answer.ts';
import { isWriteByMethod, type Notice, type OnUnreachable } from './decide.ts';
import type { Clock } from './watch.ts';

export interface GuardOptions<Bindings> {
  /**
   * The service binding: `(env) => env.LOCKKEEPER`. The cache hangs on the very object that this gives: one that is made anew for each
   * request is asked at each request.
   */
  readonly binding: (env: Bindings) => MaintenanceBinding;
  /** The database's name in the control plane. */
  readonly db: string;
  /** How long an answer is good. A change of the mode is seen within this and a second (twice this, if less). 0: ask each time. */
  readonly cacheMs?: number;
  /** How long a request waits for the control plane at most. */
  readonly deadlineMs?: number;
  readonly onUnreachable?: OnUnreachable;
  /** Must not read the body. What throws is taken for a write. Default: all but GET, HEAD, OPTIONS and TRACE. */
  readonly isWrite?: (request: Request) => boolean;
  /** Paths that are always served, without asking: whole ones, or with `/*` at the end all below. */
  readonly allow?: readonly string[];
  /** The HTML of an own page. `message` has to be escaped. */
  readonly page?: (notice: Notice) => string;
  /** For `Retry-After` when nothing says how long it takes. */
  readonly retryAfterSeconds?: number;
  /** Hears why the control plane could not be asked: at most once a second and isolate. */
  readonly onTrouble?: (why: string) => void;
  readonly clock?: Clock;
}

export interface Settings<Bindings> extends Required<Omit<GuardOptions<Bindings>, 'page' | 'onTrouble'>> {
  readonly page: GuardOptions<Bindings>['page'];
  readonly onTrouble: GuardOptions<Bindings>['onTrouble'];
}

export const DEFAULTS = { cacheMs: 5000, deadlineMs: 250, onUnreachable: 'last-known', retryAfterSeconds: 30 } as const;

const systemClock: Clock = {
  now: () => Date.now(),
  wait: (ms) => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    const over = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
    });
    return { over, cancel: () => timer !== null && clearTimeout(timer) };
  },
};

function within(name: string, value: number, least: number, most: number): number {
  if (Number.isFinite(value) && value >= least && value <= most) return value;
  throw new RangeError(`maintenance guard: ${name} is ${value}; it must lie between ${least} and ${most}`);
}

/** Throws a RangeError for numbers that make no sense: when the Worker starts, not when it is asked. */
export function settingsOf<Bindings>(options: GuardOptions<Bindings>): Settings<Bindings> {
  return {
    binding: options.binding,
    db: options.db,
    cacheMs: within('cacheMs', options.cacheMs ?? DEFAULTS.cacheMs, 0, 3_600_000),
    deadlineMs: within('deadlineMs', options.deadlineMs ?? DEFAULTS.deadlineMs, 1, 30_000),
    onUnreachable: options.onUnreachable ?? DEFAULTS.onUnreachable,
    isWrite: options.isWrite ?? isWriteByMethod,
    allow: options.allow ?? [],
    page: options.page,
    retryAfterSeconds: Math.ceil(within('retryAfterSeconds', options.retryAfterSeconds ?? DEFAULTS.retryAfterSeconds, 1, 86_400)),
    onTrouble: options.onTrouble,
    clock: options.clock ?? systemClock,
  };
}
