/** Schema files and their drafts: text that is read as data, never run. */
import type { OpenAPIHono } from '@hono/zod-openapi';
import { z } from 'zod';
import { unwrap } from '../../control/wire.ts';
import { managed } from '../../env.ts';
import { ListQuery, listOf } from '../../protocol/list.ts';
import { Refusal } from '../../protocol/problem.ts';
import { DraftRequest, DraftVersion, MigrationFiles, SchemaDiff, SchemaFile, SourcePatch } from '../../protocol/schema.ts';
import { compare } from '../../schema/compare.ts';
import { invalid, patchTo, readDrafts, readFiles, schemaFile, schemaFiles, withDrafts } from '../../schema/files.ts';
import { draftedMigration } from '../../schema/migration.ts';
import { replay } from '../../schema/replay.ts';
import { byOf } from '../auth.ts';
import type { AppEnv } from '../context.ts';
import { fromCursor, numberOrNull, toCursor } from '../cursor.ts';
import { body, DatabaseParam, json, route } from '../door.ts';
import { draftsOf, surroundings } from '../schema.ts';

const Path = z.string().min(1).max(1_000);
const VersionsQuery = ListQuery.extend({ path: Path });
const DraftChoice = z.object({ path: Path, n: z.number().int().positive() }).strict().meta({ id: 'DraftChoice' });
const MigrationRequest = z
  .object({
    name: z
      .string()
      .regex(/^[a-z0-9_]{1,80}$/, 'lower-case letters, digits and underscores')
      .optional(),
  })
  .strict()
  .meta({ id: 'MigrationRequest' });

export function draftRoutes(app: OpenAPIHono<AppEnv>): void {
  app.openapi(
    route('viewer', ['database_not_found'], {
      method: 'get',
      path: '/databases/{db}/schema/files',
      summary: 'The schema files of the build, with their newest drafts',
      request: { params: DatabaseParam },
      responses: { 200: json(listOf(SchemaFile), 'The files') },
    }),
    async (c) => {
      const { db } = c.req.valid('param');
      return c.json({ items: schemaFiles(surroundings(c, db).catalog, await draftsOf(c, db)), nextCursor: null }, 200);
    },
  );

  app.openapi(
    route('operator', ['bad_request', 'database_not_found', 'schema_file_not_found', 'draft_conflict'], {
      method: 'put',
      path: '/databases/{db}/schema/drafts',
      summary: 'Save a draft; with mistakes in it, too',
      request: { params: DatabaseParam, body: body(DraftRequest) },
      responses: { 200: json(SchemaFile, 'The file, with what is wrong in the draft') },
    }),
    async (c) => {
      const { db } = c.req.valid('param');
      const request = c.req.valid('json');
      const { catalog, databaseName } = surroundings(c, db);
      schemaFile(catalog, [], request.path);
      unwrap(await c.env.CONTROL.getByName(databaseName).saveDraft(request, byOf(c)));
      return c.json(schemaFile(catalog, await draftsOf(c, db), request.path), 200);
    },
  );

  for (const end of ['accept', 'discard'] as const) {
    app.openapi(
      route(
        end === 'accept' ? 'admin' : 'operator',
        ['bad_request', 'database_not_found', 'schema_file_not_found', 'draft_conflict', 'draft_invalid'],
        {
          method: 'post',
          path: `/databases/{db}/schema/drafts/${end}`,
          summary: end === 'accept' ? 'Accept a draft: `npm run pull` writes it into a checkout' : 'Discard a draft',
          request: { params: DatabaseParam, body: body(DraftChoice) },
          responses: { 200: json(SchemaFile, 'The file after it') },
        },
      ),
      async (c) => {
        const { db } = c.req.valid('param');
        const { path, n } = c.req.valid('json');
        const { catalog, databaseName } = surroundings(c, db);
        schemaFile(catalog, [], path);
        if (end === 'accept') {
          const { problems } = readFiles(catalog, withDrafts(catalog, await draftsOf(c, db)));
          const own = problems.filter((problem) => problem.path === path);
          if (own.length > 0) throw invalid(own);
        }
        unwrap(await c.env.CONTROL.getByName(databaseName).endDraft(path, n, end === 'accept' ? 'accepted' : 'discarded', byOf(c)));
        return c.json(schemaFile(catalog, await draftsOf(c, db), path), 200);
      },
    );
  }

  app.openapi(
    route('viewer', ['bad_request', 'bad_cursor', 'database_not_found', 'schema_file_not_found'], {
      method: 'get',
      path: '/databases/{db}/schema/drafts',
      summary: 'Every saved draft of a file, newest first',
      request: { params: DatabaseParam, query: VersionsQuery },
      responses: { 200: json(listOf(DraftVersion), 'A page') },
    }),
    async (c) => {
      const { binding } = managed(c.req.valid('param').db);
      const { path, limit, cursor } = c.req.valid('query');
      schemaFile(surroundings(c, binding).catalog, [], path);
      const list = `drafts:${binding}:${path}`;
      const page = await c.env.CONTROL.getByName(binding).draftVersions(path, numberOrNull(fromCursor(list, cursor)), limit);
      const items = page.items.map(({ path: _, ...version }): DraftVersion => ({ ...version, problems: [] }));
      return c.json({ items, nextCursor: toCursor(list, page.nextCursor) }, 200);
    },
  );

  app.openapi(
    route('viewer', ['database_not_found', 'draft_invalid', 'schema_changed'], {
      method: 'get',
      path: '/databases/{db}/schema/drafts/diff',
      summary: 'What the drafts ask for, against the database',
      request: { params: DatabaseParam },
      responses: { 200: json(SchemaDiff, 'The matrix') },
    }),
    async (c) => {
      const { db } = c.req.valid('param');
      const at = surroundings(c, db);
      const { schema } = readDrafts(at.catalog, await draftsOf(c, db));
      return c.json((await compare(at, schema)).diff, 200);
    },
  );

  app.openapi(
    route('viewer', ['database_not_found'], {
      method: 'get',
      path: '/databases/{db}/schema/drafts/patch',
      summary: 'The drafts as a patch that `git apply` takes',
      request: { params: DatabaseParam },
      responses: { 200: json(SourcePatch, 'Empty when there are none') },
    }),
    async (c) => {
      const { db } = c.req.valid('param');
      const { catalog } = surroundings(c, db);
      return c.json(patchTo(catalog, withDrafts(catalog, await draftsOf(c, db))), 200);
    },
  );

  app.openapi(
    route(
      'operator',
      ['bad_request', 'database_not_found', 'draft_invalid', 'nothing_to_do', 'plan_blocked', 'migration_unreadable'],
      {
        method: 'post',
        path: '/databases/{db}/schema/drafts/migration',
        summary: 'A migration file for what the drafts ask for beyond the migrations',
        request: { params: DatabaseParam, body: body(MigrationRequest) },
        responses: { 200: json(MigrationFiles, 'The files, and a patch') },
      },
    ),
    async (c) => {
      const { db } = c.req.valid('param');
      const at = surroundings(c, db);
      const read = readDrafts(at.catalog, await draftsOf(c, db));
      const { schema, warnings } = await replay(at.scratch, at.catalog.migrations);
      if (schema === null) throw new Refusal('migration_unreadable', warnings.join(' '));
      const { name = null } = c.req.valid('json');
      return c.json(draftedMigration(at.catalog, read, schema, { name, nowMs: Date.now(), id: crypto.randomUUID() }), 200);
    },
  );
}
