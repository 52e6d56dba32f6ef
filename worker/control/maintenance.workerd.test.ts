import { evictDurableObject, reset, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env, exports } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { until, withoutQueue } from '../api/testing/world.ts';
import { d1Database } from '../database/d1.ts';
import { fenceState, isFenceRefusal, raiseFence } from '../database/fence.ts';
import { claim, effectOnce } from '../database/guarded.ts';
import type { MaintenanceAnswer, MaintenanceRequest } from '../protocol/maintenance.ts';
import type { ControlPlane } from './control-plane.ts';
import { PASS_HEADER, passToHeader } from './live.ts';
import { unwrap } from './wire.ts';

const bindings = env as unknown as { DB: D1Database; CONTROL: DurableObjectNamespace<ControlPlane> };
const database = d1Database(bindings.DB);
const stub = () => bindings.CONTROL.getByName('DB');
const plane = () => stub() as unknown as Pick<ControlPlane, keyof ControlPlane>;
const by = (actor: string) => ({ actor, address: 'local', requestId: 'req-1' });
const request = (mode: MaintenanceRequest['mode'], more: Partial<MaintenanceRequest> = {}): MaintenanceRequest => ({
  mode,
  reason: 'trying it out',
  message: null,
  expiresAt: null,
  ...more,
});
const set = async (mode: MaintenanceRequest['mode'], more: Partial<MaintenanceRequest> = {}, actor = 'ann') =>
  unwrap(await plane().setMaintenance(request(mode, more), by(actor)));
const write = async () => {
  try {
    await bindings.DB.prepare('INSERT INTO t DEFAULT VALUES').run();
    return 'committed';
  } catch (error) {
    if (isFenceRefusal(error)) return 'fenced';
    throw error;
  }
};
/** As if every expiry and every look that is due lay in the past. */
const timePasses = async () => {
  await runInDurableObject(stub(), (_, { storage }) => {
    storage.sql.exec('UPDATE holds SET created_at = 1, expires_at = 2 WHERE expires_at IS NOT NULL AND ended_at IS NULL');
    storage.sql.exec('UPDATE fence SET wake_at = 1 WHERE wake_at IS NOT NULL');
  });
  await runDurableObjectAlarm(stub());
};

beforeEach(async () => {
  await bindings.DB.prepare('CREATE TABLE t (id INTEGER PRIMARY KEY)').run();
});
afterEach(() => reset());

describe('M1, M2: a hold, its mode, and the fence that follows', () => {
  test('set and taken back: writes are refused in between, and nowhere else', async () => {
    expect(await write()).toBe('committed');
    expect(await set('read-only')).toMatchObject({ mode: 'read-only', reason: 'trying it out', fence: { state: 'up' } });
    expect(await write()).toBe('fenced');
    expect(await set('off')).toMatchObject({ mode: 'off', holds: [], fence: { state: 'down' } });
    expect(await write()).toBe('committed');
    expect(await fenceState(database)).toMatchObject({ up: false, triggers: 0 });
  });

  test("another mode replaces a person's hold; the version grows with every change", async () => {
    const first = await set('read-only');
    const second = await set('closed', { message: 'Back at ten' });
    expect(second).toMatchObject({ mode: 'closed', message: 'Back at ten', holds: [{ owner: { kind: 'person', actor: 'ann' } }] });
    expect(second.version).toBeGreaterThan(first.version);
    const { items } = await plane().holds(null, 10);
    expect(items.map(({ mode, endedBy }) => [mode, endedBy])).toEqual([
      ['closed', null],
      ['read-only', 'replaced'],
    ]);
  });

  test('one that ends in the past is refused and changes nothing', async () => {
    const answer = await plane().setMaintenance(request('closed', { expiresAt: '2020-01-01T00:00:00.000Z' }), by('ann'));
    expect(answer).toMatchObject({ ok: false, code: 'bad_request' });
    expect(await plane().maintenanceStatus()).toMatchObject({ mode: 'off', version: 0, holds: [] });
  });

  test('every console hears of it', async () => {
    const pass = passToHeader({ tags: ['owner'], until: null });
    const response = await stub().fetch('http://plane/live', { headers: { Upgrade: 'websocket', [PASS_HEADER]: pass } });
    const socket = response.webSocket as WebSocket;
    const heard: string[] = [];
    socket.addEventListener('message', ({ data }) => {
      const message = JSON.parse(String(data));
      heard.push(message.type === 'event' ? message.event.data.maintenance.fence.state : message.maintenance.mode);
    });
    socket.accept();
    await set('closed');
    await until(
      async () => heard,
      ({ length }) => length >= 4,
    );
    expect(heard).toEqual(['off', 'down', 'raising', 'up']);
  });
});

