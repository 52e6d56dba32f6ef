/** What every request carries along. */
import type { Context } from 'hono';
import type { Identity } from '../access/identity.ts';
import type { Env } from '../env.ts';
import type { Me, Role } from '../protocol/access.ts';

/** Somebody who has proved who they are. */
export interface Known extends Identity {
  readonly via: Me['via'];
  readonly sessionExpiresAt: number | null;
  /** What a socket is tagged with: `session:hash`, `token:id`, `owner`, `access:hash`. The end of each is its end. */
  readonly tags: readonly string[];
  /** On the database of the path, or on what belongs to none: null until the route has looked (`admit`), or when there is none. */
  readonly role: Role | null;
}

/** Somebody whom the route has let in: what handlers see. */
export interface Caller extends Known {
  readonly role: Role;
}

export interface Vars {
  requestId: string;
  /** Null until proved. */
  caller: Known | null;
}

export type AppEnv = { Bindings: Env; Variables: Vars };
export type AppContext = Context<AppEnv>;
