/** Backups: list, details, download, delete. */
import type { OpenAPIHono } from '@hono/zod-openapi';
import { z } from 'zod';
import { archiveOf } from '../../archive/r2.ts';
import { unwrap } from '../../control/wire.ts';
import { managed } from '../../env.ts';
import { BackupDetails, BackupSummary, Manifest } from '../../protocol/backup.ts';
import { ListQuery, listOf } from '../../protocol/list.ts';
import { Refusal } from '../../protocol/problem.ts';
import { byOf } from '../auth.ts';
import type { AppContext, AppEnv } from '../context.ts';
import { fromCursor, toCursor } from '../cursor.ts';
import { DatabaseParam, json, route } from '../door.ts';
import { download } from '../download.ts';

const BackupParam = DatabaseParam.extend({ id: z.string().min(1).max(100) });
const controlOf = (c: AppContext, db: string) => c.env.CONTROL.getByName(managed(db).binding);

async function detailsOf(c: AppContext, db: string, id: string): Promise<{ summary: BackupSummary; manifest: Manifest }> {
  const summary = unwrap(await controlOf(c, db).backup(id));
  const text = await archiveOf(c.env.ARCHIVE, db).getManifest(id);
  if (text === null) throw new Refusal('backup_damaged', `The manifest of backup ${id} is missing in R2.`);
  return { summary, manifest: Manifest.parse(JSON.parse(text)) };
}

export function backupRoutes(app: OpenAPIHono<AppEnv>): void {
  app.openapi(
    route('viewer', ['bad_request', 'bad_cursor', 'database_not_found'], {
      method: 'get',
      path: '/databases/{db}/backups',
      summary: 'Backups, newest first',
      request: { params: DatabaseParam, query: ListQuery },
      responses: { 200: json(listOf(BackupSummary), 'A page of backups') },
    }),
    async (c) => {
      const { db } = c.req.valid('param');
      const { limit, cursor } = c.req.valid('query');
      const [at, id] = fromCursor(`backups:${db}`, cursor, /^\d{1,16}~[\w.-]{1,100}$/)?.split('~') ?? [];
      const before = at !== undefined && id !== undefined ? { at: Number(at), id } : null;
      const page = await controlOf(c, db).backups(before, limit);
      return c.json({ items: page.items, nextCursor: toCursor(`backups:${db}`, page.nextCursor) }, 200);
    },
  );

  app.openapi(
    route('viewer', ['database_not_found', 'backup_not_found', 'backup_damaged'], {
      method: 'get',
      path: '/databases/{db}/backups/{id}',
      summary: 'A backup with its manifest',
      request: { params: BackupParam },
      responses: { 200: json(BackupDetails, 'The backup') },
    }),
    async (c) => {
      const { db, id } = c.req.valid('param');
      const { summary, manifest } = await detailsOf(c, db, id);
      return c.json({ ...summary, manifest }, 200);
    },
  );

  app.openapi(
    route('viewer', ['bad_request', 'database_not_found', 'backup_not_found', 'backup_damaged', 'range_not_satisfiable'], {
      method: 'get',
      path: '/databases/{db}/backups/{id}/download',
      summary: 'The SQL text, streamed; resumes with Range',
      request: { params: BackupParam, query: z.object({ format: z.enum(['sql', 'sql.gz']).default('sql.gz') }) },
      responses: {
        200: {
          description: 'All of it',
          content: { 'application/sql': { schema: z.string() }, 'application/gzip': { schema: z.string() } },
        },
        206: { description: 'The range asked for' },
      },
    }),
    async (c) => {
      const { db, id } = c.req.valid('param');
      const { manifest } = await detailsOf(c, db, id);
      const { format } = c.req.valid('query');
      const answer = await download(c.req.raw, manifest, archiveOf(c.env.ARCHIVE, db), format);
      if (answer.body !== null) {
        const detail = { format, bytes: Number(answer.headers.get('Content-Length')), part: answer.status === 206 };
        await controlOf(c, db).recordReading({ by: byOf(c), action: 'backup.downloaded', target: id, detail });
      }
      return answer;
    },
  );

  app.openapi(
    route('admin', ['database_not_found', 'backup_not_found'], {
      method: 'delete',
      path: '/databases/{db}/backups/{id}',
      summary: 'Delete a backup',
      description: 'Its manifest goes; chunks may belong to other backups and stay.',
      request: { params: BackupParam },
      responses: { 204: { description: 'Deleted' } },
    }),
    async (c) => {
      const { db, id } = c.req.valid('param');
      unwrap(await controlOf(c, db).deleteBackup(id, byOf(c)));
      await archiveOf(c.env.ARCHIVE, db).deleteManifest(id);
      return c.body(null, 204);
    },
  );
}
