/** The mode of a database: what it is, who asked for it, and changing it. */
import type { OpenAPIHono } from '@hono/zod-openapi';
import { unwrap } from '../../control/wire.ts';
import { managed } from '../../env.ts';
import { ListQuery, listOf } from '../../protocol/list.ts';
import { Hold, MaintenanceRequest, MaintenanceStatus } from '../../protocol/maintenance.ts';
import { byOf } from '../auth.ts';
import type { AppEnv } from '../context.ts';
import { fromCursor, numberOrNull, toCursor } from '../cursor.ts';
import { body, DatabaseParam, json, route } from '../door.ts';

export function maintenanceRoutes(app: OpenAPIHono<AppEnv>): void {
  app.openapi(
    route('viewer', ['database_not_found'], {
      method: 'get',
      path: '/databases/{db}/maintenance',
      summary: 'The effective mode, the holds behind it, and where the fence is',
      request: { params: DatabaseParam },
      responses: { 200: json(MaintenanceStatus, 'The status') },
    }),
    async (c) => c.json(await c.env.CONTROL.getByName(managed(c.req.valid('param').db).binding).maintenanceStatus(), 200),
  );

  app.openapi(
    route('operator', ['bad_request', 'database_not_found'], {
      method: 'put',
      path: '/databases/{db}/maintenance',
      summary: 'Set the mode',
      description:
        'Replaces the holds of persons by one, or ends them with `off`; jobs keep theirs. Answers when the fence has followed, or failed to: see `fence`.',
      request: { params: DatabaseParam, body: body(MaintenanceRequest) },
      responses: { 200: json(MaintenanceStatus, 'The status after it') },
    }),
    async (c) => {
      const { binding } = managed(c.req.valid('param').db);
      return c.json(unwrap(await c.env.CONTROL.getByName(binding).setMaintenance(c.req.valid('json'), byOf(c))), 200);
    },
  );

  app.openapi(
    route('viewer', ['bad_request', 'bad_cursor', 'database_not_found'], {
      method: 'get',
      path: '/databases/{db}/maintenance/holds',
      summary: 'Holds, those that are over too, newest first',
      request: { params: DatabaseParam, query: ListQuery },
      responses: { 200: json(listOf(Hold), 'A page of holds') },
    }),
    async (c) => {
      const { binding } = managed(c.req.valid('param').db);
      const { limit, cursor } = c.req.valid('query');
      const list = `holds:${binding}`;
      const page = await c.env.CONTROL.getByName(binding).holds(numberOrNull(fromCursor(list, cursor)), limit);
      return c.json({ items: page.items, nextCursor: toCursor(list, page.nextCursor) }, 200);
    },
  );
}
