import { reset } from 'cloudflare:test';
import { afterEach, describe, expect, test } from 'vitest';
import { ask, bindings, entriesOf, json, until } from '../api/testing/world.ts';
import { d1Database } from '../database/d1.ts';
import { fenceState, lowerFence, raiseFence } from '../database/fence.ts';
import { JOB_KINDS, type Job, type JobKind } from '../protocol/job.ts';
import type { Hold, MaintenanceStatus } from '../protocol/maintenance.ts';
import { HAMMER_KEYS, Hammer, type HammeredTable } from './testing/hammer.ts';

/**
 * Every job kind as it is for real — the API, the queue, the control plane, R2 — and a client that writes through its own binding before,
 * during and after it. It must not break the job, and the job must not break its word to the client.
 */
const D = '/databases/DB';
const { DB } = bindings;
const database = d1Database(DB);
const ENOUGH = 30;

interface Scenario {
  readonly table: HammeredTable;
  prepare(): Promise<void>;
  /** The body of the job's submission, after whatever has to come before it. */
  submission(): Promise<object>;
  /** Whether the job takes a hold of its own. */
  readonly holds: boolean;
}

const HAMMERED: HammeredTable = { name: 'hammered', writes: 'all' };
/** Neither adds nor removes a row of what the job works on: that would break what it was told to do. */
const WITH_ITEMS: HammeredTable = {
  ...HAMMERED,
  also: ['UPDATE item SET filler = lower(filler) WHERE id % 10000 < 3', 'UPDATE part SET item = item WHERE id % 10000 < 3'],
};
const run = (...statements: string[]) => DB.batch(statements.map((sql) => DB.prepare(sql)));
const makeHammered = () => run('CREATE TABLE hammered (key TEXT PRIMARY KEY, value INTEGER NOT NULL)');
const makeRows = (rows: number) =>
  run(
    'CREATE TABLE item (id INTEGER PRIMARY KEY, filler TEXT NOT NULL)',
    'CREATE TABLE part (id INTEGER PRIMARY KEY, item INTEGER NOT NULL REFERENCES item(id) ON DELETE CASCADE)',
    `INSERT INTO item WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows}) SELECT i, hex(zeroblob(60)) FROM n`,
    'INSERT INTO part SELECT id, id FROM item',
  );
let verifiable = '';

/** The compiler holds it, and so does the test: a new kind needs a scenario. */
const SCENARIOS: Readonly<Record<JobKind, Scenario>> = {
  'database.export': {
    table: WITH_ITEMS,
    prepare: async () => {
      await makeHammered();
      await makeRows(40_000);
    },
    submission: async () => ({ kind: 'database.export', params: { consistency: 'fenced' } }),
    holds: true,
  },
  'backup.verify': {
    table: HAMMERED,
    prepare: async () => {
      await makeHammered();
      await makeRows(2_000);
      // Before anybody hammers: a snapshot needs the database to stand still for a moment.
      verifiable = String((await succeeded({ kind: 'database.export' })).result?.backupId);
    },
    submission: async () => ({ kind: 'backup.verify', params: { backupId: verifiable } }),
    holds: false,
  },
  'sample.seed': {
    table: { name: 'settings', writes: 'all', comesLater: true },
    prepare: async () => {},
    submission: async () => ({ kind: 'sample.seed', params: { rows: 20_000, seed: 7 } }),
    holds: false,
  },
  'table.clear': {
    table: WITH_ITEMS,
    prepare: async () => {
      await makeHammered();
      await makeRows(40_000);
    },
    submission: async () => ({ kind: 'table.clear', params: { table: 'item', dependents: 'clear' }, confirm: 'item' }),
    holds: true,
  },
  'schema.sync': {
    // A rebuild predicts how many rows it moves: rows that come and go would make its plan stale, as they should.
    table: { name: 'settings', writes: 'counts' },
    prepare: async () => {
      await succeeded({ kind: 'sample.seed', params: { rows: 400, seed: 7 } });
      await run('ALTER TABLE settings DROP COLUMN changed_at', 'DROP INDEX wishes_by_product');
      await DB.batch(HAMMER_KEYS.map((key) => DB.prepare('INSERT INTO settings (key, value) VALUES (?1, 0)').bind(key)));
    },
    submission: async () => {
      const rows = ['column:settings.changed_at', 'index:wishes_by_product'];
      const body = { kind: 'schema.sync', params: { rows, safetyBackup: false } };
      const plan = await json<{ id: string; confirm: string | null }>(`${D}/plans`, { method: 'POST', body });
      return { kind: 'schema.sync', planId: plan.id, ...(plan.confirm === null ? {} : { confirm: plan.confirm }) };
    },
    holds: true,
  },
};

const setMode = (mode: 'off' | 'read-only') =>
  json<MaintenanceStatus>(`${D}/maintenance`, { method: 'PUT', body: { mode, reason: 'by hand' } });
const isSettled = async (hammer: Hammer, enough: () => boolean) =>
  until(async () => enough(), Boolean).then((reached) => expect(reached, JSON.stringify(hammer)).toBe(true));
const morePromised = (hammer: Hammer) => {
  const before = hammer.acknowledged;
  return isSettled(hammer, () => hammer.acknowledged >= before + ENOUGH);
};
const moreRefused = (hammer: Hammer) => {
  const before = hammer.refused;
  return isSettled(hammer, () => hammer.refused >= before + ENOUGH);
};
const submit = async (body: object) => {
  const response = await ask(`${D}/jobs`, { method: 'POST', body });
  expect(response.status, await response.clone().text()).toBe(202);
  return (await response.json()) as Job;
};
const succeeded = async (body: object): Promise<Job> => {
  const job = await over(await submit(body));
  expect(job).toMatchObject({ status: 'succeeded' });
  return job;
};

