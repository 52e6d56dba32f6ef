/** The guard itself, for any kind of handler: ask, decide, refuse. Nothing here throws, whatever the control plane does (M5). */
import { decide, isAllowed, type Notice, retryAfterSeconds, type Standing } from './decide.ts';
import { isFenceRefusal } from './fence-refusal.ts';
import { type GuardOptions, type Settings, settingsOf } from './options.ts';
import { refusal } from './refusal.ts';
import { type Asking, Watch } from './watch.ts';

/** As in a Worker's context; absent where there is none. */
export type WaitUntil = (work: Promise<unknown>) => void;

/**
 * All guards of an isolate that ask the same control plane about the same database share what they know. By the binding's own object:
 * two control planes may each have a `DB`.
 */
const watches = new WeakMap<object, Map<string, Watch>>();

const quietly = (act: () => void): void => {
  try {
    act();
  } catch {
    // Nothing that only looks on may break the request.
  }
};

export class Guard<Bindings> {
  private readonly settings: Settings<Bindings>;
  /** Where there is no binding to hang it on. */
  private readonly own = {};

  constructor(options: GuardOptions<Bindings>) {
    this.settings = settingsOf(options);
  }

  /** Null: the request may pass. Within `deadlineMs`, at once while the answer is fresh. */
  async check(request: Request, env: Bindings, waitUntil?: WaitUntil): Promise<Notice | null> {
    const { settings } = this;
    if (settings.allow.length > 0 && isAllowed(new URL(request.url).pathname, settings.allow)) return null;
    const standing = await this.standing(env, waitUntil);
    return decide(standing, () => this.isWrite(request), settings, settings.clock.now());
  }

  /** The same notice where it was the database that refused the write; null for all other errors. */
  fenced(error: unknown, env: Bindings): Notice | null {
    if (!isFenceRefusal(error)) return null;
    const { db, clock } = this.settings;
    watchOf(this.binding(env) ?? this.own, db, clock).doubt();
    const seconds = retryAfterSeconds(null, clock.now(), this.settings);
    return { mode: 'read-only', message: null, expiresAt: null, retryAfterSeconds: seconds, source: 'fence' };
  }

  refusal(notice: Notice, request: Request): Response {
    return refusal(notice, request, this.settings.page);
  }

  private async standing(env: Bindings, waitUntil: WaitUntil | undefined): Promise<Standing> {
    const { db, clock, onTrouble } = this.settings;
    const binding = this.binding(env);
    const asking: Asking = {
      ask: () => {
        if (binding === null) throw new Error('there is no such binding');
        return binding.status(db);
      },
      keepAlive: (work) => quietly(() => waitUntil?.(work)),
      trouble: (why) => quietly(() => onTrouble?.(why)),
    };
    return await watchOf(binding ?? this.own, db, clock).read(asking, this.settings);
  }

  private binding(env: Bindings) {
    try {
      const binding: unknown = this.settings.binding(env);
      const usable = (typeof binding === 'object' && binding !== null) || typeof binding === 'function';
      return usable ? (binding as ReturnType<Settings<Bindings>['binding']>) : null;
    } catch {
      return null;
    }
  }

  private isWrite(request: Request): boolean {
    try {
      return this.settings.isWrite(request);
    } catch {
      return true;
    }
  }
}

function watchOf(key: object, db: string, clock: Settings<unknown>['clock']): Watch {
  const ofBinding = watches.get(key) ?? new Map<string, Watch>();
  watches.set(key, ofBinding);
  const watch = ofBinding.get(db) ?? new Watch(clock);
  ofBinding.set(db, watch);
  return watch;
}
