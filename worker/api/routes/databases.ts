/** The managed databases, their health and their tables, and the live socket. */
import type { OpenAPIHono } from '@hono/zod-openapi';
import { z } from 'zod';
import { DATABASES, type ManagedDatabase } from '../../../db/databases.ts';
import { PASS_HEADER, passToHeader } from '../../control/live.ts';
import { managed } from '../../env.ts';
import { overviewOf, summaryOf } from '../../overview/overview.ts';
import { takeSample } from '../../overview/sample.ts';
import { roleOn } from '../../protocol/access.ts';
import { DatabaseSummary, Overview, TableStats } from '../../protocol/database.ts';
import { ListQuery, listOf } from '../../protocol/list.ts';
import { Refusal } from '../../protocol/problem.ts';
import { accessOf, byOf, identify, sameOrigin } from '../auth.ts';
import type { AppContext, AppEnv, Caller } from '../context.ts';
import { fromCursor, toCursor } from '../cursor.ts';
import { body, DatabaseParam, json, route } from '../door.ts';

type Control = ReturnType<AppEnv['Bindings']['CONTROL']['getByName']>;

/**
 * Looks a second time who is there, once the socket is open: what ended before that could not close a socket that was not there yet, and
 * what ends after it does.
 */
async function openSocket(c: AppContext, control: Control, { tags, expiresAt }: Caller): Promise<Response> {
  const headers = { Upgrade: 'websocket', [PASS_HEADER]: passToHeader({ tags, until: expiresAt }) };
  const response = await control.fetch(new Request(c.req.url, { headers }));
  if (response.status !== 101) throw new Refusal('too_many_sockets', 'This database has as many open consoles as it can serve.');
  if ((await identify(c)) !== null) return response;
  await control.closeSockets(tags[0] ?? '');
  throw new Refusal('unauthorized', 'The session or token ended just now.');
}

export function databaseRoutes(app: OpenAPIHono<AppEnv>): void {
  app.openapi(
    route('member', ['bad_request', 'bad_cursor'], {
      method: 'get',
      path: '/databases',
      summary: 'What is managed, as far as one has a role on it',
      request: { query: ListQuery },
      responses: { 200: json(listOf(DatabaseSummary), 'The databases') },
    }),
    async (c) => {
      const { limit, cursor } = c.req.valid('query');
      const { grants } = c.get('caller') as Caller;
      const visible = DATABASES.filter(({ binding }) => roleOn(grants, binding) !== null);
      const from = Number(fromCursor('databases', cursor) ?? 0);
      const summarize = async (database: ManagedDatabase) =>
        summaryOf(database, (await c.env.CONTROL.getByName(database.binding).maintenanceStatus()).mode);
      const items = await Promise.all(visible.slice(from, from + limit).map(summarize));
      const next = from + limit < visible.length ? String(from + limit) : null;
      return c.json({ items, nextCursor: toCursor('databases', next) }, 200);
    },
  );

  app.openapi(
    route('viewer', ['database_not_found'], {
      method: 'get',
      path: '/databases/{db}/overview',
      summary: 'Health, exact size, counts, mode, last backup',
      request: { params: DatabaseParam },
      responses: { 200: json(Overview, 'What an admin wants to know at a glance') },
    }),
    async (c) => {
      const database = managed(c.req.valid('param').db);
      return c.json(await overviewOf(c.env, database, (later) => c.executionCtx.waitUntil(later)), 200);
    },
  );

  app.openapi(
    route('viewer', ['database_not_found', 'bad_request', 'bad_cursor'], {
      method: 'get',
      path: '/databases/{db}/tables',
      summary: 'Rows and estimated bytes of each table',
      request: {
        params: DatabaseParam,
        query: ListQuery.extend({ limit: z.coerce.number().int().min(1).max(1000).default(1000) }),
      },
      responses: { 200: json(listOf(TableStats), 'The tables by name') },
    }),
    async (c) => {
      const { binding } = managed(c.req.valid('param').db);
      const { limit, cursor } = c.req.valid('query');
      const from = Number(fromCursor(`tables:${binding}`, cursor) ?? 0);
      const { tables } = await c.env.CONTROL.getByName(binding).tables();
      const next = from + limit < tables.length ? String(from + limit) : null;
      return c.json({ items: tables.slice(from, from + limit), nextCursor: toCursor(`tables:${binding}`, next) }, 200);
    },
  );

  app.openapi(
    route('operator', ['database_not_found'], {
      method: 'post',
      path: '/databases/{db}/tables/refresh',
      summary: 'Take fresh figures',
      request: { params: DatabaseParam },
      responses: { 202: json(z.object({ taken: z.boolean() }), 'Whether they were taken, or another sampling was under way') },
    }),
    async (c) => {
      const { binding } = managed(c.req.valid('param').db);
      return c.json({ taken: await takeSample(c.env, binding, true) }, 202);
    },
  );

  app.openapi(
    route('viewer', ['bad_request', 'database_not_found', 'cross_origin', 'upgrade_required', 'too_many_sockets'], {
      method: 'get',
      path: '/databases/{db}/live',
      summary: 'WebSocket: a snapshot or what was missed, then events and progress as they come',
      description: 'Closed with 4401 as soon as the token or the session that opened it ends.',
      request: { params: DatabaseParam, query: z.object({ after: z.coerce.number().int().min(0).optional() }) },
      responses: { 101: { description: 'Switching protocols' } },
    }),
    async (c) => {
      const { binding } = managed(c.req.valid('param').db);
      const caller = c.get('caller') as Caller;
      const fromBrowser = c.req.header('Origin') !== undefined || caller.via !== 'bearer';
      if (fromBrowser && !sameOrigin(c)) throw new Refusal('cross_origin', 'A socket from another origin.');
      if (c.req.header('Upgrade')?.toLowerCase() !== 'websocket') throw new Refusal('upgrade_required', 'Not a WebSocket.');
      return openSocket(c, c.env.CONTROL.getByName(binding), caller);
    },
  );

  app.openapi(
    route('admin', ['bad_request'], {
      method: 'post',
      path: '/announcements',
      summary: 'Tell every console that its connection is about to be cut',
      description: 'Before a deploy or a stop: consoles say so and come back by themselves.',
      request: {
        body: body(
          z.object({ kind: z.literal('restart'), reconnectAfterMs: z.number().int().min(0).max(60_000).default(1_000) }).strict(),
        ),
      },
      responses: { 202: json(z.object({ sockets: z.number().int() }), 'How many were told') },
    }),
    async (c) => {
      const { kind, reconnectAfterMs } = c.req.valid('json');
      const told = await Promise.all(
        DATABASES.map(({ binding }) => c.env.CONTROL.getByName(binding).goodbye(kind, reconnectAfterMs)),
      );
      const sockets = told.reduce((sum, n) => sum + n, 0);
      const detail = { reconnectAfterMs, sockets };
      await accessOf(c.env).recordAudit({ by: byOf(c), action: 'announcement.made', target: kind, detail });
      return c.json({ sockets }, 202);
    },
  );
}
