/** Submitting jobs and following them. */
import type { OpenAPIHono } from '@hono/zod-openapi';
import { z } from 'zod';
import { digest } from '../../access/secrets.ts';
import { archiveOf } from '../../archive/r2.ts';
import type { Submission } from '../../control/kernel.ts';
import type { PlanUse } from '../../control/plans.ts';
import { unwrap } from '../../control/wire.ts';
import { d1Database } from '../../database/d1.ts';
import { bindingOf, managed } from '../../env.ts';
import { isPlanned } from '../../plans/index.ts';
import { roleAtLeast } from '../../protocol/access.ts';
import { JOB_KINDS, JOB_STATUSES, Job, JobDetails, JobKind, JobRequest, JobStatus, JobStep } from '../../protocol/job.ts';
import { ListQuery, listOf } from '../../protocol/list.ts';
import { Event } from '../../protocol/live.ts';
import type { PlanKind } from '../../protocol/plan.ts';
import { type ProblemCode, Refusal } from '../../protocol/problem.ts';
import { taskOf } from '../../tasks/index.ts';
import { byOf } from '../auth.ts';
import type { AppContext, AppEnv, Caller } from '../context.ts';
import { fromCursor, numberOrNull, toCursor } from '../cursor.ts';
import { body, DatabaseParam, InvalidRequest, json, route } from '../door.ts';
import { askedOf, mustMeet, plannedJob } from '../plans.ts';

const JobParam = DatabaseParam.extend({ id: z.string().min(1).max(100) });
const several = <T extends z.ZodType<string, string>>(item: T) =>
  z
    .string()
    .optional()
    .transform((text) => (text === undefined || text === '' ? [] : text.split(',')))
    .pipe(z.array(item));
const JobsQuery = ListQuery.extend({
  status: several(JobStatus).describe(`Comma-separated: ${JOB_STATUSES.join(', ')}`),
  kind: several(JobKind).describe(`Comma-separated: ${JOB_KINDS.join(', ')}`),
});
const SUBMISSION_REFUSALS: ProblemCode[] = [
  'bad_request',
  'database_not_found',
  'idempotency_conflict',
  'table_not_found',
  'table_is_ours',
  'table_not_clearable',
  'consistency_unavailable',
  'plan_not_found',
  'plan_needed',
  'plan_mismatch',
  'plan_blocked',
  'plan_used',
  'plan_expired',
  'plan_stale',
  'rehearsal_failed',
  'approval_needed',
  'confirmation_needed',
  'dependents_in_the_way',
  'danger_rate_limited',
];
const controlOf = (c: AppContext, db: string) => c.env.CONTROL.getByName(managed(db).binding);

export function jobRoutes(app: OpenAPIHono<AppEnv>): void {
  app.openapi(
    route('operator', SUBMISSION_REFUSALS, {
      method: 'post',
      path: '/databases/{db}/jobs',
      summary: 'Submit a job',
      request: {
        params: DatabaseParam,
        headers: z.object({ 'idempotency-key': z.string().min(1).max(200).optional() }),
        body: body(JobRequest),
      },
      responses: { 202: json(Job, 'The job; the same one for the same Idempotency-Key') },
    }),
    async (c) => {
      const { binding } = managed(c.req.valid('param').db);
      const { submission, use } = await toSubmission(
        c,
        binding,
        c.req.valid('json'),
        c.req.valid('header')['idempotency-key'] ?? null,
      );
      const answered = await c.env.CONTROL.getByName(binding).submit(submission, use);
      if (!answered.ok && answered.code === 'danger_rate_limited') {
        c.header('Retry-After', String(Math.ceil((await c.env.CONTROL.getByName(binding).dangerWaitMs()) / 1_000)));
      }
      const job = unwrap(answered);
      c.header('Location', `/api/v1/databases/${binding}/jobs/${job.id}`);
      return c.json(job, 202);
    },
  );

  app.openapi(
    route('viewer', ['bad_request', 'bad_cursor', 'database_not_found'], {
      method: 'get',
      path: '/databases/{db}/jobs',
      summary: 'Jobs, newest first',
      request: { params: DatabaseParam, query: JobsQuery },
      responses: { 200: json(listOf(Job), 'A page of jobs') },
    }),
    async (c) => {
      const { db } = c.req.valid('param');
      const { limit, cursor, status, kind } = c.req.valid('query');
      const before = numberOrNull(fromCursor(`jobs:${db}`, cursor));
      const page = await controlOf(c, db).jobs({ statuses: status, kinds: kind }, before, limit);
      return c.json({ items: page.items as Job[], nextCursor: toCursor(`jobs:${db}`, page.nextCursor) }, 200);
    },
  );

  app.openapi(
    route('viewer', ['database_not_found', 'job_not_found'], {
      method: 'get',
      path: '/databases/{db}/jobs/{id}',
      summary: 'A job with its latest steps',
      request: { params: JobParam },
      responses: { 200: json(JobDetails, 'The job') },
    }),
    async (c) => {
      const { db, id } = c.req.valid('param');
      const { job, steps, stepCount } = unwrap(await controlOf(c, db).job(id));
      return c.json({ ...(job as Job), steps: steps as JobStep[], stepCount }, 200);
    },
  );

  for (const what of ['steps', 'events'] as const) {
    const item: z.ZodType<JobStep | Event> = what === 'steps' ? JobStep : Event;
    app.openapi(
      route('viewer', ['bad_request', 'bad_cursor', 'database_not_found', 'job_not_found'], {
        method: 'get',
        path: `/databases/{db}/jobs/{id}/${what}`,
        summary: what === 'steps' ? 'What the job has committed, oldest first' : 'What happened to the job, oldest first',
        request: { params: JobParam, query: ListQuery },
        responses: {
          200: json(z.object({ items: z.array(item), nextCursor: z.string().nullable() }), 'A page'),
        },
      }),
      async (c) => {
        const { db, id } = c.req.valid('param');
        const { limit, cursor } = c.req.valid('query');
        const list = `${what}:${id}`;
        const after = numberOrNull(fromCursor(list, cursor));
        const control = controlOf(c, db);
        const page =
          what === 'steps'
            ? unwrap(await control.steps(id, after ?? -1, limit))
            : unwrap(await control.events(id, after ?? 0, limit));
        return c.json({ items: page.items, nextCursor: toCursor(list, page.nextCursor) }, 200);
      },
    );
  }

  for (const what of ['cancel', 'retry'] as const) {
    app.openapi(
      route('operator', ['database_not_found', 'job_not_found', 'illegal_transition'], {
        method: 'post',
        path: `/databases/{db}/jobs/{id}/${what}`,
        summary: what === 'cancel' ? 'Stop it at its next safe point' : 'Queue it again; it goes on from its last step',
        request: { params: JobParam },
        responses: { 200: json(Job, 'The job') },
      }),
      async (c) => {
        const { db, id } = c.req.valid('param');
        // What only an admin may start, only an admin may start again.
        if (what === 'retry') await mustBeAllowedAgain(c, db, id);
        return c.json(unwrap(await controlOf(c, db)[what](id, byOf(c))) as Job, 200);
      },
    );
  }
}

