/** Every route × every kind of caller gives exactly the answer that `testing/expectations.ts` states, and refusals change nothing (X1, X2). */
import { createExecutionContext } from 'cloudflare:test';
import { exports } from 'cloudflare:workers';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Env } from '../env.ts';
import { ROLES, type Role, roleAtLeast } from '../protocol/access.ts';
import { PROBLEMS, type ProblemCode } from '../protocol/problem.ts';
import { Maintenance } from '../rpc/maintenance.ts';
import { API, app } from './app.ts';
import { EXPECTATIONS, type Expectation } from './testing/expectations.ts';
import { stateOfAll } from './testing/state.ts';
import { type Ask, ask, bindings, HOST, inside, json, OWNER } from './testing/world.ts';

/** As the router knows them. */
const ROUTES = [
  ...new Set(
    app.routes
      .filter(({ path, method }) => path.startsWith(API) && !path.endsWith('*') && method !== 'ALL')
      .map(({ method, path }) => `${method} ${path.slice(API.length)}`),
  ),
];
const expectationOf = (route: string): Expectation => {
  const found = EXPECTATIONS[route];
  if (!found) throw new Error(`Say in worker/api/testing/expectations.ts who may use ${route}.`);
  return found;
};
const isOfDatabase = (route: string) => route.includes('/:db');
const changes = (route: string) => !route.startsWith('GET ');
const urlOf = (route: string, database = 'DB') => (route.split(' ')[1] ?? '').replace(':db', database).replaceAll(/:\w+/g, 'none');
const requestOf = (route: string): Ask => ({
  method: route.split(' ')[0] ?? '',
  ...(changes(route) ? { body: EXPECTATIONS[route]?.body ?? {} } : {}),
});

type Scope = 'this' | 'other' | 'all';
const SCOPES: readonly Scope[] = ['this', 'other', 'all'];
const DATABASES_OF: Record<Scope, string[] | null> = { this: ['DB'], other: ['STAGING'], all: null };
const MEMBERS = SCOPES.flatMap((scope) => ROLES.map((role) => ({ scope, role, name: `${role} of ${scope}` })));
type Member = (typeof MEMBERS)[number];

/** The rule, said once more in the test's own words. */
function admitted(route: string, { scope, role }: Member): boolean {
  const { needs } = expectationOf(route);
  if (needs === 'anyone' || needs === 'member') return true;
  const counts = scope === 'all' || (scope === 'this' && isOfDatabase(route));
  return counts && roleAtLeast(role, needs);
}

async function answerOf(response: Response): Promise<number | string> {
  if (response.status < 400) {
    await response.arrayBuffer();
    return response.status;
  }
  expect(response.headers.get('Content-Type')).toBe('application/problem+json');
  const { code, status } = (await response.json()) as { code: ProblemCode; status: number };
  expect([status, response.status]).toEqual([PROBLEMS[code].status, PROBLEMS[code].status]);
  return code;
}

const tokens = new Map<string, { id: string; secret: string }>();
const cookies = new Map<string, string>();
const tokenOf = (name: string) => tokens.get(name)?.secret ?? '';
const cookieOf = (name: string) => cookies.get(name) ?? '';

async function make(name: string, role: Role, databases: string[] | null): Promise<void> {
  const token = await json<{ id: string; secret: string }>('/tokens', { method: 'POST', body: { name, role, databases } });
  tokens.set(name, token);
  const signedIn = await ask('/session', { method: 'POST', token: null, body: { token: token.secret } });
  cookies.set(name, (signedIn.headers.get('Set-Cookie') ?? '').split(';')[0] ?? '');
}

beforeAll(async () => {
  for (const { name, role, scope } of MEMBERS) await make(name, role, DATABASES_OF[scope]);
  for (const name of ['expired', 'revoked', 'expired session']) await make(name, 'admin', null);
  const access = bindings.ACCESS.getByName('access');
  await inside(access, 'UPDATE tokens SET expires_at = 1 WHERE name = ?', 'expired');
  await inside(access, 'UPDATE sessions SET expires_at = 1 WHERE token_id = ?', tokens.get('expired session')?.id);
  expect((await ask(`/tokens/${tokens.get('revoked')?.id}`, { method: 'DELETE' })).status).toBe(204);
});

