/** The description of the API, made from the very schemas that check its requests. */
import type { OpenAPIHono } from '@hono/zod-openapi';
import { z } from 'zod';
import type { AppEnv } from './context.ts';
import { json, route } from './door.ts';

export const VERSION = '0.1.0';

export function openApiRoutes(app: OpenAPIHono<AppEnv>): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer' });
  app.openAPIRegistry.registerComponent('securitySchemes', 'session', { type: 'apiKey', in: 'cookie', name: '__Host-lockkeeper' });
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

const describe = (app: OpenAPIHono<AppEnv>): Record<string, unknown> => ({
  ...app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: 'Lockkeeper', version: VERSION, description: 'An admin control plane for Cloudflare D1.' },
    servers: [{ url: '/api/v1' }],
  }),
});
