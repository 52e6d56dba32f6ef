/**
 * The example shop beside the console, as `npm start` runs them: two Workers over one database. Maintenance is switched over HTTP, the
 * shop asks over RPC, and writes meet the fence in the database itself.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DEFAULTS, STALE_MS } from '../worker/guard/index.ts';
import type { MaintenanceStatus } from '../worker/protocol/maintenance.ts';
import { d1File, databaseId } from './d1-file.ts';
import { answers, type Local, startLocal } from './local.ts';
import { freePort } from './start/port.ts';
import { processesOf, signal } from './start/processes.ts';
import { copyDatabase } from './testing/databases.ts';

const top = join(import.meta.dirname, '..');
/** A change of the mode is seen within this. */
const SEEN_MS = DEFAULTS.cacheMs + STALE_MS;
const folder = mkdtempSync(join(tmpdir(), 'lockkeeper-shop-'));
const stateFolder = join(folder, 'state');
/** Quiet and offline, and where the server of this test is found. */
const RUNTIME_ENVIRONMENT = {
  WRANGLER_REGISTRY_PATH: join(stateFolder, 'registry'),
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_WRITE_LOGS: 'false',
};
let local: Local;
let shop: string;

const shopOf = (started: Local) => /Shop +(http:\S+)/.exec(started.output())?.[1] ?? '';
const runOf = () => JSON.parse(readFileSync(join(stateFolder, 'run.json'), 'utf8')).run as string;

const read = (path = '/', accept = 'text/html') => fetch(`${shop}${path}`, { headers: { accept } });
const write = (headers: Record<string, string> = {}) =>
  fetch(`${shop}/basket`, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: shop, accept: 'text/html', ...headers },
    body: new URLSearchParams({ product: '1', quantity: '1' }),
  });

async function set(mode: MaintenanceStatus['mode'], more: object = {}): Promise<MaintenanceStatus> {
  const body = JSON.stringify({ mode, reason: 'x', ...more });
  const response = await local.call('/databases/DB/maintenance', { method: 'PUT', body });
  expect(response.status, await response.clone().text()).toBe(200);
  return (await response.json()) as MaintenanceStatus;
}

/** Asks until the shop answers so. Answers after how many milliseconds. */
async function becomes(ask: () => Promise<Response>, status: number, withinMs: number): Promise<number> {
  const startedAt = performance.now();
  for (;;) {
    const response = await ask();
    await response.arrayBuffer();
    const tookMs = performance.now() - startedAt;
    if (response.status === status) return tookMs;
    if (tookMs > withinMs) throw new Error(`still ${response.status} after ${Math.round(tookMs)} ms`);
    await delay(100);
  }
}

beforeAll(async () => {
  local = await startLocal({ stateFolder, sample: 'on' });
  shop = shopOf(local);
  await becomes(() => read('/products/1'), 200, 60_000);
});
afterAll(async () => {
  await local?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('the shop', () => {
  test('has an address of its own and serves what the managed database holds', async () => {
    expect(shop).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(shop).not.toBe(local.url);
    const list = await (await read()).text();
    expect(list.match(/class="card"/g)?.length).toBe(24);
    const next = /rel="next" href="([^"]+)"/.exec(list)?.[1] ?? '';
    const second = await (await read(next)).text();
    expect(second).toMatch(/class="card"/);
    expect(/rel="prev" href="([^"]+)"/.exec(second)?.[1]).toBeDefined();
    const before = await read(/rel="prev" href="([^"]+)"/.exec(second)?.[1]);
    const links = (text: string) => text.match(/\/products\/\d+/g);
    expect(links(await before.text())).toEqual(links(list));
  });

  test('X3: finds by words, whatever signs are among them', async () => {
    expect(await (await read('/search?q=teapot')).text()).toMatch(/class="card"/);
    for (const text of [`"`, `tea" OR "x`, `NEAR(tea pot)`, `tea*^-:()`, `'; DROP TABLE products; --`, '%00', '𝕿'])
      expect((await read(`/search?q=${encodeURIComponent(text)}`)).status, text).toBe(200);
    for (const path of ['/products/x', '/products/999999999', '/pictures/1/99', '/?category=%27%20OR%201', '/nowhere'])
      expect((await read(path)).status, path).toBe(404);
  });

  test('has a basket that is kept by a cookie, and no script', async () => {
    const added = await write();
    const cookie = added.headers.get('set-cookie') ?? '';
    expect(added.status).toBe(303);
    expect(cookie).toMatch(/^basket=[\da-f-]{36};.*HttpOnly; SameSite=Lax/);
    const basket = await fetch(`${shop}/basket`, { headers: { cookie: cookie.split(';')[0] ?? '' } });
    const text = await basket.text();
    expect(text).toContain('value="1" min="0"');
    expect(text).not.toMatch(/<script/i);
    expect(basket.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'self'/);
    expect((await write({ origin: 'http://elsewhere' })).status).toBe(403);
  });
});

