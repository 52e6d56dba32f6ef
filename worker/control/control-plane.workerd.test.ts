import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, test } from 'vitest';
import { until as eventually } from '../api/testing/world.ts';
import { BEGUN_LEASE_MS, MAX_STRIKES } from '../core/job/dispatch.ts';
import type { Job, JobError, JobKind, JobLane } from '../protocol/job.ts';
import { CLOSE, type Event, type LiveMessage } from '../protocol/live.ts';
import type { ControlPlane } from './control-plane.ts';
import type { Submission } from './kernel.ts';
import { MAX_UNPROVEN_BYTES, PASS_HEADER, passToHeader } from './live.ts';
import { type Brief, type SliceMessage, unwrap } from './wire.ts';

/** The queue is nobody here: each test is the executor itself, and decides what arrives when. */
const namespace = (env as unknown as { CONTROL: DurableObjectNamespace<ControlPlane> }).CONTROL;
type Plane = Pick<ControlPlane, keyof ControlPlane>;
let count = 0;
const fresh = () => {
  const stub = namespace.getByName(`test-${++count}`);
  return { stub, plane: stub as unknown as Plane };
};

const by = (actor: string) => ({ actor, address: 'local', requestId: 'req-1' });
const PASS = { [PASS_HEADER]: passToHeader({ tags: ['owner'], until: null }) };
const START = { phase: 'waiting', done: 0, total: null, unit: 'steps' };
const submission = (id: string, more: Partial<Submission> = {}): Submission => ({
  id,
  kind: 'database.export' satisfies JobKind,
  lane: 'exclusive' satisfies JobLane,
  ...by('owner'),
  params: {},
  progress: START,
  requestHash: 'h',
  idempotencyKey: null,
  ...more,
});
const submit = async (plane: Plane, id: string, more: Partial<Submission> = {}) => unwrap(await plane.submit(submission(id, more)));
const statusOf = async (plane: Plane, id: string) => unwrap(await plane.job(id)).job.status;
const started = async (plane: Plane, id: string, ticket = 1): Promise<Brief> => {
  const brief = await plane.begin(id, ticket);
  if (!brief) throw new Error(`ticket ${ticket} of ${id} is not open`);
  return brief;
};
const report = (n: number, cursor: unknown = n) => ({
  n,
  name: `step ${n}`,
  cursor: JSON.stringify(cursor),
  progress: { ...START, phase: 'working', done: n + 1 },
  detail: JSON.stringify({ n }),
});
const passing: JobError = { code: 'database_unreachable', message: 'gone', hint: 'wait', retryable: true };
const final: JobError = { ...passing, retryable: false };

/** Lets every lease run out, as time would. */
const expire = (stub: DurableObjectStub<ControlPlane>) =>
  runInDurableObject(stub, (_, state) => void state.storage.sql.exec('UPDATE jobs SET wake_at = 1 WHERE wake_at IS NOT NULL'));
/** The wait before the next sending is over. The object's own alarm may have been first: what it has sent stays sent. */
const hurry = (stub: DurableObjectStub<ControlPlane>) =>
  runInDurableObject(stub, (_, state) => void state.storage.sql.exec(`UPDATE jobs SET wake_at = 1 WHERE dispatch_state = 'due'`));
const sql = (stub: DurableObjectStub<ControlPlane>, text: string) =>
  runInDurableObject(stub, (_, state) => state.storage.sql.exec(text).toArray());

describe('J1: one exclusive job at a time, in the order submitted', () => {
  test('the next starts when the one before ends, however it ends', async () => {
    const { plane } = fresh();
    for (const id of ['a', 'b', 'c', 'd']) await submit(plane, id);
    expect(await Promise.all(['a', 'b', 'c', 'd'].map((id) => statusOf(plane, id)))).toEqual([
      'running',
      'queued',
      'queued',
      'queued',
    ]);
    const a = await started(plane, 'a');
    await plane.succeed('a', a.epoch, '{}', START, null);
    const b = await started(plane, 'b');
    await plane.stumble('b', b.epoch, final);
    expect(await statusOf(plane, 'c')).toBe('running');
    await started(plane, 'c');
    await plane.cancel('c', by('ann'));
    expect(await statusOf(plane, 'd')).toBe('queued');
    await plane.stopped('c', b.epoch + 1);
    expect(await statusOf(plane, 'd')).toBe('running');
  });

  test('background jobs run beside it, two at most', async () => {
    const { plane } = fresh();
    await submit(plane, 'x');
    for (const id of ['p', 'q', 'r']) await submit(plane, id, { lane: 'background' });
    expect(await Promise.all(['x', 'p', 'q', 'r'].map((id) => statusOf(plane, id)))).toEqual([
      'running',
      'running',
      'running',
      'queued',
    ]);
  });

  test('storage itself refuses a second one', async () => {
    const { plane, stub } = fresh();
    await submit(plane, 'a');
    await submit(plane, 'b');
    const broken = sql(
      stub,
      `UPDATE jobs SET status = 'running', started_at = 1, dispatch_state = 'due', wake_at = 1 WHERE id = 'b'`,
    ).catch((error: Error) => error.message);
    expect(await broken).toMatch(/UNIQUE constraint failed/);
  });
});