const BESIDE = 'a wrong token beside a good cookie';
/** What proves nothing, in every way that there is to send it. */
const NOBODIES = (): Record<string, Ask> => {
  const authorization = (value: string): Ask => ({ token: null, headers: { Authorization: value } });
  return {
    'no token': { token: null },
    'a wrong token': { token: 'lkt_wrong' },
    'almost the owner’s': { token: `${OWNER}x` },
    'an expired token': { token: tokenOf('expired') },
    'a revoked token': { token: tokenOf('revoked') },
    'the id of a token': { token: tokens.get('admin of all')?.id ?? '' },
    'malformed: Basic': authorization(`Basic ${btoa(`owner:${OWNER}`)}`),
    'malformed: no scheme': authorization(OWNER),
    'malformed: no token': authorization('Bearer'),
    'malformed: two tokens': authorization(`Bearer ${OWNER} ${OWNER}`),
    'malformed: too long': authorization(`Bearer ${'a'.repeat(513)}`),
    'a wrong cookie': { cookie: 'lockkeeper=lks_wrong' },
    'an empty cookie': { cookie: 'lockkeeper=' },
    'the cookie of an expired session': { cookie: cookieOf('expired session') },
    'the cookie of an expired token': { cookie: cookieOf('expired') },
    'the cookie of a revoked token': { cookie: cookieOf('revoked') },
    'a token as a cookie': { cookie: `lockkeeper=${tokenOf('admin of all')}` },
    'an unsigned assertion': { token: null, headers: { 'Cf-Access-Jwt-Assertion': `${btoa('{"alg":"none"}')}.e30.` } },
    [BESIDE]: {
      token: null,
      headers: { Authorization: 'Bearer no', Cookie: cookieOf('admin of all'), Origin: HOST },
    },
  };
};

describe('X1: the route table', () => {
  test('has an expectation for each route, and no expectation is of a route that is gone', () => {
    expect([...ROUTES].sort()).toEqual(Object.keys(EXPECTATIONS).sort());
  });

  test('what does not exist is refused like what may not be seen', async () => {
    const limited = tokenOf('admin of other');
    for (const database of ['NOPE', 'DB', 'db', 'ACCESS', 'DB%20', '__proto__', '%E0%A4%A'])
      expect(await answerOf(await ask(`/databases/${database}/overview`, { token: limited })), database).toBe('forbidden');
    const [unknown, unseen] = await Promise.all(
      ['NOPE', 'DB'].map(
        async (name) => (await ask(`/databases/${name}/jobs`, { token: limited })).json() as Promise<{ detail: string }>,
      ),
    );
    expect(unknown?.detail).toBe(unseen?.detail);
    for (const database of ['NOPE', 'db', 'ACCESS', 'DB%20', '__proto__', '%E0%A4%A'])
      expect(await answerOf(await ask(`/databases/${database}/overview`)), database).toBe('database_not_found');
    // The role first: who may not do it anywhere learns no names by trying.
    const viewer = tokenOf('viewer of all');
    expect(await answerOf(await ask('/databases/NOPE/jobs', { method: 'POST', token: viewer, body: {} }))).toBe('forbidden');
    expect(await answerOf(await ask('/nothing', { token: null }))).toBe('unauthorized');
    expect(await answerOf(await ask('/nothing'))).toBe('not_found');
  });
});

describe('X1: nobody gets in', () => {
  test.each(ROUTES)('%s', async (route) => {
    const before = await stateOfAll();
    const open = expectationOf(route).needs === 'anyone';
    const nobodies = Object.entries(NOBODIES());
    // Signing out ends the session of the cookie, whoever else is there.
    for (const [name, more] of route === 'DELETE /session' ? nobodies.filter(([each]) => each !== BESIDE) : nobodies) {
      const answer = await answerOf(await ask(urlOf(route), { ...requestOf(route), ...more }));
      expect(answer, name).toBe(open ? expectationOf(route).gives : 'unauthorized');
    }
    // Only signing out succeeds for nobody: it forgets a session that is over anyway.
    if (typeof expectationOf(route).gives === 'string' || !open) expect(await stateOfAll()).toEqual(before);
  });
});

describe('X2: each role on each database gets in where it may, and nowhere else', () => {
  test.each(ROUTES)('%s', async (route) => {
    const { gives } = expectationOf(route);
    const refused = MEMBERS.filter((member) => !admitted(route, member));
    const before = await stateOfAll();
    for (const { name } of refused) {
      for (const proof of [{ token: tokenOf(name) }, { cookie: cookieOf(name) }])
        expect(await answerOf(await ask(urlOf(route), { ...requestOf(route), ...proof })), name).toBe('forbidden');
    }
    expect(await stateOfAll()).toEqual(before);
    for (const member of MEMBERS.filter((each) => !refused.includes(each))) {
      const response = await ask(urlOf(route), { ...requestOf(route), token: tokenOf(member.name) });
      expect(await answerOf(response), member.name).toBe(gives);
    }
  });

  test.each(ROUTES.filter(isOfDatabase))('%s on another database', async (route) => {
    const mirrored: Record<Scope, Scope> = { this: 'other', other: 'this', all: 'all' };
    for (const member of MEMBERS) {
      const response = await ask(urlOf(route, 'STAGING'), { ...requestOf(route), token: tokenOf(member.name) });
      const may = admitted(route, { ...member, scope: mirrored[member.scope] });
      expect(await answerOf(response), member.name).toBe(may ? expectationOf(route).gives : 'forbidden');
    }
  });
});

