/** What each role may do from the console (X2). The server decides; this only says beforehand why a control is off. Pure. */
import type { Role } from '../../worker/protocol/access.ts';

export type Action =
  | 'export'
  | 'verify'
  | 'seed'
  | 'cancel'
  | 'retry'
  | 'refresh-counts'
  | 'maintenance'
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
  'delete-backup': 'admin',
  'manage-tokens': 'admin',
  'read-access-audit': 'admin',
};
const HEIGHT: Record<Role, number> = { viewer: 0, operator: 1, admin: 2 };

export const roleAllows = (role: Role, action: Action): boolean => HEIGHT[role] >= HEIGHT[NEEDS[action]];

/** Why `role` may not do it, in a short sentence; null when it may. */
export const denial = (role: Role, action: Action): string | null =>
  roleAllows(role, action) ? null : `Needs the ${NEEDS[action]} role; yours is ${role}.`;
