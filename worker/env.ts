/** What the Worker is given: see `wrangler.toml`. */
import { DATABASES, type ManagedDatabase } from '../db/databases.ts';
import type { AccessControl } from './access/access-control.ts';
import type { ControlPlane } from './control/control-plane.ts';
import type { SliceMessage } from './control/wire.ts';
import type { ScratchDatabase } from './database/scratch.ts';
import { Refusal } from './protocol/problem.ts';

/**
 * Objects by name. Their methods are async and speak in plain data only, so a stub has the very type of its class; the platform's own
 * stub type gives up on JSON of unknown shape.
 */
export interface Objects<T> {
  getByName(name: string): Pick<T, keyof T>;
}

export interface Env {
  readonly CONTROL: Objects<ControlPlane>;
  readonly ACCESS: Objects<AccessControl>;
  readonly SCRATCH: Objects<ScratchDatabase>;
  readonly ARCHIVE: R2Bucket;
  readonly SLICES: Queue<SliceMessage>;
  readonly ASSETS: Fetcher;
  /** A secret: whoever has it is the owner. Absent: nobody can sign in with it. */
  readonly LOCKKEEPER_ADMIN_TOKEN?: string;
  /** `team` or `https://team.cloudflareaccess.com`, and the application's AUD tag; both empty: Access is off. */
  readonly ACCESS_TEAM?: string;
  readonly ACCESS_AUD?: string;
  /** JSON, see `access/role-map.ts`; empty: everybody whom Access lets in may look at everything. */
  readonly ACCESS_ROLES?: string;
  /** Where the assertion names groups: `groups` when empty, or a dotted path like `custom.groups`. */
  readonly ACCESS_GROUPS_CLAIM?: string;
}

/** The managed database of this name, or `database_not_found`; over RPC it may be no name at all. */
export function managed(name: string): ManagedDatabase {
  const found = DATABASES.find((database) => database.binding === name);
  if (!found)
    throw new Refusal('database_not_found', `There is no managed database ${JSON.stringify(String(name).slice(0, 100))}.`);
  return found;
}

export function bindingOf(env: Env, name: string): D1Database {
  const binding = (env as unknown as Record<string, unknown>)[managed(name).binding];
  if (!binding) throw new Refusal('database_unreachable', `No D1 binding ${name}: db/databases.ts and wrangler.toml disagree.`);
  return binding as D1Database;
}
