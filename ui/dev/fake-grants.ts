/** What a caller of the fake server may do. */
import { type Me, type Role, roleAtLeast, roleOn } from '../../worker/protocol/access.ts';
import { refused } from './fake-answer.ts';

export const roleHere = ({ grants }: Me, database: string | null): Role | null => roleOn(grants, database);

export function demand(me: Me, database: string | null, needed: Role): void {
  const role = roleHere(me, database);
  if (role === null || !roleAtLeast(role, needed)) throw refused('forbidden');
}
