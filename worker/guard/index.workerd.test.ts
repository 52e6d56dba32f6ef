/** The guard in the real runtime, before the real entrypoint, with the real fence. */
import { createExecutionContext, reset, waitOnExecutionContext } from 'cloudflare:test';
import { env, exports } from 'cloudflare:workers';
import { Hono } from 'hono';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ControlPlane } from '../control/control-plane.ts';
import { unwrap } from '../control/wire.ts';
import { SYSTEM } from '../protocol/audit.ts';
import type { MaintenanceRequest, MaintenanceAnswer as ProtocolAnswer } from '../protocol/maintenance.ts';
import { type GuardOptions, guarded, type MaintenanceAnswer, type MaintenanceBinding, maintenanceGuard } from './index.ts';

const bindings = env as unknown as { DB: D1Database; CONTROL: DurableObjectNamespace<ControlPlane> };
const entrypoint = (exports as unknown as { Maintenance: MaintenanceBinding }).Maintenance;
const plane = () => bindings.CONTROL.getByName('DB') as unknown as Pick<ControlPlane, keyof ControlPlane>;
const set = async (mode: MaintenanceRequest['mode'], more: Partial<MaintenanceRequest> = {}) =>
  unwrap(await plane().setMaintenance({ mode, reason: 'a secret', message: null, expiresAt: null, ...more }, SYSTEM));

/** Counts, and asks the real one. A new one for each test: the cache hangs on it. */
class Counting implements MaintenanceBinding {
  questions = 0;
  async status(db: string): Promise<MaintenanceAnswer> {
    this.questions += 1;
    return await entrypoint.status(db);
  }
}

interface ShopEnv {
  readonly LOCKKEEPER: MaintenanceBinding;
}
let shop: { readonly LOCKKEEPER: Counting };
const options = (more: Partial<GuardOptions<ShopEnv>> = {}): GuardOptions<ShopEnv> => ({
  binding: (given) => given.LOCKKEEPER,
  db: 'DB',
  cacheMs: 100,
  // The first answer starts the object and its storage, on a machine that runs other tests.
  deadlineMs: 20_000,
  ...more,
});
const insert = () => bindings.DB.prepare('INSERT INTO t DEFAULT VALUES').run();
const rows = async () => (await bindings.DB.prepare('SELECT count(*) AS n FROM t').first<{ n: number }>())?.n;

function app(more: Partial<GuardOptions<ShopEnv>> = {}) {
  const hono = new Hono<{ Bindings: ShopEnv }>();
  hono.use(maintenanceGuard<ShopEnv>(options(more)));
  hono.get('/', (c) => c.text('read'));
  hono.post('/', async (c) => {
    await insert();
    return c.text('written', 201);
  });
  return async (method: string) => {
    const context = createExecutionContext();
    const response = await hono.fetch(new Request('http://shop/', { method }), shop, context);
    await waitOnExecutionContext(context);
    return response;
  };
}
const past = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

beforeEach(async () => {
  shop = { LOCKKEEPER: new Counting() };
  await bindings.DB.prepare('CREATE TABLE t (id INTEGER PRIMARY KEY)').run();
});
afterEach(() => reset());

describe('M1, M2: before the real entrypoint', () => {
  test('off, read-only, closed and back, each seen within the cache’s time and a second', async () => {
    const ask = app();
    const statuses = async () => [(await ask('GET')).status, (await ask('POST')).status];
    const becomes = async (expected: number[]) => {
      await expect.poll(statuses, { timeout: 1100, interval: 20 }).toEqual(expected);
    };
    expect(await statuses()).toEqual([200, 201]);
    await set('read-only');
    await becomes([200, 503]);
    await set('closed');
    await becomes([503, 503]);
    await set('off');
    await becomes([200, 201]);
  });

  test('a visitor reads the message, the time to come back, and never the reason', async () => {
    await set('closed', { message: 'Back at ten', expiresAt: new Date(Date.now() + 120_000).toISOString() });
    const response = await app()('GET');
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(110);
    const text = await response.text();
    expect(text).toContain('Back at ten');
    expect(text).not.toContain('a secret');
  });

  test('the fence is quicker than the flag: a write that meets it is the same 503, and does not commit', async () => {
    const ask = app({ cacheMs: 60_000 });
    expect((await ask('POST')).status).toBe(201);
    await set('read-only');
    const response = await ask('POST');
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '30']);
    expect(shop.LOCKKEEPER.questions).toBe(1);
    expect(await rows()).toBe(1);
  });

  test('and the plain wrapper says the same', async () => {
    const fetch = guarded<ShopEnv>(options({ cacheMs: 60_000 }), async () => {
      await insert();
      return new Response('written');
    });
    const ask = () => fetch(new Request('http://shop/', { method: 'POST' }), shop, createExecutionContext());
    expect((await ask()).status).toBe(200);
    await set('closed');
    expect((await ask()).status).toBe(503);
    expect(await rows()).toBe(1);
  });
});

describe('M5: before the real runtime', () => {
  test('a database that the control plane does not know is a control plane that does not answer', async () => {
    const troubles: string[] = [];
    const ask = app({ db: 'NOWHERE', onUnreachable: 'read-only', onTrouble: (why) => void troubles.push(why) });
    expect([(await ask('GET')).status, (await ask('POST')).status]).toEqual([200, 503]);
    expect(troubles).toEqual([expect.stringContaining('NOWHERE')]);
  });

  test('one that hangs costs the deadline once, then nothing', async () => {
    const hanging = { LOCKKEEPER: { status: () => new Promise<MaintenanceAnswer>(() => {}) } };
    const fetch = guarded<ShopEnv>(options({ deadlineMs: 100, cacheMs: 5000 }), () => new Response('served'));
    const ask = async () => {
      const startedAt = performance.now();
      const { status } = await fetch(new Request('http://shop/'), hanging, createExecutionContext());
      return { status, tookMs: performance.now() - startedAt };
    };
    const first = await ask();
    expect(first.status).toBe(200);
    expect(first.tookMs).toBeGreaterThanOrEqual(95);
    await past(150);
    const others = await Promise.all(Array.from({ length: 200 }, ask));
    expect(others.every(({ status }) => status === 200)).toBe(true);
    expect(Math.min(...others.map(({ tookMs }) => tookMs))).toBeLessThan(50);
  });

  test('a thousand requests at once ask one question', async () => {
    const ask = app({ cacheMs: 60_000 });
    const all = await Promise.all(Array.from({ length: 1000 }, () => ask('GET')));
    expect(all.every(({ status }) => status === 200)).toBe(true);
    expect(shop.LOCKKEEPER.questions).toBe(1);
  });
});

test('the answer of the protocol is the answer of the guard, both ways', async () => {
  const fromServer: MaintenanceAnswer = await entrypoint.status('DB');
  const toServer: ProtocolAnswer = { ...fromServer };
  expect(Object.keys(toServer).sort()).toEqual(['expiresAt', 'message', 'mode', 'reason', 'since', 'version']);
});