describe('M4: holds end', () => {
  test("a person's at its expiry, and the fence goes with it", async () => {
    await set('closed', { expiresAt: new Date(Date.now() + 60_000).toISOString() });
    expect(await runInDurableObject(stub(), (_, { storage }) => storage.getAlarm())).not.toBeNull();
    await timePasses();
    expect(await plane().maintenanceStatus()).toMatchObject({ mode: 'off', fence: { state: 'down' } });
    expect((await plane().holds(null, 1)).items).toMatchObject([{ endedBy: 'expired' }]);
    expect(await write()).toBe('committed');
  });

  test('an eviction changes nothing', async () => {
    await set('closed');
    await evictDurableObject(stub());
    expect(await plane().maintenanceStatus()).toMatchObject({ mode: 'closed', fence: { state: 'up' } });
    expect(await write()).toBe('fenced');
  });
});

describe("M4: a job's hold ends with the job, however it ends", () => {
  const START = { phase: 'waiting', done: 0, total: null, unit: 'steps' };
  const running = async () => {
    await withoutQueue(stub());
    const job = { id: 'job_1', kind: 'database.export', lane: 'exclusive', ...by('ann'), params: {}, progress: START } as const;
    unwrap(await plane().submit({ ...job, requestHash: 'h', idempotencyKey: null }));
    await plane().begin('job_1', 1);
    const row = await runInDurableObject(stub(), (_, { storage }) => {
      storage.sql.exec(`UPDATE jobs SET dispatch_state = 'begun', epoch = 77, wake_at = ?`, Date.now() + 60_000);
      return storage.sql.exec<{ epoch: number }>('SELECT epoch FROM jobs').one();
    });
    return row.epoch;
  };
  /** The fence goes down behind the answer. */
  const openAgain = () => until(write, (outcome) => outcome !== 'fenced');
  const error = { code: 'internal', message: 'broke', hint: 'look', retryable: false };

  test.each<[string, (epoch: number) => Promise<unknown>]>([
    ['succeeds', (epoch) => plane().succeed('job_1', epoch, '{}', START, null)],
    ['fails', (epoch) => plane().stumble('job_1', epoch, error)],
    [
      'is cancelled',
      async (epoch) => {
        await plane().cancel('job_1', by('ann'));
        await plane().stopped('job_1', epoch);
      },
    ],
  ])('%s', async (_, end) => {
    const epoch = await running();
    expect(await plane().hold('job_1', epoch, 'read-only', 'copying')).toBe('held');
    expect(await plane().hold('job_1', epoch, 'read-only', 'copying')).toBe('held');
    expect(await plane().maintenanceStatus()).toMatchObject({
      mode: 'read-only',
      holds: [{ owner: { kind: 'job', jobId: 'job_1' } }],
    });
    expect(await write()).toBe('fenced');
    await set('off');
    expect(await write()).toBe('fenced');
    await end(epoch);
    expect(await plane().maintenanceStatus()).toMatchObject({ mode: 'off', holds: [] });
    expect(await openAgain()).toBe('committed');
  });

  test('J5: copies of tables that it left behind go with its fence', async () => {
    const epoch = await running();
    expect(await plane().hold('job_1', epoch, 'read-only', 'copying')).toBe('held');
    await bindings.DB.prepare('CREATE TABLE _lk_next_1 (id INTEGER PRIMARY KEY REFERENCES t(id))').run();
    await plane().stumble('job_1', epoch, error);
    // Whoever sets a mode waits until the fence is where it belongs.
    await set('read-only');
    await set('off');
    const { results } = await bindings.DB.prepare("SELECT name FROM sqlite_schema WHERE name = '_lk_next_1'").all();
    expect(results).toEqual([]);
  });

  test('J2, J3: an executor that was given up for lost changes nothing any more once its fence is down', async () => {
    const epoch = await running();
    await runInDurableObject(
      stub(),
      (_, { storage }) => void storage.sql.exec("UPDATE counters SET value = 77 WHERE name = 'epoch'"),
    );
    expect(await plane().hold('job_1', epoch, 'read-only', 'copying')).toBe('held');
    const executor = { owner: 'job_1', epoch, at: '2026-11-23T10:00:00.000Z' };
    expect(await claim(database, executor)).toBe(epoch);
    const work = [{ sql: 'DELETE FROM t' }];
    expect(await effectOnce(database, executor, 'one', work)).toBe('applied');
    // Not by its own word: it lives, and knows nothing of this.
    await runInDurableObject(
      stub(),
      (_, { storage }) => void storage.sql.exec("UPDATE jobs SET dispatch_state = 'sent', epoch = NULL"),
    );
    const ticket = await runInDurableObject(stub(), (_, { storage }) =>
      Number(storage.sql.exec('SELECT ticket FROM jobs').one().ticket),
    );
    expect(await plane().deadLetter('job_1', ticket, 'nobody came')).toBe(true);
    expect(await openAgain()).toBe('committed');
    expect(await effectOnce(database, executor, 'two', work)).toBe('stale');
    expect((await bindings.DB.prepare('SELECT count(*) AS n FROM t').first())?.n).not.toBe(0);
  });

  test('an executor that was replaced cannot take one', async () => {
    const epoch = await running();
    expect(await plane().hold('job_1', epoch - 1, 'closed', 'late')).toBe('stale');
    expect(await plane().maintenanceStatus()).toMatchObject({ mode: 'off' });
  });
});

