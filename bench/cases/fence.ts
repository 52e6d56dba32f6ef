/**
 * What the fence costs: rows that a job writes through it beside the same rows without it, a write that it refuses beside one that goes
 * through, and how long it takes to go up and down. A database without a hold has no trigger of the fence: there the cost is nothing.
 */
import { join } from 'node:path';
import type { Local } from '../../tools/local.ts';
import { type Bench, type BenchContext, type Row, row, type Verdict } from '../case.ts';
import { startServer } from '../server.ts';
import { type OtherWorker, startWorker } from '../worker.ts';

const NAME = 'fence';
const ROUNDS = 5;
const BULK = ['insert', 'update', 'delete'] as const;
/** One write a call is some hundred times as slow as a row of many. */
const FEWER = 250;

async function setMode(server: Local, mode: 'off' | 'read-only'): Promise<number> {
  const startedAt = performance.now();
  const response = await server.call('/databases/DB/maintenance', {
    method: 'PUT',
    body: JSON.stringify({ mode, reason: 'bench' }),
  });
  const { fence } = (await response.json()) as { fence?: { state: string } };
  const wanted = mode === 'off' ? 'down' : 'up';
  if (fence?.state !== wanted) throw new Error(`the fence is not ${wanted}: ${JSON.stringify(fence)}`);
  return performance.now() - startedAt;
}

/** The best of all rounds, by method. */
class Best {
  private readonly found = new Map<string, { wallMs: number; rows: number; note: string }>();

  put(method: string, wallMs: number, rows: number, note: string): void {
    const known = this.found.get(method)?.wallMs ?? Number.POSITIVE_INFINITY;
    this.found.set(method, { wallMs: Math.min(known, wallMs), rows, note });
  }

  rows(): Row[] {
    const common = { case: NAME, jobMs: null, outputBytes: 0, peakBytes: {} };
    return [...this.found].map(([method, { wallMs, rows, note }]) =>
      row({ ...common, method, rows, wallMs, note: `${note}; best of ${ROUNDS}` }),
    );
  }
}

async function writeBulk(best: Best, writer: OtherWorker, n: number, fence: 'no fence' | 'fence up'): Promise<void> {
  for (const way of BULK)
    best.put(`${way}, ${fence}`, Number(await writer.ask(`way=${way}&n=${n}`)), n, "one statement in a job's own batch");
}

async function writeOneByOne(best: Best, writer: OtherWorker, n: number, method: string, refused: number): Promise<void> {
  const [ms, found] = (JSON.parse(await writer.ask(`way=one by one&n=${n}`)) as string).split(' ').map(Number);
  if (found !== refused) throw new Error(`${found} of ${n} writes were refused, not ${refused}`);
  best.put(method, ms ?? Number.NaN, n, 'one call each, one after the other');
}

async function round(best: Best, server: Local, writer: OtherWorker, n: number): Promise<void> {
  const calls = Math.ceil(n / FEWER);
  await writeBulk(best, writer, n, 'no fence');
  await writer.ask('way=insert&n=1');
  await writeOneByOne(best, writer, calls, 'write of another client', 0);
  best.put('switch on: the fence is up', await setMode(server, 'read-only'), 1, 'over HTTP, until it is answered');
  await writeOneByOne(best, writer, calls, 'write refused by the fence', calls);
  await writer.ask('way=delete');
  await writeBulk(best, writer, n, 'fence up');
  best.put('switch off: the fence is down', await setMode(server, 'off'), 1, 'over HTTP, until it is answered');
}

async function run(context: BenchContext): Promise<Row[]> {
  const stateFolder = join(context.folder, 'state');
  const server = await startServer(stateFolder);
  let writer: OtherWorker | null = null;
  try {
    // The same folder: the same local database, as two Workers of one account have it.
    writer = await startWorker('writer', stateFolder, stateFolder, 'way=make');
    await setMode(server, 'read-only');
    await setMode(server, 'off');
    const rows: Row[] = [];
    for (const n of context.sizes) {
      const best = new Best();
      for (let done = 0; done < ROUNDS; done += 1) await round(best, server, writer, n);
      rows.push(...best.rows());
    }
    for (const { method, wallMs, rows: n } of rows) context.tell(`  ${method}: ${((wallMs / n) * 1000).toFixed(2)} µs each`);
    return rows;
  } finally {
    writer?.stop();
    await server.stop();
  }
}

function judge(rows: readonly Row[]): Verdict[] {
  const find = (method: string) => rows.filter((one) => one.method === method).at(-1);
  return BULK.flatMap((way) => {
    const [without, up] = [find(`${way}, no fence`), find(`${way}, fence up`)];
    if (without === undefined || up === undefined) return [];
    const costUs = ((up.wallMs - without.wallMs) / up.rows) * 1000;
    return [
      {
        goal: `${way} through the fence costs at most 1 µs more a row`,
        measured: `${costUs.toFixed(2)} µs (${without.wallMs} and ${up.wallMs} ms for ${up.rows} rows)`,
        reached: costUs <= 1,
      },
    ];
  });
}

export const bench: Bench = { name: NAME, what: 'writes with and without the fence', sizes: [50_000], run, judge };
