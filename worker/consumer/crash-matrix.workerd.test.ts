import { evictDurableObject, reset, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env as bindings } from 'cloudflare:workers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { archiveOf } from '../archive/r2.ts';
import type { ControlPlane } from '../control/control-plane.ts';
import type { PlanUse } from '../control/plans.ts';
import { unwrap } from '../control/wire.ts';
import { UNCHECKED } from '../core/audit/chain.ts';
import { d1Database } from '../database/d1.ts';
import { raiseFence } from '../database/fence.ts';
import type { Env } from '../env.ts';
import { plannerOf } from '../plans/index.ts';
import { makePlan } from '../plans/make.ts';
import type { Chunk, Manifest } from '../protocol/backup.ts';
import type { Job, JobKind } from '../protocol/job.ts';
import { Refusal } from '../protocol/problem.ts';
import { taskOf } from '../tasks/index.ts';
import { runSlice, type Workplace } from './executor.ts';
import { FAULTS, type Fault, Faults } from './faults.ts';

/**
 * Every await of an executor — to the control plane, to the managed database, to R2 — fails in every way that there is, one at a time,
 * in a job that would otherwise do well. Each time the job must end as it would have without the fault.
 *
 * The databases here are named as nobody's, so that the real queue's messages for them are dropped and each test decides who runs when.
 */
const env = bindings as unknown as Omit<Env, 'CONTROL'> & {
  DB: D1Database;
  STAGING: D1Database;
  CONTROL: DurableObjectNamespace<ControlPlane>;
};
const JOB = 'job_crash';
let runs = 0;

interface Run {
  readonly kind: JobKind;
  readonly params: Record<string, unknown>;
  readonly binding: D1Database;
  readonly archiveName: string;
  /** Runs a plan, and holds the database. Nobody's control plane has no fence to raise: the test has raised it. */
  readonly planned?: boolean;
}

/** A control plane whose holds are there already. */
const holding = <T extends object>(plane: T): T =>
  new Proxy(plane, {
    get: (target, key) => (key === 'hold' ? async () => 'held' : Reflect.get(target, key)),
  });

class Scene {
  readonly name = `crash-${++runs}`;
  readonly stub = env.CONTROL.getByName(this.name);
  private readonly plane = this.stub as unknown as Pick<ControlPlane, keyof ControlPlane>;

  constructor(private readonly run: Run) {}

  async submit(): Promise<void> {
    const task = taskOf(this.run.kind);
    unwrap(
      await this.plane.submit(
        {
          id: JOB,
          kind: this.run.kind,
          lane: task.lane,
          actor: 'test',
          address: 'local',
          requestId: 'req-1',
          params: task.params.parse(this.run.params) as Record<string, unknown>,
          progress: task.start,
          requestHash: 'h',
          idempotencyKey: null,
        },
        await this.plan(),
      ),
    );
  }

  private async plan(): Promise<PlanUse | null> {
    const { planned, kind, params, binding } = this.run;
    if (!planned || kind !== 'table.clear') return null;
    const planner = plannerOf(kind);
    const { plan, basis } = await makePlan(planner, {
      database: d1Database(binding),
      databaseName: this.name,
      archive: archiveOf(env.ARCHIVE, this.run.archiveName),
      scratch: () => expect.unreachable('nothing is rehearsed'),
      newestBackup: async () => null,
      params: planner.params.parse(params),
      now: () => new Date(),
    });
    const made = {
      id: `plan-${this.name}`,
      kind,
      basis,
      plan: JSON.stringify(plan),
      secondPerson: { demanded: false, asked: false },
    };
    return { plan: { made }, kind, params: null, confirm: plan.confirm, role: 'admin', basis };
  }

  async job(): Promise<Job> {
    return unwrap(await this.plane.job(JOB)).job;
  }

  async retry(): Promise<void> {
    unwrap(await this.plane.retry(JOB, { actor: 'test', address: 'local', requestId: 'req-2' }));
  }

  async steps(): Promise<{ name: string; detail: Record<string, unknown> }[]> {
    return unwrap(await this.plane.steps(JOB, -1, 500)).items;
  }

