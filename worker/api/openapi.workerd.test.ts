/** The description of the API says the truth: what routes really answer, with every field and status, is what it says. */

import { beforeAll, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { PROBLEM_CODES, PROBLEMS, type ProblemCode } from '../protocol/problem.ts';
import { API, app } from './app.ts';
import { ask, bindings, finished, json } from './testing/world.ts';

interface Described {
  readonly method: string;
  readonly path: string;
  readonly responses: Record<string, { description: string; content?: Record<string, { schema: z.ZodType }> }>;
}

const DESCRIBED = app.openAPIRegistry.definitions.flatMap((definition) =>
  definition.type === 'route' ? [definition.route as unknown as Described] : [],
);
const READINGS = DESCRIBED.filter(({ method }) => method === 'get').map(({ path }) => path.slice(API.length));
/** A socket, and a file whose content other tests look at. */
const OTHERS = ['/databases/{db}/live', '/databases/{db}/backups/{id}/download', '/databases/{db}/plans/{id}/sql'];

const ids: Record<string, string> = {};
beforeAll(async () => {
  await bindings.DB.batch(
    [
      "CREATE TABLE orders (id INTEGER PRIMARY KEY AUTOINCREMENT, note TEXT NOT NULL DEFAULT 'x', total REAL AS (id * 2) STORED)",
      'CREATE TABLE lines (id INTEGER PRIMARY KEY, order_id INTEGER REFERENCES orders (id) ON DELETE CASCADE)',
      'CREATE INDEX by_order ON lines (order_id DESC) WHERE id > 3',
      'CREATE VIEW totals AS SELECT sum(total) AS all_of_it FROM orders',
      'CREATE TRIGGER noted AFTER INSERT ON lines BEGIN UPDATE orders SET note = new.id WHERE id = new.order_id; END',
      "INSERT INTO orders (note) VALUES ('one'), ('two')",
      'INSERT INTO lines (order_id) VALUES (1), (2)',
    ].map((sql) => bindings.DB.prepare(sql)),
  );
  const job = await finished('DB', { kind: 'database.export' });
  await finished('DB', { kind: 'backup.verify', params: { backupId: job.result?.backupId } });
  ids.jobs = job.id;
  ids.backups = String(job.result?.backupId);
  const plan = { kind: 'table.clear', params: { table: 'orders', dependents: 'clear' }, secondPerson: true };
  ids.plans = (await json<{ id: string }>('/databases/DB/plans', { method: 'POST', body: plan })).id;
  await json('/databases/DB/maintenance', { method: 'PUT', body: { mode: 'read-only', reason: 'x', message: 'soon' } });
  const window = { days: [0, 6], from: '02:00', minutes: 5, timeZone: 'Europe/Berlin', mode: 'closed', reason: 'x' };
  await json('/databases/DB/maintenance/windows', { method: 'POST', body: window });
  await json('/tokens', { method: 'POST', body: { name: 'ci', role: 'viewer', databases: ['DB'] } });
  await ask('/databases/DB/tables/refresh', { method: 'POST' });
});

const urlOf = (path: string) => {
  const kind = /\/(\w+)\/\{id\}/.exec(path)?.[1] ?? '';
  const query = path.endsWith('/schema/drafts') ? '?path=db/schema/index.ts' : '';
  return `${path.replace('{db}', 'DB').replace('{id}', ids[kind] ?? 'none')}${query}`;
};

describe('what is read', () => {
  test.each(READINGS.filter((path) => !OTHERS.includes(path)))(
    'GET %s answers what is described, and no field more',
    async (path) => {
      const described = DESCRIBED.find((one) => one.method === 'get' && one.path === `${API}${path}`) as Described;
      const schema = described.responses[200]?.content?.['application/json']?.schema as z.ZodType;
      const answer = await json<unknown>(urlOf(path));
      expect(schema.parse(answer)).toEqual(answer);
    },
  );
});

describe('what is refused', () => {
  const codesOf = ({ responses }: Described): string[] =>
    Object.values(responses).flatMap(({ description }) => [...description.matchAll(/`(\w+)`: /g)].map(([, code]) => code ?? ''));

  test.each(
    DESCRIBED.map((described) => [`${described.method.toUpperCase()} ${described.path.slice(API.length)}`, described] as const),
  )('%s names what every request may meet', (name, described) => {
    const codes = codesOf(described);
    for (const code of codes) expect(PROBLEM_CODES).toContain(code);
    const expected: ProblemCode[] = [
      ...(described.path.includes('{db}') ? (['database_not_found'] as const) : []),
      ...(['post', 'put', 'patch'].includes(described.method) ? (['payload_too_large'] as const) : []),
      ...(described.method === 'get' ? [] : (['cross_origin'] as const)),
      'internal',
    ];
    for (const code of expected) expect(codes, `${name} may answer ${PROBLEMS[code].status}`).toContain(code);
  });
});
