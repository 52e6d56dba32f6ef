import { reset } from 'cloudflare:test';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DATABASES } from '../../db/databases.ts';
import type { Job } from '../protocol/job.ts';
import type { Page } from '../protocol/list.ts';
import type { Plan, PlanSummary } from '../protocol/plan.ts';
import { type Ask, ask, bindings, entriesOf, finished, inside, json, until } from './testing/world.ts';

const D = '/databases/DB';
const control = () => bindings.CONTROL.getByName('DB');
const run = (sql: string) => bindings.DB.prepare(sql).run();
const rowsOf = async (table: string) =>
  (await bindings.DB.prepare(`SELECT count(*) AS n FROM "${table}"`).first<{ n: number }>())?.n;

async function shop(): Promise<void> {
  await bindings.DB.batch(
    [
      'CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT)',
      'CREATE TABLE orders (id INTEGER PRIMARY KEY AUTOINCREMENT, customer INTEGER REFERENCES customers ON DELETE CASCADE)',
      'CREATE TABLE logs (id INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT)',
      "INSERT INTO customers VALUES (1, 'a'), (2, 'b')",
      'INSERT INTO orders (customer) VALUES (1), (1), (2), (NULL)',
      "INSERT INTO logs (text) VALUES ('x'), ('y'), ('z')",
    ].map((sql) => bindings.DB.prepare(sql)),
  );
}

const planOf = (params: object, more: Ask & { secondPerson?: boolean } = {}) => {
  const { secondPerson, ...rest } = more;
  const body = { kind: 'table.clear', params, ...(secondPerson === undefined ? {} : { secondPerson }) };
  return json<Plan>(`${D}/plans`, { method: 'POST', body, ...rest });
};
const start = (body: object, more: Ask = {}) =>
  ask(`${D}/jobs`, { method: 'POST', body: { kind: 'table.clear', ...body }, ...more });
const codeOf = async (response: Response) => `${response.status} ${((await response.json()) as { code?: string }).code}`;
const token = async (name: string, role: string) =>
  (await json<{ secret: string }>('/tokens', { method: 'POST', body: { name, role } })).secret;
const over = (id: string) =>
  until(
    () => json<Job>(`${D}/jobs/${id}`),
    ({ status }) => ['succeeded', 'failed', 'cancelled'].includes(status),
  );

beforeEach(() => shop());
afterEach(() => reset());