const OVER = ['succeeded', 'failed', 'cancelled'];
const look = ({ id }: Job) => json<Job>(`${D}/jobs/${id}`);
const over = (job: Job) =>
  until(
    () => look(job),
    ({ status }) => OVER.includes(status),
  );

const isThere = async (table: string) =>
  (await database.query('SELECT 1 FROM sqlite_schema WHERE name = ?1', [table])).rows.length > 0;

async function fencedFor({ id }: Job): Promise<boolean> {
  const { items } = await json<{ items: Hold[] }>(`${D}/maintenance/holds`);
  const held = items.some(({ owner, endedBy }) => owner.kind === 'job' && owner.jobId === id && endedBy === 'job over');
  const raised = (await entriesOf(`${D}/audit`, '&action=fence.raised')).length > 0;
  expect(raised).toBe(held);
  return held;
}

async function nothingIsLeft(): Promise<void> {
  const status = await until(
    () => json<MaintenanceStatus>(`${D}/maintenance`),
    ({ fence }) => fence.state === 'down',
  );
  expect(status).toMatchObject({ mode: 'off', holds: [], fence: { state: 'down' } });
  expect(await fenceState(database)).toMatchObject({ up: false, triggers: 0 });
}

async function keptItsWord(hammer: Hammer): Promise<void> {
  expect(hammer.unexpected).toEqual([]);
  expect(hammer.breaches).toEqual([]);
  const { promised, found } = await hammer.account();
  expect(found).toEqual(promised);
}

async function hammering(scenario: Scenario, work: (hammer: Hammer) => Promise<void>): Promise<void> {
  await scenario.prepare();
  // The guard that each write reads; no trigger of the fence is left.
  await raiseFence(database);
  await lowerFence(database);
  const hammer = new Hammer(DB, scenario.table);
  try {
    await work(hammer);
  } finally {
    await hammer.stop();
  }
}

afterEach(() => reset());

test('the hammer is no fake: where the fence has a hole, it goes through and says so', async () => {
  await makeHammered();
  await raiseFence(database);
  await run('DROP TRIGGER "_lk_fence_insert_hammered"');
  const hammer = new Hammer(DB, HAMMERED);
  await moreRefused(hammer);
  await hammer.stop();
  expect(hammer.breaches.length).toBeGreaterThan(0);
  expect(new Set(hammer.breaches.map((sql) => sql.split(' ')[0]))).toEqual(new Set(['INSERT']));
});

test('every job kind has a scenario', () => {
  expect(Object.keys(SCENARIOS).sort()).toEqual([...JOB_KINDS].sort());
});

describe.each(JOB_KINDS)('M2, M3, M4: a client hammers writes before, during and after %s', (kind) => {
  test('the job alone: what it does not fence is written, what it fences is refused, and all that was acknowledged is there', async () => {
    const scenario = SCENARIOS[kind];
    await hammering(scenario, async (hammer) => {
      if (!scenario.table.comesLater) await morePromised(hammer);
      const job = await over(await submit(await scenario.submission()));
      expect(job).toMatchObject({ kind, status: 'succeeded', error: null });
      await nothingIsLeft();
      // How many writes meet a job's own fence is a matter of luck: it may be gone before the next one comes. Whether it was up is not.
      expect(await fencedFor(job)).toBe(scenario.holds);
      if (!scenario.holds) expect(hammer.refused).toBe(0);
      await morePromised(hammer);
      await hammer.stop();
      await keptItsWord(hammer);
    });
  });

  test('under the hold of a person: the job passes, nobody else does, and the fence stands until the person takes it away', async () => {
    const scenario = SCENARIOS[kind];
    await hammering(scenario, async (hammer) => {
      if (!scenario.table.comesLater) await morePromised(hammer);
      const body = await scenario.submission();
      expect(await setMode('read-only')).toMatchObject({ fence: { state: 'up' } });
      // What was under way when the fence went up has been answered by now or will be refused.
      const before = hammer.acknowledged;
      const job = await over(await submit(body));
      expect(job).toMatchObject({ kind, status: 'succeeded', error: null });
      await moreRefused(hammer);
      expect(await fenceState(database)).toMatchObject({ up: true, unfenced: [] });
      expect(hammer.acknowledged - before).toBeLessThanOrEqual(3);
      await setMode('off');
      await nothingIsLeft();
      await morePromised(hammer);
      await hammer.stop();
      await keptItsWord(hammer);
    });
  });

  test('cancelled on the way: the fence goes with it, and all that was acknowledged is there', async () => {
    const scenario = SCENARIOS[kind];
    await hammering(scenario, async (hammer) => {
      if (!scenario.table.comesLater) await morePromised(hammer);
      const job = await submit(await scenario.submission());
      // It may be over before: then the refusal of the cancel is right, too.
      await ask(`${D}/jobs/${job.id}/cancel`, { method: 'POST' });
      const { status } = await over(job);
      expect(['cancelled', 'succeeded']).toContain(status);
      await nothingIsLeft();
      if (scenario.table.comesLater && !(await isThere(scenario.table.name))) return;
      await morePromised(hammer);
      await hammer.stop();
      await keptItsWord(hammer);
    });
  });
});