describe('J2: a job never disappears', () => {
  test('after an eviction it goes on from its last committed step', async () => {
    const { plane, stub } = fresh();
    await submit(plane, 'a');
    const brief = await started(plane, 'a');
    await plane.commit('a', brief.epoch, report(0, { at: 'row 5' }));
    await evictDurableObject(stub);
    expect(await plane.commit('a', brief.epoch, report(1, { at: 'row 9' }))).toBe('go-on');
    await expire(stub);
    await runDurableObjectAlarm(stub);
    const next = await started(plane, 'a', 2);
    expect(next).toMatchObject({ cursor: '{"at":"row 9"}', nextStep: 2 });
    expect(next.epoch).toBeGreaterThan(brief.epoch);
  });

  test('an executor that gives no sign of life is replaced, and told so when it comes back', async () => {
    const { plane, stub } = fresh();
    await submit(plane, 'a');
    const lost = await started(plane, 'a');
    await expire(stub);
    await runDurableObjectAlarm(stub);
    const next = await started(plane, 'a', 2);
    expect(await plane.commit('a', lost.epoch, report(0))).toBe('stale');
    expect(await plane.alive('a', lost.epoch, null)).toBe('stale');
    expect(await plane.succeed('a', lost.epoch, '{}', START, null)).toBe(false);
    expect(await plane.commit('a', next.epoch, report(0))).toBe('go-on');
    const { items } = unwrap(await plane.events('a', 0, 50));
    expect(items.map(({ type }) => type)).toContain('job.recovered');
  });

  test('lost again and again without one step, it fails with a reason and a hint; a retry goes on', async () => {
    const { plane, stub } = fresh();
    await submit(plane, 'a');
    const brief = await started(plane, 'a');
    await plane.commit('a', brief.epoch, report(0, 'kept'));
    for (let n = 0; n < MAX_STRIKES + 1; n += 1) {
      await expire(stub);
      await runDurableObjectAlarm(stub);
      await expire(stub);
      await runDurableObjectAlarm(stub);
    }
    const { job } = unwrap(await plane.job('a'));
    expect(job).toMatchObject({ status: 'failed', error: { code: 'executor_lost', retryable: true } });
    expect(job.error?.hint).not.toBe('');
    expect(unwrap(await plane.retry('a', by('ann')))).toMatchObject({ status: 'running', attempt: 2, error: null });
    const tickets = (await sql(stub, `SELECT ticket FROM jobs`)) as { ticket: number }[];
    expect(await started(plane, 'a', tickets[0]?.ticket)).toMatchObject({ cursor: '"kept"', nextStep: 1, attempt: 2 });
  });

  test('a dead letter fails the job with its reason, but an old dead letter does nothing', async () => {
    const { plane } = fresh();
    await submit(plane, 'a');
    expect(await plane.deadLetter('a', 9, 'too often')).toBe(false);
    expect(await plane.deadLetter('a', 1, 'too often')).toBe(true);
    expect(unwrap(await plane.job('a')).job.error).toMatchObject({
      code: 'dead_letter',
      message: expect.stringContaining('too often'),
    });
  });

  test('a passing error is tried again after a while, a final one is not', async () => {
    const { plane, stub } = fresh();
    await submit(plane, 'a');
    await plane.stumble('a', (await started(plane, 'a')).epoch, passing);
    expect(await statusOf(plane, 'a')).toBe('running');
    await hurry(stub);
    await runDurableObjectAlarm(stub);
    await plane.stumble('a', (await started(plane, 'a', 2)).epoch, final);
    expect(unwrap(await plane.job('a')).job).toMatchObject({ status: 'failed', error: final });
  });

  describe('sending to the queue goes wrong', () => {
    /** Puts another queue under the object, as an outage would. */
    const withQueue = (stub: DurableObjectStub<ControlPlane>, send: (message: SliceMessage) => Promise<void>) =>
      runInDurableObject(stub, (instance) => void Object.assign(instance, { env: { SLICES: { send } } }));

    test('it throws before the message is taken: sent again, and the job is taken up', async () => {
      const { plane, stub } = fresh();
      await plane.jobs({}, null, 1);
      await withQueue(stub, async () => {
        throw new Error('queue unavailable');
      });
      expect(await submit(plane, 'a')).toMatchObject({ status: 'running' });
      const sentAgain: SliceMessage[] = [];
      await withQueue(stub, async (message) => void sentAgain.push(message));
      await hurry(stub);
      await runDurableObjectAlarm(stub);
      expect(sentAgain).toHaveLength(1);
      expect(await plane.begin('a', sentAgain[0]?.ticket ?? 0)).not.toBeNull();
    });

    test('it throws after the message was taken: two messages, one begin', async () => {
      const { plane, stub } = fresh();
      const messages: SliceMessage[] = [];
      await plane.jobs({}, null, 1);
      await withQueue(stub, async (message) => {
        messages.push(message);
        if (messages.length === 1) throw new Error('Network connection lost.');
      });
      await submit(plane, 'a');
      await hurry(stub);
      await runDurableObjectAlarm(stub);
      expect(messages).toHaveLength(2);
      const begun = await Promise.all(messages.map(({ ticket }) => plane.begin('a', ticket)));
      expect(begun.filter((brief) => brief !== null)).toHaveLength(1);
    });

    test('it never comes back, and the object is evicted while it waits: the alarm sends it', async () => {
      const { plane, stub } = fresh();
      await plane.jobs({}, null, 1);
      await withQueue(stub, () => new Promise(() => {}));
      void plane.submit(submission('a')).catch(() => {});
      while ((await plane.jobs({}, null, 1)).items.length === 0);
      await runInDurableObject(stub, (_, state) => state.abort('gone')).catch(() => {});
      const again = namespace.getByName(String(stub.name));
      await hurry(again);
      await runDurableObjectAlarm(again);
      expect(await sql(again, 'SELECT dispatch_state, ticket FROM jobs')).toEqual([{ dispatch_state: 'sent', ticket: 1 }]);
    });

    test('it refuses for good: the job fails and says why', async () => {
      const { plane, stub } = fresh();
      await plane.jobs({}, null, 1);
      await withQueue(stub, async () => {
        throw new Error('queue was deleted');
      });
      await submit(plane, 'a');
      for (let n = 0; n < MAX_STRIKES; n += 1) {
        await expire(stub);
        await runDurableObjectAlarm(stub);
      }
      expect(unwrap(await plane.job('a')).job.error).toMatchObject({
        code: 'dead_letter',
        message: expect.stringContaining('queue was deleted'),
      });
    });
  });

  test('with jobs under way an alarm is always set, and none without', async () => {
    const { plane, stub } = fresh();
    const alarm = () => runInDurableObject(stub, (_, state) => state.storage.getAlarm());
    await submit(plane, 'a');
    expect(await alarm()).not.toBeNull();
    const brief = await started(plane, 'a');
    expect((await alarm()) ?? 0).toBeLessThanOrEqual(Date.now() + BEGUN_LEASE_MS);
    await plane.succeed('a', brief.epoch, '{}', START, null);
    expect(await alarm()).toBeNull();
  });
});