describe('plans over HTTP', () => {
  test('a plan says what would go and changes nothing; it is listed, read, started once', async () => {
    const plan = await planOf({ table: 'CUSTOMERS', dependents: 'clear' });
    expect(plan).toMatchObject({
      database: 'DB',
      kind: 'table.clear',
      params: { table: 'customers', dependents: 'clear', resetSequence: false, safetyBackup: true },
      needs: 'admin',
      confirm: 'customers',
      createdBy: 'owner',
      approval: { state: 'not-needed' },
      jobId: null,
      predicted: { rowsRemoved: 5, rowsChanged: 0, hold: 'read-only', safetyBackup: true },
    });
    expect(plan.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(plan.basis).toMatch(/^[0-9a-f]{64}$/);
    expect(Date.parse(plan.expiresAt) - Date.parse(plan.createdAt)).toBe(24 * 3_600_000);
    expect([await rowsOf('customers'), await rowsOf('orders')]).toEqual([2, 4]);
    const list = await json<Page<PlanSummary>>(`${D}/plans`);
    expect(list.items).toMatchObject([{ id: plan.id, statementCount: plan.statements.length }]);
    expect(list.items[0]).not.toHaveProperty('statements');
    expect(await json<Plan>(`${D}/plans/${plan.id}`)).toEqual(plan);

    const answer = await start({ planId: plan.id, confirm: 'customers' });
    expect(answer.status).toBe(202);
    const job = await over(((await answer.json()) as Job).id);
    expect(job).toMatchObject({
      status: 'succeeded',
      result: { rowsRemoved: 5, removed: { customers: 2, orders: 3 }, left: { customers: 0, orders: 1 } },
    });
    expect([await rowsOf('customers'), await rowsOf('orders'), await rowsOf('logs')]).toEqual([0, 1, 3]);
    expect((await json<Plan>(`${D}/plans/${plan.id}`)).jobId).toBe(job.id);
    expect(await codeOf(await start({ planId: plan.id, confirm: 'customers' }))).toBe('409 plan_used');

    const backup = await ask(`${D}/backups/${String(job.result?.safetyBackupId)}/download?format=sql`);
    expect(await backup.text()).toContain('customers');
    const entries = await entriesOf(`${D}/audit`);
    expect(entries.find(({ action }) => action === 'plan.created')).toMatchObject({ target: plan.id, planHash: plan.hash });
    expect(entries.filter(({ action }) => action === 'job.effect')).toMatchObject([{ planHash: plan.hash }]);
    expect(JSON.stringify(entries)).not.toContain('DELETE FROM');
  });

  test('X2, S4: what cannot be planned', async () => {
    await run('CREATE VIEW v AS SELECT 1');
    await run('CREATE VIRTUAL TABLE docs USING fts5(text)');
    await run('CREATE TABLE d1_migrations (id INTEGER PRIMARY KEY, name TEXT)');
    const refused = async (table: string) =>
      codeOf(await ask(`${D}/plans`, { method: 'POST', body: { kind: 'table.clear', params: { table } } }));
    expect(await refused('nope')).toBe('422 table_not_found');
    expect(await refused('v')).toBe('422 table_not_clearable');
    expect(await refused('docs')).toBe('422 table_not_clearable');
    expect(await refused('docs_data')).toBe('422 table_not_clearable');
    expect(await refused('d1_migrations')).toBe('422 table_not_clearable');
    for (const ours of ['_lk_guard', 'sqlite_sequence', '_cf_KV', 'audit_logs'])
      expect(await refused(ours)).toBe('422 table_is_ours');
    expect(await codeOf(await ask(`${D}/plans`, { method: 'POST', body: { kind: 'table.clear', params: {} } }))).toBe(
      '400 bad_request',
    );
    expect(await codeOf(await ask(`${D}/plans/plan_none`))).toBe('404 plan_not_found');
    const operator = await token('op', 'operator');
    const body = { kind: 'table.clear', params: { table: 'logs' } };
    expect(await codeOf(await ask(`${D}/plans`, { method: 'POST', body, token: operator }))).toBe('403 forbidden');
    expect((await json<Page<Plan>>(`${D}/plans`)).items).toEqual([]);
  });
});

describe('J6, X2: a job that its plan does not cover is refused, and nothing is changed', () => {
  const nothingChanged = async () => {
    expect([await rowsOf('customers'), await rowsOf('orders'), await rowsOf('logs')]).toEqual([2, 4, 3]);
    expect((await json<Page<Job>>(`${D}/jobs`)).items).toEqual([]);
  };

  test('the confirmation, the kind, the parameters, the plan’s name', async () => {
    const plan = await planOf({ table: 'logs' });
    const refused = async (body: object) => codeOf(await start(body));
    expect(await refused({ planId: plan.id })).toBe('422 confirmation_needed');
    expect(await refused({ planId: plan.id, confirm: 'LOGS' })).toBe('422 confirmation_needed');
    expect(await refused({ planId: plan.id, params: { table: 'orders' }, confirm: 'logs' })).toBe('422 plan_mismatch');
    expect(await refused({ planId: plan.id, kind: 'schema.sync', confirm: 'logs' })).toBe('422 plan_mismatch');
    expect(await refused({ planId: 'plan_none', confirm: 'logs' })).toBe('404 plan_not_found');
    expect(await refused({ kind: 'schema.sync' })).toBe('422 plan_needed');
    expect(await codeOf(await ask(`${D}/jobs`, { method: 'POST', body: { kind: 'database.export', planId: plan.id } }))).toBe(
      '422 plan_mismatch',
    );
    const operator = await token('op', 'operator');
    expect(await codeOf(await start({ planId: plan.id, confirm: 'logs' }, { token: operator }))).toBe('403 forbidden');
    expect((await json<Plan>(`${D}/plans/${plan.id}`)).jobId).toBeNull();
    await nothingChanged();
  });

  test('a plan that is stale after DDL or a migration, or too old', async () => {
    const plan = await planOf({ table: 'logs' });
    await run('CREATE TABLE _lk_other (x)');
    await run('CREATE INDEX more ON logs (text)');
    expect(await codeOf(await start({ planId: plan.id, confirm: 'logs' }))).toBe('409 plan_stale');
    await run('DROP INDEX more');
    await run('CREATE TABLE d1_migrations (id INTEGER PRIMARY KEY, name TEXT)');
    const second = await planOf({ table: 'logs' });
    await run("INSERT INTO d1_migrations (name) VALUES ('0001_x.sql')");
    expect(await codeOf(await start({ planId: second.id, confirm: 'logs' }))).toBe('409 plan_stale');
    const third = await planOf({ table: 'logs' });
    await inside(control(), 'UPDATE plans SET expires_at = 1');
    expect(await codeOf(await start({ planId: third.id, confirm: 'logs' }))).toBe('409 plan_expired');
    await nothingChanged();
  });

  test('dependents in the way: by name for who asked for no plan, as a hazard for who did', async () => {
    expect(await codeOf(await start({ params: { table: 'customers' }, confirm: 'customers' }))).toBe('409 dependents_in_the_way');
    const plan = await planOf({ table: 'customers' });
    expect(plan.hazards.filter(({ level }) => level === 'stop')).toMatchObject([
      { code: 'dependents_in_the_way', table: 'customers' },
    ]);
    expect(plan.predicted.tables).toMatchObject([
      { table: 'customers', removed: 2 },
      { table: 'orders', removed: 3, after: 1 },
    ]);
    expect(await codeOf(await start({ planId: plan.id, confirm: 'customers' }))).toBe('409 plan_blocked');
    await nothingChanged();
  });

  test('a job without a plan gets one made for it, unless the confirmation is missing', async () => {
    expect(await codeOf(await start({ params: { table: 'logs' } }))).toBe('422 confirmation_needed');
    expect((await json<Page<Plan>>(`${D}/plans`)).items).toEqual([]);
    expect((await entriesOf(`${D}/audit`)).map(({ action }) => action)).toEqual([]);
    await nothingChanged();
    const body = { kind: 'table.clear', params: { table: 'LOGS', resetSequence: true }, confirm: 'logs' };
    const job = await finished('DB', body);
    expect(job).toMatchObject({ status: 'succeeded', params: { table: 'logs' }, result: { rowsRemoved: 3 } });
    const { items } = await json<Page<PlanSummary>>(`${D}/plans`);
    expect(items).toMatchObject([{ jobId: job.id, confirm: 'logs' }]);
    await run("INSERT INTO logs (text) VALUES ('new')");
    expect(await bindings.DB.prepare('SELECT id FROM logs').first()).toEqual({ id: 1 });
  });

  test('J7: the same key gives the same job, with and without a plan', async () => {
    const plan = await planOf({ table: 'logs' });
    const headers = { 'Idempotency-Key': 'one' };
    const body = { planId: plan.id, confirm: 'logs' };
    const first = (await (await start(body, { headers })).json()) as Job;
    await over(first.id);
    const again = await start(body, { headers });
    expect([again.status, ((await again.json()) as Job).id]).toEqual([202, first.id]);
    expect(await codeOf(await start({ ...body, planId: 'plan_other' }, { headers }))).toBe('409 idempotency_conflict');
    expect((await json<Page<Job>>(`${D}/jobs`)).items).toHaveLength(1);
  });

  test('the eleventh dangerous job in ten minutes has to wait', async () => {
    for (let n = 0; n < 10; n += 1) {
      const answer = await start({ params: { table: 'logs', safetyBackup: false }, confirm: 'logs' });
      expect(answer.status).toBe(202);
      await answer.arrayBuffer();
    }
    const refused = await start({ params: { table: 'logs' }, confirm: 'logs' });
    expect(Number(refused.headers.get('Retry-After'))).toBeGreaterThan(500);
    expect(await codeOf(refused)).toBe('429 danger_rate_limited');
    await inside(control(), 'UPDATE jobs SET created_at = created_at - 600000');
    expect((await start({ params: { table: 'logs', safetyBackup: false }, confirm: 'logs' })).status).toBe(202);
    await until(
      () => json<Page<Job>>(`${D}/jobs?status=queued,running`),
      ({ items }) => items.length === 0,
    );
  });
});

describe('a second person', () => {
  const act = (plan: Plan, what: string, secret?: string) =>
    ask(`${D}/plans/${plan.id}/${what}`, { method: 'POST', ...(secret === undefined ? {} : { token: secret }) });

  test('asked for: nobody starts it, and nobody approves it, alone', async () => {
    const ann = await token('ann', 'admin');
    const bob = await token('bob', 'admin');
    const operator = await token('op', 'operator');
    const plan = await planOf({ table: 'logs' }, { token: ann, secondPerson: true });
    expect(plan.approval.state).toBe('wanted');
    const starting = (secret: string) => start({ planId: plan.id, confirm: 'logs' }, { token: secret });
    expect(await codeOf(await starting(ann))).toBe('409 approval_needed');
    expect(await codeOf(await act(plan, 'approve', bob))).toBe('409 approval_not_open');
    expect(await codeOf(await act(plan, 'request-approval', operator))).toBe('403 forbidden');
    expect((await act(plan, 'request-approval', ann)).status).toBe(200);
    expect(await codeOf(await act(plan, 'approve', ann))).toBe('403 approval_by_same_person');
    const session = await ask('/session', { method: 'POST', token: null, body: { token: ann } });
    const cookie = (session.headers.get('Set-Cookie') ?? '').split(';')[0] ?? '';
    expect(await codeOf(await ask(`${D}/plans/${plan.id}/approve`, { method: 'POST', cookie }))).toBe(
      '403 approval_by_same_person',
    );
    expect(await codeOf(await act(plan, 'approve', operator))).toBe('403 forbidden');
    expect((await act(plan, 'decline', bob)).status).toBe(200);
    expect(await codeOf(await starting(ann))).toBe('409 approval_needed');
    expect((await act(plan, 'request-approval', ann)).status).toBe(200);
    const approved = (await (await act(plan, 'approve', bob)).json()) as Plan;
    expect(approved.approval).toMatchObject({ state: 'approved', requestedBy: 'token:ann', decidedBy: 'token:bob' });
    expect(await rowsOf('logs')).toBe(3);
    const answer = await starting(ann);
    expect(answer.status).toBe(202);
    expect((await over(((await answer.json()) as Job).id)).status).toBe('succeeded');
    const entries = (await entriesOf(`${D}/audit`)).filter(({ action }) => action.startsWith('plan.'));
    expect(entries.map(({ action, actor, planHash }) => [action, actor, planHash === plan.hash])).toEqual([
      ['plan.created', 'token:ann', true],
      ['plan.approval_requested', 'token:ann', true],
      ['plan.declined', 'token:bob', true],
      ['plan.approval_requested', 'token:ann', true],
      ['plan.approved', 'token:bob', true],
    ]);
  });

  test('an approval is void when the basis changes or the plan expires', async () => {
    const bob = await token('bob', 'admin');
    const plan = await planOf({ table: 'logs' }, { secondPerson: true });
    await act(plan, 'request-approval');
    expect((await act(plan, 'approve', bob)).status).toBe(200);
    await run('CREATE TABLE later (x)');
    expect((await json<Plan>(`${D}/plans/${plan.id}`)).approval.state).toBe('void');
    expect((await json<Page<PlanSummary>>(`${D}/plans`)).items[0]?.approval.state).toBe('void');
    expect(await codeOf(await start({ planId: plan.id, confirm: 'logs' }))).toBe('409 plan_stale');
    expect(await codeOf(await act(plan, 'approve', bob))).toBe('409 plan_stale');
    await run('DROP TABLE later');
    expect((await json<Plan>(`${D}/plans/${plan.id}`)).approval.state).toBe('approved');
    await inside(control(), 'UPDATE plans SET expires_at = 1');
    expect((await json<Plan>(`${D}/plans/${plan.id}`)).approval.state).toBe('void');
    expect(await codeOf(await act(plan, 'decline', bob))).toBe('409 plan_expired');
    expect(await rowsOf('logs')).toBe(3);
  });

  test('where the database demands it, a job without a plan is refused', async () => {
    const managed = DATABASES.find(({ binding }) => binding === 'DB') as { secondPerson?: boolean };
    managed.secondPerson = true;
    try {
      expect((await planOf({ table: 'logs' })).approval.state).toBe('wanted');
      expect(await codeOf(await start({ params: { table: 'logs' }, confirm: 'logs' }))).toBe('409 approval_needed');
      expect(await rowsOf('logs')).toBe(3);
    } finally {
      delete managed.secondPerson;
    }
  });
});
