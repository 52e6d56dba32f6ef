/** A Worker that measures the guard in the real runtime: `?way=…&n=…` sends itself so many requests, and answers how they went. */
import { guarded, type MaintenanceBinding } from '../index.ts';

interface Env {
  readonly LOCKKEEPER: MaintenanceBinding;
}
type Fetch = (request: Request, env: Env, context: ExecutionContext) => Response | Promise<Response>;

const bare: Fetch = () => new Response('served');
const options = { binding: (env: Env) => env.LOCKKEEPER, db: 'DB', deadlineMs: 10_000 };
const cached = guarded<Env>({ ...options, cacheMs: 60_000 }, bare);
const asking = guarded<Env>({ ...options, cacheMs: 0, onUnreachable: 'closed' }, bare);
/** As a Worker that states nothing: the times of worker/guard/options.ts. */
const plain = guarded<Env>({ binding: (env) => env.LOCKKEEPER, db: 'DB' }, bare);
const AT_ONCE = 16;

async function oneByOne(handler: Fetch, n: number, env: Env, context: ExecutionContext): Promise<number> {
  // One for all: making it costs more than what is measured.
  const request = new Request('http://shop/products/1');
  let served = 0;
  for (let i = 0; i < n; i += 1) {
    const response = await handler(request, env, context);
    if (response.status === 200) served += 1;
  }
  return served;
}

async function questions(n: number, env: Env): Promise<number> {
  let asked = 0;
  let answered = 0;
  const ask = async () => {
    for (asked += 1; asked <= n; asked += 1) if ((await env.LOCKKEEPER.status('DB')).mode === 'off') answered += 1;
  };
  await Promise.all(Array.from({ length: AT_ONCE }, ask));
  return answered;
}

export default {
  async fetch(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
    const { searchParams } = new URL(request.url);
    const n = Number(searchParams.get('n') ?? '1');
    switch (searchParams.get('way')) {
      case 'bare':
        return Response.json(await oneByOne(bare, n, env, context));
      case 'cached':
        return Response.json(await oneByOne(cached, n, env, context));
      case 'asked':
        return Response.json(await oneByOne(asking, n, env, context));
      case 'default':
        return Response.json(await oneByOne(plain, n, env, context));
      case 'questions':
        return Response.json(await questions(n, env));
      default:
        return new Response('no such way', { status: 404 });
    }
  },
};