describe('J3: steps count once', () => {
  test('a commit said twice by the same executor is one step', async () => {
    const { plane } = fresh();
    await submit(plane, 'a');
    const { epoch } = await started(plane, 'a');
    expect(await plane.commit('a', epoch, report(0))).toBe('go-on');
    expect(await plane.commit('a', epoch, report(0))).toBe('go-on');
    expect(unwrap(await plane.job('a')).stepCount).toBe(1);
    expect(await plane.commit('a', epoch, report(5))).toBe('stale');
  });
  test('a message delivered twice begins once; one of an earlier slice never', async () => {
    const { plane } = fresh();
    await submit(plane, 'a');
    const { epoch } = await started(plane, 'a');
    expect(await plane.begin('a', 1)).toBeNull();
    await plane.pause('a', epoch);
    expect(await plane.begin('a', 1)).toBeNull();
    expect(await plane.begin('a', 2)).not.toBeNull();
    expect(await plane.begin('nobody', 1)).toBeNull();
  });
  test('a managed database that knows a higher epoch lifts ours above it', async () => {
    const { plane } = fresh();
    await submit(plane, 'a');
    const { epoch } = await started(plane, 'a');
    expect(await plane.epochBehind('a', epoch, 500)).toBe(true);
    expect((await started(plane, 'a', 2)).epoch).toBeGreaterThan(500);
  });
});

