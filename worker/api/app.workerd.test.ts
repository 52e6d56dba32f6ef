import { env, exports } from 'cloudflare:workers';
import { beforeAll, describe, expect, test } from 'vitest';
import { PROBLEMS, type ProblemCode } from '../protocol/problem.ts';
import { API, app } from './app.ts';
import { bindings, inside } from './testing/world.ts';

const HOST = 'http://127.0.0.1:8787';
const OWNER = (env as unknown as { LOCKKEEPER_ADMIN_TOKEN: string }).LOCKKEEPER_ADMIN_TOKEN;
const worker = (exports as unknown as { default: Fetcher }).default;

interface Ask {
  readonly method?: string;
  readonly token?: string;
  readonly cookie?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

function ask(path: string, { method = 'GET', token, cookie, body, headers = {} }: Ask = {}): Promise<Response> {
  return worker.fetch(`${HOST}${path.startsWith('/healthz') ? path : API + path}`, {
    method,
    redirect: 'manual',
    headers: {
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...(cookie === undefined ? {} : { Cookie: cookie }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function expectProblem(response: Response, code: ProblemCode): Promise<void> {
  expect(response.headers.get('Content-Type')).toBe('application/problem+json');
  const problem = (await response.json()) as Record<string, unknown>;
  expect(problem).toMatchObject({ code, status: PROBLEMS[code].status, title: PROBLEMS[code].title });
  expect(problem.hint).not.toBe('');
  expect(problem.requestId).toBe(response.headers.get('X-Request-Id'));
  expect(response.status).toBe(PROBLEMS[code].status);
}

const makeToken = async (role: string, more: object = {}) => {
  const response = await ask('/tokens', { method: 'POST', token: OWNER, body: { name: `test ${role}`, role, ...more } });
  expect(response.status).toBe(201);
  return (await response.json()) as { id: string; secret: string };
};
const signIn = async (token: string) => {
  const response = await ask('/session', { method: 'POST', body: { token } });
  expect(response.status).toBe(200);
  return {
    cookie: (response.headers.get('Set-Cookie') ?? '').split(';')[0] ?? '',
    header: response.headers.get('Set-Cookie') ?? '',
  };
};

/** Every route there is, as the router knows it. */
const ROUTES = [
  ...new Set(
    app.routes
      .filter(({ path, method }) => path.startsWith(API) && !path.endsWith('*') && method !== 'ALL')
      .map(({ method, path }) => `${method} ${path.slice(API.length)}`),
  ),
];
const SIGN_IN = ['POST /session', 'DELETE /session'];
const urlOf = (route: string) => (route.split(' ')[1] ?? '').replace(':db', 'DB').replace(':id', 'none');
const methodOf = (route: string) => route.split(' ')[0] ?? '';
const isChange = (route: string) => !route.startsWith('GET');

let viewer: { id: string; secret: string };
beforeAll(async () => {
  viewer = await makeToken('viewer');
});

describe('X1: every route refuses by default', () => {
  test('the route table is what the contract names', () => {
    expect(ROUTES.length).toBeGreaterThanOrEqual(20);
    for (const route of [
      'GET /databases',
      'GET /databases/:db/overview',
      'POST /databases/:db/jobs',
      'GET /databases/:db/live',
      'GET /me',
    ])
      expect(ROUTES).toContain(route);
  });

  test.each(ROUTES.filter((route) => !SIGN_IN.includes(route)))('%s without a token, and with wrong ones', async (route) => {
    const method = methodOf(route);
    await expectProblem(await ask(urlOf(route), { method }), 'unauthorized');
    await expectProblem(await ask(urlOf(route), { method, token: 'lkt_wrong' }), 'unauthorized');
    await expectProblem(await ask(urlOf(route), { method, token: `${OWNER}x` }), 'unauthorized');
    await expectProblem(await ask(urlOf(route), { method, cookie: 'lockkeeper=lks_wrong' }), 'unauthorized');
    await expectProblem(
      await ask(urlOf(route), { method, headers: { Authorization: `Basic ${btoa(`owner:${OWNER}`)}` } }),
      'unauthorized',
    );
    await expectProblem(await ask(urlOf(route), { method, headers: { 'Cf-Access-Jwt-Assertion': 'a.b.c' } }), 'unauthorized');
  });

  test.each(ROUTES.filter((route) => isChange(route) && !SIGN_IN.includes(route) && route !== 'POST /session/codes'))(
    'X2: %s is not for viewers',
    async (route) => {
      await expectProblem(await ask(urlOf(route), { method: methodOf(route), token: viewer.secret, body: {} }), 'forbidden');
    },
  );

  test.each(ROUTES.filter((route) => isChange(route) && route !== 'POST /session'))(
    '%s by cookie needs proof of origin',
    async (route) => {
      if (route === 'DELETE /session') return;
      const { cookie } = await signIn(OWNER);
      const method = methodOf(route);
      await expectProblem(await ask(urlOf(route), { method, cookie, body: {} }), 'cross_origin');
      await expectProblem(
        await ask(urlOf(route), { method, cookie, body: {}, headers: { Origin: 'https://evil.example' } }),
        'cross_origin',
      );
      await expectProblem(
        await ask(urlOf(route), { method, cookie, body: {}, headers: { 'Sec-Fetch-Site': 'same-site' } }),
        'cross_origin',
      );
    },
  );

  test('what does not exist is refused, too: first the question who asks, then what for', async () => {
    await expectProblem(await ask('/nothing'), 'unauthorized');
    await expectProblem(await ask('/nothing', { token: OWNER }), 'not_found');
    await expectProblem(await ask('/databases/NOPE/overview', { token: OWNER }), 'database_not_found');
    await expectProblem(await ask('/databases/ACCESS/overview', { token: OWNER }), 'database_not_found');
  });

  test('/healthz needs nothing and says nothing', async () => {
    expect(await (await ask('/healthz')).json()).toEqual({ status: 'ok' });
  });
});

describe('signing in', () => {
  test('a token is exchanged for a cookie that scripts and other sites cannot use', async () => {
    const { cookie, header } = await signIn(OWNER);
    for (const part of ['HttpOnly', 'SameSite=Strict', 'Path=/', 'Max-Age=']) expect(header).toContain(part);
    expect(header).not.toContain(OWNER);
    const me = await ask('/me', { cookie });
    expect(await me.json()).toMatchObject({ subject: 'owner', role: 'admin', via: 'session' });
  });

  test('over HTTPS it is Secure and bound to the host', async () => {
    const response = await worker.fetch(`https://keeper.example${API}/session`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ token: OWNER }),
    });
    expect(response.headers.get('Set-Cookie')).toMatch(/^__Host-lockkeeper=.*Secure/);
    expect(response.headers.get('Strict-Transport-Security')).not.toBeNull();
  });

  test('signing out ends the session at once', async () => {
    const { cookie } = await signIn(OWNER);
    const out = await ask('/session', { method: 'DELETE', cookie, headers: { Origin: HOST } });
    expect(out.status).toBe(204);
    await expectProblem(await ask('/me', { cookie }), 'unauthorized');
  });

  test('a code signs in once; a used or unknown one does not', async () => {
    const made = await ask('/session/codes', { method: 'POST', token: OWNER });
    const { code } = (await made.json()) as { code: string };
    expect((await ask('/session', { method: 'POST', body: { code } })).status).toBe(200);
    const again = { method: 'POST', body: { code }, headers: { 'CF-Connecting-IP': '10.0.0.1' } };
    await expectProblem(await ask('/session', again), 'bad_credentials');
  });

  test('a session cannot make codes or outlive its token', async () => {
    const token = await makeToken('operator');
    const { cookie } = await signIn(token.secret);
    await expectProblem(await ask('/session/codes', { method: 'POST', cookie, body: {}, headers: { Origin: HOST } }), 'forbidden');
    expect((await ask('/me', { cookie })).status).toBe(200);
    expect((await ask(`/tokens/${token.id}`, { method: 'DELETE', token: OWNER })).status).toBe(204);
    await expectProblem(await ask('/me', { cookie }), 'unauthorized');
    await expectProblem(await ask('/me', { token: token.secret }), 'unauthorized');
  });

  test('failed attempts are slowed down by address, and only there', async () => {
    const headers = { 'CF-Connecting-IP': '203.0.113.9' };
    const attempt = (token: string) => ask('/session', { method: 'POST', body: { token }, headers });
    for (let n = 1; n < 5; n += 1) await expectProblem(await attempt('wrong'), 'bad_credentials');
    const fifth = await attempt('wrong');
    expect(Number(fifth.headers.get('Retry-After'))).toBeGreaterThan(0);
    await expectProblem(fifth, 'too_many_requests');
    await expectProblem(await attempt(OWNER), 'too_many_requests');
    expect(
      (await ask('/session', { method: 'POST', body: { token: OWNER }, headers: { 'CF-Connecting-IP': '203.0.113.10' } })).status,
    ).toBe(200);
  });

  test('another site cannot sign a browser in', async () => {
    const response = await ask('/session', { method: 'POST', body: { token: OWNER }, headers: { Origin: 'https://evil.example' } });
    await expectProblem(response, 'cross_origin');
  });
});

describe('tokens', () => {
  test('the secret is shown once and never stored', async () => {
    const made = await makeToken('viewer');
    const list = await (await ask('/tokens?limit=200', { token: OWNER })).text();
    expect(list).toContain(made.id);
    expect(list).not.toContain(made.secret);
    expect(list).not.toContain('hash');
  });

  test('an expired token proves nothing; one that ends in the past cannot be made', async () => {
    const soon = await makeToken('viewer', { expiresAt: new Date(Date.now() + 3_600_000).toISOString() });
    expect((await ask('/me', { token: soon.secret })).status).toBe(200);
    await inside(bindings.ACCESS.getByName('access'), 'UPDATE tokens SET expires_at = 1 WHERE id = ?', soon.id);
    await expectProblem(await ask('/me', { token: soon.secret }), 'unauthorized');
    const past = { name: 'x', role: 'viewer', expiresAt: '2020-01-01T00:00:00.000Z' };
    await expectProblem(await ask('/tokens', { method: 'POST', token: OWNER, body: past }), 'bad_request');
  });

  test('pages: limit and cursor, and a cursor of another list is refused', async () => {
    for (let n = 0; n < 3; n += 1) await makeToken('viewer');
    const first = (await (await ask('/tokens?limit=2', { token: OWNER })).json()) as {
      items: { id: string }[];
      nextCursor: string;
    };
    expect(first.items).toHaveLength(2);
    const second = (await (await ask(`/tokens?limit=2&cursor=${first.nextCursor}`, { token: OWNER })).json()) as typeof first;
    expect(second.items[0]?.id).not.toBe(first.items[1]?.id);
    await expectProblem(await ask(`/databases/DB/jobs?cursor=${first.nextCursor}`, { token: OWNER }), 'bad_cursor');
    for (const cursor of ['!!!', 'AAAA', btoa('tokens x')])
      await expectProblem(await ask(`/tokens?cursor=${cursor}`, { token: OWNER }), 'bad_cursor');
    await expectProblem(await ask('/tokens?limit=0', { token: OWNER }), 'bad_request');
  });
});

describe('bad input gets a clear error and changes nothing', () => {
  const jobs = async () =>
    ((await (await ask('/databases/STAGING/jobs', { token: OWNER })).json()) as { items: unknown[] }).items.length;
  test.each<[string, unknown, ProblemCode]>([
    ['no kind', {}, 'bad_request'],
    ['an unknown kind', { kind: 'database.drop' }, 'bad_request'],
    ['an unknown param', { kind: 'database.export', params: { table: 'x' } }, 'bad_request'],
    ['a wrong type', { kind: 'database.export', params: { tables: 'x' } }, 'bad_request'],
    ['no table', { kind: 'database.export', params: { tables: [] } }, 'bad_request'],
    ['an unknown table', { kind: 'database.export', params: { tables: ['nope'] } }, 'table_not_found'],
    ['a table that is not theirs', { kind: 'database.export', params: { tables: ['sqlite_schema'] } }, 'table_is_ours'],
    ['an unknown backup', { kind: 'backup.verify', params: { backupId: 'none' } }, 'backup_not_found'],
    [
      'a consistency that cannot be had',
      { kind: 'database.export', params: { consistency: 'captured' } },
      'consistency_unavailable',
    ],
  ])('%s', async (_, body, code) => {
    const before = await jobs();
    await expectProblem(await ask('/databases/STAGING/jobs', { method: 'POST', token: OWNER, body }), code);
    expect(await jobs()).toBe(before);
  });

  test('a body that is no JSON, and one that is too large', async () => {
    const send = (body: string) =>
      worker.fetch(`${HOST}${API}/databases/DB/jobs`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${OWNER}`, 'Content-Type': 'application/json' },
        body,
      });
    await expectProblem(await send('{"kind":'), 'bad_request');
    await expectProblem(await send(`{"kind":"${'x'.repeat(1_100_000)}"}`), 'payload_too_large');
  });
});

describe('answers', () => {
  test('security headers, request id, no caching', async () => {
    const { headers } = await ask('/me', { token: OWNER });
    expect(headers.get('Content-Security-Policy')).toContain("default-src 'none'");
    expect(headers.get('X-Content-Type-Options')).toBe('nosniff');
    expect(headers.get('Cache-Control')).toBe('no-store');
    expect(headers.get('X-Request-Id')).not.toBeNull();
  });

  test('the description names every route, and the schemas that check them', async () => {
    const document = (await (await ask('/openapi.json', { token: OWNER })).json()) as {
      openapi: string;
      paths: Record<string, Record<string, unknown>>;
      components: { schemas: Record<string, unknown> };
    };
    expect(document.openapi).toBe('3.1.0');
    for (const route of ROUTES) {
      const path = (route.split(' ')[1] ?? '').replaceAll(/:(\w+)/g, '{$1}');
      expect(document.paths[path]?.[methodOf(route).toLowerCase()], route).toBeDefined();
    }
    for (const name of ['Job', 'Overview', 'Problem', 'Manifest']) expect(document.components.schemas[name], name).toBeDefined();
  });

  test('a socket needs our own origin when a browser opens it', async () => {
    const { cookie } = await signIn(OWNER);
    const open = (more: Ask) => ask('/databases/DB/live', { ...more, headers: { Upgrade: 'websocket', ...more.headers } });
    await expectProblem(await open({ cookie }), 'cross_origin');
    await expectProblem(await open({ cookie, headers: { Origin: 'https://evil.example' } }), 'cross_origin');
    await expectProblem(await open({ token: OWNER, headers: { Origin: 'https://evil.example' } }), 'cross_origin');
    expect((await open({ cookie, headers: { Origin: HOST } })).status).toBe(101);
    expect((await open({ token: OWNER })).status).toBe(101);
  });
});