/** A kind that an operator may submit can still run a plan that took an admin. */
async function mustBeAllowedAgain(c: AppContext, db: string, id: string): Promise<void> {
  const control = controlOf(c, db);
  mustHaveRoleFor(c, unwrap(await control.job(id)).job.kind);
  const needs = await control.planNeeds(id);
  if (needs !== null) mustMeet(c, needs);
}

function mustHaveRoleFor(c: AppContext, kind: JobKind): void {
  const { role } = c.get('caller') as Caller;
  const needed = taskOf(kind).role;
  if (!roleAtLeast(role, needed)) throw new Refusal('forbidden', `A ${kind} job needs the role ${needed}; yours is ${role}.`);
}

/** Checks everything that can be checked before the job is taken; nothing is changed by a refusal. */
async function toSubmission(
  c: AppContext,
  binding: string,
  request: JobRequest,
  idempotencyKey: string | null,
): Promise<{ submission: Submission; use: PlanUse | null }> {
  mustHaveRoleFor(c, request.kind);
  // A key that is known gets its job back whatever the database, or the plan, looks like by now (J7).
  const known = idempotencyKey !== null && (await c.env.CONTROL.getByName(binding).hasKey(idempotencyKey));
  const { params, use, asked } = isPlanned(request.kind)
    ? await toPlanned(c, binding, request.kind, request, known)
    : await toUnplanned(c, binding, request, known);
  const task = taskOf(request.kind);
  const requestHash = await digest(JSON.stringify([request.kind, ...asked]));
  const submission = {
    id: `job_${crypto.randomUUID()}`,
    kind: request.kind,
    lane: task.lane,
    ...byOf(c),
    params,
    progress: task.start,
    requestHash,
    idempotencyKey,
  };
  return { submission, use };
}

/** `asked`: what tells this request from another under the same key. */
interface Asked {
  readonly params: Record<string, unknown>;
  readonly use: PlanUse | null;
  readonly asked: readonly unknown[];
}

async function toUnplanned(c: AppContext, binding: string, request: JobRequest, known: boolean): Promise<Asked> {
  if (request.planId !== undefined) throw new Refusal('plan_mismatch', `A ${request.kind} job runs no plan.`);
  const task = taskOf(request.kind);
  const parsed = task.params.safeParse(request.params);
  if (!parsed.success) {
    throw new InvalidRequest(
      parsed.error.issues.map((issue) => ({ path: ['params', ...issue.path].join('.'), message: issue.message })),
    );
  }
  const params = parsed.data as Record<string, unknown>;
  if (!known)
    await task.check?.({
      database: d1Database(bindingOf(c.env, binding)),
      databaseName: binding,
      archive: archiveOf(c.env.ARCHIVE, binding),
      params,
    });
  return { params, use: null, asked: [params] };
}

async function toPlanned(c: AppContext, binding: string, kind: PlanKind, request: JobRequest, known: boolean): Promise<Asked> {
  const asked = askedOf(kind, request);
  if (known) return { params: request.params, use: null, asked };
  return { ...(await plannedJob(c, binding, kind, request)), asked };
}
