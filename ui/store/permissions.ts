/** What each role may do from the console (X2). The server decides; this only says beforehand why a control is off. Pure. */
import type { Grant, Role } from '../../worker/protocol/access.ts';

export type Action =
  | 'export'
  | 'verify'
  | 'seed'
  | 'cancel'
  | 'retry'
  | 'refresh-counts'
  | 'maintenance'
  | 'run-danger'
  | 'approve'
  | 'plan'
  | 'edit-schema'
  | 'accept-draft'
  | 'delete-backup'
  | 'manage-tokens'
  | 'read-access-audit';

const NEEDS: Record<Action, Role> = {
  export: 'operator',
  verify: 'operator',
  seed: 'operator',
  cancel: 'operator',
  retry: 'operator',
  'refresh-counts': 'operator',
  maintenance: 'operator',
  'run-danger': 'admin',
  approve: 'admin',
  plan: 'operator',
  'edit-schema': 'operator',
  'accept-draft': 'admin',
  'delete-backup': 'admin',
  'manage-tokens': 'admin',
  'read-access-audit': 'admin',
};
/** What belongs to no database takes a role on all of them. */
const OF_NO_DATABASE: ReadonlySet<Action> = new Set<Action>(['manage-tokens', 'read-access-audit']);
const HEIGHT: Record<Role, number> = { viewer: 0, operator: 1, admin: 2 };

/** The same rule as `roleOn` of the protocol, which would bring zod into the bundle; a test holds the two together. */
export function roleOn(grants: readonly Grant[], database: string | null): Role | null {
  return grants
    .filter(({ databases }) => databases === null || (database !== null && databases.includes(database)))
    .reduce<Role | null>((best, { role }) => (best === null || HEIGHT[role] > HEIGHT[best] ? role : best), null);
}

export const roleAtLeast = (role: Role, needed: Role): boolean => HEIGHT[role] >= HEIGHT[needed];
export const roleAllows = (role: Role, action: Action): boolean => roleAtLeast(role, NEEDS[action]);

/** Why `role` may not do it, in a short sentence; null when it may. */
export const denial = (role: Role, action: Action): string | null => lacking(role, NEEDS[action]);

export const lacking = (role: Role, needed: Role): string | null =>
  roleAtLeast(role, needed) ? null : `Needs the ${needed} role; yours is ${role}.`;

/**
 * Why these grants do not allow it on `database`; null when they do. Who has different roles on different databases is told that it is
 * this one that counts.
 */
export function grantsDenial(grants: readonly Grant[], action: Action, database: string): string | null {
  return grantsLack(grants, NEEDS[action], OF_NO_DATABASE.has(action) ? null : database);
}

/** The same for a role that something asks for itself, as a plan does. `null`: what belongs to no database. */
export function grantsLack(grants: readonly Grant[], needed: Role, database: string | null): string | null {
  const role = roleOn(grants, database);
  if (role !== null && roleAtLeast(role, needed)) return null;
  if (grants.every(({ databases }) => databases === null)) return role === null ? 'You have no role.' : lacking(role, needed);
  if (database === null) return `Needs the ${needed} role on all databases; yours is for some.`;
  return role === null ? `You have no role on ${database}.` : `Needs the ${needed} role on ${database}; yours there is ${role}.`;
}
