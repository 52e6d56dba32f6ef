/** X1: a credential that has ended opens nothing any more, and what it had open closes. */
import { createExecutionContext, evictDurableObject, reset, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { afterEach, describe, expect, test } from 'vitest';
import type { AccessControl } from '../access/access-control.ts';
import type { SocketKeeper } from '../access/closings.ts';
import type { Env } from '../env.ts';
import { CLOSE } from '../protocol/live.ts';
import { serve } from './app.ts';
import { openSocket } from './testing/sockets.ts';
import { API, ask, bindings, entriesOf, HOST, inside, json } from './testing/world.ts';

const access = () => bindings.ACCESS.getByName('access');
const control = (database: string) => bindings.CONTROL.getByName(database);
const makeToken = (more: object = {}) =>
  json<{ id: string; secret: string }>('/tokens', { method: 'POST', body: { name: 'ci', role: 'operator', ...more } });
const signIn = async (token: string) => {
  const response = await ask('/session', { method: 'POST', token: null, body: { token } });
  expect(response.status).toBe(200);
  return (response.headers.get('Set-Cookie') ?? '').split(';')[0] ?? '';
};
const revoke = async (id: string) => expect((await ask(`/tokens/${id}`, { method: 'DELETE' })).status).toBe(204);
const by = { actor: 'owner', address: 'local', requestId: 'r1' };
const waiting = () => inside(access(), 'SELECT database, tag, tries FROM closings');
const alarmOf = (stub: DurableObjectStub) => runInDurableObject(stub, (_, { storage }) => storage.getAlarm());
/** Sockets of a control plane that are open on its side. */
const openAt = (database: string) =>
  runInDurableObject(
    control(database),
    (_, ctx) => ctx.getWebSockets().filter(({ readyState }) => readyState === WebSocket.OPEN).length,
  );

afterEach(() => reset());

describe('X1: revoking a token', () => {
  test('closes its sockets and those of its sessions on every database, at once, and nobody else’s', async () => {
    const token = await makeToken();
    const cookie = await signIn(token.secret);
    const theirs = await Promise.all([
      openSocket('DB', { token: token.secret }),
      openSocket('STAGING', { token: token.secret }),
      openSocket('DB', { cookie }),
    ]);
    const other = await makeToken();
    const others = await Promise.all([openSocket('DB', {}), openSocket('DB', { token: other.secret })]);
    expect(await openAt('DB')).toBe(4);
    await revoke(token.id);
    // Closed on the server’s side before the answer: nothing that happens from now on is told to them.
    expect([await openAt('DB'), await openAt('STAGING')]).toEqual([2, 0]);
    expect(await Promise.all(theirs.map(({ closed }) => closed))).toEqual([1, 2, 3].map(() => CLOSE.unauthorized));
    expect(others.map((socket) => socket.isOpen())).toEqual([true, true]);
    expect((await ask('/me', { token: token.secret })).status).toBe(401);
    expect((await ask('/me', { cookie })).status).toBe(401);
    expect((await ask('/me', { token: other.secret })).status).toBe(200);
    expect(await waiting()).toEqual([]);
    expect(await alarmOf(access())).toBeNull();
  });

  test('a control plane that cannot be reached hears of it later, and keeps nobody else waiting', async () => {
    const token = await makeToken();
    const near = await openSocket('DB', { token: token.secret });
    const far = await openSocket('STAGING', { token: token.secret });
    const reached = await breakOff('STAGING', () => Promise.reject(new Error('unreachable')));
    await revoke(token.id);
    expect(await near.closed).toBe(CLOSE.unauthorized);
    expect(await openAt('STAGING')).toBe(1);
    expect(await waiting()).toEqual([{ database: 'STAGING', tag: `token:${token.id}`, tries: 1 }]);
    expect(await alarmOf(access())).toBeGreaterThan(0);

    // Still away, in spite of an eviction in between; then back.
    await inside(access(), 'UPDATE closings SET due_at = 1');
    await runDurableObjectAlarm(access());
    expect(await waiting()).toMatchObject([{ tries: 2 }]);
    await reached();
    await evictDurableObject(access());
    await inside(access(), 'UPDATE closings SET due_at = 1');
    await runInDurableObject(access() as DurableObjectStub<AccessControl>, (instance) => instance.alarm());
    expect(await far.closed).toBe(CLOSE.unauthorized);
    expect(await waiting()).toEqual([]);
    expect(await alarmOf(access())).toBeNull();
  });

  test('one that never answers is given up for now, and cron sees to it too', async () => {
    const token = await makeToken();
    const far = await openSocket('STAGING', { token: token.secret });
    const reached = await breakOff('STAGING', () => new Promise(() => {}));
    await revoke(token.id);
    expect(await waiting()).toMatchObject([{ database: 'STAGING', tries: 1 }]);
    await reached();
    await inside(access(), 'UPDATE closings SET due_at = 1');
    await access().wake();
    expect(await far.closed).toBe(CLOSE.unauthorized);
    expect(await waiting()).toEqual([]);
  });

  test('a socket that was on its way meanwhile does not stay open', async () => {
    const token = await makeToken();
    const plane = control('DB');
    const slow = {
      fetch: async (request: Request) => {
        await access().revokeToken(token.id, by);
        return plane.fetch(request);
      },
      closeSockets: (tag: string) => plane.closeSockets(tag),
    };
    const request = new Request(`${HOST}${API}/databases/DB/live`, {
      headers: { Upgrade: 'websocket', Authorization: `Bearer ${token.secret}` },
    });
    const environment = { ...bindings, CONTROL: { getByName: () => slow } } as unknown as Env;
    expect((await serve(request, environment, createExecutionContext())).status).toBe(401);
    expect(await openAt('DB')).toBe(0);
  });

  test('a token that is not there changes nothing and tells nobody', async () => {
    expect((await ask('/tokens/none', { method: 'DELETE' })).status).toBe(404);
    expect(await waiting()).toEqual([]);
    expect(await entriesOf('/audit')).toEqual([]);
  });
});

describe('X1: signing out', () => {
  test('closes the sockets of this session only', async () => {
    const token = await makeToken();
    const cookies = [await signIn(token.secret), await signIn(token.secret)];
    const [mine, other] = await Promise.all(cookies.map((cookie) => openSocket('DB', { cookie })));
    const bearer = await openSocket('DB', { token: token.secret });
    expect((await ask('/session', { method: 'DELETE', cookie: cookies[0] as string })).status).toBe(204);
    expect(await mine?.closed).toBe(CLOSE.unauthorized);
    expect([other?.isOpen(), bearer.isOpen()]).toEqual([true, true]);
    expect(await openAt('DB')).toBe(2);
    expect((await ask('/me', { cookie: cookies[0] as string })).status).toBe(401);
    expect((await ask('/me', { cookie: cookies[1] as string })).status).toBe(200);
  });
});

describe('X1: expiry', () => {
  /** As if the time had come: the end that the socket carries lies in the past. */
  const age = (database: string) =>
    runInDurableObject(control(database), (_, ctx) => {
      for (const socket of ctx.getWebSockets()) socket.serializeAttachment(1);
    });
  const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();

  test('the control plane wakes when a token ends, and closes its sockets then', async () => {
    const expiresAt = inAnHour();
    const token = await makeToken({ expiresAt });
    const [socket, forever] = [await openSocket('DB', { token: token.secret }), await openSocket('STAGING', {})];
    expect(await alarmOf(control('DB'))).toBe(Date.parse(expiresAt));
    expect(await alarmOf(control('STAGING'))).toBeNull();
    await age('DB');
    await evictDurableObject(control('DB'));
    await control('DB').wake();
    expect(await socket.closed).toBe(CLOSE.unauthorized);
    expect(forever.isOpen()).toBe(true);
    await runInDurableObject(control('DB'), () => {});
    expect(await openAt('DB')).toBe(0);
  });

  test('nothing is told to a socket whose time is over, even if nobody woke to close it', async () => {
    const token = await makeToken({ expiresAt: inAnHour() });
    const socket = await openSocket('DB', { token: token.secret });
    const owner = await openSocket('DB', {});
    await runInDurableObject(control('DB'), (_, ctx) => {
      for (const each of ctx.getWebSockets()) if (each.deserializeAttachment() !== null) each.serializeAttachment(1);
    });
    await json('/databases/DB/maintenance', { method: 'PUT', body: { mode: 'read-only', reason: 'secret plans' } });
    expect(await socket.closed).toBe(CLOSE.unauthorized);
    expect(JSON.stringify(socket.messages)).not.toContain('secret plans');
    expect(owner.isOpen()).toBe(true);
  });

  test('a session ends with the token that it was got with, and so do its cookie and its sockets', async () => {
    const expiresAt = inAnHour();
    const token = await makeToken({ expiresAt });
    const made = await ask('/session', { method: 'POST', token: null, body: { token: token.secret } });
    expect(await made.json()).toMatchObject({ sessionExpiresAt: expiresAt });
    const maxAge = Number(/Max-Age=(\d+)/.exec(made.headers.get('Set-Cookie') ?? '')?.[1]);
    expect(maxAge).toBeLessThanOrEqual(3_600);
    const cookie = (made.headers.get('Set-Cookie') ?? '').split(';')[0] ?? '';
    await openSocket('DB', { cookie });
    expect(await alarmOf(control('DB'))).toBe(Date.parse(expiresAt));
    await inside(access(), 'UPDATE tokens SET expires_at = 1');
    expect((await ask('/me', { cookie })).status).toBe(401);
    expect((await ask('/me', { token: token.secret })).status).toBe(401);
  });

  test('a sign-in code is void once its token has expired', async () => {
    const token = await makeToken({ expiresAt: inAnHour() });
    const { code } = await json<{ code: string }>('/session/codes', { method: 'POST', token: token.secret });
    await inside(access(), 'UPDATE tokens SET expires_at = 1');
    expect((await ask('/session', { method: 'POST', token: null, body: { code } })).status).toBe(401);
  });
});

/** Access control reaches this control plane no more; the answer heals it. */
async function breakOff(database: string, closeSockets: SocketKeeper['closeSockets']): Promise<() => Promise<void>> {
  const replace = (planes: unknown) =>
    runInDurableObject(access() as DurableObjectStub<AccessControl>, (instance) => {
      Object.assign(instance, { env: { ...bindings, CONTROL: planes } });
    });
  await replace({ getByName: (name: string) => (name === database ? { closeSockets } : control(name)) });
  return () => replace(bindings.CONTROL);
}
