/**
 * 10,000 hostile requests: none gives a 5xx, every refusal is a problem with a known code, and what is refused changes nothing (X1, X3).
 * Drawn from one seed, so that a red run says which request it was.
 */
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { PROBLEM_CODES, PROBLEMS, type Problem } from '../protocol/problem.ts';
import { DENIALS } from './testing/denials.ts';
import { type HostileRequest, hostileRequests, type World } from './testing/hostile-requests.ts';
import { stateOfAll } from './testing/state.ts';
import { API, ask, bindings, entriesOf, finished, HOST, inside, json, OWNER, until, worker } from './testing/world.ts';

const SEED = 20_261_123;
const REQUESTS = 10_000;
/** In parallel. Where something of it is accepted, the state cannot be compared: fewer of those that may be. */
const READINGS_AT_ONCE = 100;
const CHANGES_AT_ONCE = 12;

const SCHEMA = [
  'CREATE TABLE orders (id INTEGER PRIMARY KEY AUTOINCREMENT, note TEXT)',
  'CREATE TABLE lines (id INTEGER PRIMARY KEY, order_id INTEGER REFERENCES orders (id) ON DELETE CASCADE)',
  'CREATE TABLE "we""ird" (a PRIMARY KEY, "b c" BLOB) WITHOUT ROWID',
  `INSERT INTO orders (note) VALUES ('one'), ('two')`,
  'INSERT INTO lines (order_id) VALUES (1), (2)',
];

const proofs = new Map<string, Record<string, string>>();
let world: World;

beforeAll(async () => {
  for (const database of [bindings.DB, bindings.STAGING]) await database.batch(SCHEMA.map((sql) => database.prepare(sql)));
  const ids: Record<string, string[]> = { jobs: [], backups: [], plans: [], holds: ['hold_1', 'hold_2'], windows: [], tokens: [] };
  for (const db of ['DB', 'STAGING']) {
    const job = await finished(db, { kind: 'database.export' });
    ids.jobs?.push(job.id);
    ids.backups?.push(String(job.result?.backupId));
    const window = {
      days: [0],
      from: '02:00',
      minutes: 1,
      timeZone: 'Europe/Berlin',
      mode: 'read-only',
      reason: 'x',
      enabled: false,
    };
    ids.windows?.push((await json<{ id: string }>(`/databases/${db}/maintenance/windows`, { method: 'POST', body: window })).id);
    for (const secondPerson of [true, false]) {
      const body = { kind: 'table.clear', params: { table: 'lines' }, secondPerson };
      ids.plans?.push((await json<{ id: string }>(`/databases/${db}/plans`, { method: 'POST', body })).id);
    }
    // Figures are fresh from here on: looking at the overview takes none.
    await ask(`/databases/${db}/tables/refresh`, { method: 'POST' });
  }
  for (const mode of ['read-only', 'off']) await json('/databases/DB/maintenance', { method: 'PUT', body: { mode, reason: 'x' } });
  const bearer = (secret: string) => ({ Authorization: `Bearer ${secret}` });
  const make = (name: string, role: string, databases: string[] | null) =>
    json<{ id: string; secret: string }>('/tokens', { method: 'POST', body: { name, role, databases } });
  proofs.set('owner', bearer(OWNER));
  proofs.set('nobody', {}).set('a stranger', bearer('lkt_wrong'));
  for (const [name, role, databases] of [
    ['viewer', 'viewer', null],
    ['operator of DB', 'operator', ['DB']],
    ['admin of STAGING', 'admin', ['STAGING']],
  ] as const)
    proofs.set(name, bearer((await make(name, role, databases ? [...databases] : null)).secret));
  for (let n = 0; n < 5; n += 1) ids.tokens?.push((await make('to be revoked', 'viewer', null)).id);
  const signedIn = await ask('/session', { method: 'POST', token: null, body: { token: OWNER } });
  const cookie = (signedIn.headers.get('Set-Cookie') ?? '').split(';')[0] ?? '';
  proofs.set('a session', { Cookie: cookie, Origin: HOST }).set('a session from elsewhere', { Cookie: cookie });
  const lists = ['/tokens', '/audit', '/databases', '/databases/DB/audit', '/databases/STAGING/audit', '/databases/DB/tables'];
  const pages = await Promise.all(lists.map((list) => json<{ nextCursor: string | null }>(`${list}?limit=1`)));
  world = {
    ids,
    cursors: pages.flatMap(({ nextCursor }) => (nextCursor === null ? [] : [nextCursor])),
    // Mostly those who may, so that the refusals are about what was sent.
    who: [...Array.from({ length: 12 }, () => 'owner'), 'a session', ...proofs.keys()],
  };
});

interface Outcome {
  readonly id: string;
  readonly request: HostileRequest;
  readonly status: number;
  readonly wrong: string | null;
}

