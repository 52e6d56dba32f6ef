import { beforeEach, describe, expect, test } from 'vitest';
import type { Standing } from './decide.ts';
import { answer, answers, type Behaviour, ManualClock, Plane, START, settle } from './testing/control-planes.ts';
import { LISTEN_MS, RETRY_MS, STALE_MS, Watch } from './watch.ts';

const LIMITS = { cacheMs: 5000, deadlineMs: 250 };
let clock: ManualClock;
let plane: Plane;
let watch: Watch;
let troubles: string[];
let kept: Promise<unknown>[];

const begin = (...behaviours: Behaviour[]) => {
  clock = new ManualClock();
  plane = new Plane(clock, ...behaviours);
  watch = new Watch(clock);
  troubles = [];
  kept = [];
};
const read = (limits = LIMITS) =>
  watch.read(
    {
      ask: () => plane.status('DB'),
      keepAlive: (work) => void kept.push(work),
      trouble: (why) => void troubles.push(why),
    },
    limits,
  );
const brief = (standing: Standing) => {
  const shown = standing.kind === 'known' ? standing.answer.mode : `unreachable, last ${standing.last?.mode ?? 'none'}`;
  return shown;
};
/** What is answered, and how long it took. */
const ask = async (limits = LIMITS) => {
  const startedAt = clock.now();
  let tookMs: number | null = null;
  const standing = Promise.resolve(read(limits)).then((value) => {
    tookMs = clock.now() - startedAt;
    return value;
  });
  await settle();
  while (tookMs === null) await clock.advance(1);
  return [brief(await standing), tookMs];
};
const atOnce = () => {
  const standing = read();
  return standing instanceof Promise ? 'waits' : brief(standing);
};

describe('one answer for all', () => {
  beforeEach(() => begin(answers('closed', 40)));

  test('many at once ask one question, and all wait for it', async () => {
    const all = Array.from({ length: 50 }, () => Promise.resolve(read()));
    await clock.advance(40);
    expect((await Promise.all(all)).map(brief)).toEqual(Array(50).fill('closed'));
    expect(plane.questions).toBe(1);
    expect(clock.waiting).toBe(0);
  });

  test('within cacheMs nobody asks, and nobody waits', async () => {
    await ask();
    for (let ms = 40; ms < LIMITS.cacheMs; ms += 100) {
      expect(atOnce()).toBe('closed');
      await clock.advance(100);
    }
    expect(plane.questions).toBe(1);
  });

  test('then one asks behind the requests’ backs, which go on with the old answer, for a second at most', async () => {
    await ask();
    plane.now(answers('off', 200));
    clock.set(START + LIMITS.cacheMs);
    expect(Array.from({ length: 20 }, atOnce)).toEqual(Array(20).fill('closed'));
    await settle();
    expect(plane.questions).toBe(2);
    await clock.advance(200);
    expect(atOnce()).toBe('off');
  });

  test('no request is decided by an answer older than that: a lonely one waits for a new one', async () => {
    await ask();
    plane.now(answers('off', 40));
    clock.set(START + LIMITS.cacheMs + STALE_MS);
    expect(await ask()).toEqual(['off', 40]);
  });

  test('a clock that is set back makes the age unknown', async () => {
    await ask();
    plane.now(answers('off', 40));
    clock.set(START - 60_000);
    expect(await ask()).toEqual(['off', 40]);
  });

  test('with cacheMs 0 every request gets an answer of its own time', async () => {
    const limits = { cacheMs: 0, deadlineMs: 250 };
    expect(await ask(limits)).toEqual(['closed', 40]);
    plane.now(answers('off', 30));
    expect(await ask(limits)).toEqual(['off', 30]);
    expect(plane.questions).toBe(2);
  });
});

describe('M4: a hold that ends by itself', () => {
  const soon = { expiresAt: new Date(START + 2000).toISOString() };

  test('is asked about when it ends, not when the cache does', async () => {
    begin(answers('closed', 0, soon));
    await ask();
    plane.now(answers('off', 10));
    clock.set(START + 1999);
    expect(atOnce()).toBe('closed');
    clock.set(START + 2000);
    expect(await ask()).toEqual(['off', 10]);
  });

  test('that was over when it was told, as the clocks differ, is cached like any other', async () => {
    begin(answers('closed', 0, { expiresAt: new Date(START - 5).toISOString() }));
    await ask();
    expect(atOnce()).toBe('closed');
    expect(plane.questions).toBe(1);
  });
});

