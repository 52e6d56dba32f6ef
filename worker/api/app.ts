/** The HTTP door: who is asking, whether they may, and every error in one form. The console's files come through here too. */
import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import { toJobError } from '../core/job/error.ts';
import type { Env } from '../env.ts';
import { log } from '../log.ts';
import { PROBLEMS, type Problem, type ProblemCode, Refusal } from '../protocol/problem.ts';
import { recordRefusal } from './audit.ts';
import { identify, sameOrigin } from './auth.ts';
import type { AppContext, AppEnv } from './context.ts';
import { newApp } from './door.ts';
import { RangeOutside } from './download.ts';
import { withSecurityHeaders } from './headers.ts';
import { openApiRoutes } from './openapi.ts';
import { auditRoutes } from './routes/audit.ts';
import { backupRoutes } from './routes/backups.ts';
import { databaseRoutes } from './routes/databases.ts';
import { draftRoutes } from './routes/drafts.ts';
import { jobRoutes } from './routes/jobs.ts';
import { lintRoutes } from './routes/lint.ts';
import { maintenanceRoutes } from './routes/maintenance.ts';
import { planRoutes } from './routes/plans.ts';
import { schemaRoutes } from './routes/schema.ts';
import { sessionRoutes } from './routes/session.ts';
import { tokenRoutes } from './routes/tokens.ts';

const MAX_BODY_BYTES = 1_000_000;
const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS'];

export const API = '/api/v1';
export const app = newApp();

/** Cloudflare's own id, where it looks like one: what else somebody sends as such would be repeated in headers, logs and the audit trail. */
const requestIdOf = (ray: string | undefined): string =>
  ray !== undefined && /^[\w-]{1,64}$/.test(ray) ? ray : crypto.randomUUID();

/** Around everything: request id, one log line, security headers. */
const around: MiddlewareHandler<AppEnv> = async (c, next) => {
  const startedAt = Date.now();
  c.set('requestId', requestIdOf(c.req.header('CF-Ray')));
  c.set('caller', null);
  await next();
  // As the router has read it: `/%61pi/v1/me` is `/api/v1/me`, and must neither stay out of the log nor in a cache.
  const { path } = c.req;
  if (path.startsWith(API)) {
    const { status } = c.res;
    const subject = c.get('caller')?.subject;
    log(status >= 500 ? 'error' : 'info', 'request', {
      requestId: c.get('requestId'),
      method: c.req.method,
      path,
      status,
      tookMs: Date.now() - startedAt,
      ...(subject === undefined ? {} : { subject }),
    });
  }
  c.res = withSecurityHeaders(c.res, { path, protocol: new URL(c.req.url).protocol }, c.get('requestId'));
};

/** Proves the caller, and that a browser's request comes from our own page, before any route is looked at. */
const whoIsAsking: MiddlewareHandler<AppEnv> = async (c, next) => {
  const caller = await identify(c);
  c.set('caller', caller);
  if (!caller && !isSignIn(c)) throw new Refusal('unauthorized', 'This needs a sign-in.');
  const byBrowser = caller !== null && caller.via !== 'bearer';
  if (byBrowser && !SAFE_METHODS.includes(c.req.method) && !sameOrigin(c)) {
    throw new Refusal('cross_origin', 'A request that changes something must come from the console itself.');
  }
  await next();
};

const isSignIn = (c: AppContext): boolean =>
  c.req.path === `${API}/session` && (c.req.method === 'POST' || c.req.method === 'DELETE');

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** What a path answers, apart from what answers everything. */
const methodsOf = (path: string): string[] =>
  METHODS.filter((method) => app.router.match(method, path)[0].some(([[, { path: pattern }]]) => !pattern.endsWith('*')));

const tooLarge = () => {
  throw new Refusal('payload_too_large', `A request body may have at most ${MAX_BODY_BYTES} bytes.`);
};

app.use('*', around);
app.use(`${API}/*`, whoIsAsking);
app.use(`${API}/*`, bodyLimit({ maxSize: MAX_BODY_BYTES, onError: tooLarge }));
app.get('/healthz', (c) => c.json({ status: 'ok' }));

const api = newApp();
sessionRoutes(api);
tokenRoutes(api);
databaseRoutes(api);
jobRoutes(api);
planRoutes(api);
backupRoutes(api);
maintenanceRoutes(api);
schemaRoutes(api);
draftRoutes(api);
lintRoutes(api);
auditRoutes(api);
openApiRoutes(api);
app.route(API, api);

app.all('/api/*', (c) => {
  const allowed = methodsOf(c.req.path);
  if (allowed.length === 0) throw new Refusal('not_found', 'There is no such route.');
  c.header('Allow', allowed.join(', '));
  throw new Refusal('method_not_allowed', `This answers ${allowed.join(', ')} only.`);
});
/** Everything else is the console: files, or its page for a path of its own. */
app.on(['GET', 'HEAD'], '*', (c) => c.env.ASSETS.fetch(c.req.raw));

app.notFound((c) => problem(c, new Refusal('not_found', 'There is nothing here.')));
app.onError(async (error, c) => {
  const refusal = toRefusal(error);
  await recordRefusal(c, refusal.code);
  return problem(c, refusal);
});

function problem(c: AppContext, refusal: Refusal): Response {
  const { status, title } = PROBLEMS[refusal.code];
  const requestId = c.get('requestId') ?? crypto.randomUUID();
  if (status >= 500) log('error', 'request failed', { requestId, code: refusal.code, error: refusal.cause ?? refusal });
  const content: Problem = {
    type: `urn:lockkeeper:problem:${refusal.code}`,
    title,
    status,
    code: refusal.code,
    detail: refusal.message,
    hint: refusal.hint,
    requestId,
    ...(refusal.issues.length > 0 ? { issues: [...refusal.issues] } : {}),
  };
  c.header('Content-Type', 'application/problem+json');
  if (status === 401) c.header('WWW-Authenticate', 'Bearer realm="lockkeeper"');
  if (refusal instanceof RangeOutside) c.header('Content-Range', `bytes */${refusal.sizeBytes}`);
  return c.body(JSON.stringify(content), status as 400);
}

/** What the caller is told. Of an error that nobody foresaw: nothing but that it happened. */
function toRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof HTTPException) {
    return new Refusal(error.status === 413 ? 'payload_too_large' : 'bad_request', error.message || 'The request cannot be read.');
  }
  const { code, message, hint } = toJobError(error);
  if (code === 'internal') return new Refusal('internal', PROBLEMS.internal.title, { cause: error });
  return new Refusal(code as ProblemCode, message, { hint, cause: error });
}

export const serve = (request: Request, env: Env, ctx: ExecutionContext): Response | Promise<Response> =>
  app.fetch(request, env, ctx);
