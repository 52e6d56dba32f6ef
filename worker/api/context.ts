/** What every request carries along. */
import type { Context } from 'hono';
import type { Identity } from '../access/identity.ts';
import type { Env } from '../env.ts';
import type { Me } from '../protocol/access.ts';

export interface Caller extends Identity {
  readonly via: Me['via'];
  readonly sessionExpiresAt: number | null;
  /** What a socket is tagged with: `session:hash`, `token:id`, `owner`, `access:name`. */
  readonly credential: string;
}

export interface Vars {
  requestId: string;
  /** Null until proved. */
  caller: Caller | null;
}

export type AppEnv = { Bindings: Env; Variables: Vars };
export type AppContext = Context<AppEnv>;
