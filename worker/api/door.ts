/** How a route is declared: with its role, its description and its refusals. There is no other way in (X1). */
import { createRoute, OpenAPIHono, type RouteConfig } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import { z } from 'zod';
import { highestRole } from '../access/identity.ts';
import { managed } from '../env.ts';
import { type Role, roleAtLeast, roleOn } from '../protocol/access.ts';
import { type Issue, PROBLEMS, Problem, type ProblemCode, Refusal } from '../protocol/problem.ts';
import type { AppEnv } from './context.ts';

/**
 * A role is one on the database of the path; where the path names none, one on everything. `member`: whoever has any role on anything.
 * `anyone`: also who has not signed in; only for what must be reachable to sign in.
 */
export type Needs = Role | 'member' | 'anyone';

/**
 * Questions in this order: who is it (401), may they do this on that database (403), is there one (404). So nobody learns names of
 * databases from us that they have no role on: what is not there and what is not theirs look the same.
 */
const admit =
  (needs: Needs): MiddlewareHandler<AppEnv> =>
  async (c, next) => {
    if (needs !== 'anyone') {
      const caller = c.get('caller');
      if (!caller) throw new Refusal('unauthorized', 'This needs a sign-in.');
      const db = c.req.param('db') ?? null;
      const role = needs === 'member' ? highestRole(caller.grants) : roleOn(caller.grants, db);
      // Also for a refusal: the audit trail says with which role it was tried.
      c.set('caller', { ...caller, role });
      refuseUnless(needs, role, db);
      if (db !== null) managed(db);
    }
    await next();
  };

function refuseUnless(needs: Role | 'member', role: Role | null, db: string | null): void {
  if (role === null && db === null) {
    throw new Refusal('forbidden', 'This belongs to no database, and your roles are on some databases only.', {
      hint: 'Ask an admin for a token for all databases.',
    });
  }
  if (role === null) {
    throw new Refusal('forbidden', 'You have no role on that database.', {
      hint: 'See /api/v1/databases for those that you have one on.',
    });
  }
  if (needs !== 'member' && !roleAtLeast(role, needs)) {
    throw new Refusal('forbidden', `This needs the role ${needs}; yours${db === null ? '' : ' on that database'} is ${role}.`);
  }
}

const NEEDS_TEXT: Record<Needs, string> = {
  viewer: 'Needs: viewer.',
  operator: 'Needs: operator.',
  admin: 'Needs: admin.',
  member: 'Needs: any role, on any database.',
  anyone: 'Needs: nothing.',
};

type Declared<R extends RouteConfig> = R & { getRoutingPath(): RoutingPath<R['path']> };
type RoutingPath<P extends string> = P extends `${infer Head}/{${infer Param}}${infer Tail}`
  ? `${Head}/:${Param}${RoutingPath<Tail>}`
  : P;

/** A route that checks the role before its handler runs, and describes every refusal that it may answer with. */
export function route<const R extends RouteConfig>(needs: Needs, refusals: readonly ProblemCode[], config: R): Declared<R> {
  const always = needs === 'anyone' ? metByAll(config) : (['unauthorized', 'forbidden', ...metByAll(config)] as const);
  const description = [config.description, NEEDS_TEXT[needs]].filter(Boolean).join(' ');
  const security = needs === 'anyone' ? {} : { security: [{ bearer: [] }, { session: [] }] };
  const responses = { ...problemResponses([...always, ...refusals]), ...config.responses };
  return createRoute({ ...config, ...security, description, responses, middleware: admit(needs) }) as unknown as Declared<R>;
}

/** What stands before every handler of this kind, or may happen to it. */
function metByAll({ method, path, request }: RouteConfig): ProblemCode[] {
  return [
    ...(method === 'get' ? [] : (['cross_origin', 'payload_too_large'] as const)),
    ...(request?.body === undefined ? [] : (['bad_request'] as const)),
    ...(path.includes('{db}') ? (['database_not_found', 'database_unreachable'] as const) : []),
    'internal',
  ];
}

function problemResponses(codes: readonly ProblemCode[]) {
  const byStatus = Map.groupBy(new Set(codes), (code) => PROBLEMS[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, same]) => [
      status,
      {
        description: same.map((code) => `\`${code}\`: ${PROBLEMS[code].title}.`).join(' '),
        content: { 'application/problem+json': { schema: Problem } },
      },
    ]),
  );
}

/** An app whose validation failures are refusals like any other. */
export const newApp = () =>
  new OpenAPIHono<AppEnv>({
    defaultHook: (result) => {
      if (result.success) return;
      const issues = result.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
      throw new InvalidRequest(issues);
    },
  });

export class InvalidRequest extends Refusal {
  constructor(issues: readonly Issue[]) {
    super(
      'bad_request',
      issues
        .map(({ path, message }) => (path ? `${path}: ${message}` : message))
        .join('; ')
        .slice(0, 1_000),
      { issues },
    );
  }
}

export const json = <T extends z.ZodType>(schema: T, description: string) => ({
  description,
  content: { 'application/json': { schema } },
});
export const body = <T extends z.ZodType>(schema: T) => ({ required: true, content: { 'application/json': { schema } } });
export const DatabaseParam = z.object({ db: z.string().min(1).max(100) });
