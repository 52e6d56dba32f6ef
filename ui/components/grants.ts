/** Roles and where they hold, in words. Pure. */
import type { Grant } from '../../worker/protocol/access.ts';

/** `all databases`, `DB`, `DB and STAGING`, `DB, STAGING and 3 more`. */
export function databasesInWords(databases: readonly string[] | null, most = 3): string {
  if (databases === null) return 'all databases';
  const named = databases.slice(0, databases.length > most ? most - 1 : most);
  const others = databases.length - named.length;
  const parts = others > 0 ? [...named, `${others} more`] : named;
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

/** `admin`; where it is not for all databases, `viewer on STAGING; admin on DB`. */
export function grantsInWords(grants: readonly Grant[]): string {
  const [only, ...others] = grants;
  if (only === undefined) return 'no role';
  if (others.length === 0 && only.databases === null) return only.role;
  return grants.map(({ role, databases }) => `${role} on ${databasesInWords(databases)}`).join('; ');
}