describe('the watchdog repairs what a crash or somebody else left', () => {
  test.each(['raising', 'lowering', 'failed'])(
    'a control plane that died while the fence was %s goes on where the mode wants it',
    async (state) => {
      await set('read-only');
      await runInDurableObject(stub(), (_, { storage }) => void storage.sql.exec('UPDATE fence SET state = ?, wake_at = 1', state));
      await bindings.DB.prepare('DROP TRIGGER "_lk_fence_insert_t"').run();
      expect(await write()).toBe('committed');
      await timePasses();
      expect(await write()).toBe('fenced');
      await set('off');
      expect(await write()).toBe('committed');
    },
  );

  test('M3: a table that another client made while a hold is active is fenced at the next look', async () => {
    await set('read-only');
    await bindings.DB.prepare('CREATE TABLE later (id INTEGER PRIMARY KEY)').run();
    await timePasses();
    await expect(bindings.DB.prepare('INSERT INTO later VALUES (1)').run()).rejects.toThrow(/in maintenance/);
  });

  test('a fence that nobody asks for, because our storage is younger than it, is taken away', async () => {
    await raiseFence(database);
    expect(await write()).toBe('fenced');
    await plane().wake();
    expect(await write()).toBe('committed');
  });

  test('a database that refuses: the mode stands, the fence says why, and is tried again', async () => {
    await bindings.DB.prepare('CREATE TABLE "_lk_guard" (wrong INTEGER)').run();
    const status = await set('closed');
    expect(status).toMatchObject({ mode: 'closed', fence: { state: 'failed', detail: expect.stringContaining('_lk_guard') } });
    await bindings.DB.prepare('DROP TABLE "_lk_guard"').run();
    await timePasses();
    expect(await plane().maintenanceStatus()).toMatchObject({ fence: { state: 'up', detail: null } });
    expect(await write()).toBe('fenced');
  });
});

describe('other Workers ask over RPC', () => {
  const ask = (db: string) =>
    (exports as unknown as { Maintenance: { status(db: string): Promise<MaintenanceAnswer> } }).Maintenance.status(db);

  test('they get the mode and nothing that is not theirs', async () => {
    await set('closed', { message: 'Back at ten' });
    const answer = await ask('DB');
    expect(answer).toMatchObject({ mode: 'closed', message: 'Back at ten', version: 1 });
    expect(Object.keys(answer).sort()).toEqual(['expiresAt', 'message', 'mode', 'reason', 'since', 'version']);
    expect(await ask('STAGING')).toMatchObject({ mode: 'off', version: 0 });
  });
});
