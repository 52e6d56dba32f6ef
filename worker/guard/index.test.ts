import fc from 'fast-check';
import { Hono } from 'hono';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { FENCE_TEXT, type GuardOptions, guarded, maintenanceGuard } from './index.ts';
import { answers, type Behaviour, ManualClock, Plane, START } from './testing/control-planes.ts';
import { STALE_MS } from './watch.ts';

interface Env {
  readonly LOCKKEEPER: Plane;
}
type Options = Partial<GuardOptions<Env>>;

let clock: ManualClock;
let plane: Plane;
let kept: Promise<unknown>[];
const context = () => ({ waitUntil: (work: Promise<unknown>) => void kept.push(work), passThroughOnException: () => {} });

beforeEach(() => {
  clock = new ManualClock();
  plane = new Plane(clock, answers('off'));
  kept = [];
});

const optionsOf = (more: Options = {}): GuardOptions<Env> => ({ binding: (env) => env.LOCKKEEPER, db: 'DB', clock, ...more });

type Door = (method: string, path?: string, accept?: string) => Promise<Response>;
type Handler = (request: Request) => Response | Promise<Response>;
const served: Handler = () => new Response('served', { headers: { 'x-from': 'shop' } });
const url = (path: string) => `http://shop${path}`;

const plain = (more: Options = {}, handler: Handler = served): Door => {
  const fetch = guarded<Env>(optionsOf(more), handler);
  return async (method, path = '/', accept = 'text/html') =>
    fetch(new Request(url(path), { method, headers: { accept } }), { LOCKKEEPER: plane }, context() as ExecutionContext);
};
const hono = (more: Options = {}, handler: Handler = served): Door => {
  const app = new Hono<{ Bindings: Env }>();
  app.use(maintenanceGuard<Env>(optionsOf(more)));
  app.all('*', (c) => handler(c.req.raw));
  return async (method, path = '/', accept = 'text/html') =>
    app.request(url(path), { method, headers: { accept } }, { LOCKKEEPER: plane }, context() as ExecutionContext);
};

describe.each([
  ['the fetch wrapper', plain],
  ['the Hono middleware', hono],
])('%s', (_, door) => {
  test.each([
    ['off', 200, 200],
    ['read-only', 200, 503],
    ['closed', 503, 503],
  ] as const)('M1: %s: a read gets %i, a write %i', async (mode, read, write) => {
    plane.now(answers(mode));
    const ask = door();
    expect([(await ask('GET')).status, (await ask('HEAD')).status, (await ask('POST')).status]).toEqual([read, read, write]);
    expect(plane.questions).toBe(1);
  });

  test('a closed database’s handler is not even called', async () => {
    plane.now(answers('closed', 0, { message: 'Back at ten', expiresAt: new Date(START + 60_000).toISOString() }));
    const handler = vi.fn(served);
    const response = await door({}, handler)('GET');
    expect(handler).not.toHaveBeenCalled();
    expect(response.headers.get('retry-after')).toBe('60');
    expect(await response.text()).toContain('Back at ten');
  });

  test('what is always allowed is served without asking', async () => {
    plane.now(answers('closed'));
    const ask = door({ allow: ['/healthz', '/assets/*'] });
    expect((await ask('GET', '/healthz')).status).toBe(200);
    expect((await ask('GET', '/assets/style.css?v=2')).status).toBe(200);
    expect(plane.questions).toBe(0);
    expect((await ask('GET', '/assets/../')).status).toBe(503);
  });

  test('who knows better what writes may say so; who fails to is taken for a writer', async () => {
    plane.now(answers('read-only'));
    const search = door({ isWrite: (request) => new URL(request.url).pathname !== '/search' });
    expect([(await search('POST', '/search')).status, (await search('GET', '/buy')).status]).toEqual([200, 503]);
    const broken = door({
      isWrite: () => {
        throw new Error('broken');
      },
    });
    expect((await broken('GET')).status).toBe(503);
  });

  test('M2: a write that the fence refuses becomes the same 503, though the flag says nothing yet', async () => {
    const refused = new Error('Failed query', { cause: new Error(`D1_ERROR: ${FENCE_TEXT}: SQLITE_CONSTRAINT`) });
    const ask = door({ retryAfterSeconds: 7 }, () => {
      throw refused;
    });
    const response = await ask('POST', '/', 'application/json');
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '7']);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toMatchObject({ code: 'maintenance', mode: 'read-only' });
  });

  test('M2: and makes the next request ask again', async () => {
    const ask = door({}, (request) => {
      if (request.method === 'POST') throw new Error(FENCE_TEXT);
      return new Response('served');
    });
    await ask('GET');
    await clock.advance(STALE_MS + 1);
    plane.now(answers('closed'));
    expect((await ask('GET')).status).toBe(200);
    expect((await ask('POST')).status).toBe(503);
    expect((await ask('GET')).status).toBe(503);
  });

  test('a binding that is missing or explodes is a control plane that is away', async () => {
    const troubles: string[] = [];
    const onTrouble = (why: string) => void troubles.push(why);
    const missing = door({ binding: () => undefined as never, onUnreachable: 'closed', onTrouble });
    expect((await missing('GET')).status).toBe(503);
    const exploding = door({
      binding: () => {
        throw new Error('no env');
      },
      onTrouble,
    });
    expect((await exploding('GET')).status).toBe(200);
    expect(troubles).toHaveLength(2);
  });

  test('an onlooker that fails harms nobody', async () => {
    plane.now({ does: 'reject', error: new Error('gone'), afterMs: 0 });
    const ask = door({
      onTrouble: () => {
        throw new Error('onlooker');
      },
    });
    expect((await ask('GET')).status).toBe(200);
    expect((await ask('POST')).status).toBe(200);
  });

  test('the question is kept alive behind the request that asked it', async () => {
    await door()('GET');
    expect(kept).toHaveLength(1);
  });
});

