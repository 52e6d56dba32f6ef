/**
 * For other Workers that use a managed database: asks the control plane over a service binding whether the database may be used, and
 * answers 503 where it may not. Needs nothing of the server: copy this folder, or import it.
 *
 *     const app = new Hono<{ Bindings: Env }>();
 *     app.use(maintenanceGuard<Env>({ binding: (env) => env.LOCKKEEPER, db: 'DB', allow: ['/healthz'] }));
 *
 * The flag may be some seconds later than the fence in the database, so a write that the fence has refused becomes the same 503.
 * Requests share one cache for each isolate and database, which needs a compatibility date of 2024-10-14 or later (before it, a request
 * could not wait for another one's answer). See worker/decisions/0006-guard.md for what callers see when the control plane is away.
 */
import type { MiddlewareHandler } from 'hono';
import { Guard } from './guard.ts';
import type { GuardOptions } from './options.ts';

export type { MaintenanceAnswer, MaintenanceBinding, Mode } from './answer.ts';
export { MAX_RETRY_AFTER_SECONDS, type Notice, type OnUnreachable } from './decide.ts';
export { FENCE_TEXT, isFenceRefusal } from './fence-refusal.ts';
export { DEFAULTS, type GuardOptions } from './options.ts';
export { escapeHtml } from './page.ts';
export { STALE_MS } from './watch.ts';

/** Hono middleware. Errors that handlers throw go their usual way, but for the fence's refusal. */
export function maintenanceGuard<Bindings extends object>(
  options: GuardOptions<Bindings>,
): MiddlewareHandler<{ Bindings: Bindings }> {
  const guard = new Guard(options);
  return async (c, next) => {
    const notice = await guard.check(c.req.raw, c.env, (work) => c.executionCtx.waitUntil(work));
    if (notice) return guard.refusal(notice, c.req.raw);
    await next();
    // Hono has caught it and has let the app's error handler answer already.
    const fenced = c.error === undefined ? null : guard.fenced(c.error, c.env);
    if (!fenced) return;
    // Otherwise the failed answer's headers would be added to ours.
    c.res = undefined;
    c.res = guard.refusal(fenced, c.req.raw);
  };
}

export type FetchHandler<Bindings> = (request: Request, env: Bindings, context: ExecutionContext) => Response | Promise<Response>;

/** The same around a plain handler. What the handler throws is thrown on, but for the fence's refusal. */
export function guarded<Bindings>(options: GuardOptions<Bindings>, handler: FetchHandler<Bindings>): FetchHandler<Bindings> {
  const guard = new Guard(options);
  return async (request, env, context) => {
    const notice = await guard.check(request, env, (work) => context.waitUntil(work));
    if (notice) return guard.refusal(notice, request);
    try {
      return await handler(request, env, context);
    } catch (error) {
      const fenced = guard.fenced(error, env);
      if (fenced) return guard.refusal(fenced, request);
      throw error;
    }
  };
}
