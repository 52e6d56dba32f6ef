import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env as bindings } from 'cloudflare:workers';
import { expect } from 'vitest';
import { archiveOf } from '../../archive/r2.ts';
import type { ControlPlane } from '../../control/control-plane.ts';
import type { PlanUse } from '../../control/plans.ts';
import { unwrap } from '../../control/wire.ts';
import { UNCHECKED } from '../../core/audit/chain.ts';
import { d1Database } from '../../database/d1.ts';
import type { Env } from '../../env.ts';
import { plannerOf } from '../../plans/index.ts';
import { makePlan } from '../../plans/make.ts';
import type { Job, JobKind } from '../../protocol/job.ts';
import { taskOf } from '../../tasks/index.ts';
import { runSlice, type Workplace } from '../executor.ts';
import { type Fault, Faults } from '../faults.ts';

/**
 * Every await of an executor — to the control plane, to the managed database, to R2 — fails in every way that there is, one at a time,
 * in a job that would otherwise do well. Each time the job must end as it would have without the fault.
 *
 * The databases here are named as nobody's, so that the real queue's messages for them are dropped and each test decides who runs when.
 */
export const env = bindings as unknown as Omit<Env, 'CONTROL'> & {
  DB: D1Database;
  STAGING: D1Database;
  CONTROL: DurableObjectNamespace<ControlPlane>;
};
const JOB = 'job_crash';
let runs = 0;

export interface Run {
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

export class Scene {
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

export async function scene(run: Run): Promise<Scene> {
  const made = new Scene(run);
  await made.submit();
  return made;
}

/** Every call of a run without a fault. */
export async function callsOf(run: Run): Promise<readonly string[]> {
  return (await (await scene(run)).withFault(Number.POSITIVE_INFINITY, 'throws before')).calls;
}

/** Runs `check` after a fault at each call, all faults of one kind in one test. */
export async function atEachCall(
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
