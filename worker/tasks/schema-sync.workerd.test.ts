/**
 * A sync that rebuilds a parent table, on D1 itself, with hands that fail before and after every call, one at a time: whatever was lost,
 * the schema ends as the code wants it, each step has landed once, and no row is missing (J2, J3, J6, S1, S3).
 */
import { reset } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, test } from 'vitest';
import { archiveOf } from '../archive/r2.ts';
import { catalogOf } from '../catalog.ts';
import { identifier } from '../core/sql/quote.ts';
import { d1Database } from '../database/d1.ts';
import { claim, effectOnce } from '../database/guarded.ts';
import { scratchDatabase } from '../database/scratch.ts';
import type { Env } from '../env.ts';
import { plannerOf } from '../plans/index.ts';
import { makePlan } from '../plans/make.ts';
import type { BoundPlan } from '../protocol/plan.ts';
import { compare } from '../schema/compare.ts';
import { statementsOf } from '../schema/replay.ts';
import { schemaSync } from './schema-sync.ts';
import type { Hands, StepRecord } from './task.ts';

const bindings = env as unknown as Env & { DB: D1Database; ARCHIVE: R2Bucket };
const database = d1Database(bindings.DB);
const archive = archiveOf(bindings.ARCHIVE, 'DB');
const scratch = () => scratchDatabase(bindings.SCRATCH.getByName('sync-test'));
type Cursor = NonNullable<Parameters<typeof schemaSync.run>[0]['cursor']>;
class Lost extends Error {}

/** What the control plane remembers of the job, whoever executes it. */
class Journal {
  readonly steps: (StepRecord & { cursor: Cursor })[] = [];
  readonly landed: string[] = [];
  epoch = 0;

  /** `fails`: whether the call at this place is lost. */
  async hands(fails: (point: string) => boolean): Promise<Hands<Cursor>> {
    this.epoch += 1;
    const by = { owner: 'job_sync', epoch: this.epoch, at: '2026-11-23T12:00:00.000Z' };
    await claim(database, by);
    const through = async <T>(name: string, work: () => Promise<T> | T): Promise<T> => {
      if (fails(`before ${name}`)) throw new Lost(name);
      const done = await work();
      if (fails(`after ${name}`)) throw new Lost(name);
      return done;
    };
    return {
      effect: (name, statements, expected = {}) =>
        through(`effect ${name}`, async () => {
          const effect = await effectOnce(database, by, name, statements, [], expected);
          if (effect === 'stale') throw new Error('nobody else works here');
          if (effect === 'applied') this.landed.push(name);
          return effect;
        }),
      commit: ({ name, cursor, detail }) =>
        through(`commit ${name}`, () => {
          this.steps.push({ n: this.steps.length, name, cursor, detail: detail ?? {} });
          return 'go-on' as const;
        }),
      steps: async () => this.steps,
      progress: () => {},
      hold: (mode) => through(`hold ${mode}`, () => {}),
      backup: () => through('backup', () => {}),
    };
  }
}

/** A column that cannot be dropped in place, in a table that many refer to. */
async function makeDifferent(): Promise<void> {
  const { migrations } = catalogOf('DB');
  await database.batch(migrations.flatMap(({ sql }) => statementsOf(sql)));
  await database.batch([
    { sql: 'ALTER TABLE customers ADD COLUMN boss INTEGER REFERENCES customers(id) ON DELETE CASCADE' },
    { sql: 'DROP INDEX wishes_by_product' },
  ]);
}

const surroundings = { databaseName: 'DB', database, scratch, catalog: catalogOf('DB'), now: () => new Date() };
const differing = async () => (await compare(surroundings)).diff.rows.filter(({ state }) => state !== 'match').map(({ id }) => id);

async function planned(params: object): Promise<BoundPlan> {
  const planner = plannerOf('schema.sync');
  const newestBackup = async () => null;
  const at = {
    database,
    databaseName: 'DB',
    archive,
    scratch,
    newestBackup,
    params: planner.params.parse(params),
    now: () => new Date(),
  };
  const { plan, basis } = await makePlan(planner, at);
  expect(plan.hazards.filter(({ level }) => level === 'stop')).toEqual([]);
  expect(plan.rehearsal).toMatchObject({ state: 'passed', findings: [] });
  return { ...plan, id: 'plan_1', hash: 'h', basis };
}

async function run(plan: BoundPlan, journal: Journal, fails: (point: string) => boolean = () => false) {
  const hands = await journal.hands(fails);
  const cursor = journal.steps.at(-1)?.cursor ?? null;
  const job = { id: 'job_sync', database: 'DB', attempt: 1, startedAt: '2026-11-23T12:00:00.000Z' };
  return schemaSync.run({ job, params: {}, plan, cursor, database, archive, scratch, hands, now: () => new Date() });
}

