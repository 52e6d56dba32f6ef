/** The linter over hand-written SQL, and the pages of its rules. Nothing of what is sent is run. */
import type { OpenAPIHono } from '@hono/zod-openapi';
import { pageOf, RULES } from '../../core/lint/index.ts';
import { LintReport, LintRequest, LintRule } from '../../protocol/lint.ts';
import { listOf } from '../../protocol/list.ts';
import { report } from '../../schema/lint.ts';
import { readLive } from '../../schema/live.ts';
import type { AppEnv } from '../context.ts';
import { body, DatabaseParam, json, route } from '../door.ts';
import { surroundings } from '../schema.ts';

export function lintRoutes(app: OpenAPIHono<AppEnv>): void {
  app.openapi(
    route('member', [], {
      method: 'get',
      path: '/lint/rules',
      summary: 'Every rule of the linter, with its page',
      responses: { 200: json(listOf(LintRule), 'The rules, all of them') },
    }),
    (c) => {
      const items = RULES.map((rule) => ({ code: rule.code, level: rule.level, title: rule.title, page: pageOf(rule) }));
      return c.json({ items, nextCursor: null }, 200);
    },
  );

  app.openapi(
    route('operator', ['bad_request', 'database_not_found', 'schema_changed'], {
      method: 'post',
      path: '/databases/{db}/lint',
      summary: 'What may go wrong with this SQL on this database',
      description: 'Reads it against the live schema and the latest figures of its tables. Nothing is run.',
      request: { params: DatabaseParam, body: body(LintRequest) },
      responses: { 200: json(LintReport, 'What was found, in the order of the text') },
    }),
    async (c) => {
      const { database, databaseName } = surroundings(c, c.req.valid('param').db);
      const { schema } = await readLive(database);
      const { tables } = await c.env.CONTROL.getByName(databaseName).tables();
      const rows = Object.fromEntries(tables.flatMap(({ name, rows: figure }) => (figure === null ? [] : [[name, figure.value]])));
      return c.json(report(c.req.valid('json'), schema, rows), 200);
    },
  );
}