describe('M1: the mode that is set in the control plane', () => {
  test('closed: pages are 503 with Retry-After within the stated time, and back', async () => {
    const end = new Date(Date.now() + 600_000).toISOString();
    await set('closed', { message: 'Back at <ten>', expiresAt: end });
    await becomes(() => read(), 503, SEEN_MS);
    const page = await read('/products/1');
    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
    expect(Number(page.headers.get('retry-after'))).toBeGreaterThan(500);
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(page.headers.get('content-security-policy')).toContain("style-src 'sha256-");
    expect(await page.text()).toContain('Back at &lt;ten&gt;');
    const problem = await read('/', 'application/json');
    expect(await problem.json()).toMatchObject({ status: 503, code: 'maintenance', mode: 'closed', expiresAt: end });
    expect((await read('/healthz')).status).toBe(200);
    expect((await write()).status).toBe(503);
    await set('off');
    await becomes(() => read(), 200, SEEN_MS);
  });

  test('read-only: reads are served, writes are refused at once, as the fence is quicker than the flag', async () => {
    expect((await set('read-only')).fence.state).toBe('up');
    const refused = await write();
    expect([refused.status, Number(refused.headers.get('retry-after')) > 0]).toEqual([503, true]);
    await delay(SEEN_MS);
    expect([(await read()).status, (await write()).status]).toEqual([200, 503]);
    await set('off');
    await becomes(() => write(), 303, SEEN_MS);
  });
});

/** The server's processes are one group: stopped, it hangs; killed, it has gone. */
function signalServer(name: 'SIGSTOP' | 'SIGCONT'): number {
  const commandLine = (pid: number) => readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  const leaders = processesOf(runOf()).filter((pid) => commandLine(pid).includes(`--port\0${local.port}\0`));
  return leaders.filter((pid) => signal(-pid, name)).length;
}

/** The shop in a runtime of its own, as deployed Workers are: it lives on when the control plane does not. It only reads here. */
async function startOwnShop(): Promise<{ url: string; stop(): void }> {
  const port = await freePort();
  const args = ['--config', 'examples/shop/wrangler.toml', '--ip', '127.0.0.1', '--port', String(port), '--inspector-port', '0'];
  const child = spawn(
    process.execPath,
    [
      'node_modules/wrangler/bin/wrangler.js',
      'dev',
      ...args,
      '--local',
      '--persist-to',
      stateFolder,
      '--show-interactive-dev-session=false',
    ],
    { cwd: top, detached: true, stdio: 'ignore', env: { ...process.env, ...RUNTIME_ENVIRONMENT } },
  );
  return { url: `http://127.0.0.1:${port}`, stop: () => void (child.pid !== undefined && signal(-child.pid, 'SIGKILL')) };
}

test.runIf(process.platform === 'linux')(
  'M5: a control plane that hangs or is gone: the shop stays as it was last told, and asks again when it is back',
  async () => {
    const own = await startOwnShop();
    const ask = () => fetch(`${own.url}/`, { headers: { accept: 'text/html' } });
    try {
      await becomes(() => ask().catch(() => Response.error()), 200, 60_000);
      await set('closed');
      await becomes(ask, 503, SEEN_MS);
      expect(signalServer('SIGSTOP')).toBeGreaterThan(0);
      const seen: { status: number; tookMs: number }[] = [];
      for (const end = Date.now() + SEEN_MS + 3000; Date.now() < end; await delay(100)) {
        const startedAt = performance.now();
        const { status } = await ask();
        seen.push({ status, tookMs: performance.now() - startedAt });
      }
      expect(new Set(seen.map(({ status }) => status))).toEqual(new Set([503]));
      // One has waited for the deadline. The margin is for a machine that runs other things.
      expect(Math.max(...seen.map(({ tookMs }) => tookMs))).toBeLessThan(DEFAULTS.deadlineMs + 1000);
      expect(seen.filter(({ tookMs }) => tookMs < DEFAULTS.deadlineMs).length).toBeGreaterThan(seen.length * 0.8);

      signalServer('SIGCONT');
      await set('off');
      await becomes(ask, 200, SEEN_MS);
      await local.stop();
      const statuses = new Set<number>();
      for (const end = Date.now() + SEEN_MS + 3000; Date.now() < end; await delay(100)) statuses.add((await ask()).status);
      expect(statuses).toEqual(new Set([200]));

      local = await startLocal({ stateFolder, sample: 'on' });
      shop = shopOf(local);
      await set('closed');
      await becomes(ask, 503, SEEN_MS + 5000);
      await set('off');
    } finally {
      own.stop();
      if (existsSync(join(stateFolder, 'run.json'))) signalServer('SIGCONT');
    }
  },
);

