/** The mode of a database: what it is, who asked for it, and changing it. */
import type { OpenAPIHono } from '@hono/zod-openapi';
import { z } from 'zod';
import { unwrap } from '../../control/wire.ts';
import { managed } from '../../env.ts';
import { ListQuery, listOf } from '../../protocol/list.ts';
import {
  Hold,
  HoldChange,
  MaintenanceRequest,
  MaintenanceStatus,
  MaintenanceWindow,
  WindowChange,
  WindowRequest,
} from '../../protocol/maintenance.ts';
import { byOf } from '../auth.ts';
import type { AppContext, AppEnv } from '../context.ts';
import { fromCursor, numberOrNull, toCursor } from '../cursor.ts';
import { body, DatabaseParam, json, route } from '../door.ts';

const HoldParam = DatabaseParam.extend({ id: z.string().min(1).max(100) });
const WindowParam = HoldParam;
const controlOf = (c: AppContext, db: string) => c.env.CONTROL.getByName(managed(db).binding);

export function maintenanceRoutes(app: OpenAPIHono<AppEnv>): void {
  modeRoutes(app);
  holdRoutes(app);
  windowRoutes(app);
}

function modeRoutes(app: OpenAPIHono<AppEnv>): void {
  app.openapi(
    route('viewer', ['database_not_found'], {
      method: 'get',
      path: '/databases/{db}/maintenance',
      summary: 'The effective mode, the holds behind it, and where the fence is',
      request: { params: DatabaseParam },
      responses: { 200: json(MaintenanceStatus, 'The status') },
    }),
    async (c) => c.json(await controlOf(c, c.req.valid('param').db).maintenanceStatus(), 200),
  );

  app.openapi(
    route('operator', ['bad_request', 'database_not_found'], {
      method: 'put',
      path: '/databases/{db}/maintenance',
      summary: 'Set the mode',
      description:
        'Replaces the holds of persons by one, or ends them with `off`; jobs and windows keep theirs. Answers when the fence has followed, or failed to: see `fence`.',
      request: { params: DatabaseParam, body: body(MaintenanceRequest) },
      responses: { 200: json(MaintenanceStatus, 'The status after it') },
    }),
    async (c) => {
      const control = controlOf(c, c.req.valid('param').db);
      return c.json(unwrap(await control.setMaintenance(c.req.valid('json'), byOf(c))), 200);
    },
  );
}

function holdRoutes(app: OpenAPIHono<AppEnv>): void {
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

  app.openapi(
    route('operator', ['bad_request', 'database_not_found', 'hold_not_found', 'hold_of_job', 'hold_over'], {
      method: 'patch',
      path: '/databases/{db}/maintenance/holds/{id}',
      summary: 'Lengthen, shorten or reword a hold of a person or of a window',
      description: 'What is left out stays as it is; `expiresAt: null` is for no end. Since when it holds stays.',
      request: { params: HoldParam, body: body(HoldChange) },
      responses: { 200: json(MaintenanceStatus, 'The status after it') },
    }),
    async (c) => {
      const { db, id } = c.req.valid('param');
      return c.json(unwrap(await controlOf(c, db).changeHold(id, c.req.valid('json'), byOf(c))), 200);
    },
  );

  app.openapi(
    route('operator', ['database_not_found', 'hold_not_found', 'hold_of_job', 'hold_over'], {
      method: 'delete',
      path: '/databases/{db}/maintenance/holds/{id}',
      summary: 'End a hold of a person or of a window early',
      description: 'A window begins its hold again at its next time only. The hold of a job ends with the job.',
      request: { params: HoldParam },
      responses: { 200: json(MaintenanceStatus, 'The status after it') },
    }),
    async (c) => {
      const { db, id } = c.req.valid('param');
      return c.json(unwrap(await controlOf(c, db).endHold(id, byOf(c))), 200);
    },
  );
}

function windowRoutes(app: OpenAPIHono<AppEnv>): void {
  app.openapi(
    route('viewer', ['bad_request', 'bad_cursor', 'database_not_found'], {
      method: 'get',
      path: '/databases/{db}/maintenance/windows',
      summary: 'Weekly maintenance windows, oldest first',
      request: { params: DatabaseParam, query: ListQuery },
      responses: { 200: json(listOf(MaintenanceWindow), 'A page of windows') },
    }),
    async (c) => {
      const { db } = c.req.valid('param');
      const { limit, cursor } = c.req.valid('query');
      const list = `windows:${db}`;
      const page = await controlOf(c, db).maintenanceWindows(Number(fromCursor(list, cursor) ?? 0), limit);
      return c.json({ items: page.items, nextCursor: toCursor(list, page.nextCursor) }, 200);
    },
  );

  app.openapi(
    route('operator', ['bad_request', 'database_not_found', 'unknown_time_zone'], {
      method: 'post',
      path: '/databases/{db}/maintenance/windows',
      summary: 'Make a weekly maintenance window',
      description:
        'It begins a hold by itself at its next time, and so each week. One that is made in the middle of its time begins at the next one. It lasts `minutes` real minutes, also when the clocks change meanwhile; of a local time that comes twice the first counts.',
      request: { params: DatabaseParam, body: body(WindowRequest) },
      responses: { 201: json(MaintenanceWindow, 'The window') },
    }),
    async (c) => {
      const { db } = c.req.valid('param');
      return c.json(unwrap(await controlOf(c, db).createWindow(c.req.valid('json'), byOf(c))), 201);
    },
  );

  app.openapi(
    route('operator', ['bad_request', 'database_not_found', 'window_not_found', 'unknown_time_zone'], {
      method: 'patch',
      path: '/databases/{db}/maintenance/windows/{id}',
      summary: 'Change a maintenance window',
      description:
        'What is left out stays as it is. A hold that it has begun goes on as begun (change that hold itself), but `enabled: false` ends it.',
      request: { params: WindowParam, body: body(WindowChange) },
      responses: { 200: json(MaintenanceWindow, 'The window after it') },
    }),
    async (c) => {
      const { db, id } = c.req.valid('param');
      return c.json(unwrap(await controlOf(c, db).changeWindow(id, c.req.valid('json'), byOf(c))), 200);
    },
  );

  app.openapi(
    route('operator', ['database_not_found', 'window_not_found'], {
      method: 'delete',
      path: '/databases/{db}/maintenance/windows/{id}',
      summary: 'Delete a maintenance window; a hold that it has begun ends',
      request: { params: WindowParam },
      responses: { 204: { description: 'Deleted' } },
    }),
    async (c) => {
      const { db, id } = c.req.valid('param');
      unwrap(await controlOf(c, db).deleteWindow(id, byOf(c)));
      return c.body(null, 204);
    },
  );
}