const rowsOf = async (): Promise<string> => {
  const { rows } = await database.query(
    "SELECT name FROM pragma_table_list WHERE type = 'table' AND substr(name, 1, 1) NOT IN ('_') AND name NOT LIKE 'sqlite%'",
  );
  const counts = await database.batch(rows.map(([name]) => ({ sql: `SELECT count(*) AS c0 FROM ${identifier(String(name))}` })));
  return JSON.stringify(rows.map(([name], n) => [name, counts[n]?.rows[0]?.[0]]).sort());
};

beforeEach(async () => {
  await reset();
  await makeDifferent();
});

describe('schema.sync on D1', () => {
  test('S1, J2, J3: each call lost once, before and after: the same end, each step once', async () => {
    const chosen = (await differing()).filter((id) => id.includes('boss') || id.includes('wishes_by_product'));
    expect(chosen.length).toBeGreaterThanOrEqual(3);
    const points: string[] = [];
    await run(await planned({ rows: chosen, safetyBackup: false }), new Journal(), (point) => {
      points.push(point);
      return false;
    });
    expect(await differing()).toEqual([]);
    expect(points.length).toBeGreaterThan(6);
    for (const lost of new Set(points)) {
      await reset();
      await makeDifferent();
      const before = await rowsOf();
      const plan = await planned({ rows: chosen, safetyBackup: false });
      const journal = new Journal();
      let failed = false;
      const fails = (point: string) => {
        const now = !failed && point === lost;
        failed ||= now;
        return now;
      };
      await expect(run(plan, journal, fails), lost).rejects.toThrow(Lost);
      expect(await run(plan, journal), lost).toMatchObject({ outcome: 'done' });
      expect(await differing(), lost).toEqual([]);
      expect(new Set(journal.landed).size, lost).toBe(journal.landed.length);
      expect(await rowsOf(), lost).toBe(before);
    }
  });

  test.each(['after effect step 1', 'before commit step 1', 'after commit step 1'])(
    'J6: DDL between two steps stops the second one, also when the executor was lost %s',
    async (lost) => {
      await database.query('DROP INDEX payments_by_order');
      const made = await planned({ rows: ['index:wishes_by_product', 'index:payments_by_order'] });
      expect(made.statements).toHaveLength(2);
      const plan = { ...made, statements: made.statements.map((statement, step) => ({ ...statement, step })) };
      const journal = new Journal();
      await expect(run(plan, journal, (point) => point === lost)).rejects.toThrow(Lost);
      expect(journal.landed).toEqual(['step 1']);
      await database.query('CREATE TABLE meanwhile (id INTEGER PRIMARY KEY)');
      await expect(run(plan, journal)).rejects.toMatchObject({ code: 'plan_stale' });
      expect(journal.landed).toEqual(['step 1']);
      // Whoever takes it back lets the job go on.
      await database.query('DROP TABLE meanwhile');
      expect(await run(plan, journal)).toMatchObject({ outcome: 'done' });
      expect(journal.landed).toEqual(['step 1', 'step 2']);
    },
  );

  test('J6: DDL that comes with the answer of a step is not taken for its work', async () => {
    await database.query('DROP INDEX payments_by_order');
    const made = await planned({ rows: ['index:wishes_by_product', 'index:payments_by_order'] });
    const plan = { ...made, statements: made.statements.map((statement, step) => ({ ...statement, step })) };
    const journal = new Journal();
    const hands = await journal.hands(() => false);
    const effect: typeof hands.effect = async (...call) => {
      const effected = await hands.effect(...call);
      if (call[0] === 'step 1') await database.query('ALTER TABLE wishes ADD COLUMN meanwhile TEXT');
      return effected;
    };
    const job = { id: 'job_sync', database: 'DB', attempt: 1, startedAt: '2026-11-23T12:00:00.000Z' };
    const context = { job, params: {}, plan, cursor: null, database, archive, scratch, now: () => new Date() };
    await expect(schemaSync.run({ ...context, hands: { ...hands, effect } })).rejects.toMatchObject({ code: 'plan_stale' });
    expect(journal.landed).toEqual(['step 1']);
  });

  test('J6: DDL between the plan and its first step stops it before it touches anything', async () => {
    const plan = await planned({ rows: ['index:wishes_by_product'] });
    await database.query('CREATE TABLE meanwhile (id INTEGER PRIMARY KEY)');
    await expect(run(plan, new Journal())).rejects.toMatchObject({ code: 'plan_stale' });
    expect(await differing()).toContain('index:wishes_by_product');
  });
});