describe('X1: a browser’s request that changes something needs proof that our own page made it', () => {
  const FOREIGN: Record<string, Record<string, string>> = {
    nothing: { Origin: '' },
    'another site': { Origin: 'https://evil.example' },
    'another port': { Origin: 'http://127.0.0.1:8788' },
    'another scheme': { Origin: 'https://127.0.0.1:8787' },
    'a sandboxed page': { Origin: 'null' },
    'our own name in theirs': { Origin: `${HOST}.evil.example` },
    'same site only': { Origin: '', 'Sec-Fetch-Site': 'same-site' },
    'cross-site': { Origin: '', 'Sec-Fetch-Site': 'cross-site' },
    'a lie beside the truth': { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'same-origin' },
  };
  const send = (route: string, headers: Record<string, string>) => {
    const kept = Object.fromEntries(
      Object.entries({ Cookie: cookieOf('admin of all'), ...headers }).filter(([, value]) => value !== ''),
    );
    return ask(urlOf(route), { ...requestOf(route), token: null, headers: kept });
  };

  test.each(ROUTES.filter(changes))('%s', async (route) => {
    const before = await stateOfAll();
    for (const [name, headers] of Object.entries(FOREIGN))
      expect(await answerOf(await send(route, headers)), name).toBe('cross_origin');
    expect(await stateOfAll()).toEqual(before);
  });

  test('with it, it is let in', async () => {
    const proofs: Record<string, string>[] = [{ Origin: HOST }, { 'Sec-Fetch-Site': 'same-origin' }];
    for (const headers of proofs) expect(await answerOf(await send('POST /databases/:db/jobs', headers))).toBe('bad_request');
  });

  test('a socket needs it too, and somebody', async () => {
    const open = (headers: Record<string, string>) =>
      ask('/databases/DB/live', { token: null, headers: { Upgrade: 'websocket', ...headers } });
    const cookie = { Cookie: cookieOf('viewer of this') };
    expect(await answerOf(await open({}))).toBe('unauthorized');
    expect(await answerOf(await open({ Origin: HOST }))).toBe('unauthorized');
    expect(await answerOf(await open({ Cookie: cookieOf('viewer of other'), Origin: HOST }))).toBe('forbidden');
    for (const headers of Object.values(FOREIGN)) {
      const kept = Object.fromEntries(Object.entries({ ...cookie, ...headers }).filter(([, value]) => value !== ''));
      expect(await answerOf(await open(kept))).toBe('cross_origin');
    }
    expect((await open({ ...cookie, Origin: HOST })).status).toBe(101);
    // The object behind it lets in only whom the door has checked.
    const plane = bindings.CONTROL.getByName('DB');
    expect((await plane.fetch('http://plane/live', { headers: { Upgrade: 'websocket' } })).status).toBe(401);
  });
});

describe('X1: the RPC door', () => {
  test('has one method, and it knows managed databases only', async () => {
    expect(Object.getOwnPropertyNames(Maintenance.prototype).sort()).toEqual(['constructor', 'status']);
    const { Maintenance: remote } = exports as unknown as { Maintenance: Pick<Maintenance, 'status'> };
    expect(await remote.status('DB')).toMatchObject({ mode: 'off' });
    const before = await stateOfAll();
    // The class itself: what a call over the wire throws would be reported as unhandled on its far side.
    const door = new Maintenance(createExecutionContext(), bindings as unknown as Env);
    for (const name of ['NOPE', '', 'db', '__proto__', "DB'; DROP TABLE x; --", 'x'.repeat(10_000)])
      await expect(door.status(name)).rejects.toThrow('There is no managed database');
    for (const rubbish of [undefined, null, 7, {}, ['DB']])
      await expect(door.status(rubbish as unknown as string)).rejects.toThrow('There is no managed database');
    expect(await stateOfAll()).toEqual(before);
  });
});