describe('M5: a control plane that is slow, silent or talks nonsense', () => {
  test('slow, within the deadline: waited for', async () => {
    begin(answers('closed', 249));
    expect(await ask()).toEqual(['closed', 249]);
  });

  test('slow, beyond the deadline: not waited for, but heard when it comes', async () => {
    begin(answers('closed', 400));
    expect(await ask()).toEqual(['unreachable, last none', 250]);
    await clock.advance(150);
    expect(atOnce()).toBe('closed');
    expect(plane.questions).toBe(1);
  });

  test('one who comes while the question is under way waits for what is left of its deadline', async () => {
    begin({ does: 'hang' });
    void read();
    await clock.advance(200);
    expect(await ask()).toEqual(['unreachable, last none', 50]);
    expect(atOnce()).toBe('unreachable, last none');
  });

  test('hanging: given up and asked again, one question at a time, and nobody waits again within cacheMs', async () => {
    begin({ does: 'hang' });
    await ask();
    for (let ms = 250; ms < LIMITS.cacheMs; ms += 50) {
      expect(atOnce()).toBe('unreachable, last none');
      await clock.advance(50);
    }
    expect(plane.questions).toBeLessThanOrEqual(1 + LIMITS.cacheMs / (LIMITS.deadlineMs + RETRY_MS));
    expect(plane.questions).toBeGreaterThan(2);
    expect(troubles.length).toBe(plane.questions - 1);
  });

  test.each<[string, Behaviour]>([
    ['rejecting', { does: 'reject', error: new Error('gone'), afterMs: 0 }],
    ['rejecting after a while', { does: 'reject', error: new Error('gone'), afterMs: 100 }],
    ['throwing', { does: 'throw', error: new Error('no such method') }],
    ['throwing what is no error', { does: 'throw', error: null }],
    ['throwing what does not want to be looked at', { does: 'throw', error: Object.create(null) }],
    ['talking nonsense', { does: 'answer', value: { mode: 'ajar' }, afterMs: 5 }],
    ['saying nothing', { does: 'answer', value: undefined, afterMs: 0 }],
    [
      'with an answer that explodes',
      { does: 'answer', value: Object.defineProperty({}, 'mode', { get: () => nowhere() }), afterMs: 0 },
    ],
  ])('%s: nobody waits for the rest of the deadline, and it is asked again after a second, not before', async (_, behaviour) => {
    begin(behaviour);
    const [standing, tookMs] = await ask();
    expect(standing).toBe('unreachable, last none');
    expect(tookMs).toBeLessThanOrEqual(100);
    expect(troubles).toHaveLength(1);
    for (let asked = 0; asked < 100; asked += 1) expect(atOnce()).toBe('unreachable, last none');
    expect(plane.questions).toBe(1);
    plane.now(answers('read-only'));
    await clock.advance(RETRY_MS);
    expect(atOnce()).toBe('unreachable, last none');
    await settle();
    expect(atOnce()).toBe('read-only');
    expect(plane.questions).toBe(2);
  });

  test('gone after it was there: the last answer is known as the last', async () => {
    begin(answers('read-only'), { does: 'reject', error: new Error('gone'), afterMs: 0 });
    await ask();
    await clock.advance(LIMITS.cacheMs);
    expect(atOnce()).toBe('read-only');
    await clock.advance(STALE_MS);
    expect((await ask())[0]).toBe('unreachable, last read-only');
  });

  test('back after a long time: a lonely request waits for it', async () => {
    begin({ does: 'hang' });
    await ask();
    plane.now(answers('closed', 30));
    await clock.advance(60_000);
    expect(await ask()).toEqual(['closed', 30]);
  });

  test('flapping: each answer counts until it is too old, each failure only while nothing better is known', async () => {
    begin(answers('off'), { does: 'reject', error: new Error('gone'), afterMs: 0 }, answers('closed'), { does: 'hang' });
    const seen: string[] = [];
    for (let ms = 0; ms < 20_000; ms += 250) {
      seen.push(String((await ask())[0]));
      await clock.advance(250);
    }
    const order = seen.filter((each, n) => each !== seen[n - 1]);
    expect(order).toEqual(['off', 'unreachable, last off', 'closed', 'unreachable, last closed']);
  });

  test('late answers do not come after newer ones', async () => {
    begin(answers('closed', 3000), answers('off', 10));
    await ask();
    await clock.advance(LIMITS.deadlineMs + RETRY_MS);
    read();
    await clock.advance(10);
    expect(atOnce()).toBe('off');
    await clock.advance(3000);
    expect(atOnce()).toBe('off');
    expect(plane.questions).toBe(2);
  });

  test('a failure of a question that was given up says nothing about now', async () => {
    begin({ does: 'reject', error: new Error('late'), afterMs: 2000 }, answers('off', 10));
    await ask();
    await clock.advance(LIMITS.deadlineMs + RETRY_MS);
    read();
    await clock.advance(2000);
    expect(atOnce()).toBe('off');
    expect(troubles).toEqual([expect.stringContaining('no answer within')]);
  });

  test('a question is kept alive behind its request until it is answered, and not for ever', async () => {
    begin({ does: 'hang' });
    void read();
    let over = false;
    void kept[0]?.then(() => {
      over = true;
    });
    await clock.advance(LISTEN_MS - 1);
    expect(over).toBe(false);
    await clock.advance(1);
    expect(over).toBe(true);
    expect(clock.waiting).toBe(0);
  });
});

describe('doubt: the database refuses what the answer allows', () => {
  test('makes the next request ask, but not for an answer that is a second old or less', async () => {
    begin(answers('off'));
    await ask();
    clock.set(START + STALE_MS);
    watch.doubt();
    expect(atOnce()).toBe('off');
    clock.set(START + STALE_MS + 1);
    plane.now(answers('read-only', 5));
    watch.doubt();
    expect(await ask()).toEqual(['read-only', 5]);
    expect(plane.questions).toBe(2);
  });

  test('is nothing to somebody who knows nothing', async () => {
    begin(answers('closed'));
    watch.doubt();
    expect((await ask())[0]).toBe('closed');
  });

  test('a hold that was just lifted while its fence still stands: at most one question a second', async () => {
    begin(answers('off'));
    for (let ms = 0; ms < 10_000; ms += 10) {
      await read();
      watch.doubt();
      await clock.advance(10);
    }
    expect(plane.questions).toBeLessThanOrEqual(11);
  });
});

function nowhere(): never {
  throw new Error(answer('off').mode);
}
