/** Plans: made, looked at, agreed to by a second person. They are started as jobs. */
import type { OpenAPIHono } from '@hono/zod-openapi';
import { z } from 'zod';
import { unwrap } from '../../control/wire.ts';
import { managed } from '../../env.ts';
import { ListQuery, listOf } from '../../protocol/list.ts';
import { Plan, PlanRequest, PlanSummary } from '../../protocol/plan.ts';
import type { ProblemCode } from '../../protocol/problem.ts';
import { byOf } from '../auth.ts';
import type { AppContext, AppEnv } from '../context.ts';
import { fromCursor, numberOrNull, toCursor } from '../cursor.ts';
import { body, DatabaseParam, json, route } from '../door.ts';
import { basisNow, mustMeet, newPlan } from '../plans.ts';

const PlanParam = DatabaseParam.extend({ id: DatabaseParam.shape.db });
/** Plans can be looked at while the database does not answer; then nobody knows whether they still hold. */
const basisIfReachable = (c: AppContext, db: string): Promise<string | null> => basisNow(c, db).catch(() => null);
const controlOf = (c: AppContext, db: string) => c.env.CONTROL.getByName(managed(db).binding);

/** What planning itself may refuse. */
const REFUSALS: ProblemCode[] = [
  'bad_request',
  'database_not_found',
  'table_not_found',
  'table_is_ours',
  'table_not_clearable',
  'nothing_to_do',
  'plan_too_large',
  'plan_stale',
  'unknown_diff_row',
  'backup_not_found',
];

export function planRoutes(app: OpenAPIHono<AppEnv>): void {
  app.openapi(
    route('operator', REFUSALS, {
      method: 'post',
      path: '/databases/{db}/plans',
      summary: 'Make a plan: what a change would do, with nothing changed',
      description: 'A plan is bound to the schema and the ledgers as they are now, can be started once, and for a day.',
      request: { params: DatabaseParam, body: body(PlanRequest) },
      responses: { 201: json(Plan, 'The plan') },
    }),
    async (c) => {
      const { binding } = managed(c.req.valid('param').db);
      const made = await newPlan(c, binding, c.req.valid('json'));
      const plan = unwrap(await c.env.CONTROL.getByName(binding).createPlan(made, byOf(c)));
      c.header('Location', `/api/v1/databases/${binding}/plans/${plan.id}`);
      return c.json(plan, 201);
    },
  );

  app.openapi(
    route('viewer', ['bad_request', 'bad_cursor', 'database_not_found'], {
      method: 'get',
      path: '/databases/{db}/plans',
      summary: 'Plans, newest first',
      request: { params: DatabaseParam, query: ListQuery },
      responses: { 200: json(listOf(PlanSummary), 'A page of plans') },
    }),
    async (c) => {
      const { db } = c.req.valid('param');
      const { limit, cursor } = c.req.valid('query');
      const before = numberOrNull(fromCursor(`plans:${db}`, cursor));
      const page = await controlOf(c, db).plans(before, limit, await basisIfReachable(c, db));
      return c.json({ items: page.items, nextCursor: toCursor(`plans:${db}`, page.nextCursor) }, 200);
    },
  );

  app.openapi(
    route('viewer', ['database_not_found', 'plan_not_found'], {
      method: 'get',
      path: '/databases/{db}/plans/{id}',
      summary: 'A plan; an approval that the database has overtaken is shown as void',
      request: { params: PlanParam },
      responses: { 200: json(Plan, 'The plan') },
    }),
    async (c) => {
      const { db, id } = c.req.valid('param');
      return c.json(unwrap(await controlOf(c, db).plan(id, await basisIfReachable(c, db))), 200);
    },
  );

  app.openapi(
    route('viewer', ['database_not_found', 'plan_not_found'], {
      method: 'get',
      path: '/databases/{db}/plans/{id}/sql',
      summary: 'The statements of a plan as one file, to be read',
      request: { params: PlanParam },
      responses: { 200: { description: 'SQL text', content: { 'text/plain': { schema: z.string() } } } },
    }),
    async (c) => {
      const { db, id } = c.req.valid('param');
      const plan = unwrap(await controlOf(c, db).plan(id, null));
      const filename = `${plan.kind}-${plan.hash.slice(0, 12)}.sql`;
      return c.text(planText(plan), 200, {
        'Content-Disposition': `attachment; filename="${filename}"`,
      });
    },
  );

  const decisions = [
    { path: 'request-approval', action: 'request', summary: 'Ask another admin to approve it' },
    { path: 'approve', action: 'approve', summary: 'Approve it, as another person than the one who asked' },
    { path: 'decline', action: 'decline', summary: 'Decline it, or take one’s own request back' },
  ] as const;
  for (const { path, action, summary } of decisions) {
    app.openapi(
      route(
        action === 'request' ? 'operator' : 'admin',
        [
          'database_not_found',
          'plan_not_found',
          'approval_not_open',
          'approval_by_same_person',
          'plan_stale',
          'plan_expired',
          'plan_used',
        ],
        {
          method: 'post',
          path: `/databases/{db}/plans/{id}/${path}`,
          summary,
          request: { params: PlanParam },
          responses: { 200: json(Plan, 'The plan after it') },
        },
      ),
      async (c) => {
        const { db, id } = c.req.valid('param');
        const basis = await basisNow(c, db);
        // Whoever may start it may ask; to answer takes an admin.
        if (action === 'request') mustMeet(c, unwrap(await controlOf(c, db).plan(id, basis)).needs);
        return c.json(unwrap(await controlOf(c, db).approval(id, action, basis, byOf(c))), 200);
      },
    );
  }
}

const IN_SLICES =
  '-- run in slices: each a batch of its own, with the next rows in the order of the key (WHERE … ORDER BY … LIMIT …)';

/** Only to be read: a job checks the basis, the counts and its own right in the same batch, and these lines do not. */
function planText({ id, kind, database, hash, basis, createdAt, statements }: Plan): string {
  const head = `-- ${kind} of ${database}, plan ${id} of ${createdAt}\n-- hash ${hash}\n-- basis ${basis}\n`;
  const comment = (text: string) => `-- ${text.replaceAll(/\s+/g, ' ')}`;
  const parts = statements.map(
    ({ step, n, reason, risk, sql, slice }) =>
      `${comment(`step ${step + 1}, statement ${n + 1} (${risk}): ${reason}`)}\n${slice?.table ? `${IN_SLICES}\n` : ''}${sql};\n`,
  );
  return `${head}\n${parts.join('\n')}`;
}