describe('X2: what one sees is what one may', () => {
  const namesFor = async (token: string) =>
    (await json<{ items: { name: string }[] }>('/databases', { token })).items.map(({ name }) => name);

  test('the list of databases', async () => {
    expect(await namesFor(tokenOf('viewer of this'))).toEqual(['DB']);
    expect(await namesFor(tokenOf('admin of other'))).toEqual(['STAGING']);
    expect(await namesFor(tokenOf('viewer of all'))).toEqual(['DB', 'STAGING']);
    const page = await json<{ items: unknown[]; nextCursor: unknown }>('/databases?limit=1', { token: tokenOf('viewer of this') });
    expect(page).toMatchObject({ items: [{ name: 'DB' }], nextCursor: null });
  });

  test('`/me`', async () => {
    const me = await json('/me', { token: tokenOf('operator of this') });
    expect(me).toMatchObject({
      subject: 'token:operator of this',
      role: 'operator',
      grants: [{ role: 'operator', databases: ['DB'] }],
    });
    expect(await json('/me')).toMatchObject({ subject: 'owner', role: 'admin', grants: [{ role: 'admin', databases: null }] });
    const session = await json('/me', { cookie: cookieOf('viewer of other') });
    expect(session).toMatchObject({ via: 'session', grants: [{ role: 'viewer', databases: ['STAGING'] }] });
  });

  test('a job that needs more than the route does wants that role on this database', async () => {
    const body = { kind: 'table.clear', params: {} };
    const answers: Record<string, number | string> = {};
    for (const name of ['operator of this', 'operator of all', 'admin of other', 'admin of this', 'admin of all'])
      answers[name] = await answerOf(await ask('/databases/DB/jobs', { method: 'POST', token: tokenOf(name), body }));
    expect(answers).toEqual({
      'operator of this': 'forbidden',
      'operator of all': 'forbidden',
      'admin of other': 'forbidden',
      'admin of this': 'bad_request',
      'admin of all': 'bad_request',
    });
  });
});

describe('tokens: nobody makes a stronger one', () => {
  const post = (token: string, body: object) =>
    ask('/tokens', { method: 'POST', token, body: { name: 'x', role: 'viewer', ...body } });

  test('for databases that are managed only', async () => {
    expect(await answerOf(await post(OWNER, { databases: ['NOPE'] }))).toBe('database_not_found');
    expect(await answerOf(await post(OWNER, { databases: ['DB', 'db'] }))).toBe('database_not_found');
    expect(await answerOf(await post(OWNER, { databases: [] }))).toBe('bad_request');
    const made = await post(OWNER, { databases: ['DB', 'DB'] });
    expect(await made.json()).toMatchObject({ databases: ['DB'], lastUsedAt: null });
  });

  test('an admin of one database makes none at all, not even for it', async () => {
    expect(await answerOf(await post(tokenOf('admin of this'), { databases: ['DB'] }))).toBe('forbidden');
  });

  test('a token with an end makes none that outlives it, nor does its session', async () => {
    const hours = (n: number) => new Date(Date.now() + n * 3_600_000).toISOString();
    const brief = await json<{ secret: string }>('/tokens', {
      method: 'POST',
      body: { name: 'brief', role: 'admin', expiresAt: hours(20) },
    });
    expect(await answerOf(await post(brief.secret, {}))).toBe('forbidden');
    expect(await answerOf(await post(brief.secret, { expiresAt: hours(21) }))).toBe('forbidden');
    expect(await answerOf(await post(brief.secret, { expiresAt: hours(19) }))).toBe(201);
    const signedIn = await ask('/session', { method: 'POST', token: null, body: { token: brief.secret } });
    const cookie = (signedIn.headers.get('Set-Cookie') ?? '').split(';')[0] ?? '';
    const body = { name: 'x', role: 'viewer', expiresAt: hours(21) };
    expect(await answerOf(await ask('/tokens', { method: 'POST', cookie, body }))).toBe('forbidden');
  });

  test('a code and its session have the grants of the token, not more', async () => {
    const { code } = await json<{ code: string }>('/session/codes', { method: 'POST', token: tokenOf('operator of this') });
    const signedIn = await ask('/session', { method: 'POST', token: null, body: { code } });
    expect(await signedIn.json()).toMatchObject({ role: 'operator', grants: [{ role: 'operator', databases: ['DB'] }] });
  });

  test('its last use is noted', async () => {
    const { items } = await json<{ items: { name: string; lastUsedAt: string | null }[] }>('/tokens?limit=200');
    const used = items.find(({ name }) => name === 'viewer of this');
    expect(Date.parse(used?.lastUsedAt ?? '')).toBeGreaterThan(0);
  });
});
