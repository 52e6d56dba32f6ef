import { reset, runDurableObjectAlarm } from 'cloudflare:test';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ask, bindings, entriesOf, inside, json, until, verdictOf } from '../api/testing/world.ts';
import type { Hold, MaintenanceStatus } from '../protocol/maintenance.ts';
import type { Problem } from '../protocol/problem.ts';

const D = '/databases/DB';
const stub = () => bindings.CONTROL.getByName('DB');
const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
const begin = async (body: object = {}): Promise<Hold> => {
  const request = { mode: 'read-only', reason: 'moving house', message: 'Back soon', expiresAt: inMinutes(5), ...body };
  const { holds } = await json<MaintenanceStatus>(`${D}/maintenance`, { method: 'PUT', body: request });
  return holds.at(-1) as Hold;
};
const holdPath = (id: string) => `${D}/maintenance/holds/${id}`;
const change = (id: string, body: object) => json<MaintenanceStatus>(holdPath(id), { method: 'PATCH', body });
const codeOf = async (response: Response) => ((await response.json()) as Problem).code;
const write = async () => {
  try {
    await bindings.DB.prepare('INSERT INTO t DEFAULT VALUES').run();
    return 'committed';
  } catch (error) {
    return String(error).includes('in maintenance') ? 'fenced' : String(error);
  }
};
/** A job's hold, as the job would have taken it. */
const holdOfJob = async () => {
  await begin({ expiresAt: null });
  await inside(stub(), `UPDATE holds SET owner_kind = 'job', owner_id = 'job_1'`);
  return 'hold_1';
};
/** All that a refusal must leave alone. */
const everything = async () =>
  JSON.stringify([
    await inside(stub(), 'SELECT * FROM holds'),
    await inside(stub(), `SELECT * FROM counters WHERE name <> 'audit'`),
    await inside(stub(), `SELECT count(*) FROM audit WHERE action <> 'access.denied'`),
  ]);

beforeEach(async () => {
  await bindings.DB.prepare('CREATE TABLE t (id INTEGER PRIMARY KEY)').run();
});
afterEach(() => reset());

describe('M1, M4: a hold is lengthened, shortened, reworded', () => {
  test('since when it holds stays, what is left out stays, and every change has a version', async () => {
    const hold = await begin();
    const before = await json<MaintenanceStatus>(`${D}/maintenance`);
    const expiresAt = inMinutes(90);
    const longer = await change(hold.id, { expiresAt });
    expect(longer).toMatchObject({
      mode: 'read-only',
      since: hold.createdAt,
      expiresAt,
      reason: 'moving house',
      message: 'Back soon',
    });
    expect(longer.holds).toEqual([{ ...hold, expiresAt }]);
    expect(longer.version).toBe(before.version + 1);
    const reworded = await change(hold.id, { reason: 'still moving', message: null, expiresAt: null });
    expect(reworded).toMatchObject({ reason: 'still moving', message: null, expiresAt: null, since: hold.createdAt });
    expect(await write()).toBe('fenced');
  });

  test('shortened it ends at its new end, and the fence goes with it', async () => {
    const { id } = await begin({ expiresAt: null });
    await change(id, { expiresAt: inMinutes(1) });
    await inside(stub(), 'UPDATE holds SET created_at = 1, expires_at = 2');
    await runDurableObjectAlarm(stub());
    expect(await json<MaintenanceStatus>(`${D}/maintenance`)).toMatchObject({ mode: 'off', fence: { state: 'down' } });
    expect(await write()).toBe('committed');
  });

  test('ended early the mode is off and writes go on, when it is answered', async () => {
    const { id } = await begin();
    const status = await json<MaintenanceStatus>(holdPath(id), { method: 'DELETE' });
    expect(status).toMatchObject({ mode: 'off', holds: [], fence: { state: 'down' } });
    expect(await write()).toBe('committed');
    const { items } = await json<{ items: Hold[] }>(`${D}/maintenance/holds`);
    expect(items).toMatchObject([{ id, endedBy: 'owner', endedAt: expect.any(String) }]);
  });

  test('what changes nothing leaves no trace', async () => {
    const { id, expiresAt } = await begin();
    const before = await everything();
    await change(id, {});
    await change(id, { reason: 'moving house', expiresAt });
    expect(await everything()).toBe(before);
  });

  test('A1: who changed what, and from what, is in the trail', async () => {
    const { id, expiresAt } = await begin();
    const later = inMinutes(90);
    await change(id, { expiresAt: later, reason: 'more boxes' });
    await json(holdPath(id), { method: 'DELETE' });
    const entries = (await entriesOf(`${D}/audit`)).filter(({ target }) => target === id);
    expect(entries.map(({ action, actor }) => [action, actor])).toEqual([
      ['maintenance.set', 'owner'],
      ['hold.changed', 'owner'],
      ['hold.ended', 'owner'],
    ]);
    expect(entries[1]?.detail).toEqual({
      before: { reason: 'moving house', message: 'Back soon', expiresAt },
      after: { reason: 'more boxes', message: 'Back soon', expiresAt: later },
    });
    expect(await verdictOf(`${D}/audit`)).toMatchObject({ intact: true });
  });
});

