import { evictDurableObject, reset, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ask, bindings, entriesOf, inside, json } from '../api/testing/world.ts';
import type { Hold, MaintenanceStatus, MaintenanceWindow } from '../protocol/maintenance.ts';
import type { Problem } from '../protocol/problem.ts';

const WINDOWS = '/databases/DB/maintenance/windows';
const stub = () => bindings.CONTROL.getByName('DB');
const MINUTE_MS = 60_000;
/** The last whole minute so many minutes from now. */
const minuteAt = (minutes: number) => Math.floor(Date.now() / MINUTE_MS + minutes) * MINUTE_MS;
const clock = (at: number) => new Date(at).toISOString().slice(11, 16);
const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6];
const request = (begins: number, minutes: number, more: object = {}) => ({
  days: EVERY_DAY,
  from: clock(begins),
  minutes,
  timeZone: 'UTC',
  mode: 'read-only',
  reason: 'the weekly sweep',
  message: 'Sweeping',
  ...more,
});
const create = (body: object) => json<MaintenanceWindow>(WINDOWS, { method: 'POST', body });
const change = (id: string, body: object) => json<MaintenanceWindow>(`${WINDOWS}/${id}`, { method: 'PATCH', body });
const list = async () => (await json<{ items: MaintenanceWindow[] }>(WINDOWS)).items;
const status = () => json<MaintenanceStatus>('/databases/DB/maintenance');
const history = async () => (await json<{ items: Hold[] }>('/databases/DB/maintenance/holds')).items;
const codeOf = async (response: Response) => ((await response.json()) as Problem).code;
const write = async () => {
  try {
    await bindings.DB.prepare('INSERT INTO t DEFAULT VALUES').run();
    return 'committed';
  } catch (error) {
    return String(error).includes('in maintenance') ? 'fenced' : String(error);
  }
};
const alarm = () => runDurableObjectAlarm(stub());
/** A window whose time began `ago` minutes ago, as if it had been made long before. */
const begun = async (ago: number, minutes: number, more: object = {}) => {
  const from = minuteAt(-ago);
  const { id } = await create(request(from, minutes, more));
  await inside(stub(), 'UPDATE windows SET next_at = CAST(? AS INTEGER) WHERE id = ?', String(from), id);
  await alarm();
  return { id, from, to: from + minutes * MINUTE_MS };
};
/** As if the holds that are active had reached their ends. */
const holdsRunOut = async () => {
  await inside(stub(), 'UPDATE holds SET created_at = 1, expires_at = 2 WHERE ended_at IS NULL');
  await alarm();
};

beforeEach(async () => {
  await bindings.DB.prepare('CREATE TABLE t (id INTEGER PRIMARY KEY)').run();
});
afterEach(() => reset());

