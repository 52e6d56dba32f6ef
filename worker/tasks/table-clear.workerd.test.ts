import { evictDurableObject, reset } from 'cloudflare:test';
import { afterEach, describe, expect, test } from 'vitest';
import { ask, bindings, finished, inside, json, until, visit, withoutQueue } from '../api/testing/world.ts';
import { d1Database } from '../database/d1.ts';
import type { Job } from '../protocol/job.ts';
import type { Page } from '../protocol/list.ts';
import type { MaintenanceStatus } from '../protocol/maintenance.ts';
import type { Plan } from '../protocol/plan.ts';

const D = '/databases/DB';
const { DB } = bindings;
const database = d1Database(DB);
const run = (...statements: string[]) => DB.batch(statements.map((sql) => DB.prepare(sql)));
const count = async (table: string) => Number((await database.query(`SELECT count(*) FROM "${table}"`)).rows[0]?.[0]);
const series = (rows: number) => `WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < ${rows})`;
const plan = (params: object) => json<Plan>(`${D}/plans`, { method: 'POST', body: { kind: 'table.clear', params } });
const clear = async (params: object): Promise<{ plan: Plan; job: Job }> => {
  const made = await plan(params);
  return { plan: made, job: await finished('DB', { kind: 'table.clear', planId: made.id, confirm: made.confirm }) };
};
const tables = async () =>
  (
    await database.query(
      `SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\'
        AND name NOT LIKE '\\_lk%' ESCAPE '\\' AND name NOT LIKE 'sqlite%' AND name <> 'audit_logs'`,
    )
  ).rows.map(([name]) => String(name));
const counts = async () =>
  Object.fromEntries(await Promise.all((await tables()).map(async (name) => [name, await count(name)] as const)));

afterEach(() => reset());

describe('the sample shop', () => {
  for (const table of ['products', 'customers', 'employees', 'warehouses'])
    test(`S2: ${table} with all that depends on it: what is planned is what goes, and full-text search follows`, async () => {
      expect(await finished('DB', { kind: 'sample.seed', params: { rows: 3_000, seed: 2 } })).toMatchObject({
        status: 'succeeded',
      });
      const before = await counts();
      const { plan: made, job } = await clear({ table, dependents: 'clear' });
      expect(job).toMatchObject({ status: 'succeeded', result: { rowsRemoved: made.predicted.rowsRemoved } });
      const gone = new Map(made.predicted.tables.map(({ table: name, removed }) => [name, removed]));
      expect(gone.size).toBeGreaterThan(1);
      const wanted = Object.fromEntries(Object.entries(before).map(([name, rows]) => [name, rows - (gone.get(name) ?? 0)]));
      expect(await counts()).toEqual(wanted);
      expect(await count(table)).toBe(0);
      expect((await database.query('PRAGMA foreign_key_check')).rows).toEqual([]);
      await run("INSERT INTO products_fts (products_fts, rank) VALUES ('integrity-check', 1)");
      const backup = await ask(`${D}/backups/${String(job.result?.safetyBackupId)}/download?format=sql`);
      expect(backup.status).toBe(200);
      expect((await backup.bytes()).byteLength).toBeGreaterThan(100_000);
    });
});

