/** Who is asking. A bearer token for programs, a session cookie for the console, an Access assertion where Access is set up. */
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { byAssertion } from '../access/cloudflare-access.ts';
import { everywhere, type Identity } from '../access/identity.ts';
import { digest, equalSecrets, newSecret } from '../access/secrets.ts';
import type { Env } from '../env.ts';
import type { SignIn } from '../protocol/access.ts';
import type { By } from '../protocol/audit.ts';
import { Refusal } from '../protocol/problem.ts';
import type { AppContext, Known } from './context.ts';

const BEARER = /^Bearer ([^\s]{1,512})$/i;

export const accessOf = (env: Env) => env.ACCESS.getByName('access');
const secure = (c: AppContext): boolean => new URL(c.req.url).protocol === 'https:';
/** `__Host-` ties the cookie to this host and path; browsers want HTTPS for it, which loopback development has not. */
const cookieName = (c: AppContext): string => (secure(c) ? '__Host-lockkeeper' : 'lockkeeper');

/** Nothing of the length that a header may have gets into the records. */
const MAX_BY = 64;
export const addressOf = (c: AppContext): string => (c.req.header('CF-Connecting-IP') ?? 'local').slice(0, MAX_BY);

/** For the audit trail (A1). */
export const byOf = (c: AppContext): By => ({
  actor: c.get('caller')?.subject ?? 'nobody',
  address: addressOf(c),
  requestId: c.get('requestId').slice(0, MAX_BY),
});

/** Null: nobody, or nobody that we know. A credential that is there but wrong never falls through to the next kind. */
export async function identify(c: AppContext): Promise<Known | null> {
  const authorization = c.req.header('Authorization');
  if (authorization !== undefined) return byBearer(c, authorization);
  const cookie = getCookie(c, cookieName(c));
  if (cookie !== undefined) {
    const session = await bySession(c, cookie);
    if (session) return session;
  }
  const identity = await byAssertion(c.req.raw.headers, c.env);
  if (identity) await noteAccessSignIn(c, identity);
  if (!identity) return null;
  // A name from outside may be longer than a tag.
  const tags = [`access:${await digest(identity.subject)}`];
  return { ...identity, via: 'access', sessionExpiresAt: null, tags, role: null };
}

/** Who came through Access from where, so that not every request asks the object whether it knows. */
const seen = new Set<string>();
const MAX_SEEN = 1_000;

async function noteAccessSignIn(c: AppContext, identity: Identity): Promise<void> {
  const key = JSON.stringify([identity.subject, addressOf(c), new Date().toISOString().slice(0, 13)]);
  if (seen.has(key)) return;
  if (seen.size >= MAX_SEEN) seen.clear();
  seen.add(key);
  await accessOf(c.env).recordAccessSignIn(identity, byOf(c));
}

async function byBearer(c: AppContext, authorization: string): Promise<Known | null> {
  const token = BEARER.exec(authorization)?.[1];
  if (token === undefined) return null;
  const identity = await byToken(c.env, token);
  return identity && { ...identity, via: 'bearer', sessionExpiresAt: null, tags: [tagOf(identity)], role: null };
}

const tagOf = ({ tokenId }: Identity): string => (tokenId === null ? 'owner' : `token:${tokenId}`);

async function bySession(c: AppContext, cookie: string): Promise<Known | null> {
  const hash = await digest(cookie);
  const session = await accessOf(c.env).bySession(hash, await ownerHash(c.env));
  return (
    session && {
      ...session,
      via: 'session',
      sessionExpiresAt: session.expiresAt,
      tags: [`session:${hash}`, tagOf(session)],
      role: null,
    }
  );
}

const ownerHash = async ({ LOCKKEEPER_ADMIN_TOKEN }: Env): Promise<string | null> =>
  LOCKKEEPER_ADMIN_TOKEN ? (await digest(LOCKKEEPER_ADMIN_TOKEN)).slice(0, 32) : null;

async function byToken(env: Env, token: string): Promise<Identity | null> {
  if (env.LOCKKEEPER_ADMIN_TOKEN && (await equalSecrets(token, env.LOCKKEEPER_ADMIN_TOKEN))) {
    const grants = [everywhere('admin')];
    return { subject: 'owner', displayName: 'Owner', grants, tokenId: null, ownerHash: await ownerHash(env), expiresAt: null };
  }
  return accessOf(env).byToken(await digest(token));
}

/** Exchanges a token, or the code of a sign-in link, for a session cookie. Failed attempts are slowed down by address. */
export async function signIn(c: AppContext, proof: SignIn): Promise<Known> {
  const access = accessOf(c.env);
  const address = addressOf(c);
  const by = byOf(c);
  const how = 'token' in proof ? 'token' : 'code';
  const locked = await access.lockedUntil(address);
  if (locked > Date.now()) await access.recordRefusedSignIn(`${how}, while locked`, by);
  refuseWhileLocked(c, locked);
  const identity =
    'token' in proof
      ? await byToken(c.env, proof.token)
      : await access.redeemCode(await digest(proof.code), await ownerHash(c.env));
  if (!identity) {
    refuseWhileLocked(c, await access.countFailure(address, how, by));
    throw new Refusal('bad_credentials', 'Nobody has that token, or that code was used or is too old.');
  }
  await access.forgetFailures(address);
  const secret = newSecret('lks');
  const hash = await digest(secret);
  const expiresAt = await access.openSession(hash, identity, how, { ...by, actor: identity.subject });
  setCookie(c, cookieName(c), secret, {
    httpOnly: true,
    sameSite: 'Strict',
    secure: secure(c),
    path: '/',
    maxAge: Math.floor((expiresAt - Date.now()) / 1000),
  });
  return { ...identity, via: 'session', sessionExpiresAt: expiresAt, tags: [`session:${hash}`, tagOf(identity)], role: null };
}

function refuseWhileLocked(c: AppContext, until: number): void {
  const seconds = Math.ceil((until - Date.now()) / 1000);
  if (seconds <= 0) return;
  c.header('Retry-After', String(seconds));
  throw new Refusal('too_many_requests', `Too many failed attempts from your address. Try again in ${seconds} s.`);
}

export async function signOut(c: AppContext): Promise<void> {
  const cookie = getCookie(c, cookieName(c));
  // The cookie alone says who signs out, whatever else proves the request: so it needs the proof that cookies need.
  if (cookie !== undefined && !sameOrigin(c)) throw new Refusal('cross_origin', 'A sign-out from another origin.');
  if (cookie !== undefined) await accessOf(c.env).closeSession(await digest(cookie), byOf(c));
  deleteCookie(c, cookieName(c), { path: '/', secure: secure(c) });
}

/** A browser sends cookies by itself, so a request that changes something, or opens a socket, must show that our own page made it. */
export function sameOrigin(c: AppContext): boolean {
  const origin = c.req.header('Origin');
  if (origin !== undefined) return origin === new URL(c.req.url).origin;
  return c.req.header('Sec-Fetch-Site') === 'same-origin';
}
