/** What the guard costs a request of another Worker, and how many answers one control plane gives: real runtime, real service binding. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../../tools/start/port.ts';
import { signal } from '../../tools/start/processes.ts';
import { type Bench, type BenchContext, type Row, row, type Verdict } from '../case.ts';
import { startServer } from '../server.ts';

const top = join(import.meta.dirname, '../..');
const NAME = 'guard';
const START_PATIENCE_MS = 60_000;
/** Each is answered by the control plane, some thousand times as slowly as from the cache. */
const FEWER = 100;
const ROUNDS = 4;

interface Guarded {
  readonly child: ChildProcess;
  /** Milliseconds for `n` requests. Throws when one of them was not served. */
  measure(way: string, n: number): Promise<number>;
}

async function startGuarded(stateFolder: string): Promise<Guarded> {
  const port = await freePort();
  const config = ['--config', 'bench/workers/guard.toml', '--ip', '127.0.0.1', '--port', String(port), '--inspector-port', '0'];
  const child = spawn(
    process.execPath,
    ['node_modules/wrangler/bin/wrangler.js', 'dev', ...config, '--local', '--persist-to', join(stateFolder, 'guarded')],
    {
      cwd: top,
      detached: true,
      stdio: 'ignore',
      env: { ...process.env, WRANGLER_REGISTRY_PATH: join(stateFolder, 'registry'), CLOUDFLARE_CF_FETCH_ENABLED: 'false' },
    },
  );
  const measure = async (way: string, n: number): Promise<number> => {
    const startedAt = performance.now();
    const response = await fetch(`http://127.0.0.1:${port}/?way=${way}&n=${n}`);
    const served = await response.text();
    if (served !== String(n)) throw new Error(`${way}: ${served} of ${n} requests were served`);
    return performance.now() - startedAt;
  };
  for (const end = Date.now() + START_PATIENCE_MS; ; await delay(100)) {
    const ready = await measure('questions', 1).catch(() => null);
    if (ready !== null) return { child, measure };
    if (Date.now() < end) continue;
    stop(child);
    throw new Error('the guarded Worker does not reach the control plane');
  }
}

const stop = (child: ChildProcess) => child.pid !== undefined && signal(-child.pid, 'SIGKILL');

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
    return rows;
  } finally {
    stop(guarded.child);
    await server.stop();
  }
}

function judge(rows: readonly Row[]): Verdict[] {
  const each = (method: string) => {
    const found = rows.filter((one) => one.method === method).at(-1);
    return found === undefined ? Number.NaN : (found.wallMs / found.rows) * 1000;
  };
  const costUs = each('guarded, answer cached') - each('bare handler');
  if (Number.isNaN(costUs)) return [];
  return [
    {
      goal: 'a guarded request costs at most 20 µs more while the answer is cached',
      measured: `${costUs.toFixed(1)} µs`,
      reached: costUs <= 20,
    },
  ];
}

export const bench: Bench = {
  name: NAME,
  what: 'requests through the guard of another Worker',
  sizes: [100_000],
  run,
  judge,
};