  async backups(): Promise<string[]> {
    return (await this.plane.backups(null, 10)).items.map(({ id }) => id);
  }

  /** The steps whose effects the audit trail knows, each as often as it says so; the chain must be whole. */
  async auditedEffects(): Promise<unknown[]> {
    const { breach, done } = await this.plane.auditCheck(UNCHECKED, []);
    expect({ breach, done }).toEqual({ breach: null, done: true });
    const { items } = await this.plane.auditEntries({ actions: ['job.effect'] }, null, 500);
    return items.map(({ detail, sqlDigest }) => [detail.step, sqlDigest]).sort();
  }

  private ticket(): Promise<number> {
    return runInDurableObject(
      this.stub,
      (_, { storage }) => storage.sql.exec<{ ticket: number }>('SELECT ticket FROM jobs').one().ticket,
    );
  }

  /** As much time as every lease and back-off need. */
  async timePasses(): Promise<void> {
    await runInDurableObject(
      this.stub,
      (_, { storage }) => void storage.sql.exec('UPDATE jobs SET wake_at = 1 WHERE wake_at IS NOT NULL'),
    );
    await runDurableObjectAlarm(this.stub);
  }

  place(faults?: Faults): Workplace {
    const watch = <T extends object>(name: string, target: T): T => faults?.watch(name, target) ?? target;
    return {
      control: () => watch('control', this.run.planned ? holding(this.plane) : this.plane),
      database: () => watch('database', d1Database(this.run.binding, { pause: async () => {} })),
      archive: () => watch('archive', archiveOf(env.ARCHIVE, this.run.archiveName)),
      scratch: () => {
        throw new Error('not here');
      },
      pause: async () => {},
    };
  }

  async deliver(place = this.place()): Promise<void> {
    await runSlice({ database: this.name, jobId: JOB, ticket: await this.ticket() }, place);
  }

  /** Delivers what is due, with nothing going wrong, until the job is over. */
  async finish(): Promise<Job> {
    for (let tries = 0; tries < 30; tries += 1) {
      const job = await this.job();
      if (['succeeded', 'failed', 'cancelled'].includes(job.status)) return job;
      await this.deliver();
      await this.timePasses();
    }
    throw new Error('The job never ended');
  }

  /** One delivery in which call `at` goes wrong, then whatever is needed to end the job. Answers the calls that were made. */
  async withFault(at: number, fault: Fault): Promise<{ job: Job; calls: readonly string[] }> {
    const message = { database: this.name, jobId: JOB, ticket: await this.ticket() };
    const faults = new Faults({
      at,
      fault,
      again: () => runSlice(message, this.place()),
      evict: () => evictDurableObject(this.stub),
      outlive: async () => {
        await this.timePasses();
        await this.finish();
      },
    });
    // What escapes here is what makes the queue deliver again; `finish` is that delivery.
    await Promise.race([runSlice(message, this.place(faults)).catch(() => {}), faults.hung]);
    await this.timePasses();
    return { job: await this.finish(), calls: faults.calls };
  }
}

async function scene(run: Run): Promise<Scene> {
  const made = new Scene(run);
  await made.submit();
  return made;
}

/** Every call of a run without a fault. */
async function callsOf(run: Run): Promise<readonly string[]> {
  return (await (await scene(run)).withFault(Number.POSITIVE_INFINITY, 'throws before')).calls;
}

/** Runs `check` after a fault at each call, all faults of one kind in one test. */
async function atEachCall(
  run: Run,
  fault: Fault,
  prepare: () => Promise<void>,
  check: (scene: Scene, job: Job, where: string) => Promise<void>,
) {
  await prepare();
  const calls = await callsOf(run);
  expect(calls.length).toBeGreaterThan(5);
  for (const [at, name] of calls.entries()) {
    await prepare();
    const here = await scene(run);
    const { job } = await here.withFault(at, fault);
    await check(here, job, `${fault} at call ${at}, ${name}`);
  }
}

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

