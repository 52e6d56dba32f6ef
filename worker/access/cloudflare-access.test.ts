import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ASSERTION_HEADER, byAssertion, issuerOf } from './cloudflare-access.ts';

/** A key server like the one that Access publishes its keys at. */
let server: Server;
let team: string;
let ours: CryptoKey;
let strangers: CryptoKey;
let asked = 0;

beforeAll(async () => {
  const [good, bad] = await Promise.all([generateKeyPair('RS256'), generateKeyPair('RS256')]);
  ours = good.privateKey as CryptoKey;
  strangers = bad.privateKey as CryptoKey;
  const key: JWK = { ...(await exportJWK(good.publicKey)), kid: 'one', alg: 'RS256', use: 'sig' };
  server = createServer((request, response) => {
    asked += 1;
    response.writeHead(request.url === '/cdn-cgi/access/certs' ? 200 : 404, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify({ keys: [key] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  team = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

const settings = (more = {}) => ({ ACCESS_TEAM: team, ACCESS_AUD: 'app-tag', ...more });
const sign = (
  claims: Record<string, unknown> = {},
  { issuer = team, audience = 'app-tag', expires = '1h', key = ours, kid = 'one' } = {},
) =>
  new SignJWT({ email: 'Ann@Example.com', ...claims })
    .setProtectedHeader({ alg: 'RS256', kid })
    .setSubject('u1')
    .setIssuer(issuer)
    .setAudience(audience)
    .setIssuedAt()
    .setExpirationTime(expires)
    .sign(key);
const ask = async (assertion: string, more = {}) => byAssertion(new Headers({ [ASSERTION_HEADER]: assertion }), settings(more));

describe('X1: a Cloudflare Access assertion is believed only when it is signed by the team, for us, and now', () => {
  test('a good one says who it is, with the least role unless the configuration says more', async () => {
    expect(await ask(await sign())).toMatchObject({ subject: 'access:ann@example.com', role: 'viewer' });
    const roles = JSON.stringify({ 'ann@example.com': 'admin', '*': 'operator' });
    expect(await ask(await sign(), { ACCESS_ROLES: roles })).toMatchObject({ role: 'admin' });
    expect(await ask(await sign({ email: 'bob@example.com' }), { ACCESS_ROLES: roles })).toMatchObject({ role: 'operator' });
    expect(await ask(await sign({ email: undefined, common_name: 'robot' }))).toMatchObject({ subject: 'access:robot' });
  });

  test.each<[string, () => Promise<string>]>([
    ['another team', () => sign({}, { issuer: 'https://evil.cloudflareaccess.com' })],
    ['another application', () => sign({}, { audience: 'other' })],
    ['expired', () => sign({}, { expires: '-1m' })],
    ['signed by a stranger', () => sign({}, { key: strangers })],
    ['an unknown key', () => sign({}, { kid: 'two' })],
    ['no JWT at all', async () => 'a.b.c'],
    ['an unsigned one', async () => `${btoa('{"alg":"none"}')}.${btoa('{"sub":"u1"}')}.`.replaceAll('=', '')],
  ])('%s: nobody', async (_, assertion) => {
    expect(await ask(await assertion())).toBeNull();
  });

  test('switched off while team or audience are not set', async () => {
    expect(await ask(await sign(), { ACCESS_TEAM: '' })).toBeNull();
    expect(await ask(await sign(), { ACCESS_AUD: '' })).toBeNull();
    expect(issuerOf({ ACCESS_TEAM: 'acme', ACCESS_AUD: 'x' })).toBe('https://acme.cloudflareaccess.com');
    expect(issuerOf({ ACCESS_TEAM: 'acme.cloudflareaccess.com', ACCESS_AUD: 'x' })).toBe('https://acme.cloudflareaccess.com');
  });

  test('keys are fetched once, not with every request', async () => {
    await ask(await sign());
    const before = asked;
    for (let n = 0; n < 20; n += 1) await ask(await sign());
    expect(asked).toBe(before);
  });
});
