/**
 * A Worker that writes through its own binding: `?way=…&n=…` writes so many rows, and answers how many milliseconds that took.
 * Bulk writes open the guard within their batch, as a job's own batch does: with a fence up that is the only way through.
 */
interface Env {
  readonly DB: D1Database;
}

const OPEN = 'UPDATE _lk_guard SET pass = 1 WHERE id = 1';
const CLOSE = 'UPDATE _lk_guard SET pass = 0 WHERE id = 1';
const FILL = (n: number) =>
  `INSERT INTO bench_writes (n, filler) WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < ${n}) SELECT n, hex(zeroblob(40)) FROM i`;
const MAKE = 'CREATE TABLE IF NOT EXISTS bench_writes (n INTEGER PRIMARY KEY, filler TEXT NOT NULL)';

/** Milliseconds. The clock of a Worker stands still while it computes, and moves with each answer. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = Date.now();
  await work();
  return Date.now() - startedAt;
}

const bulk = (env: Env, sql: string) => env.DB.batch([OPEN, sql, CLOSE].map((text) => env.DB.prepare(text)));

/** Answers how many of them were refused. */
async function oneByOne(env: Env, n: number): Promise<number> {
  let refused = 0;
  const write = env.DB.prepare('UPDATE bench_writes SET filler = ?1 WHERE n = 1').bind('x');
  for (let i = 0; i < n; i += 1) {
    try {
      await write.run();
    } catch (error) {
      if (!String(error).includes('in maintenance')) throw error;
      refused += 1;
    }
  }
  return refused;
}

async function run(way: string | null, n: number, env: Env): Promise<number | string> {
  switch (way) {
    case 'make':
      await env.DB.prepare(MAKE).run();
      return 'made';
    case 'insert':
      return timed(() => bulk(env, FILL(n)));
    case 'update':
      return timed(() => bulk(env, "UPDATE bench_writes SET filler = filler || 'x'"));
    case 'delete':
      return timed(() => bulk(env, 'DELETE FROM bench_writes WHERE n > 0'));
    case 'one by one': {
      let refused = 0;
      const ms = await timed(async () => {
        refused = await oneByOne(env, n);
      });
      return `${ms} ${refused}`;
    }
    default:
      throw new Error(`no such way: ${way}`);
  }
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const { searchParams } = new URL(request.url);
    try {
      return Response.json(await run(searchParams.get('way'), Number(searchParams.get('n') ?? '1'), env));
    } catch (error) {
      return new Response(String(error), { status: 500 });
    }
  },
};
