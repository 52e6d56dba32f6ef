/** For tests: `schema.sync` on D1 itself, with hands that can fail at every call and a journal of what the control plane would remember. */
import { env } from 'cloudflare:workers';
import { expect } from 'vitest';
import { archiveOf } from '../../../archive/r2.ts';
import { catalogOf } from '../../../catalog.ts';
import { MAX_ROW_WRITES } from '../../../core/schema/plan/plan.ts';
import { d1Database } from '../../../database/d1.ts';
import type { Database } from '../../../database/database.ts';
import { lowerFence, raiseFence } from '../../../database/fence.ts';
import { claim, effectOnce } from '../../../database/guarded.ts';
import { scratchDatabase } from '../../../database/scratch.ts';
import type { Env } from '../../../env.ts';
import { makePlan } from '../../../plans/make.ts';
import { syncPlanner } from '../../../plans/schema-sync.ts';
import type { JobProgress } from '../../../protocol/job.ts';
import type { BoundPlan } from '../../../protocol/plan.ts';
import { compare } from '../../../schema/compare.ts';
import { syncTask } from '../../schema-sync.ts';
import { type Hands, type Outcome, StaleExecutor, type StepRecord, type Verdict } from '../../task.ts';
import { SLICE_SIZES, type SliceSizes, type SyncCursor } from '../state.ts';

export const bindings = env as unknown as Env & { DB: D1Database; ARCHIVE: R2Bucket };
export const database = d1Database(bindings.DB);
export const archive = archiveOf(bindings.ARCHIVE, 'DB');
export const scratch = () => scratchDatabase(bindings.SCRATCH.getByName('sync-test'));
export class Lost extends Error {}

/** What the control plane remembers of the job, whoever executes it. */
export class Journal {
  readonly steps: (StepRecord & { cursor: SyncCursor; progress: JobProgress })[] = [];
  readonly landed: string[] = [];
  epoch = 0;
  /** Asked at each commit. */
  verdict: (step: string) => Verdict = () => 'go-on';
  /** At each call, before it is made: whatever others do meanwhile. */
  meanwhile: (point: string) => Promise<void> = async () => {};
  /** Whether holds are real. */
  fenced = false;

  /** `fails`: whether the call at this place is lost. */
  async hands(fails: (point: string) => boolean = () => false): Promise<Hands<SyncCursor>> {
    this.epoch += 1;
    const by = { owner: 'job_sync', epoch: this.epoch, at: '2026-11-23T12:00:00.000Z' };
    await claim(database, by);
    const through = async <T>(name: string, work: () => Promise<T> | T): Promise<T> => {
      if (fails(`before ${name}`)) throw new Lost(name);
      await this.meanwhile(name);
      const done = await work();
      if (fails(`after ${name}`)) throw new Lost(name);
      return done;
    };
    return {
      effect: (name, statements, expected = {}) =>
        through(`effect ${name}`, async () => {
          const effect = await effectOnce(database, by, name, statements, [], expected);
          if (effect === 'stale') throw new StaleExecutor(name);
          if (effect === 'applied') this.landed.push(name);
          return effect;
        }),
      commit: ({ name, cursor, progress, detail }) =>
        through(`commit ${name}`, () => {
          if (by.epoch !== this.epoch) throw new StaleExecutor(name);
          this.steps.push({ n: this.steps.length, name, cursor, progress, detail: detail ?? {} });
          return this.verdict(name);
        }),
      steps: async () => this.steps,
      progress: () => {},
      hold: (mode) => through(`hold ${mode}`, () => (this.fenced ? raiseFence(database) : undefined)),
      backup: () => through('backup', () => {}),
    };
  }
}

const surroundings = { databaseName: 'DB', database, scratch, catalog: catalogOf('DB'), now: () => new Date() };

/** Ids of what differs from the code. */
export const differing = async (): Promise<string[]> =>
  (await compare(surroundings)).diff.rows.filter(({ state }) => state !== 'match').map(({ id }) => id);

export async function planned(params: object, maxRowWrites = MAX_ROW_WRITES, sizeBytes?: number): Promise<BoundPlan> {
  const planner = syncPlanner(maxRowWrites);
  const newestBackup = async () => null;
  const size = sizeBytes === undefined ? () => database.size() : async () => sizeBytes;
  const sized: Database = { query: (...call) => database.query(...call), batch: (...call) => database.batch(...call), size };
  const world = { database: sized, databaseName: 'DB', archive, scratch, newestBackup, now: () => new Date() };
  const { plan, basis } = await makePlan(planner as Parameters<typeof makePlan>[0], {
    ...world,
    params: planner.params.parse(params),
  });
  expect(plan.hazards.filter(({ level }) => level === 'stop')).toEqual([]);
  expect(plan.rehearsal).toMatchObject({ state: 'passed', findings: [] });
  return { ...plan, id: 'plan_1', hash: 'h', basis };
}

export interface RunOptions {
  readonly fails?: (point: string) => boolean;
  readonly attempt?: number;
  readonly sizes?: SliceSizes;
}

/** One executor, from the last committed cursor until it ends or is lost. */
export async function run(
  plan: BoundPlan,
  journal: Journal,
  { fails, attempt = 1, sizes = SLICE_SIZES }: RunOptions = {},
): Promise<Outcome> {
  const hands = await journal.hands(fails);
  const cursor = journal.steps.at(-1)?.cursor ?? null;
  const job = { id: 'job_sync', database: 'DB', attempt, startedAt: '2026-11-23T12:00:00.000Z' };
  return syncTask(sizes).run({ job, params: {}, plan, cursor, database, archive, scratch, hands, now: () => new Date() });
}

/** As the control plane does when a job is over, however it ended. */
export const over = (journal: Journal): Promise<void> => lowerFence(database, journal.epoch + 1);
