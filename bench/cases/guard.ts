/** What the guard costs a request of another Worker, and how many answers one control plane gives: real runtime, real service binding. */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Local } from '../../tools/local.ts';
import { type Bench, type BenchContext, type Row, row, type Verdict } from '../case.ts';
import { startServer } from '../server.ts';
import { startWorker } from '../worker.ts';

const NAME = 'guard';
/** Each is answered by the control plane, some thousand times as slowly as from the cache. */
const FEWER = 100;
const ROUNDS = 4;
const SWITCH_ROUNDS = 3;
/** What `worker/guard` takes when it is told nothing, as the shop does. */
const CACHE_MS = 5000;
/** Far beyond what is promised: by then a change would never be seen. */
const SEEN_PATIENCE_MS = 4 * CACHE_MS;
const POLL_MS = 5;

interface Guarded {
  /** Milliseconds for `n` requests. Throws when one of them was not served. */
  measure(way: string, n: number): Promise<number>;
  /** Whether one request is served. */
  isServed(way: string): Promise<boolean>;
  stop(): void;
}

async function startGuarded(stateFolder: string): Promise<Guarded> {
  const { ask, stop } = await startWorker('guard', stateFolder, join(stateFolder, 'guarded'), 'way=questions&n=1');
  return {
    measure: async (way, n) => {
      const startedAt = performance.now();
      const served = await ask(`way=${way}&n=${n}`);
      if (served !== String(n)) throw new Error(`${way}: ${served} of ${n} requests were served`);
      return performance.now() - startedAt;
    },
    isServed: async (way) => (await ask(`way=${way}&n=1`)) === '1',
    stop,
  };
}

interface Way {
  readonly method: string;
  readonly way: string;
  readonly n: number;
  readonly note: string;
}

const waysOf = (n: number): Way[] => [
  { method: 'bare handler', way: 'bare', n, note: 'a response made' },
  { method: 'guarded, answer cached', way: 'cached', n, note: 'the same behind the guard' },
  {
    method: 'guarded, asked each time',
    way: 'asked',
    n: Math.ceil(n / FEWER),
    note: 'cacheMs 0, one after the other, across processes',
  },
  { method: 'RPC answers of one object', way: 'questions', n: Math.ceil(n / FEWER), note: '16 at once, across processes' },
];

/** The best of some rounds, in turn: compiling and collecting would otherwise be charged to whoever comes first. */
async function measureAll(context: BenchContext, guarded: Guarded, n: number): Promise<Row[]> {
  const ways = waysOf(n);
  const best = new Map<Way, number>();
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const way of ways)
      best.set(way, Math.min(best.get(way) ?? Number.POSITIVE_INFINITY, await guarded.measure(way.way, way.n)));
  }
  return [...best].map(([{ method, n, note }, wallMs]) => {
    context.tell(`  ${method}: ${((wallMs / n) * 1000).toFixed(2)} µs each`);
    return row({
      case: NAME,
      method,
      rows: n,
      wallMs,
      jobMs: null,
      outputBytes: 0,
      peakBytes: {},
      note: `${note}; best of ${ROUNDS}`,
    });
  });
}

/** Milliseconds from pressing the switch to the last answer of the old kind. Throws when the new kind never comes. */
async function switched(server: Local, guarded: Guarded, mode: 'closed' | 'off'): Promise<number> {
  const served = mode === 'off';
  const pressedAt = performance.now();
  const body = JSON.stringify({ mode, reason: 'bench' });
  const pressed = server.call('/databases/DB/maintenance', { method: 'PUT', body });
  let lastOldMs = 0;
  while ((await guarded.isServed('default')) !== served) {
    lastOldMs = performance.now() - pressedAt;
    if (lastOldMs > SEEN_PATIENCE_MS) throw new Error(`${mode} is not seen after ${SEEN_PATIENCE_MS} ms`);
    await delay(POLL_MS);
  }
  if (!(await pressed).ok) throw new Error(`the switch does not work: ${(await pressed).status}`);
  return lastOldMs;
}

const SWITCHES = [
  ['closed', 'switch on: last request let through'],
  ['off', 'switch off: last request refused'],
] as const;

/** The worst of some rounds: it is a promise, not a speed. */
async function measureSwitch(context: BenchContext, server: Local, guarded: Guarded): Promise<Row[]> {
  const worst = new Map<string, number>();
  for (let round = 0; round < SWITCH_ROUNDS; round += 1) {
    for (const [mode, method] of SWITCHES)
      worst.set(method, Math.max(worst.get(method) ?? 0, await switched(server, guarded, mode)));
  }
  return [...worst].map(([method, wallMs]) => {
    context.tell(`  ${method}: after ${Math.round(wallMs)} ms`);
    const note = `cacheMs ${CACHE_MS}, a request each ${POLL_MS} ms; worst of ${SWITCH_ROUNDS}`;
    return row({ case: NAME, method, rows: 1, wallMs, jobMs: null, outputBytes: 0, peakBytes: {}, note });
  });
}

async function run(context: BenchContext): Promise<Row[]> {
  const stateFolder = join(context.folder, 'state');
  const server = await startServer(stateFolder);
  const guarded = await startGuarded(stateFolder).catch(async (error) => {
    await server.stop();
    throw error;
  });
  try {
    const rows: Row[] = [];
    for (const n of context.sizes) rows.push(...(await measureAll(context, guarded, n)));
    rows.push(...(await measureSwitch(context, server, guarded)));
    return rows;
  } finally {
    guarded.stop();
    await server.stop();
  }
}

function judge(rows: readonly Row[]): Verdict[] {
  const each = (method: string) => {
    const found = rows.filter((one) => one.method === method).at(-1);
    return found === undefined ? Number.NaN : (found.wallMs / found.rows) * 1000;
  };
  const costUs = each('guarded, answer cached') - each('bare handler');
  const verdicts: Verdict[] = [];
  if (!Number.isNaN(costUs))
    verdicts.push({
      goal: 'a guarded request costs at most 20 µs more while the answer is cached',
      measured: `${costUs.toFixed(1)} µs`,
      reached: costUs <= 20,
    });
  for (const [, method] of SWITCHES) {
    const found = rows.find((one) => one.method === method);
    if (found === undefined) continue;
    verdicts.push({
      goal: `${method} within ${(CACHE_MS + 1000) / 1000} s (cacheMs ${CACHE_MS})`,
      measured: `${(found.wallMs / 1000).toFixed(2)} s`,
      reached: found.wallMs <= CACHE_MS + 1000,
    });
  }
  return verdicts;
}

export const bench: Bench = {
  name: NAME,
  what: 'requests through the guard of another Worker',
  sizes: [100_000],
  run,
  judge,
};
