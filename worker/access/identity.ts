/** Who somebody is, once it has been proved. */
import { type Grant, type Role, roleAtLeast } from '../protocol/access.ts';

export interface Identity {
  /** For the record: `owner`, `token:ci`, `access:ann@example.com`. */
  readonly subject: string;
  readonly displayName: string;
  readonly grants: readonly Grant[];
  /** The token behind it, whose end is its end; null for the owner and for Access. */
  readonly tokenId: string | null;
  /** A fingerprint of the owner's secret, where that is behind it: another secret, and the session is over. */
  readonly ownerHash: string | null;
  /** When what proves it ends by itself, in milliseconds since the epoch: sockets close then. Null: never. */
  readonly expiresAt: number | null;
}

export interface Session extends Identity {
  readonly expiresAt: number;
}

/** A role on everything there is, and will be. */
export const everywhere = (role: Role): Grant => ({ role, databases: null });

/** The highest of the grants, whatever it is on; null: there is none. */
export const highestRole = (grants: readonly Grant[]): Role | null =>
  grants.reduce<Role | null>((best, { role }) => (best === null || roleAtLeast(role, best) ? role : best), null);
