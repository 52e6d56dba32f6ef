/** The fake server's answers. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Me, NewToken, Role } from '../../worker/protocol/access.ts';
import type { JobKind } from '../../worker/protocol/job.ts';
import { type Answer, ok, page, Refused } from './fake-answer.ts';
import type { FakeAudit } from './fake-audit.ts';
import { type FakeDatabase, summaryOf } from './fake-database.ts';
import { roleHere } from './fake-grants.ts';
import { fakeLint, fakeRules } from './fake-lint.ts';
import { maintenance } from './fake-maintenance-routes.ts';
import { checkedPlan, plans } from './fake-plan-routes.ts';
import { schema } from './fake-schema.ts';
import type { FakeServer } from './fake-server.ts';
import { iso } from './fixtures.ts';

const ROLES: readonly string[] = ['admin', 'operator', 'viewer'];
const MOST_FAILURES = 4;

function signIn(server: FakeServer, body: { token?: string; code?: string }, response: ServerResponse): Answer {
  if (server.failedSignIns >= MOST_FAILURES) throw new Refused(429, 'too_many_requests', undefined, { 'retry-after': '7' });
  const role =
    body.code !== undefined
      ? server.codes.delete(body.code)
        ? 'admin'
        : null
      : ROLES.includes(body.token ?? '')
        ? body.token
        : null;
  if (role === null || role === undefined) {
    server.failedSignIns += 1;
    throw new Refused(401, 'bad_credentials');
  }
  server.failedSignIns = 0;
  const id = server.begin(role as Role);
  response.setHeader('set-cookie', `session=${id}; HttpOnly; SameSite=Strict; Path=/`);
  return ok(server.sessions.get(id));
}

export function route(
  server: FakeServer,
  request: IncomingMessage,
  url: URL,
  body: Record<string, unknown>,
  response: ServerResponse,
): Answer {
  const path = url.pathname.replace('/api/v1', '');
  const call = `${request.method} ${path}`;
  if (call === 'POST /session') return signIn(server, body, response);
  const me = server.me(request);
  if (me === null) throw new Refused(401, 'unauthorized');
  if (call === 'GET /me') return ok(me);
  if (call === 'DELETE /session') {
    server.sessions.clear();
    return { status: 204 };
  }
  if (call === 'GET /databases')
    return ok({
      items: server.databases.filter(({ name }) => roleHere(me, name) !== null).map((database) => database.overview().database),
      nextCursor: null,
    });
  if (call === 'GET /lint/rules') return ok({ items: fakeRules, nextCursor: null });
  if (path.startsWith('/tokens')) return tokens(server, me, call, body);
  if (path.startsWith('/audit')) {
    if (roleHere(me, null) !== 'admin') throw new Refused(403, 'forbidden');
    return audit(server.audit, path.slice(1), url);
  }
  const [, , name, rest = ''] = /^\/(databases)\/([^/]+)\/(.*)$/.exec(path) ?? [];
  const database = server.databases.find((one) => one.name === name);
  if (database === undefined) throw new Refused(404, 'database_not_found');
  if (roleHere(me, name ?? null) === null) throw new Refused(403, 'forbidden');
  if (`${request.method} ${rest}` === 'POST lint') return ok(fakeLint(body));
  if (rest.startsWith('audit')) return audit(database.audit, rest, url);
  if (rest.startsWith('maintenance')) return maintenance(database, me, `${request.method} ${rest}`, url, body);
  if (rest.startsWith('schema')) return schema(database, me, `${request.method} ${rest}`, url, body);
  if (rest.startsWith('plans')) return plans(database, me, `${request.method} ${rest}`, url, body);
  return inDatabase(database, me, `${request.method} ${rest}`, url, body, String(request.headers['idempotency-key'] ?? ''));
}

function tokens(server: FakeServer, me: Me, call: string, body: Record<string, unknown>): Answer {
  if (roleHere(me, null) !== 'admin') throw new Refused(403, 'forbidden');
  if (call.startsWith('GET')) return ok({ items: server.tokens, nextCursor: null });
  if (call.startsWith('DELETE')) {
    server.tokens = server.tokens.filter(({ id }) => !call.endsWith(id));
    return { status: 204 };
  }
  const token = {
    id: `tok_${Date.now()}`,
    name: String(body.name),
    role: body.role as Role,
    databases: (body.databases ?? null) as string[] | null,
    createdAt: iso(Date.now()),
    createdBy: me.subject,
    expiresAt: body.expiresAt as string | null,
    lastUsedAt: null,
  };
  server.tokens = [token, ...server.tokens];
  return { status: 201, value: { ...token, secret: 'lk_fake_7Yx2mVfQk1Z0aJr9Wc4Tn8Pb' } satisfies NewToken };
}

function audit(trail: FakeAudit, rest: string, url: URL): Answer {
  if (rest === 'audit/verify') return ok(trail.verdict());
  const entries = trail.matching(url.searchParams);
  switch (url.searchParams.get('format')) {
    case 'csv':
      return {
        status: 200,
        file: {
          name: 'audit.csv',
          type: 'text/csv',
          text: `n,action\r\n${entries.map(({ n, action }) => `${n},${action}\r\n`).join('')}`,
        },
      };
    case 'ndjson':
      return {
        status: 200,
        file: {
          name: 'audit.ndjson',
          type: 'application/x-ndjson',
          text: entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''),
        },
      };
    default:
      return page(entries, url);
  }
}

function inDatabase(database: FakeDatabase, me: Me, call: string, url: URL, body: Record<string, unknown>, key: string): Answer {
  switch (call) {
    case 'GET overview':
      return ok(database.overview());
    case 'GET tables':
      return page(database.tables(), url);
    case 'POST tables/refresh':
      setTimeout(() => database.live.record('tables.sampled', null, 'asked for', {}), 400);
      return { status: 202, value: {} };
    case 'POST jobs': {
      const known = database.keys.has(key);
      const plan = known ? null : checkedPlan(database, me, body);
      const params = { ...plan?.params, ...(body.params as Record<string, unknown> | undefined) };
      const job = database.submit(body.kind as JobKind, params, key);
      if (plan !== null) database.plans.use(plan.id, job.id);
      if (!known && database.running) setTimeout(() => database.start(job), 300);
      return { status: 202, value: structuredClone(job) };
    }
    case 'GET jobs': {
      const listed = (what: string) => (url.searchParams.get(what) ?? '').split(',').filter((item) => item !== '');
      const has = (list: string[], item: string) => list.length === 0 || list.includes(item);
      return page(
        database.jobs.filter((job) => has(listed('status'), job.status) && has(listed('kind'), job.kind)),
        url,
      );
    }
    case 'GET backups':
      return page(database.backups.map(summaryOf), url);
  }
  const [, verb, what, id, more = ''] = /^(\w+) (jobs|backups)\/([^/]+)(?:\/(\w+))?$/.exec(call) ?? [];
  return what === 'jobs' ? oneJob(database, `${verb} ${more}`, id ?? '', url) : oneBackup(database, `${verb} ${more}`, id ?? '');
}

function oneJob(database: FakeDatabase, call: string, id: string, url: URL): Answer {
  const job = database.jobs.find((one) => one.id === id);
  if (job === undefined) throw new Refused(404, 'job_not_found');
  const steps = database.steps.get(id) ?? [];
  switch (call) {
    case 'GET ':
      return ok({ ...job, steps: steps.slice(-10), stepCount: steps.length });
    case 'GET steps':
      return page(steps, url);
    case 'GET events':
      return page(
        database.live.events.filter(({ jobId }) => jobId === id),
        url,
      );
    case 'POST cancel':
      database.change(job, { status: 'cancelling', reason: 'cancel asked for by owner' });
      database.live.record('job.cancelling', id, job.reason, { job });
      setTimeout(() => database.end(job, 'cancelled'), 1_200);
      return ok(job);
    case 'POST retry':
      database.change(job, {
        status: 'queued',
        reason: 'retried by owner',
        attempt: job.attempt + 1,
        error: null,
        finishedAt: null,
      });
      database.live.record('job.retried', id, job.reason, { job });
      setTimeout(() => database.start(job), 500);
      return ok(job);
    default:
      throw new Refused(404, 'not_found');
  }
}

function oneBackup(database: FakeDatabase, call: string, id: string): Answer {
  const backup = database.backups.find((one) => one.id === id);
  if (backup === undefined) throw new Refused(404, 'backup_not_found');
  if (call === 'GET ') return ok(backup);
  if (call !== 'DELETE ') throw new Refused(404, 'not_found');
  database.backups = database.backups.filter((one) => one.id !== id);
  database.live.record('backup.deleted', null, 'deleted by owner', { id });
  return { status: 204 };
}