describe('M2, M4: a window begins its hold by itself', () => {
  test('the alarm is set for its time, and not a moment of maintenance before', async () => {
    const from = minuteAt(30);
    const window = await create(request(from, 45));
    expect(window).toMatchObject({ id: 'window_1', enabled: true, createdBy: 'owner' });
    expect(window.next).toEqual({ from: new Date(from).toISOString(), to: new Date(from + 45 * MINUTE_MS).toISOString() });
    expect(await runInDurableObject(stub(), (_, { storage }) => storage.getAlarm())).toBe(from);
    await alarm();
    expect(await status()).toMatchObject({ mode: 'off', holds: [] });
    expect(await list()).toEqual([window]);
  });

  test('late, it still holds until the end of its time; the fence is up; then it is over', async () => {
    const { id, from, to } = await begun(10, 60);
    const now = await status();
    expect(now).toMatchObject({ mode: 'read-only', reason: 'the weekly sweep', message: 'Sweeping', fence: { state: 'up' } });
    expect(now.holds).toMatchObject([{ owner: { kind: 'window', windowId: id }, expiresAt: new Date(to).toISOString() }]);
    expect(await write()).toBe('fenced');
    expect((await list())[0]?.next).toEqual({ from: new Date(from).toISOString(), to: new Date(to).toISOString() });
    await holdsRunOut();
    expect(await status()).toMatchObject({ mode: 'off', fence: { state: 'down' } });
    expect(await write()).toBe('committed');
    expect((await list())[0]?.next?.from).toBe(new Date(from + 24 * 60 * MINUTE_MS).toISOString());
  });

  test('who slept through all of it begins nothing', async () => {
    await begun(120, 60);
    expect(await status()).toMatchObject({ mode: 'off', holds: [] });
    expect(await history()).toEqual([]);
    expect(Date.parse((await list())[0]?.next?.from ?? '')).toBeGreaterThan(Date.now());
  });

  test('one that slept for weeks wakes into the occurrence that lasts now, and into no other', async () => {
    const from = minuteAt(-10);
    await create(request(from, 60));
    const weeksAgo = from - 21 * 24 * 60 * MINUTE_MS;
    await inside(stub(), 'UPDATE windows SET next_at = CAST(? AS INTEGER)', String(weeksAgo));
    await evictDurableObject(stub());
    await alarm();
    expect(await history()).toMatchObject([{ expiresAt: new Date(from + 60 * MINUTE_MS).toISOString(), endedAt: null }]);
  });

  test('never twice for one occurrence: alarms, visits and evictions in between', async () => {
    await begun(10, 60);
    for (let round = 0; round < 3; round += 1) {
      await evictDurableObject(stub());
      await alarm();
      await (stub() as unknown as { wake(): Promise<void> }).wake();
    }
    expect(await history()).toHaveLength(1);
    expect(await status()).toMatchObject({ mode: 'read-only' });
  });

  test('ended early it does not come again in the same occurrence', async () => {
    await begun(10, 60);
    const [hold] = await history();
    await json(`/databases/DB/maintenance/holds/${hold?.id}`, { method: 'DELETE' });
    expect(await status()).toMatchObject({ mode: 'off', fence: { state: 'down' } });
    await evictDurableObject(stub());
    await alarm();
    expect(await history()).toMatchObject([{ endedBy: 'owner' }]);
    expect(Date.parse((await list())[0]?.next?.from ?? '')).toBeGreaterThan(Date.now());
  });

  test('lengthened it holds past the end of its time', async () => {
    await begun(10, 60);
    const [hold] = await history();
    const expiresAt = new Date(Date.now() + 300 * MINUTE_MS).toISOString();
    const changed = await json<MaintenanceStatus>(`/databases/DB/maintenance/holds/${hold?.id}`, {
      method: 'PATCH',
      body: { expiresAt },
    });
    expect(changed).toMatchObject({ mode: 'read-only', expiresAt, since: hold?.createdAt });
  });

  test("a person's switch to off ends their own holds, not the window's", async () => {
    await begun(10, 60);
    await json('/databases/DB/maintenance', { method: 'PUT', body: { mode: 'closed', reason: 'by hand' } });
    expect(await status()).toMatchObject({ mode: 'closed' });
    await json('/databases/DB/maintenance', { method: 'PUT', body: { mode: 'off', reason: 'done' } });
    expect(await status()).toMatchObject({ mode: 'read-only', holds: [{ owner: { kind: 'window' } }] });
  });

  test('where one ends as the next begins, the fence stays up', async () => {
    await begun(10, 60);
    const from = minuteAt(-1);
    const { id } = await create(request(from, 30, { mode: 'closed', reason: 'the next' }));
    await inside(stub(), 'UPDATE windows SET next_at = CAST(? AS INTEGER) WHERE id = ?', String(from), id);
    await holdsRunOut();
    expect(await status()).toMatchObject({ mode: 'closed', reason: 'the next', fence: { state: 'up' } });
    const fences = (await entriesOf('/databases/DB/audit')).filter(({ action }) => action.startsWith('fence.'));
    expect(fences.map(({ action }) => action)).toEqual(['fence.raised']);
  });
});

describe('M4: a window that is switched off or deleted takes its hold along', () => {
  test('disabled: its hold ends, it has no next time; enabled again it waits for the next one', async () => {
    const { id, from } = await begun(10, 60);
    expect(await change(id, { enabled: false })).toMatchObject({ enabled: false, next: null });
    expect(await status()).toMatchObject({ mode: 'off', holds: [], fence: { state: 'down' } });
    expect(await write()).toBe('committed');
    const again = await change(id, { enabled: true });
    expect(again.next?.from).toBe(new Date(from + 24 * 60 * MINUTE_MS).toISOString());
    await alarm();
    expect(await history()).toHaveLength(1);
  });

  test('deleted: its hold ends, and it is gone', async () => {
    const { id } = await begun(10, 60);
    const other = await begun(5, 60, { reason: 'another' });
    expect((await ask(`${WINDOWS}/${id}`, { method: 'DELETE' })).status).toBe(204);
    expect(await status()).toMatchObject({ mode: 'read-only', holds: [{ owner: { kind: 'window', windowId: other.id } }] });
    expect((await list()).map((window) => window.id)).toEqual([other.id]);
    expect(await codeOf(await ask(`${WINDOWS}/${id}`, { method: 'DELETE' }))).toBe('window_not_found');
    expect((await ask(`${WINDOWS}/${other.id}`, { method: 'DELETE' })).status).toBe(204);
    expect(await status()).toMatchObject({ mode: 'off', fence: { state: 'down' } });
  });

  test('another time: the hold that runs goes on as begun', async () => {
    const { id } = await begun(10, 60);
    const later = minuteAt(180);
    const changed = await change(id, { from: clock(later), mode: 'closed' });
    expect(changed).toMatchObject({
      from: clock(later),
      mode: 'closed',
      minutes: 60,
      next: { from: new Date(later).toISOString() },
    });
    expect(await status()).toMatchObject({ mode: 'read-only', holds: [{ owner: { kind: 'window' } }] });
  });

  test('a change does not swallow an occurrence whose time has come unnoticed', async () => {
    const from = minuteAt(-1);
    const { id } = await create(request(from, 60));
    await inside(stub(), 'UPDATE windows SET next_at = CAST(? AS INTEGER)', String(from));
    await change(id, { reason: 'reworded' });
    expect(await status()).toMatchObject({ mode: 'read-only', reason: 'the weekly sweep' });
    expect(await history()).toHaveLength(1);
  });

  test('made in the middle of its time it waits for the next one', async () => {
    const from = minuteAt(-10);
    const window = await create(request(from, 60));
    expect(window.next?.from).toBe(new Date(from + 24 * 60 * MINUTE_MS).toISOString());
    await alarm();
    expect(await status()).toMatchObject({ mode: 'off' });
  });
});

