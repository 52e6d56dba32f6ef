/** How a route is declared: with its role, its description and its refusals. There is no other way in (X1). */
import { createRoute, OpenAPIHono, type RouteConfig } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import { z } from 'zod';
import { type Role, roleAtLeast } from '../protocol/access.ts';
import { PROBLEMS, Problem, type ProblemCode, Refusal } from '../protocol/problem.ts';
import type { AppEnv } from './context.ts';

/** `anyone`: also who has not signed in. Only for what must be reachable to sign in. */
export type Needs = Role | 'anyone';

const admit =
  (needs: Needs): MiddlewareHandler<AppEnv> =>
  async (c, next) => {
    const caller = c.get('caller');
    if (needs !== 'anyone') {
      if (!caller) throw new Refusal('unauthorized', 'This needs a sign-in.');
      if (!roleAtLeast(caller.role, needs)) {
        throw new Refusal('forbidden', `This needs the role ${needs}; yours is ${caller.role}.`);
      }
    }
    await next();
  };

type Declared<R extends RouteConfig> = R & { getRoutingPath(): RoutingPath<R['path']> };
type RoutingPath<P extends string> = P extends `${infer Head}/{${infer Param}}${infer Tail}`
  ? `${Head}/:${Param}${RoutingPath<Tail>}`
  : P;

/** A route that checks the role before its handler runs, and describes every refusal that it may answer with. */
export function route<const R extends RouteConfig>(needs: Needs, refusals: readonly ProblemCode[], config: R): Declared<R> {
  const always: ProblemCode[] = needs === 'anyone' ? [] : ['unauthorized', 'forbidden'];
  const description = [config.description, `Needs: ${needs}.`].filter(Boolean).join(' ');
  const security = needs === 'anyone' ? {} : { security: [{ bearer: [] }, { session: [] }] };
  const responses = { ...problemResponses([...always, ...refusals]), ...config.responses };
  return createRoute({ ...config, ...security, description, responses, middleware: admit(needs) }) as unknown as Declared<R>;
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
  constructor(readonly issues: readonly { path: string; message: string }[]) {
    super(
      'bad_request',
      issues
        .map(({ path, message }) => (path ? `${path}: ${message}` : message))
        .join('; ')
        .slice(0, 1_000),
    );
  }
}

export const json = <T extends z.ZodType>(schema: T, description: string) => ({
  description,
  content: { 'application/json': { schema } },
});
export const body = <T extends z.ZodType>(schema: T) => ({ required: true, content: { 'application/json': { schema } } });
export const DatabaseParam = z.object({ db: z.string().min(1).max(100) });
