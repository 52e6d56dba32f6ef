/** Cloudflare Access: a signed assertion in a header, checked against the team's published keys. */
import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose';
import { log } from '../log.ts';
import { type Claims, claimAt, groupNames } from './claims.ts';
import type { Identity } from './identity.ts';
import { grantsOf, type Roles, readRoles } from './role-map.ts';

export const ASSERTION_HEADER = 'Cf-Access-Jwt-Assertion';

export interface AccessSettings {
  readonly ACCESS_TEAM?: string;
  readonly ACCESS_AUD?: string;
  readonly ACCESS_ROLES?: string;
  readonly ACCESS_GROUPS_CLAIM?: string;
}

type KeySet = ReturnType<typeof createRemoteJWKSet>;
/** Key sets are kept for the life of the isolate: the library fetches again when a key id is unknown. */
const keySets = new Map<string, KeySet>();

/** `team`, `team.cloudflareaccess.com` or a whole origin: the issuer's address. Null: Access is not set up. */
export function issuerOf({ ACCESS_TEAM, ACCESS_AUD }: AccessSettings): string | null {
  if (!ACCESS_TEAM || !ACCESS_AUD) return null;
  if (ACCESS_TEAM.includes('://')) return URL.canParse(ACCESS_TEAM) ? new URL(ACCESS_TEAM).origin : null;
  return `https://${ACCESS_TEAM.includes('.') ? ACCESS_TEAM : `${ACCESS_TEAM}.cloudflareaccess.com`}`;
}

/**
 * Who the assertion speaks of, with the roles that the configuration gives. Null when it is missing, not signed by the team, not for us, or
 * expired; and for whom the configuration gives no role.
 */
export async function byAssertion(headers: Headers, settings: AccessSettings): Promise<Identity | null> {
  const issuer = issuerOf(settings);
  const assertion = headers.get(ASSERTION_HEADER);
  if (issuer === null || assertion === null) return null;
  const payload = await verified(assertion, issuer, settings.ACCESS_AUD as string);
  if (payload === null) return null;
  const roles = rolesOf(settings);
  if (roles === null) return null;
  return identityOf(payload, roles, settings.ACCESS_GROUPS_CLAIM || 'groups');
}

async function verified(assertion: string, issuer: string, audience: string): Promise<JWTPayload | null> {
  try {
    const options = { issuer, audience, algorithms: ['RS256'], requiredClaims: ['exp', 'sub'] };
    return (await jwtVerify(assertion, keysOf(issuer), options)).payload;
  } catch {
    // Whatever is wrong with it, it proves nothing.
    return null;
  }
}

function identityOf(payload: JWTPayload, roles: Roles, groupsClaim: string): Identity | null {
  const email = textOf(payload.email)?.toLowerCase() ?? null;
  // Of a service token, its client id. A person's assertion has none.
  const service = email === null ? textOf(payload.common_name) : null;
  const name = email ?? service ?? String(payload.sub);
  const grants = grantsOf(roles, { email, service, groups: groupNames(claimAt(payload as Claims, groupsClaim)) });
  if (grants.length === 0) {
    log('warn', 'Cloudflare Access let somebody in whom ACCESS_ROLES gives no role', { subject: `access:${name}` });
    return null;
  }
  const expiresAt = (payload.exp as number) * 1000;
  return { subject: `access:${name}`, displayName: name, grants, tokenId: null, ownerHash: null, expiresAt };
}

const textOf = (claim: unknown): string | null => (typeof claim === 'string' && claim !== '' ? claim : null);

function keysOf(issuer: string): KeySet {
  const known = keySets.get(issuer);
  if (known) return known;
  const made = createRemoteJWKSet(new URL('/cdn-cgi/access/certs', issuer), { cooldownDuration: 10_000 });
  keySets.set(issuer, made);
  return made;
}

/** The last configuration that was read, so that a bad one is logged once and not with each request. */
let read: { readonly text: string; readonly roles: Roles | null } | null = null;

/** Null: it cannot be read, so nobody gets in through Access. Half of it might be what was to keep somebody out. */
function rolesOf({ ACCESS_ROLES = '' }: AccessSettings): Roles | null {
  if (read?.text !== ACCESS_ROLES) {
    const result = readRoles(ACCESS_ROLES);
    if (!result.ok)
      log('error', 'ACCESS_ROLES cannot be read: nobody gets in through Cloudflare Access', { error: result.problem });
    read = { text: ACCESS_ROLES, roles: result.ok ? result.roles : null };
  }
  return read.roles;
}