describe('what D1 makes hard', () => {
  test('rows that take one another along deeper than D1 lets actions nest, and in a ring', async () => {
    await run(
      'CREATE TABLE chain (id INTEGER PRIMARY KEY, up INTEGER NOT NULL REFERENCES chain ON DELETE CASCADE)',
      `${series(200)} INSERT INTO chain SELECT i, max(1, i - 1) FROM s`,
      'CREATE TABLE ring (id INTEGER PRIMARY KEY, next INTEGER REFERENCES ring ON DELETE CASCADE)',
      'PRAGMA defer_foreign_keys = ON',
      `${series(100)} INSERT INTO ring SELECT i, i % 100 + 1 FROM s`,
    );
    expect((await clear({ table: 'chain' })).job).toMatchObject({ status: 'succeeded', result: { rowsRemoved: 200 } });
    expect((await clear({ table: 'ring' })).job).toMatchObject({ status: 'succeeded', result: { rowsRemoved: 100 } });
    expect(await count('ring')).toBe(0);
  });

  test('a hundred and twenty tables that depend on one: more than D1 has columns and compound terms for', async () => {
    const children = Array.from({ length: 120 }, (_, n) => `child ${n}`);
    await run(
      ...children.map(
        (name, n) =>
          `CREATE TABLE "${name}" (id INTEGER PRIMARY KEY, p INTEGER REFERENCES p, q INTEGER REFERENCES "child ${(n + 7) % 120}")`,
      ),
    );
    await run('CREATE TABLE p (id INTEGER PRIMARY KEY, c REFERENCES "child 0"(id))', 'INSERT INTO p (id) VALUES (1), (2)');
    await run(...children.map((name) => `INSERT INTO "${name}" VALUES (1, 1, NULL), (2, NULL, NULL), (3, NULL, NULL)`));
    await run(...children.map((name) => `UPDATE "${name}" SET q = 1 WHERE id = 2`), 'UPDATE p SET c = 3 WHERE id = 2');
    const { plan: made, job } = await clear({ table: 'p', dependents: 'clear' });
    expect(made.predicted.tables).toHaveLength(121);
    expect(job).toMatchObject({ status: 'succeeded', result: { rowsRemoved: 242 } });
    expect(await count('child 7')).toBe(1);
  });

  test('actions over more tables than D1 nests: no order helps, and the plan says so', async () => {
    const up = (n: number) => (n === 0 ? '' : ` REFERENCES t${n - 1} ON DELETE CASCADE`);
    await run(...Array.from({ length: 13 }, (_, n) => `CREATE TABLE t${n} (id INTEGER PRIMARY KEY, up INTEGER${up(n)})`));
    await run('INSERT INTO t0 VALUES (1, NULL)', 'INSERT INTO t1 VALUES (1, 1)');
    const made = await plan({ table: 't0', dependents: 'clear' });
    const stops = made.hazards.filter(({ level }) => level === 'stop');
    expect(stops.map(({ code, table }) => [code, table])).toContainEqual(['removal_refused', 't0']);
    const low = await plan({ table: 't9', dependents: 'clear' });
    expect(low.hazards.filter(({ level }) => level === 'stop')).toEqual([]);
  });

  test('a chain of tables: as deep as D1 follows, and a word about it beyond', async () => {
    const chain = (length: number) =>
      Array.from(
        { length },
        (_, n) => `CREATE TABLE c${length}_${n} (id INTEGER PRIMARY KEY, up INTEGER REFERENCES c${length}_${n - 1})`,
      );
    await run(...chain(50).map((sql, n) => (n === 0 ? sql.replace(' REFERENCES c50_-1', '') : sql)));
    await run(...Array.from({ length: 50 }, (_, n) => `INSERT INTO c50_${n} VALUES (1, 1), (2, NULL)`));
    expect((await clear({ table: 'c50_0', dependents: 'clear', safetyBackup: false })).job).toMatchObject({
      status: 'succeeded',
      result: { rowsRemoved: 51 },
    });
    await run(...chain(200).map((sql, n) => (n === 0 ? sql.replace(' REFERENCES c200_-1', '') : sql)));
    const answer = await ask(`${D}/plans`, {
      method: 'POST',
      body: { kind: 'table.clear', params: { table: 'c200_0', dependents: 'clear' } },
    });
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([422, 'table_not_clearable']);
  });

  test('more rows than one batch takes: in slices, each once, while nobody else writes', async () => {
    await run(
      'CREATE TABLE big (id INTEGER PRIMARY KEY, up INTEGER REFERENCES big ON DELETE CASCADE, filler TEXT)',
      'CREATE INDEX big_up ON big (up)',
      'CREATE TABLE part (id TEXT PRIMARY KEY, big INTEGER REFERENCES big ON DELETE RESTRICT) WITHOUT ROWID',
      'CREATE INDEX part_big ON part (big)',
      `${series(30_000)} INSERT INTO big SELECT i, nullif(i / 2, 0), hex(i) FROM s`,
      "INSERT INTO part SELECT 'p' || id, nullif(id % 4, 0) * 100 FROM big",
    );
    const { plan: made, job } = await clear({ table: 'big', dependents: 'clear', safetyBackup: false });
    expect(made.predicted.rowsRemoved).toBe(52_500);
    expect(job).toMatchObject({
      status: 'succeeded',
      result: { removed: { big: 30_000, part: 22_500 }, left: { big: 0, part: 7_500 }, safetyBackupId: null },
    });
    const { items } = await json<Page<{ name: string }>>(`${D}/jobs/${job.id}/steps?limit=200`);
    const names = items.map(({ name }) => name);
    expect(new Set(names)).toEqual(new Set(['check', 'list', 'open', 'remove part', 'remove big', 'finish']));
    expect(names.filter((name) => name === 'remove big').length).toBeGreaterThan(1);
    expect(await tables()).not.toContain('_lk_doomed');
    const gone = await database.query("SELECT count(*) FROM sqlite_schema WHERE name = '_lk_doomed'");
    expect(gone.rows).toEqual([[0]]);
    const { mode } = await until(
      () => json<MaintenanceStatus>(`${D}/maintenance`),
      ({ fence }) => fence.state === 'down',
    );
    expect(mode).toBe('off');
  });
});