async function send(request: HostileRequest, n: number): Promise<Outcome> {
  const id = `fuzz-${n}`;
  const { method, path, body } = request;
  const sent = body !== null && method !== 'GET' && method !== 'HEAD';
  const headers = {
    ...(sent ? { 'Content-Type': 'application/json' } : {}),
    ...request.headers,
    ...proofs.get(request.who),
    'CF-Ray': id,
  };
  const response = await worker.fetch(`${HOST}${API}${path}`, { method, headers, redirect: 'manual', ...(sent ? { body } : {}) });
  const wrong = await wrongWith(response, method);
  return { id, request, status: response.status, wrong };
}

/** Null: it is as it has to be. */
async function wrongWith(response: Response, method: string): Promise<string | null> {
  const { status, headers } = response;
  if (status === 101) {
    response.webSocket?.accept();
    response.webSocket?.close(1000);
    return null;
  }
  const bytes = await response.arrayBuffer();
  if (status < 400) return null;
  const text = new TextDecoder().decode(bytes);
  if (headers.get('Content-Type') !== 'application/problem+json')
    return `${status} as ${headers.get('Content-Type')}: ${text.slice(0, 200)}`;
  if (status >= 500) return `${status}: ${text.slice(0, 300)}`;
  if (method === 'HEAD') return null;
  const problem = JSON.parse(text) as Problem;
  if (!PROBLEM_CODES.includes(problem.code)) return `unknown code ${problem.code}`;
  if (PROBLEMS[problem.code].status !== status || problem.status !== status) return `${problem.code} with status ${status}`;
  if (problem.hint === '' || problem.detail === '') return `${problem.code} says nothing`;
  return problem.requestId === headers.get('X-Request-Id') ? null : 'another request id in the body than in the header';
}

/** Everything that was accepted has come to its end, and nothing happens by itself any more. */
async function quiet(): Promise<void> {
  for (const name of ['DB', 'STAGING']) {
    const plane = bindings.CONTROL.getByName(name);
    const busy = () => inside(plane, `SELECT id FROM jobs WHERE status NOT IN ('succeeded', 'failed', 'cancelled')`);
    expect(await until(busy, (found) => found.length === 0)).toEqual([]);
    await until(
      () => plane.maintenanceStatus(),
      ({ fence }) => fence.state === 'up' || fence.state === 'down',
    );
  }
}

const isReading = ({ method }: HostileRequest) => ['GET', 'HEAD', 'OPTIONS'].includes(method);
const isSignOut = ({ method, path }: HostileRequest) => method === 'DELETE' && path.startsWith('/session');

test(`X1, X3: ${REQUESTS} hostile requests give no 5xx, and those that are refused change nothing`, async () => {
  const requests = fc.sample(hostileRequests(world), { seed: SEED, numRuns: REQUESTS });
  const readings = requests.filter(isReading);
  // Sign-outs last: after the first, whoever signed in is nobody.
  const changes = requests.filter((request) => !isReading(request)).sort((a, b) => Number(isSignOut(a)) - Number(isSignOut(b)));
  const outcomes: Outcome[] = [];
  let compared = 0;
  let before = await stateOfAll();
  for (const some of [...batches(readings, READINGS_AT_ONCE), ...batches(changes, CHANGES_AT_ONCE)]) {
    const answers = await Promise.all(some.map((request, n) => send(request, outcomes.length + n)));
    outcomes.push(...answers);
    const accepted = answers.some(({ status, request }) => status < 400 && !isReading(request));
    if (accepted) await quiet();
    const after = await stateOfAll();
    if (!accepted) {
      expect(after, `after ${answers[0]?.id}`).toEqual(before);
      compared += answers.length;
    }
    before = after;
  }
  const wrong = outcomes.filter((outcome) => outcome.wrong !== null);
  expect(
    wrong.map(({ id, request, wrong: why }) => ({ id, why, ...request, body: String(request.body).slice(0, 500) })).slice(0, 20),
  ).toEqual([]);

  // A1: whatever is changed is in a chain, under the request that changed it.
  const trail = (
    await Promise.all(['/audit', '/databases/DB/audit', '/databases/STAGING/audit'].map((chain) => entriesOf(chain)))
  ).flat();
  const refused = new Set(outcomes.filter(({ status }) => status >= 400).map(({ id }) => id));
  const changedAnyway = trail.filter(({ requestId, action }) => refused.has(requestId) && !DENIALS.includes(action));
  expect(changedAnyway.map(({ requestId, action, target }) => ({ requestId, action, target }))).toEqual([]);

  // That it was no walk in the park: both kinds of answers, in numbers, and many batches that could be compared.
  expect(outcomes).toHaveLength(REQUESTS);
  expect(refused.size).toBeGreaterThan(REQUESTS / 2);
  expect(outcomes.length - refused.size).toBeGreaterThan(REQUESTS / 20);
  expect(compared).toBeGreaterThan(REQUESTS / 2);
}, 280_000);

function batches(all: readonly HostileRequest[], atOnce: number): HostileRequest[][] {
  const count = Math.ceil(all.length / atOnce);
  return Array.from({ length: count }, (_, n) => all.slice(n * atOnce, (n + 1) * atOnce));
}
