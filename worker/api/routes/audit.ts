/** The audit trail (A1): who did what, and whether the record of it is whole. One chain for each database, one for access. */
import type { OpenAPIHono } from '@hono/zod-openapi';
import { z } from 'zod';
import { ACCESS_PREFIX, anchorsOf, databasePrefix } from '../../archive/anchors.ts';
import type { AuditDraft } from '../../core/audit/entry.ts';
import { managed } from '../../env.ts';
import { AuditEntry, type AuditFilter, AuditQuery, AuditVerdict } from '../../protocol/audit.ts';
import { listOf } from '../../protocol/list.ts';
import { asFile, type Chain, verify } from '../audit.ts';
import { accessOf, byOf } from '../auth.ts';
import type { AppContext, AppEnv } from '../context.ts';
import { fromCursor, numberOrNull, toCursor } from '../cursor.ts';
import { DatabaseParam, json, route } from '../door.ts';

/** A chain under the name of its list, with where its reading is recorded and where its anchors lie. */
interface Source {
  readonly list: string;
  readonly chain: Chain;
  readonly prefix: string;
  exported(draft: Omit<AuditDraft, 'database'>): Promise<void>;
}

function ofDatabase(c: AppContext, name: string): Source {
  const { binding } = managed(name);
  const chain = c.env.CONTROL.getByName(binding);
  return { list: `audit:${binding}`, chain, prefix: databasePrefix(binding), exported: (draft) => chain.recordReading(draft) };
}

function ofAccess(c: AppContext): Source {
  const chain = accessOf(c.env);
  return { list: 'audit', chain, prefix: ACCESS_PREFIX, exported: (draft) => chain.recordAudit(draft) };
}

const filterOf = ({ actor, action, outcome, target, q, from, to }: AuditQuery): AuditFilter => ({
  actor,
  actions: action,
  outcome,
  target,
  text: q,
  from: from === undefined ? undefined : Date.parse(from),
  to: to === undefined ? undefined : Date.parse(to),
});

const responses = {
  200: {
    description: 'A page of entries; with `format`, all of them as a file',
    content: {
      'application/json': { schema: listOf(AuditEntry) },
      'text/csv': { schema: z.string() },
      'application/x-ndjson': { schema: z.string() },
    },
  },
};

async function entries(c: AppContext, { list, chain, exported }: Source, query: AuditQuery): Promise<Response> {
  const filter = filterOf(query);
  const { format } = query;
  if (format !== 'json') {
    await exported({ by: byOf(c), action: 'audit.exported', target: format });
    return asFile(chain, filter, format, list);
  }
  const page = await chain.auditEntries(filter, numberOrNull(fromCursor(list, query.cursor)), query.limit);
  return c.json({ items: page.items, nextCursor: toCursor(list, page.nextCursor) }, 200);
}

const verdict = ({ chain, prefix }: Source, c: AppContext): Promise<AuditVerdict> =>
  verify(chain, anchorsOf(c.env.ARCHIVE, prefix));

export function auditRoutes(app: OpenAPIHono<AppEnv>): void {
  app.openapi(
    route('viewer', ['bad_request', 'bad_cursor', 'database_not_found'], {
      method: 'get',
      path: '/databases/{db}/audit',
      summary: 'What was done to this database, newest first',
      request: { params: DatabaseParam, query: AuditQuery },
      responses,
    }),
    (c) => entries(c, ofDatabase(c, c.req.valid('param').db), c.req.valid('query')) as never,
  );

  app.openapi(
    route('viewer', ['database_not_found'], {
      method: 'get',
      path: '/databases/{db}/audit/verify',
      summary: 'Check the chain, and name the first entry that is not what was written',
      request: { params: DatabaseParam },
      responses: { 200: json(AuditVerdict, 'The verdict') },
    }),
    async (c) => c.json(await verdict(ofDatabase(c, c.req.valid('param').db), c), 200),
  );

  app.openapi(
    route('admin', ['bad_request', 'bad_cursor'], {
      method: 'get',
      path: '/audit',
      summary: 'Sign-ins, tokens and refusals that belong to no database, newest first',
      request: { query: AuditQuery },
      responses,
    }),
    (c) => entries(c, ofAccess(c), c.req.valid('query')) as never,
  );

  app.openapi(
    route('admin', [], {
      method: 'get',
      path: '/audit/verify',
      summary: 'Check that chain',
      responses: { 200: json(AuditVerdict, 'The verdict') },
    }),
    async (c) => c.json(await verdict(ofAccess(c), c), 200),
  );
}