describe('B6: database.export writes the same bytes, whatever goes wrong', () => {
  const run: Run = { kind: 'database.export', params: {}, binding: env.DB, archiveName: 'DB' };
  const outcome = async (here: Scene, job: Job) => {
    const chunks = (await here.steps()).flatMap(({ detail }) => ('sha256' in detail ? [detail as unknown as Chunk] : []));
    const text = await archiveOf(env.ARCHIVE, 'DB').getManifest(String(job.result?.backupId));
    const { createdAt, startedAt, database, ...manifest } = JSON.parse(text ?? '{}') as Manifest;
    return { chunks: chunks.map(({ sha256 }) => sha256), manifest };
  };
  let expected: Awaited<ReturnType<typeof outcome>>;

  beforeAll(async () => {
    const seed = await scene({ kind: 'sample.seed', params: { rows: 2_000, seed: 5 }, binding: env.DB, archiveName: 'DB' });
    await seed.finish();
    const clean = await scene(run);
    expected = await outcome(clean, await clean.finish());
    expect(expected.manifest.rows).toBeGreaterThan(1_900);
  }, 60_000);
  afterAll(() => reset());

  test.each(FAULTS)(
    '%s, at every await',
    async (fault) => {
      await atEachCall(
        run,
        fault,
        async () => {},
        async (here, job, where) => {
          expect(job, where).toMatchObject({ status: 'succeeded' });
          expect(await outcome(here, job), where).toEqual(expected);
        },
      );
    },
    240_000,
  );
});

describe('J2, J3, J6, S2: table.clear removes what its plan says exactly once, and its safety backup is there, whatever goes wrong', () => {
  const run: Run = {
    kind: 'table.clear',
    params: { table: 'item', dependents: 'clear' },
    binding: env.STAGING,
    archiveName: 'STAGING',
    planned: true,
  };
  const prepare = async () => {
    await env.STAGING.batch(
      [
        // A reset of everything for each call would take most of the time.
        ...['part_gone'].map((name) => `DROP TRIGGER IF EXISTS ${name}`),
        ...['trace', 'part', 'item', '_lk_steps', '_lk_guard'].map((name) => `DROP TABLE IF EXISTS ${name}`),
        'CREATE TABLE item (id INTEGER PRIMARY KEY, next INTEGER REFERENCES item ON DELETE CASCADE)',
        'CREATE TABLE part (id INTEGER PRIMARY KEY, item INTEGER REFERENCES item ON DELETE SET NULL, said TEXT)',
        'CREATE TABLE trace (id INTEGER PRIMARY KEY AUTOINCREMENT, part INTEGER)',
        'CREATE TRIGGER part_gone AFTER DELETE ON part BEGIN INSERT INTO trace (part) VALUES (old.id); END',
        'INSERT INTO item WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30) SELECT i, nullif(i - 1, 0) FROM n',
        'INSERT INTO part SELECT id, nullif(id % 10, 0), hex(id) FROM item',
      ].map((sql) => env.STAGING.prepare(sql)),
    );
    await raiseFence(d1Database(env.STAGING));
  };
  const left = async () => {
    const rows = await env.STAGING.batch(
      ['SELECT * FROM item', 'SELECT * FROM part', 'SELECT part FROM trace ORDER BY id'].map((sql) => env.STAGING.prepare(sql)),
    );
    return rows.map(({ results }) => results);
  };

  test.each(FAULTS)(
    '%s, at every await',
    async (fault) => {
      await atEachCall(run, fault, prepare, async (here, job, where) => {
        expect(job, where).toMatchObject({ status: 'succeeded', result: { rowsRemoved: 57, removed: { item: 30, part: 27 } } });
        const [item, part, trace] = await left();
        expect([item, part?.length, trace?.length], where).toEqual([[], 3, 27]);
        const names = (await here.steps()).map(({ name }) => name);
        expect(new Set(names).size, where).toBe(names.length);
        expect(
          (await here.auditedEffects()).map((effect) => (effect as string[])[0]),
          where,
        ).toEqual(['clear']);
        const backupId = String(job.result?.safetyBackupId);
        expect(await here.backups(), where).toEqual([backupId]);
        expect(await archiveOf(env.ARCHIVE, 'STAGING').getManifest(backupId), where).not.toBeNull();
      });
    },
    240_000,
  );
});
