/** The crash matrix of `sample.seed`: see `testing/crash.ts`. */
import { reset } from 'cloudflare:test';
import { beforeAll, describe, expect, test } from 'vitest';
import { Refusal } from '../protocol/problem.ts';
import { FAULTS } from './faults.ts';
import { atEachCall, env, type Run, scene } from './testing/crash.ts';

describe('J2, J3, A1: sample.seed ends with every row and its audit entries exactly once, whatever goes wrong', () => {
  const run: Run = { kind: 'sample.seed', params: { rows: 400, seed: 3 }, binding: env.STAGING, archiveName: 'STAGING' };
  const empty = async () => {
    await reset();
  };
  const content = async () => {
    const { results: tables } = await env.STAGING.prepare(
      `SELECT name FROM pragma_table_list WHERE type = 'table' AND schema = 'main' AND name NOT LIKE '\\_cf%' ESCAPE '\\' AND name NOT LIKE 'sqlite%'
        AND name NOT LIKE '\\_lk\\_%' ESCAPE '\\' ORDER BY name`,
    ).all<{ name: string }>();
    // A1: the rows of the audit log are as exactly once as the rest; only the time in them is that of the run.
    const columnsOf = (name: string) => (name === 'audit_logs' ? 'id, actor, action, target, sql_digest, outcome, detail' : '*');
    const rows = await env.STAGING.batch(
      tables.map(({ name }) => env.STAGING.prepare(`SELECT ${columnsOf(name)} FROM "${name.replaceAll('"', '""')}"`)),
    );
    return JSON.stringify(rows.map(({ results }, index) => [tables[index]?.name, results]));
  };
  let expected: string;
  let audited: unknown[];

  beforeAll(async () => {
    await empty();
    const clean = await scene(run);
    expect((await clean.finish()).status).toBe('succeeded');
    expected = await content();
    audited = await clean.auditedEffects();
    expect(expected.length).toBeGreaterThan(10_000);
    expect(expected).toContain('"audit_logs"');
    expect(audited.length).toBeGreaterThan(1);
  });

  test.each(FAULTS)(
    '%s, at every await',
    async (fault) => {
      await atEachCall(run, fault, empty, async (here, job, where) => {
        expect(job, where).toMatchObject({ status: 'succeeded' });
        expect(await content(), where).toBe(expected);
        const names = (await here.steps()).map(({ name }) => name);
        expect(new Set(names).size, where).toBe(names.length);
        expect(await here.auditedEffects(), where).toEqual(audited);
      });
    },
    240_000,
  );
});

test('A1: an effect that no step was committed after is in the trail, and once, when a retry commits it', async () => {
  await reset();
  const here = await scene({ kind: 'sample.seed', params: { rows: 400, seed: 3 }, binding: env.STAGING, archiveName: 'STAGING' });
  const place = here.place();
  const commit = () => Promise.reject(new Refusal('database_failed', 'not today'));
  const control = (name: string) =>
    new Proxy(place.control(name), {
      get: (target, key) =>
        key === 'commit' ? commit : (...args: unknown[]) => Reflect.apply(Reflect.get(target, key), target, args),
    });
  await here.deliver({ ...place, control });
  expect(await here.job()).toMatchObject({ status: 'failed', error: { code: 'database_failed' } });
  expect(await here.auditedEffects()).toMatchObject([['schema', expect.stringMatching(/^[0-9a-f]{64}$/)]]);
  await here.retry();
  expect((await here.finish()).status).toBe('succeeded');
  const steps = (await here.auditedEffects()).map((effect) => (effect as string[])[0]);
  expect(steps.filter((step) => step === 'schema')).toHaveLength(1);
  expect(steps.length).toBeGreaterThan(1);
});
