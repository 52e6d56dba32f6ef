/** The live schema and how it differs from the code. */
import type { OpenAPIHono } from '@hono/zod-openapi';
import { z } from 'zod';
import { unwrap } from '../../control/wire.ts';
import { adopt } from '../../core/drizzle/adopt.ts';
import { writeDrizzle } from '../../core/drizzle/write.ts';
import { Refusal } from '../../protocol/problem.ts';
import { AdoptRequest, LiveSchema, SchemaDiff, SourcePatch } from '../../protocol/schema.ts';
import { compare } from '../../schema/compare.ts';
import { patchTo, schemaFile, withDrafts } from '../../schema/files.ts';
import { readLive } from '../../schema/live.ts';
import { byOf } from '../auth.ts';
import type { AppContext, AppEnv } from '../context.ts';
import { body, DatabaseParam, json, route } from '../door.ts';
import { draftsOf, surroundings } from '../schema.ts';

const Code = z.object({ text: z.string() }).meta({ id: 'SchemaCode' });

export function schemaRoutes(app: OpenAPIHono<AppEnv>): void {
  app.openapi(
    route('viewer', ['database_not_found', 'schema_changed'], {
      method: 'get',
      path: '/databases/{db}/schema',
      summary: 'The live schema',
      request: { params: DatabaseParam },
      responses: { 200: json(LiveSchema, 'The schema, in normal form') },
    }),
    async (c) => {
      const { database, databaseName, now } = surroundings(c, c.req.valid('param').db);
      const { schema, basis, warnings } = await readLive(database);
      return c.json({ database: databaseName, takenAt: now().toISOString(), basis, schema, warnings: [...warnings] }, 200);
    },
  );

  app.openapi(
    route('viewer', ['database_not_found', 'schema_changed'], {
      method: 'get',
      path: '/databases/{db}/schema/diff',
      summary: 'Drizzle schema, live database and migrations, side by side',
      description: 'Always read anew; the migrations are replayed in a database to throw away.',
      request: { params: DatabaseParam },
      responses: { 200: json(SchemaDiff, 'The matrix') },
    }),
    async (c) => c.json((await compare(surroundings(c, c.req.valid('param').db))).diff, 200),
  );

  app.openapi(
    route('viewer', ['database_not_found', 'schema_changed'], {
      method: 'get',
      path: '/databases/{db}/schema/code',
      summary: 'Drizzle code for the live database',
      request: { params: DatabaseParam },
      responses: { 200: json(Code, 'One file') },
    }),
    async (c) => {
      const { schema } = await readLive(surroundings(c, c.req.valid('param').db).database);
      return c.json({ text: writeDrizzle(schema) }, 200);
    },
  );

  app.openapi(
    route(
      'operator',
      ['bad_request', 'database_not_found', 'schema_changed', 'unknown_diff_row', 'draft_conflict', 'draft_invalid'],
      {
        method: 'post',
        path: '/databases/{db}/schema/adopt',
        summary: 'The database is right: write it into the schema files',
        description: 'Goes on from the drafts that there are. With `save` the result is saved as drafts.',
        request: { params: DatabaseParam, body: body(AdoptRequest) },
        responses: { 200: json(SourcePatch, 'What changes, from the files of the build') },
      },
    ),
    async (c) => c.json(await adopted(c, c.req.valid('param').db, c.req.valid('json')), 200),
  );
}

async function adopted(c: AppContext, db: string, { rows: ids, save }: AdoptRequest): Promise<SourcePatch> {
  const at = surroundings(c, db);
  const { diff, live } = await compare(at);
  const byId = new Map(diff.rows.map((row) => [row.id, row]));
  const unknown = ids.filter((id) => !byId.has(id));
  if (unknown.length > 0) throw new Refusal('unknown_diff_row', `The diff has no row ${unknown.slice(0, 5).join(', ')}.`);
  const drafts = await draftsOf(c, db);
  const before = withDrafts(at.catalog, drafts);
  const { files, unresolved } = adopt(
    before,
    ids.flatMap((id) => {
      const row = byId.get(id);
      return row ? [{ row, live }] : [];
    }),
    { casing: at.catalog.casing, entry: at.catalog.files[0]?.path ?? '' },
  );
  if (unresolved.length > 0) {
    const reasons = unresolved.slice(0, 5).map(({ rowId, why }) => `${rowId}: ${why}`);
    throw new Refusal('draft_invalid', `Not everything can be written into the schema files. ${reasons.join(' ')}`);
  }
  if (save) {
    const texts = new Map(before.map(({ path, text }) => [path, text]));
    for (const { path, text } of files) {
      if (texts.get(path) === text) continue;
      const draft = drafts.find((one) => one.path === path);
      const { sha256: basedOn } = schemaFile(at.catalog, drafts, path);
      const request = {
        path,
        text,
        basedOn,
        expect: draft?.n ?? null,
        message: `Written from the database: ${ids.slice(0, 3).join(', ')}`,
      };
      unwrap(await c.env.CONTROL.getByName(at.databaseName).saveDraft(request, byOf(c)));
    }
  }
  return patchTo(at.catalog, files);
}