describe('J5: cancel', () => {
  test('a queued job is over at once, a running one at its next commit', async () => {
    const { plane } = fresh();
    await submit(plane, 'a');
    await submit(plane, 'b');
    expect(unwrap(await plane.cancel('b', by('ann')))).toMatchObject({ status: 'cancelled', startedAt: null });
    const { epoch } = await started(plane, 'a');
    expect(unwrap(await plane.cancel('a', by('ann'))).status).toBe('cancelling');
    expect(await plane.commit('a', epoch, report(0))).toBe('cancel');
    await plane.stopped('a', epoch);
    const { job } = unwrap(await plane.job('a'));
    expect(job.status).toBe('cancelled');
    expect(await plane.cancel('a', by('ann'))).toMatchObject({ ok: false, code: 'illegal_transition' });
  });
  test('a job whose executor is lost while cancelling is over, too', async () => {
    const { plane, stub } = fresh();
    await submit(plane, 'a');
    await started(plane, 'a');
    await plane.cancel('a', by('ann'));
    await expire(stub);
    await runDurableObjectAlarm(stub);
    expect(await statusOf(plane, 'a')).toBe('cancelled');
  });
});

describe('J7: the same Idempotency-Key gives the same job', () => {
  test('also after it is over; another request with that key is refused and changes nothing', async () => {
    const { plane } = fresh();
    const first = await submit(plane, 'a', { idempotencyKey: 'k' });
    await plane.succeed('a', (await started(plane, 'a')).epoch, '{}', START, null);
    expect(await submit(plane, 'b', { idempotencyKey: 'k' })).toMatchObject({ id: first.id, status: 'succeeded' });
    expect(await plane.submit(submission('c', { idempotencyKey: 'k', requestHash: 'other' }))).toMatchObject({
      ok: false,
      code: 'idempotency_conflict',
    });
    expect((await plane.jobs({}, null, 10)).items.map(({ id }: Job) => id)).toEqual(['a']);
  });
});

describe('J8: storage repeats the rules', () => {
  test.each([
    ['an unknown status', `status = 'lost'`],
    ['an end without being over', `finished_at = 5`],
    ['an error without having failed', `error = '{}'`],
    ['over without an end', `status = 'cancelled', dispatch_state = NULL, wake_at = NULL`],
    ['succeeded without a result', `status = 'succeeded', finished_at = 5, dispatch_state = NULL, wake_at = NULL`],
    ['running with nobody responsible', `dispatch_state = NULL, wake_at = NULL`],
    ['begun without an epoch', `dispatch_state = 'begun'`],
  ])('%s is refused', async (_, change) => {
    const { plane, stub } = fresh();
    await submit(plane, 'a');
    expect(await sql(stub, `UPDATE jobs SET ${change}`).catch((error: Error) => error.message)).toMatch(/CHECK constraint failed/);
  });
});