interface Attempt {
  readonly sentAt: number;
  readonly answeredAt: number;
  readonly status: number;
  readonly cart: string | null;
}

async function hammer(attempts: Attempt[], stopped: AbortSignal): Promise<void> {
  while (!stopped.aborted) {
    const sentAt = Date.now();
    const response = await write();
    await response.arrayBuffer();
    const cart = /basket=([\da-f-]{36})/.exec(response.headers.get('set-cookie') ?? '')?.[1] ?? null;
    attempts.push({ sentAt, answeredAt: Date.now(), status: response.status, cart });
  }
}

let copies = 0;
/** The baskets as they lie in the file, with what is in them. */
function basketsInFile(): Map<string, number> {
  const file = d1File(stateFolder, databaseId(join(top, 'wrangler.toml'), 'DB'));
  copies += 1;
  const database = new DatabaseSync(copyDatabase(file, folder, `copy-${copies}.sqlite`));
  try {
    const rows = database
      .prepare('SELECT id, (SELECT sum(quantity) FROM cart_items WHERE cart_id = carts.id) AS n FROM carts')
      .all();
    return new Map(rows.map(({ id, n }) => [String(id), Number(n)]));
  } finally {
    database.close();
  }
}

interface Fenced {
  /** The control plane has said that the fence is up. */
  readonly upAt: number;
  /** Nobody had asked to take it down yet. */
  readonly untilAt: number;
  readonly before: number;
  readonly after: number;
}

async function fencedWhile(mode: 'closed' | 'read-only', happens: () => Promise<unknown>): Promise<Fenced> {
  expect((await set(mode)).fence).toEqual({ state: 'up', detail: null });
  const upAt = Date.now();
  const before = basketsInFile().size;
  await happens();
  const after = basketsInFile().size;
  const untilAt = Date.now();
  await set('off');
  return { upAt, untilAt, before, after };
}

test('M2: writers hammer through the shop while the mode flips: none that was acknowledged is lost, none commits behind the fence', async () => {
  const attempts: Attempt[] = [];
  /** For so long at least, and until so many more were answered like that. */
  const goesOn = async (ms: number, status: number, more: number) => {
    const answered = () => attempts.filter((attempt) => attempt.status === status).length;
    const wanted = answered() + more;
    await Promise.all([delay(ms), expect.poll(answered).toBeGreaterThanOrEqual(wanted)]);
  };
  await becomes(() => write(), 303, SEEN_MS);
  const stop = new AbortController();
  const writers = Array.from({ length: 4 }, () => hammer(attempts, stop.signal));
  const intervals: Fenced[] = [];
  try {
    await goesOn(1000, 303, 20);
    for (const mode of ['closed', 'read-only', 'closed'] as const) {
      intervals.push(await fencedWhile(mode, () => goesOn(1500, 503, 40)));
      // Until the shop has heard that it may write again.
      await goesOn(SEEN_MS + 500, 303, 20);
    }
  } finally {
    stop.abort();
    await Promise.all(writers);
  }

  expect([...new Set(attempts.map(({ status }) => status))].sort()).toEqual([303, 503]);
  const acknowledged = attempts.filter(({ status }) => status === 303);
  const inFile = basketsInFile();
  expect(acknowledged.filter(({ cart }) => cart === null || inFile.get(cart) !== 1)).toEqual([]);
  for (const { upAt, untilAt, before, after } of intervals) {
    expect(after).toBe(before);
    expect(acknowledged.filter(({ sentAt, answeredAt }) => sentAt > upAt && answeredAt < untilAt)).toEqual([]);
    const refused = attempts.filter(({ sentAt, answeredAt, status }) => status === 503 && sentAt > upAt && answeredAt < untilAt);
    expect(refused.length).toBeGreaterThan(20);
  }
  expect(acknowledged.length).toBeGreaterThan(50);
});

test('kill -9 leaves neither Worker behind; without sample data there is no shop', async () => {
  const run = runOf();
  await local.kill();
  const shopPort = Number(new URL(shop).port);
  await expect.poll(() => answers(shopPort)).toBe(false);
  await expect.poll(() => processesOf(run)).toEqual([]);
  local = await startLocal({ stateFolder, sample: 'off', port: local.port });
  expect(shopOf(local)).toBe('');
});
