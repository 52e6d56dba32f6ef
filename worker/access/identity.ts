/** Who somebody is, once it has been proved. */
import type { Role } from '../protocol/access.ts';

export interface Identity {
  /** For the record: `owner`, `token:ci`, `access:ann@example.com`. */
  readonly subject: string;
  readonly displayName: string;
  readonly role: Role;
  /** The token behind it, whose end is its end; null for the owner and for Access. */
  readonly tokenId: string | null;
  /** A fingerprint of the owner's secret, where that is behind it: another secret, and the session is over. */
  readonly ownerHash: string | null;
}

export interface Session extends Identity {
  readonly expiresAt: number;
}
