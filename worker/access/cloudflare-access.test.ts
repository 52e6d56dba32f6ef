import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
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
  test('a good one says who it is, with the least role on everything unless the configuration says more', async () => {
    const viewer = [{ role: 'viewer', databases: null }];
    expect(await ask(await sign())).toMatchObject({ subject: 'access:ann@example.com', grants: viewer, tokenId: null });
    const roles = JSON.stringify({ 'ann@example.com': 'admin', '*': 'operator' });
    expect(await ask(await sign(), { ACCESS_ROLES: roles })).toMatchObject({ grants: [{ role: 'admin', databases: null }] });
    const bob = await ask(await sign({ email: 'bob@example.com' }), { ACCESS_ROLES: roles });
    expect(bob).toMatchObject({ grants: [{ role: 'operator', databases: null }] });
  });

  test('it ends when the assertion does: sockets close then', async () => {
    const before = Math.floor(Date.now() / 1000) * 1000;
    const identity = await ask(await sign({}, { expires: '10m' }));
    expect(identity?.expiresAt).toBeGreaterThanOrEqual(before + 600_000);
    expect(identity?.expiresAt).toBeLessThan(before + 700_000);
  });

  test('X2: groups and service tokens have roles, where the configuration finds them', async () => {
    const ACCESS_ROLES = JSON.stringify({
      'group:DBA': { role: 'operator', databases: ['DB'] },
      'service:abc.access': 'admin',
    });
    const dba = [{ role: 'operator', databases: ['DB'] }];
    expect(await ask(await sign({ groups: ['DBA'] }), { ACCESS_ROLES })).toMatchObject({ grants: dba });
    const inside = await sign({ custom: { groups: [{ id: '1', name: 'DBA' }] } });
    expect(await ask(inside, { ACCESS_ROLES })).toBeNull();
    expect(await ask(inside, { ACCESS_ROLES, ACCESS_GROUPS_CLAIM: 'custom.groups' })).toMatchObject({ grants: dba });
    const robot = await sign({ email: undefined, common_name: 'abc.access' });
    expect(await ask(robot, { ACCESS_ROLES })).toMatchObject({ subject: 'access:abc.access', grants: [{ role: 'admin' }] });
    // Who has a mail address is a person, whatever else the assertion says.
    expect(await ask(await sign({ common_name: 'abc.access' }), { ACCESS_ROLES })).toBeNull();
  });

  test('X1: a configuration that cannot be read lets nobody in, and the log says so, once', async () => {
    const lines: string[] = [];
    const spy = vi.spyOn(console, 'error').mockImplementation((line) => void lines.push(String(line)));
    for (let n = 0; n < 3; n += 1) expect(await ask(await sign(), { ACCESS_ROLES: '{"ann@example.com":"boss"}' })).toBeNull();
    spy.mockRestore();
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('ACCESS_ROLES cannot be read');
    expect(await ask(await sign(), { ACCESS_ROLES: '' })).not.toBeNull();
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
    expect(await ask(await sign(), { ACCESS_TEAM: 'https://' })).toBeNull();
    expect(await ask(await sign(), { ACCESS_TEAM: 'two words' })).toBeNull();
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
