/**
 * A rebuild that one batch cannot hold, as it is for real: the API, the plan and its rehearsal, the queue, the control plane, and a client
 * that hammers writes meanwhile.
 */
import { reset, runInDurableObject } from 'cloudflare:test';
import { afterEach, expect, test } from 'vitest';
import { ask, bindings, json, until } from '../api/testing/world.ts';
import { catalogOf } from '../catalog.ts';
import { d1Database } from '../database/d1.ts';
import { fenceState, isFenceRefusal, lowerFence, raiseFence } from '../database/fence.ts';
import type { Job } from '../protocol/job.ts';
import type { MaintenanceStatus } from '../protocol/maintenance.ts';
import type { Plan } from '../protocol/plan.ts';
import { statementsOf } from '../schema/replay.ts';
import type { ControlPlane } from './control-plane.ts';
import { HAMMER_KEYS, Hammer } from './testing/hammer.ts';
import { unwrap } from './wire.ts';

const D = '/databases/DB';
const { DB } = bindings;
const database = d1Database(DB);
const ROWS = 700_000;
const EVENTS = `INSERT INTO events (kind, occurred_at, payload) WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < ${ROWS})
  SELECT 'seen', i, CASE i % 4 WHEN 0 THEN i WHEN 1 THEN i / 2.0 WHEN 2 THEN 'text ' || i ELSE x'00ff' END FROM s`;

async function prepare(): Promise<void> {
  const { migrations } = catalogOf('DB');
  await database.batch(migrations.flatMap(({ sql }) => statementsOf(sql)));
  await database.batch([{ sql: 'ALTER TABLE events ADD COLUMN gift INTEGER REFERENCES products(id)' }, { sql: EVENTS }]);
  await DB.batch(HAMMER_KEYS.map((key) => DB.prepare('INSERT INTO settings (key, value) VALUES (?1, 0)').bind(key)));
  await raiseFence(database);
  await lowerFence(database);
}

/** Count, and a sum that every value and rowid goes into. */
const print = async () =>
  (
    await database.query(
      'SELECT count(*), sum(rowid * occurred_at % 1000003), sum(length(typeof(payload)) * rowid % 1009), total(payload), group_concat(DISTINCT kind) FROM events',
    )
  ).rows[0];
const copies = async () =>
  (await database.query("SELECT name FROM sqlite_schema WHERE name LIKE '\\_lk\\_next%' ESCAPE '\\' OR name = '_lk_slices'")).rows;
const columns = async () => (await database.query('SELECT group_concat(name) FROM pragma_table_info(?1)', ['events'])).rows[0]?.[0];

const look = ({ id }: Job) => json<Job>(`${D}/jobs/${id}`);
const over = (job: Job) =>
  until(
    () => look(job),
    ({ status }) => ['succeeded', 'failed', 'cancelled'].includes(status),
  );
const fenceDown = () =>
  until(
    () => json<MaintenanceStatus>(`${D}/maintenance`),
    ({ fence }) => fence.state === 'down',
  );

interface Seen {
  progress?: unknown;
  copies?: number;
  /** Whether a write of somebody else was. */
  refused?: boolean;
}
const isRefused = () =>
  DB.prepare("UPDATE events SET kind = 'changed' WHERE rowid = 1")
    .run()
    .then(() => false, isFenceRefusal);

/** Somebody asks to cancel in the very moment in which this step is committed. */
async function cancelAt(step: string): Promise<Seen> {
  const seen: Seen = {};
  await runInDurableObject(bindings.CONTROL.getByName('DB'), (plane) => {
    const kind = Object.getPrototypeOf(plane) as ControlPlane;
    const commit = kind.commit;
    kind.commit = async function (this: ControlPlane, jobId, epoch, report) {
      if (report.name === step && seen.progress === undefined) {
        Object.assign(seen, { progress: report.progress, copies: (await copies()).length, refused: await isRefused() });
        unwrap(await this.cancel(jobId, { actor: 'ann', address: 'local', requestId: 'req-1' }));
      }
      return commit.call(this, jobId, epoch, report);
    };
  });
  return seen;
}

afterEach(() => reset());

test('S1, S2, S3, M2, J5: cancelled while it copies everything is as it was; tried again it ends, and no write was lost or let through', async () => {
  await prepare();
  const before = await print();
  const params = { rows: ['column:events.gift'], safetyBackup: false };
  const plan = await json<Plan>(`${D}/plans`, { method: 'POST', body: { kind: 'schema.sync', params } });
  expect(plan.hazards.filter(({ level }) => level === 'stop')).toEqual([]);
  expect(plan.hazards.map(({ code }) => code)).toContain('rebuilt_in_slices');
  expect(plan.rehearsal).toMatchObject({ state: 'passed' });
  const text = await (await ask(`${D}/plans/${plan.id}/sql`)).text();
  expect(text.match(/-- run in slices: .*\nINSERT OR ABORT INTO _lk_next_1 /g)).toHaveLength(1);

  const also = ['UPDATE events SET payload = payload WHERE rowid % 100000 = 7'];
  const hammer = new Hammer(DB, { name: 'settings', writes: 'counts', also });
  try {
    const seen = await cancelAt('copy events, slice 4');
    const body = { kind: 'schema.sync', planId: plan.id, confirm: plan.confirm };
    const job = await json<Job>(`${D}/jobs`, { method: 'POST', body });
    expect(await over(job)).toMatchObject({ status: 'cancelled' });
    expect(seen.progress).toMatchObject({ phase: 'copy', unit: 'rows', total: ROWS });
    expect([seen.copies, seen.refused]).toEqual([2, true]);
    await fenceDown();
    expect([await copies(), await columns(), await print()]).toEqual([[], 'kind,customer_id,occurred_at,payload,gift', before]);

    await ask(`${D}/jobs/${job.id}/retry`, { method: 'POST' });
    expect(await over(job)).toMatchObject({ status: 'succeeded', attempt: 2 });
    await fenceDown();
    expect([await copies(), await columns(), await print()]).toEqual([[], 'kind,customer_id,occurred_at,payload', before]);
    expect(await fenceState(database)).toMatchObject({ up: false, triggers: 0 });
  } finally {
    await hammer.stop();
  }
  expect([hammer.breaches, hammer.unexpected]).toEqual([[], []]);
  const { promised, found } = await hammer.account();
  expect(found).toEqual(promised);
}, 120_000);
