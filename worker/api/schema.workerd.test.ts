/** The schema over HTTP: what differs, the plan, the job, and nothing that differs any more. */
import { reset } from 'cloudflare:test';
import { beforeEach, describe, expect, test } from 'vitest';
import { catalogOf } from '../catalog.ts';
import type { Job } from '../protocol/job.ts';
import type { Plan } from '../protocol/plan.ts';
import type { Problem } from '../protocol/problem.ts';
import type { LiveSchema, SchemaDiff } from '../protocol/schema.ts';
import { statementsOf } from '../schema/replay.ts';
import { ask, bindings, finished, json } from './testing/world.ts';

const D = '/databases/DB';
const { migrations } = catalogOf('DB');

/** As the migrations make it, with the ledger that says so. */
async function migrated(): Promise<void> {
  const statements = migrations.flatMap(({ sql }) => statementsOf(sql));
  await bindings.DB.batch(statements.map(({ sql }) => bindings.DB.prepare(sql)));
  await bindings.DB.prepare(
    'CREATE TABLE "__drizzle_migrations" (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at numeric)',
  ).run();
  for (const { hash, when } of migrations)
    await bindings.DB.prepare('INSERT INTO "__drizzle_migrations" (hash, created_at) VALUES (?, ?)').bind(hash, when).run();
}

const run = (...statements: string[]) => bindings.DB.batch(statements.map((sql) => bindings.DB.prepare(sql)));
const diff = () => json<SchemaDiff>(`${D}/schema/diff`);
const differing = async () => (await diff()).rows.filter(({ state }) => state !== 'match').map(({ id, state }) => `${id} ${state}`);
const plan = (params: object = {}) => json<Plan>(`${D}/plans`, { method: 'POST', body: { kind: 'schema.sync', params } });
const sync = ({ id, confirm }: Plan): Promise<Job> =>
  finished('DB', { kind: 'schema.sync', params: {}, planId: id, ...(confirm === null ? {} : { confirm }) });

beforeEach(async () => {
  await reset();
  await migrated();
});

describe('S3: the sample as its migrations make it', () => {
  test('differs in nothing from its code, and a sync plans nothing', async () => {
    const { counts, rows, warnings } = await diff();
    expect(rows.filter(({ state }) => state !== 'match')).toEqual([]);
    expect(counts.match).toBe(rows.length);
    expect(warnings).toEqual([]);
    const refused = await ask(`${D}/plans`, { method: 'POST', body: { kind: 'schema.sync' } });
    expect([refused.status, ((await refused.json()) as Problem).code]).toEqual([422, 'nothing_to_do']);
  });

  test('is answered whole', async () => {
    const { schema } = await json<LiveSchema>(`${D}/schema`);
    expect(schema.tables.length).toBeGreaterThanOrEqual(12);
    expect(schema.virtualTables.length).toBeGreaterThan(0);
    expect(schema.triggers.length).toBeGreaterThan(0);
  });
});