describe('A1: windows are in the trail, and who began their holds', () => {
  test('made, changed, begun, deleted', async () => {
    const { id } = await begun(10, 60);
    await change(id, { minutes: 30 });
    await ask(`${WINDOWS}/${id}`, { method: 'DELETE' });
    const entries = (await entriesOf('/databases/DB/audit')).filter(({ action }) => !action.startsWith('fence.'));
    expect(entries.map(({ action, actor, target }) => [action, actor, target])).toEqual([
      ['window.created', 'owner', id],
      ['hold.taken', 'system', 'hold_1'],
      ['window.changed', 'owner', id],
      ['hold.ended', 'owner', 'hold_1'],
      ['window.deleted', 'owner', id],
    ]);
    expect(entries[2]?.detail).toMatchObject({ before: { minutes: 60 }, after: { minutes: 30 } });
  });
});

describe('bad input is refused, and nothing is changed', () => {
  test.each<[string, object, number, string]>([
    ['a time zone that there is not', { timeZone: 'Mars/Olympus' }, 422, 'unknown_time_zone'],
    ['an offset for a time zone', { timeZone: '+01:00' }, 422, 'unknown_time_zone'],
    ['no day', { days: [] }, 400, 'bad_request'],
    ['an eighth day', { days: [7] }, 400, 'bad_request'],
    ['a 25th hour', { from: '24:00' }, 400, 'bad_request'],
    ['a time without a zero', { from: '2:00' }, 400, 'bad_request'],
    ['no minute', { minutes: 0 }, 400, 'bad_request'],
    ['more than a day', { minutes: 1441 }, 400, 'bad_request'],
    ['an unknown mode', { mode: 'off' }, 400, 'bad_request'],
    ['an unknown field', { cron: '* * * * *' }, 400, 'bad_request'],
    ['no reason', { reason: ' ' }, 400, 'bad_request'],
  ])('%s', async (_, more, expected, code) => {
    const window = await create(request(minuteAt(60), 60));
    for (const [method, path, body] of [
      ['POST', WINDOWS, request(minuteAt(60), 60, more)],
      ['PATCH', `${WINDOWS}/${window.id}`, more],
    ] as const) {
      const response = await ask(path, { method, body });
      expect([response.status, await codeOf(response)]).toEqual([expected, code]);
    }
    expect(await list()).toEqual([window]);
  });

  test('unknown windows, other databases, cursors of another list', async () => {
    expect(await codeOf(await ask(`${WINDOWS}/window_9`, { method: 'PATCH', body: { enabled: false } }))).toBe('window_not_found');
    expect(await codeOf(await ask('/databases/NONE/maintenance/windows'))).toBe('database_not_found');
    const cursor = btoa('holds:DB 1');
    expect(await codeOf(await ask(`${WINDOWS}?cursor=${cursor}`))).toBe('bad_cursor');
  });

  test('pages follow each other without gaps; days come in order and once', async () => {
    for (let n = 0; n < 5; n += 1) await create(request(minuteAt(60), 10 + n, { days: [3, 1, 3] }));
    const first = await json<{ items: MaintenanceWindow[]; nextCursor: string }>(`${WINDOWS}?limit=3`);
    const rest = await json<{ items: MaintenanceWindow[]; nextCursor: string | null }>(
      `${WINDOWS}?limit=3&cursor=${first.nextCursor}`,
    );
    expect([...first.items, ...rest.items].map(({ minutes, days }) => [minutes, days])).toEqual(
      [10, 11, 12, 13, 14].map((m) => [m, [1, 3]]),
    );
    expect(rest.nextCursor).toBeNull();
  });
});