test('guards of one database share what they know; another database, or another control plane, is another matter', async () => {
  const one = plain();
  const two = hono();
  const other = plain({ db: 'STAGING' });
  await Promise.all([one('GET'), two('GET'), one('POST')]);
  expect(plane.questions).toBe(1);
  await other('GET');
  expect(plane.questions).toBe(2);
  plane = new Plane(clock, answers('closed'));
  expect((await one('GET')).status).toBe(503);
});

test('errors of a handler go their own way', async () => {
  const broken = () => {
    throw new Error('ours');
  };
  await expect(plain({}, broken)('POST')).rejects.toThrow('ours');
  const error = vi.spyOn(console, 'error').mockImplementation(() => {});
  expect((await hono({}, broken)('POST')).status).toBe(500);
  error.mockRestore();
});

test('headers of an answer that the fence turned into a refusal are not mixed into it', async () => {
  const app = new Hono<{ Bindings: Env }>();
  app.use(async (c, next) => {
    await next();
    c.header('x-outer', 'kept');
  });
  app.use(maintenanceGuard<Env>(optionsOf()));
  app.onError((_, c) => c.text('broken', 500, { 'x-broken': 'yes', 'cache-control': 'public' }));
  app.post('/', () => {
    throw new Error(FENCE_TEXT);
  });
  const response = await app.request('/', { method: 'POST' }, { LOCKKEEPER: plane });
  expect(response.status).toBe(503);
  expect([response.headers.get('x-broken'), response.headers.get('x-outer')]).toEqual([null, 'kept']);
  expect(response.headers.get('cache-control')).toBe('no-store');
});

test.each<[Options]>([
  [{ cacheMs: Number.NaN }],
  [{ cacheMs: -1 }],
  [{ deadlineMs: 0 }],
  [{ deadlineMs: Number.POSITIVE_INFINITY }],
  [{ retryAfterSeconds: 0 }],
])('%j is refused when the Worker starts', (more) => {
  expect(() => plain(more)).toThrow(RangeError);
});

describe('M5, over any history of any control plane', () => {
  const anything = fc.anything({ withNullPrototype: true, withBigInt: true });
  const delayMs = fc.integer({ min: 0, max: 2000 });
  const sane = fc.constantFrom('off', 'read-only', 'closed').map((mode) => ({ mode }));
  const behaviour: fc.Arbitrary<Behaviour> = fc.oneof(
    fc.record({ does: fc.constant('answer' as const), value: fc.oneof(sane, anything), afterMs: delayMs }),
    fc.record({ does: fc.constant('reject' as const), error: anything, afterMs: delayMs }),
    fc.record({ does: fc.constant('throw' as const), error: anything }),
    fc.constant({ does: 'hang' as const }),
  );
  const request = fc.record({
    afterMs: fc.integer({ min: 0, max: 3000 }),
    method: fc.constantFrom('GET', 'POST'),
    handlerMs: fc.integer({ min: 0, max: 500 }),
  });
  const policies = fc.constantFrom('open', 'read-only', 'closed', 'last-known' as const);

  test('every request is answered within the deadline and its handler’s time, with 200 or 503, and nothing is thrown', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(behaviour, { minLength: 1, maxLength: 8 }),
        fc.array(request, { minLength: 1, maxLength: 25 }),
        policies,
        fc.constantFrom(plain, hono),
        async (behaviours, requests, onUnreachable, door) => {
          clock = new ManualClock();
          plane = new Plane(clock, ...behaviours);
          const ask = door({ onUnreachable, deadlineMs: 250 }, async ({ url }) => {
            await clock.wait(Number(new URL(url).searchParams.get('ms'))).over;
            return new Response('served');
          });
          const late: number[] = [];
          const statuses: Promise<number>[] = [];
          for (const { afterMs, method, handlerMs } of requests) {
            await clock.advance(afterMs);
            const startedAt = clock.now();
            const response = ask(method, `/?ms=${handlerMs}`).then(({ status }) => {
              const tookMs = clock.now() - startedAt;
              if (tookMs > 250 + handlerMs) late.push(tookMs);
              return status;
            });
            statuses.push(response);
          }
          await clock.advance(750);
          const all = await Promise.all(statuses);
          expect(late).toEqual([]);
          expect(all.every((status) => status === 200 || status === 503)).toBe(true);
          expect(plane.questions).toBeLessThanOrEqual(1 + Math.ceil((clock.now() - START) / 1000));
        },
      ),
      { numRuns: 300 },
    );
  });
});