describe('schema.sync', () => {
  test('S3: what was dropped comes back, in one step, and nothing differs then', async () => {
    const [index] = (await json<LiveSchema>(`${D}/schema`)).schema.indexes.filter(({ unique }) => !unique);
    await run(`DROP INDEX "${index?.name}"`);
    expect(await differing()).toEqual([`index:${index?.name.toLowerCase()} missing`]);
    const made = await plan();
    expect(made).toMatchObject({ confirm: null, needs: 'operator', rehearsal: { state: 'passed' }, predicted: { hold: null } });
    expect(made.statements).toHaveLength(1);
    const job = await sync(made);
    expect(job).toMatchObject({ status: 'succeeded', result: { steps: 1, safetyBackupId: null } });
    expect(await differing()).toEqual([]);
  });

  test('J6: a plan for another schema is refused, and nothing is touched', async () => {
    const [index, other] = (await json<LiveSchema>(`${D}/schema`)).schema.indexes.filter(({ unique }) => !unique);
    await run(`DROP INDEX "${index?.name}"`);
    const made = await plan();
    await run(`DROP INDEX "${other?.name}"`);
    const refused = await ask(`${D}/jobs`, { method: 'POST', body: { kind: 'schema.sync', params: {}, planId: made.id } });
    expect([refused.status, ((await refused.json()) as Problem).code]).toEqual([409, 'plan_stale']);
    expect(await differing()).toHaveLength(2);
  });

  test('what only the database has stays unless it is chosen by name; then it goes with a safety backup and a typed name', async () => {
    await run('CREATE TABLE stray (id INTEGER PRIMARY KEY, word TEXT)', "INSERT INTO stray VALUES (1, 'a'), (2, 'b')");
    const refused = await ask(`${D}/plans`, { method: 'POST', body: { kind: 'schema.sync' } });
    expect(((await refused.json()) as Problem).code).toBe('nothing_to_do');
    const made = await plan({ rows: ['table:stray'] });
    expect(made).toMatchObject({ needs: 'admin', confirm: 'stray', predicted: { rowsRemoved: 2, safetyBackup: true } });
    const unsure = await ask(`${D}/jobs`, { method: 'POST', body: { kind: 'schema.sync', params: {}, planId: made.id } });
    expect(((await unsure.json()) as Problem).code).toBe('confirmation_needed');
    const job = await sync(made);
    expect(job).toMatchObject({ status: 'succeeded' });
    const backups = await json<{ items: { id: string }[] }>(`${D}/backups`);
    expect(backups.items.map(({ id }) => id)).toContain(job.result?.safetyBackupId);
    expect(await differing()).toEqual([]);
  });

  test('a view that nobody could read afterwards fails the rehearsal, and the plan cannot be started', async () => {
    await run('ALTER TABLE customers ADD COLUMN nick TEXT', 'CREATE VIEW nicks AS SELECT nick FROM customers');
    const made = await plan({ rows: ['column:customers.nick'] });
    expect(made.rehearsal).toMatchObject({ state: 'failed' });
    const refused = await ask(`${D}/jobs`, {
      method: 'POST',
      body: { kind: 'schema.sync', params: {}, planId: made.id, confirm: made.confirm },
    });
    expect(((await refused.json()) as Problem).code).toBe('rehearsal_failed');
  });

  test('a rename is a question, asked with what the values say; answered yes it keeps them', async () => {
    await run("INSERT INTO currencies (code, name, symbol, minor_units) VALUES ('EUR', 'Euro', '€', 2)");
    const column = (await json<LiveSchema>(`${D}/schema`)).schema.tables.find(({ name }) => name === 'currencies')?.columns[1]
      ?.name;
    await run(`ALTER TABLE currencies RENAME COLUMN "${column}" TO label`);
    const [asked] = (await diff()).renames;
    expect(asked).toMatchObject({ kind: 'column', table: 'currencies', from: 'label', to: column });
    expect(asked?.because.join()).toContain('values');
    const rename = { kind: 'column', table: 'currencies', from: 'label', to: column };
    const made = await plan({ renames: [rename], rows: [`column:currencies.${column}`] });
    expect(await sync(made)).toMatchObject({ status: 'succeeded' });
    expect(await bindings.DB.prepare(`SELECT "${column}" AS v FROM currencies`).first()).toEqual({ v: 'Euro' });
    expect(await differing()).toEqual([]);
  });

  test('S2: rows that came after the plan stop it', async () => {
    await run('CREATE TABLE stray (id INTEGER PRIMARY KEY)', 'INSERT INTO stray VALUES (1)');
    const made = await plan({ rows: ['table:stray'], safetyBackup: false });
    await run('INSERT INTO stray VALUES (2)');
    const job = await sync(made);
    expect(job).toMatchObject({ status: 'failed', error: { code: 'count_mismatch' } });
    const kept = await bindings.DB.prepare('SELECT count(*) AS n FROM stray').first();
    expect(kept).toEqual({ n: 2 });
  });

  test.each([
    [{ rows: ['column:nowhere.none'] }, 'unknown_diff_row'],
    [{ rows: [] }, 'bad_request'],
    [{ renames: [{ kind: 'table', table: 'a', from: 'a', to: 'b' }] }, 'unknown_diff_row'],
    [{ rows: [`table:${'"'.repeat(900)}`] }, 'unknown_diff_row'],
    [{ surprise: 1 }, 'bad_request'],
  ])('bad input %j: %s', async (params, code) => {
    const before = await json<LiveSchema>(`${D}/schema`);
    const refused = await ask(`${D}/plans`, { method: 'POST', body: { kind: 'schema.sync', params } });
    expect(((await refused.json()) as Problem).code).toBe(code);
    expect((await json<LiveSchema>(`${D}/schema`)).basis).toBe(before.basis);
  });
});

describe('S1: a rebuild of a parent table, as a job', () => {
  test('keeps every row of every table, under a fence, and takes nothing else along', async () => {
    await reset();
    expect(await finished('DB', { kind: 'sample.seed', params: { rows: 3_000 } })).toMatchObject({ status: 'succeeded' });
    await run('ALTER TABLE customers ADD COLUMN boss INTEGER REFERENCES customers(id) ON DELETE CASCADE');
    const content = async () => {
      const { schema } = await json<LiveSchema>(`${D}/schema`);
      const texts = await bindings.DB.batch<Record<string, unknown>>(
        schema.tables.map(({ name, columns }) => {
          const cells = columns
            .filter((column) => column.name !== 'boss')
            .map((column, n) => `quote("${column.name.replaceAll('"', '""')}") AS c${n}`);
          return bindings.DB.prepare(`SELECT ${cells.join(', ')} FROM "${name.replaceAll('"', '""')}"`);
        }),
      );
      return Object.fromEntries(
        schema.tables.map(({ name }, n) => [
          name,
          JSON.stringify((texts[n]?.results ?? []).map((row) => JSON.stringify(row)).sort()),
        ]),
      );
    };
    const before = await content();
    const rows = (await diff()).rows.filter(({ state }) => state !== 'match').map(({ id }) => id);
    const made = await plan({ rows });
    expect(made).toMatchObject({ predicted: { hold: 'read-only' }, rehearsal: { state: 'passed', findings: [] } });
    const unbacked = await ask(`${D}/plans`, {
      method: 'POST',
      body: { kind: 'schema.sync', params: { rows, fullRehearsal: true } },
    });
    expect(((await unbacked.json()) as Problem).code).toBe('backup_not_found');
    const { result } = await finished('DB', { kind: 'database.export' });
    const whole = await plan({ rows, fullRehearsal: true });
    expect(whole.rehearsal).toMatchObject({ state: 'passed', findings: [], rows: result?.rows });
    expect(whole.rehearsal?.rows).toBeGreaterThan(made.rehearsal?.rows ?? 0);
    const job = await sync(made);
    expect(job).toMatchObject({ status: 'succeeded', error: null });
    expect(await content()).toEqual(before);
    expect(await differing()).toEqual([]);
    const { fence } = await json<{ fence: { state: string } }>(`${D}/maintenance`);
    expect(fence.state).toBe('down');
  });
});
