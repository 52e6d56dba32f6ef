/** The schemas in the description of the API say what a program needs to know to write a request and to read an answer. */
import { beforeAll, expect, test } from 'vitest';
import { JOB_KINDS, PARAMS_OF_KIND } from '../protocol/job.ts';
import { PLAN_KINDS } from '../protocol/plan.ts';
import { ask, json } from './testing/world.ts';

interface Schema {
  readonly type?: string | readonly string[];
  readonly $ref?: string;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Record<string, Schema & { readonly description?: string }>;
  readonly additionalProperties?: unknown;
}
interface Described {
  readonly components: { readonly schemas: Record<string, Schema> };
  readonly paths: Record<string, Record<string, { responses: Record<string, { content: Record<string, { schema: Schema }> }> }>>;
}

let described: Described;
beforeAll(async () => {
  described = await json<Described>('/openapi.json');
});

test('no named schema may be null: where one may, that place says so', () => {
  const schemas = Object.entries(described.components.schemas);
  expect(schemas.length).toBeGreaterThan(30);
  expect(schemas.filter(([, { type }]) => Array.isArray(type)).map(([name]) => name)).toEqual([]);
  expect(described.components.schemas.Overview?.properties?.runningJob?.anyOf).toEqual([
    { $ref: '#/components/schemas/Job' },
    { type: 'null' },
  ]);
});

test.each([
  ['steps', 'JobStep'],
  ['events', 'Event'],
])('a page of %s holds %s and nothing else', (list, name) => {
  const page = described.paths[`/databases/{db}/jobs/{id}/${list}`]?.get?.responses[200]?.content['application/json']?.schema;
  expect(page?.properties?.items?.items).toEqual({ $ref: `#/components/schemas/${name}` });
});

test('the params of every kind of job and plan are described, and named where they are sent', () => {
  const { schemas } = described.components;
  const jobs = schemas.JobRequest?.properties?.params?.description ?? '';
  const plans = schemas.PlanRequest?.properties?.params?.description ?? '';
  const named = (text: string, kind: string) => schemas[new RegExp(`${kind.replace('.', '\\.')}: (\\w+)`).exec(text)?.[1] ?? ''];
  expect(JOB_KINDS.filter((kind) => named(jobs, kind)?.additionalProperties !== false)).toEqual([]);
  expect(PLAN_KINDS.filter((kind) => named(plans, kind)?.additionalProperties !== false)).toEqual([]);
  expect(Object.keys(PARAMS_OF_KIND).sort()).toEqual([...JOB_KINDS].sort());
  expect(named(plans, 'schema.sync')?.properties).toHaveProperty('renames');
  expect(JSON.stringify(schemas)).not.toContain('$defs');
});

test('a field that stands in the wrong place is refused, and no other job is started than was meant', async () => {
  const misplaced = { kind: 'database.export', tables: ['orders'] };
  const refused = await ask('/databases/DB/jobs', { method: 'POST', body: misplaced });
  expect(refused.status).toBe(400);
  expect(await refused.json()).toMatchObject({ code: 'bad_request', detail: expect.stringContaining('tables') });
  expect((await json<{ items: unknown[] }>('/databases/DB/jobs')).items).toEqual([]);
});
