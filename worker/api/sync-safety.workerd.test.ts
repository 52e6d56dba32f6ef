/** What a `schema.sync` may lose between its plan and its end, and who may let it go on. */
import { reset } from 'cloudflare:test';
import { beforeEach, describe, expect, test } from 'vitest';
import { catalogOf } from '../catalog.ts';
import type { Job } from '../protocol/job.ts';
import type { Plan } from '../protocol/plan.ts';
import { statementsOf } from '../schema/replay.ts';
import { ask, bindings, entriesOf, finished, json, until } from './testing/world.ts';

const D = '/databases/DB';
const run = (...statements: string[]) => bindings.DB.batch(statements.map((sql) => bindings.DB.prepare(sql)));
const plan = (params: object) => json<Plan>(`${D}/plans`, { method: 'POST', body: { kind: 'schema.sync', params } });
const sync = ({ id, confirm }: Plan): Promise<Job> =>
  finished('DB', { kind: 'schema.sync', params: {}, planId: id, ...(confirm === null ? {} : { confirm }) });
const words = async () => (await bindings.DB.prepare('SELECT word FROM settings').all<{ word: string }>()).results;

/** A column that only the database has, in a table without rows. */
beforeEach(async () => {
  await reset();
  await run(...catalogOf('DB').migrations.flatMap(({ sql }) => statementsOf(sql).map((statement) => statement.sql)));
  await run('ALTER TABLE settings ADD COLUMN word TEXT');
});

describe('schema.sync that drops a column in place', () => {
  test.each([true, false])('S1, S2: values that came after the plan stop it (safety backup: %s)', async (safetyBackup) => {
    const made = await plan({ rows: ['column:settings.word'], safetyBackup });
    expect(made.predicted.tables).toMatchObject([{ table: 'settings', before: 0 }]);
    await run("INSERT INTO settings (key, value, word) VALUES ('k', 1, 'kept')");
    expect(await words()).toEqual([{ word: 'kept' }]);
    const job = await sync(made);
    expect(job).toMatchObject({ status: 'failed', error: { code: 'count_mismatch' } });
    expect(await words()).toEqual([{ word: 'kept' }]);
  });

  test('M2: nobody writes between its safety backup and its change', async () => {
    const made = await plan({ rows: ['column:settings.word'] });
    expect(made.predicted).toMatchObject({ safetyBackup: true, hold: 'read-only' });
    const job = await sync(made);
    expect(job).toMatchObject({ status: 'succeeded' });
    const taken = (await entriesOf(`${D}/audit`)).filter(({ action }) => action === 'hold.taken');
    expect(taken).toMatchObject([{ detail: { jobId: job.id, mode: 'read-only' } }]);
  });
});

test('X2: what an admin had to start, an operator does not start again', async () => {
  await run('CREATE TABLE stray (id INTEGER PRIMARY KEY)', 'INSERT INTO stray VALUES (1)');
  const made = await plan({ rows: ['table:stray'], safetyBackup: false });
  expect(made.needs).toBe('admin');
  await run('INSERT INTO stray VALUES (2)');
  const failed = await sync(made);
  expect(failed).toMatchObject({ status: 'failed', error: { code: 'count_mismatch' } });
  await run('DELETE FROM stray WHERE id = 2');
  const { secret: token } = await json<{ secret: string }>('/tokens', { method: 'POST', body: { name: 'op', role: 'operator' } });
  expect((await ask(`${D}/jobs/${failed.id}/retry`, { method: 'POST', token })).status).toBe(403);
  expect(await bindings.DB.prepare('SELECT count(*) AS n FROM stray').first()).toEqual({ n: 1 });
  expect((await ask(`${D}/jobs/${failed.id}/retry`, { method: 'POST' })).status).toBe(200);
});

test('J2, J5: a job that failed keeps its plan for a retry, however many plans are made meanwhile', async () => {
  await run('CREATE TABLE stray (id INTEGER PRIMARY KEY)', 'INSERT INTO stray VALUES (1)');
  const made = await plan({ rows: ['table:stray'], safetyBackup: false });
  await run('INSERT INTO stray VALUES (2)');
  const failed = await sync(made);
  expect(failed).toMatchObject({ status: 'failed', error: { code: 'count_mismatch' } });
  const control = bindings.CONTROL.getByName('DB');
  const { params, needs, hazards, predicted, confirm, rehearsal } = made;
  const text = JSON.stringify({ params, needs, statements: [], hazards, predicted, confirm, rehearsal });
  const by = { actor: 'op', address: 'local', requestId: 'r' };
  for (let n = 0; n < 520; n += 1) {
    const secondPerson = { demanded: false, asked: false };
    await control.createPlan({ id: `plan_${n}`, kind: 'schema.sync', basis: 'b', plan: text, secondPerson }, by);
  }
  await run('DELETE FROM stray WHERE id = 2');
  expect((await ask(`${D}/jobs/${failed.id}/retry`, { method: 'POST' })).status).toBe(200);
  const again = await until(
    () => json<Job>(`${D}/jobs/${failed.id}`),
    ({ status }) => status === 'succeeded' || status === 'failed',
  );
  expect(again).toMatchObject({ status: 'succeeded', attempt: 2 });
  expect((await ask(`${D}/plans/plan_0`)).status).toBe(404);
});

test('X3: two expressions cannot put SQL between them into the statement that they stand in', async () => {
  await run('DROP TABLE wishes');
  await run(
    'CREATE TABLE wishes (customer_id INTEGER NOT NULL, product_id INTEGER NOT NULL, note TEXT, PRIMARY KEY (customer_id, product_id))',
    'INSERT INTO wishes VALUES (1, 1, NULL)',
  );
  const fill = { 'column:wishes.urgency': '1 /*', 'column:wishes.added_at': "'*/), (SELECT 2) --'" };
  const made = await plan({ rows: ['column:wishes.urgency', 'column:wishes.added_at'], fill });
  const texts = made.statements.map(({ sql }) => sql).filter((sql) => sql.includes('(SELECT 2)'));
  expect(texts).not.toEqual([]);
  for (const sql of texts) expect(sql).not.toContain('1 /*');
  expect(made.rehearsal).toMatchObject({ state: 'passed' });
});