describe('bad input is refused, and nothing is changed', () => {
  test.each<[string, object, number, string]>([
    ['an end in the past', { expiresAt: '2020-01-01T00:00:00.000Z' }, 400, 'bad_request'],
    ['no time at all', { expiresAt: 'tomorrow' }, 400, 'bad_request'],
    ['an empty reason', { reason: '  ' }, 400, 'bad_request'],
    ['a long message', { message: 'x'.repeat(501) }, 400, 'bad_request'],
    ['another mode', { mode: 'closed' }, 400, 'bad_request'],
    ['not an object', [], 400, 'bad_request'],
  ])('%s', async (_, body, status, code) => {
    const { id } = await begin();
    const before = await everything();
    const response = await ask(holdPath(id), { method: 'PATCH', body });
    expect([response.status, await codeOf(response)]).toEqual([status, code]);
    expect(await everything()).toBe(before);
  });

  test.each(['PATCH', 'DELETE'])('%s of a hold that is unknown, over, or belongs to a job', async (method) => {
    const body = method === 'PATCH' ? { body: { reason: 'mine now' } } : {};
    const refused = async (id: string, code: string) => {
      const before = await everything();
      const response = await ask(holdPath(id), { method, ...body });
      expect(await codeOf(response)).toBe(code);
      expect(await everything()).toBe(before);
    };
    await refused('hold_99', 'hold_not_found');
    await refused(`'; DROP TABLE holds; --`, 'hold_not_found');
    await refused(await holdOfJob(), 'hold_of_job');
    expect(await write()).toBe('fenced');
    const { id } = await begin();
    await json(holdPath(id), { method: 'DELETE' });
    await refused(id, 'hold_over');
    expect(await codeOf(await ask('/databases/NONE/maintenance/holds/hold_1', { method, ...body }))).toBe('database_not_found');
  });

  test('one that has run out, though nobody has noticed yet, is over', async () => {
    const { id } = await begin();
    await inside(stub(), 'UPDATE holds SET created_at = 1, expires_at = 2');
    expect(await codeOf(await ask(holdPath(id), { method: 'PATCH', body: { expiresAt: inMinutes(5) } }))).toBe('hold_over');
  });
});

test('every console hears of it', async () => {
  const response = await ask(`${D}/live`, { headers: { Upgrade: 'websocket' } });
  const socket = response.webSocket as WebSocket;
  const heard: { reason: string; data: { maintenance: MaintenanceStatus } }[] = [];
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data));
    if (message.type === 'event') heard.push(message.event);
  });
  socket.accept();
  const { id } = await begin();
  await change(id, { reason: 'heard?' });
  const event = await until(
    async () => heard.find(({ reason }) => reason === 'owner changed a hold.'),
    (found) => found !== undefined,
  );
  expect(event?.data.maintenance).toMatchObject({ reason: 'heard?', mode: 'read-only' });
});

test('M2: the hourly visit at the very moment of a switch takes no fence away that is wanted', async () => {
  const plane = stub() as unknown as { wake(): Promise<void> };
  for (let round = 0; round < 10; round += 1) {
    const [{ id }] = await Promise.all([begin(), plane.wake(), plane.wake()]);
    expect(await write()).toBe('fenced');
    await Promise.all([json(holdPath(id), { method: 'DELETE' }), plane.wake()]);
    expect(await write()).toBe('committed');
  }
});