describe('S2, J6: when the database is not as planned any more, the job fails and nothing is changed', () => {
  const prepare = async () => {
    await run('CREATE TABLE t (id INTEGER PRIMARY KEY)', 'CREATE TABLE c (t INTEGER REFERENCES t ON DELETE CASCADE)');
    await run('INSERT INTO t VALUES (1), (2)', 'INSERT INTO c VALUES (NULL)');
    return plan({ table: 't' });
  };
  const submit = (made: Plan) => finished('DB', { kind: 'table.clear', planId: made.id, confirm: 't' });

  test('rows that appear, here and in what refers to it', async () => {
    const made = await prepare();
    await run('INSERT INTO t VALUES (3)');
    expect(await submit(made)).toMatchObject({ status: 'failed', error: { code: 'count_mismatch', retryable: false } });
    const again = await plan({ table: 't' });
    await run('INSERT INTO c VALUES (3)');
    const job = await submit(again);
    expect(job).toMatchObject({
      status: 'failed',
      error: { code: 'count_mismatch', message: expect.stringContaining('c to go: 0') },
    });
    expect([await count('t'), await count('c')]).toEqual([3, 2]);
    expect((await json<Page<unknown>>(`${D}/backups`)).items).toEqual([]);
  });

  test('a schema that changes while the job is on its way; a retry keeps the plan', async () => {
    const made = await prepare();
    const plane = bindings.CONTROL.getByName('DB');
    const post = (body: object) => json<Job>(`${D}/jobs`, { method: 'POST', body });
    await withoutQueue(plane);
    const { id } = await post({ kind: 'table.clear', planId: made.id, confirm: 't' });
    await run('CREATE TABLE later (x)');
    await evictDurableObject(plane);
    await inside(plane, 'UPDATE jobs SET wake_at = 1');
    await visit();
    const over = () =>
      until(
        () => json<Job>(`${D}/jobs/${id}`),
        ({ status }) => status === 'failed' || status === 'succeeded',
      );
    expect(await over()).toMatchObject({ status: 'failed', error: { code: 'plan_stale' } });
    expect([await count('t'), await count('c')]).toEqual([2, 1]);
    await run('DROP TABLE later');
    // X2: what only an admin may start, only an admin may start again.
    const { secret } = await json<{ secret: string }>('/tokens', { method: 'POST', body: { name: 'op', role: 'operator' } });
    expect((await ask(`${D}/jobs/${id}/retry`, { method: 'POST', token: secret })).status).toBe(403);
    await json<Job>(`${D}/jobs/${id}/retry`, { method: 'POST' });
    expect(await over()).toMatchObject({ status: 'succeeded', attempt: 2, result: { rowsRemoved: 2 } });
  });
});
