/** J2, M2, M4: what is left when the object dies in the middle of a command, and who goes on with it. */
import { abortAllDurableObjects, reset, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { afterEach, describe, expect, test } from 'vitest';
import { bindings, inside, until, withoutQueue } from '../api/testing/world.ts';
import { d1Database } from '../database/d1.ts';
import { fenceState } from '../database/fence.ts';
import type { ControlPlane } from './control-plane.ts';
import { unwrap } from './wire.ts';

const stub = () => bindings.CONTROL.getByName('DB');
const plane = () => stub() as unknown as Pick<ControlPlane, keyof ControlPlane>;
const by = { actor: 'ann', address: 'local', requestId: 'r' };
const never = () => new Promise<never>(() => {});
const statement = { bind: () => statement, all: never, raw: never, run: never };
/** A database that takes everything and never answers. */
const silent = { prepare: () => statement, batch: never };
const silence = () => runInDurableObject(stub(), (instance) => void Object.assign(instance, { env: { ...bindings, DB: silent } }));
const alarmAt = () => runInDurableObject(stub(), (_, { storage }) => storage.getAlarm());
const fence = () => plane().maintenanceStatus();

afterEach(() => reset());

describe('M2: the object dies while the fence goes up', () => {
  test('an alarm is set before the database is asked, and the next life raises it', async () => {
    await bindings.DB.prepare('CREATE TABLE t (id INTEGER PRIMARY KEY)').run();
    await silence();
    const request = { mode: 'closed', reason: 'x', message: null, expiresAt: null } as const;
    plane()
      .setMaintenance(request, by)
      .catch(() => 'cut off');
    await until(fence, ({ fence: { state } }) => state === 'raising');
    expect(await alarmAt()).not.toBeNull();
    await abortAllDurableObjects();
    expect(await runDurableObjectAlarm(stub())).toBe(true);
    expect(await fence()).toMatchObject({ mode: 'closed', fence: { state: 'up' } });
    expect((await fenceState(d1Database(bindings.DB))).up).toBe(true);
  });
});

describe('J2: an executor that was replaced', () => {
  const START = { phase: 'waiting', done: 0, total: null, unit: 'steps' };
  const working = (n: number) => ({
    n,
    name: `step ${n}`,
    cursor: 'null',
    progress: { ...START, phase: 'working', done: n + 1 },
    detail: '{}',
  });

  test('how far it says to be is seen by nobody', async () => {
    await withoutQueue(stub());
    const job = { id: 'a', kind: 'database.export', lane: 'exclusive', ...by, params: {}, progress: START } as const;
    unwrap(await plane().submit({ ...job, requestHash: 'h', idempotencyKey: null }));
    const lost = await plane().begin('a', 1);
    await inside(stub(), 'UPDATE jobs SET wake_at = 1');
    await runDurableObjectAlarm(stub());
    // Unless the object's own alarm was first.
    await inside(stub(), "UPDATE jobs SET wake_at = 1 WHERE dispatch_state = 'due'");
    await runDurableObjectAlarm(stub());
    const next = await plane().begin('a', 2);
    expect(await plane().commit('a', next?.epoch ?? 0, working(0))).toBe('go-on');
    expect(await plane().commit('a', lost?.epoch ?? 0, working(99))).toBe('stale');
    expect(unwrap(await plane().job('a')).job.progress).toMatchObject({ phase: 'working', done: 1 });
  });
});