describe('J4: events and sockets', () => {
  async function connect(stub: DurableObjectStub<ControlPlane>, query = '') {
    const response = await stub.fetch(`http://plane/live${query}`, { headers: { Upgrade: 'websocket', ...PASS } });
    const socket = response.webSocket as WebSocket;
    const messages: LiveMessage[] = [];
    const pongs: string[] = [];
    socket.addEventListener('message', ({ data }) => {
      if (data === 'pong') pongs.push(data);
      else messages.push(JSON.parse(String(data)) as LiveMessage);
    });
    socket.accept();
    const until = async (enough: (all: LiveMessage[]) => boolean) => {
      const came = await eventually(async () => enough(messages), Boolean);
      expect(came, `Only these came: ${JSON.stringify(messages).slice(0, 2_000)}`).toBe(true);
      return messages;
    };
    return { socket, messages, pongs, until };
  }
  const events = (messages: LiveMessage[]): Event[] => messages.flatMap((m) => (m.type === 'event' ? [m.event] : []));

  test('each change of status has an event with a reason and a number without gaps', async () => {
    const { plane, stub } = fresh();
    const { until } = await connect(stub);
    await submit(plane, 'a');
    const { epoch } = await started(plane, 'a');
    await plane.commit('a', epoch, report(0));
    await plane.succeed('a', epoch, '{"rows":1}', START, null);
    const seen = events(await until((all) => events(all).length === 4));
    expect(seen.map(({ type }) => type)).toEqual(['job.queued', 'job.started', 'job.step', 'job.succeeded']);
    expect(seen.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
    for (const { reason } of seen) expect(reason).not.toBe('');
    expect(unwrap(await plane.events('a', 2, 10)).items.map(({ seq }) => seq)).toEqual([3, 4]);
  });
  test('who comes back with its last number gets each later event once', async () => {
    const { plane, stub } = fresh();
    await submit(plane, 'a');
    const { until } = await connect(stub, '?after=1');
    await plane.succeed('a', (await started(plane, 'a')).epoch, '{}', START, null);
    const all = await until((messages) => events(messages).length === 2);
    expect(all[0]).toMatchObject({ type: 'resumed' });
    expect(events(all).map(({ seq }) => seq)).toEqual([2, 3]);
  });
  test('who comes from nowhere, from the future, or too late gets a snapshot', async () => {
    const { plane, stub } = fresh();
    await submit(plane, 'a');
    for (const query of ['', '?after=99']) {
      const [first] = await (await connect(stub, query)).until((all) => all.length === 1);
      expect(first).toMatchObject({ type: 'snapshot', seq: 2, jobs: [{ id: 'a', status: 'running' }] });
    }
    await sql(stub, 'DELETE FROM events WHERE seq <= 1');
    const [late] = await (await connect(stub, '?after=0')).until((all) => all.length === 1);
    expect(late).toMatchObject({ type: 'snapshot' });
  });
  test('sockets live through an eviction, and pings do not wake the object', async () => {
    const { plane, stub } = fresh();
    const { socket, until, pongs } = await connect(stub);
    await until((all) => all.length === 1);
    await evictDurableObject(stub);
    await submit(plane, 'a');
    expect(events(await until((all) => events(all).length === 2)).map(({ seq }) => seq)).toEqual([1, 2]);
    socket.send('ping');
    await until(() => pongs.length === 1);
  });
  test('progress is coalesced and has no number', async () => {
    const { plane, stub } = fresh();
    const { messages, until } = await connect(stub);
    await submit(plane, 'a');
    const { epoch } = await started(plane, 'a');
    // Sent at once: how long a hundred answers take is another machine's affair.
    await Promise.all(Array.from({ length: 100 }, (_, n) => plane.alive('a', epoch, { ...START, phase: 'rows', done: n + 1 })));
    const progress = () => messages.flatMap((m) => (m.type === 'progress' ? [m.progress.done] : []));
    await until(() => progress().at(-1) === 100);
    expect(progress().length).toBeLessThan(10);
    expect(events(messages).map(({ type }) => type)).toEqual(['job.queued', 'job.started']);
  });
  test('before a deploy cuts them, sockets are told', async () => {
    const { plane, stub } = fresh();
    const { until } = await connect(stub);
    await until((all) => all.length === 1);
    expect(await plane.goodbye('restart', 700)).toBe(1);
    const all = await until((messages) => messages.length === 2);
    expect(all[1]).toEqual({ type: 'goodbye', reason: 'restart', reconnectAfterMs: 700 });
  });
  test('a client that gives no sign of reading is cut before much waits for it; one that pings is not', async () => {
    const { plane, stub } = fresh();
    const asleep = await connect(stub);
    const awake = await connect(stub);
    const closed = new Promise<number>((resolve) => asleep.socket.addEventListener('close', ({ code }) => resolve(code)));
    const megabyte = 'x'.repeat(1024 * 1024);
    for (let n = 1; n <= MAX_UNPROVEN_BYTES / megabyte.length + 2; n += 1) {
      await plane.goodbye(megabyte, 0);
      awake.socket.send('ping');
      await awake.until(() => awake.pongs.length === n);
    }
    expect(await closed).toBe(CLOSE.tooSlow);
    expect(await plane.goodbye('still there?', 0)).toBe(1);
    await awake.until((all) => all.some((message) => message.type === 'goodbye' && message.reason === 'still there?'));
  });
  test('a command that is refused leaves no event and no gap', async () => {
    const { plane, stub } = fresh();
    await submit(plane, 'a');
    expect(await plane.retry('a', by('ann'))).toMatchObject({ ok: false, code: 'illegal_transition' });
    await submit(plane, 'b');
    const rows = (await sql(stub, 'SELECT seq FROM events ORDER BY seq')) as { seq: number }[];
    expect(rows.map(({ seq }) => seq)).toEqual([1, 2, 3]);
  });
});
