/** Cloudflare Access: a signed assertion in a header, checked against the team's published keys. */
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { z } from 'zod';
import { Role } from '../protocol/access.ts';
import type { Identity } from './identity.ts';

export const ASSERTION_HEADER = 'Cf-Access-Jwt-Assertion';

export interface AccessSettings {
  readonly ACCESS_TEAM?: string;
  readonly ACCESS_AUD?: string;
  readonly ACCESS_ROLES?: string;
}

const Roles = z.record(z.string(), Role);
type KeySet = ReturnType<typeof createRemoteJWKSet>;
/** Key sets are kept for the life of the isolate: the library fetches again when a key id is unknown. */
const keySets = new Map<string, KeySet>();

/** `team`, `team.cloudflareaccess.com` or a whole origin: the issuer's address. Null: Access is not set up. */
export function issuerOf({ ACCESS_TEAM, ACCESS_AUD }: AccessSettings): string | null {
  if (!ACCESS_TEAM || !ACCESS_AUD) return null;
  if (ACCESS_TEAM.includes('://')) return new URL(ACCESS_TEAM).origin;
  return `https://${ACCESS_TEAM.includes('.') ? ACCESS_TEAM : `${ACCESS_TEAM}.cloudflareaccess.com`}`;
}

/** Who the assertion speaks of, or null when it is missing, not signed by the team, not for us, or expired. */
export async function byAssertion(headers: Headers, settings: AccessSettings): Promise<Identity | null> {
  const issuer = issuerOf(settings);
  const assertion = headers.get(ASSERTION_HEADER);
  if (issuer === null || assertion === null) return null;
  try {
    const { payload } = await jwtVerify(assertion, keysOf(issuer), {
      issuer,
      audience: settings.ACCESS_AUD,
      algorithms: ['RS256'],
      requiredClaims: ['exp', 'sub'],
    });
    const email = typeof payload.email === 'string' ? payload.email.toLowerCase() : null;
    const name = email ?? (typeof payload.common_name === 'string' ? payload.common_name : String(payload.sub));
    return { subject: `access:${name}`, displayName: name, role: roleOf(name, settings), tokenId: null, ownerHash: null };
  } catch {
    // Whatever is wrong with it, it proves nothing.
    return null;
  }
}

function keysOf(issuer: string): KeySet {
  const known = keySets.get(issuer);
  if (known) return known;
  const made = createRemoteJWKSet(new URL('/cdn-cgi/access/certs', issuer), { cooldownDuration: 10_000 });
  keySets.set(issuer, made);
  return made;
}

/** The role that the configuration gives, or the least. */
function roleOf(name: string, { ACCESS_ROLES }: AccessSettings): Role {
  if (!ACCESS_ROLES) return 'viewer';
  const roles = Roles.parse(JSON.parse(ACCESS_ROLES));
  return roles[name] ?? roles['*'] ?? 'viewer';
}
