/** The description of the API, made from the very schemas that check its requests. */
import type { OpenAPIHono } from '@hono/zod-openapi';
import { z } from 'zod';
import { plannerOf } from '../plans/index.ts';
import { PARAMS_OF_KIND } from '../protocol/job.ts';
import { PLAN_KINDS } from '../protocol/plan.ts';
import type { AppEnv } from './context.ts';
import { json, route } from './door.ts';

export const VERSION = '0.1.0';

export function openApiRoutes(app: OpenAPIHono<AppEnv>): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer' });
  app.openAPIRegistry.registerComponent('securitySchemes', 'session', { type: 'apiKey', in: 'cookie', name: '__Host-lockkeeper' });
  for (const [id, schema] of Object.entries(paramSchemas())) app.openAPIRegistry.registerComponent('schemas', id, schema);
  app.openapi(
    route('member', [], {
      method: 'get',
      path: '/openapi.json',
      summary: 'This description',
      responses: { 200: json(z.record(z.string(), z.unknown()), 'OpenAPI 3.1') },
    }),
    (c) => c.json(describe(app), 200),
  );
}

const JOB_PARAMS: Readonly<Record<string, z.ZodType>> = PARAMS_OF_KIND;
const planParams = (): Readonly<Record<string, z.ZodType>> =>
  Object.fromEntries(PLAN_KINDS.map((kind) => [kind, plannerOf(kind).params]));
/** No route names these, so that the registry does not come by them itself. As they are sent: what has a default may be left out. */
function paramSchemas(): Record<string, object> {
  const registry = z.registry<{ id: string }>();
  for (const schema of [...Object.values(JOB_PARAMS), ...Object.values(planParams())]) registry.add(schema, { id: idOf(schema) });
  const { schemas } = z.toJSONSchema(registry, { io: 'input', metadata: registry, uri: (id) => `#/components/schemas/${id}` });
  return Object.fromEntries(Object.entries(schemas).map(([id, { $schema: _, $id: __, id: ___, ...schema }]) => [id, schema]));
}
const idOf = (schema: z.ZodType): string => z.globalRegistry.get(schema)?.id ?? '';

/** `params` belong to the kind, which the type of a request cannot say without being written once for each. */
const saidOf = (kinds: Readonly<Record<string, z.ZodType>>): string =>
  `By kind: ${Object.entries(kinds)
    .map(([kind, schema]) => `${kind}: ${idOf(schema)}`)
    .join(', ')}.`;

interface Described {
  properties?: { params?: { description?: string } };
}

function describe(app: OpenAPIHono<AppEnv>): Record<string, unknown> {
  const document = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: 'Lockkeeper', version: VERSION, description: 'An admin control plane for Cloudflare D1.' },
    servers: [{ url: '/api/v1' }],
  });
  const { JobRequest, PlanRequest } = (document.components?.schemas ?? {}) as Record<string, Described>;
  if (JobRequest?.properties?.params) JobRequest.properties.params.description = saidOf(JOB_PARAMS);
  if (PlanRequest?.properties?.params) PlanRequest.properties.params.description = saidOf(planParams());
  return { ...document };
}
