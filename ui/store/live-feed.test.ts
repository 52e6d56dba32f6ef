import { beforeEach, describe, expect, test } from 'vitest';
import type { LiveMessage } from '../../worker/protocol/live.ts';
import type { LiveSocketHandlers } from '../api/live-socket.ts';
import type { Connection } from './connection.ts';
import { LiveFeed } from './live-feed.ts';
import { serving } from './testing/serving.ts';

/** A world with a clock of its own: sockets are recorded, timers are run by hand. */
class World {
  nowMs = 1_000_000;
  online = true;
  readonly asked: (number | null)[] = [];
  readonly folded: LiveMessage[] = [];
  readonly states: Connection[] = [];
  unauthorized = 0;
  probes = 0;
  closedByUs = 0;
  private handlers: LiveSocketHandlers | null = null;
  private timer: { run: () => void; delayMs: number } | null = null;

  readonly feed = new LiveFeed('DB', {
    open: (_database, after, handlers) => {
      this.asked.push(after);
      this.handlers = handlers;
      return {
        close: () => {
          this.closedByUs += 1;
        },
      };
    },
    now: () => this.nowMs,
    random: () => 0.5,
    isOnline: () => this.online,
    later: (run, delayMs) => {
      this.timer = { run, delayMs };
      return () => {
        this.timer = null;
      };
    },
    connection: (connection) => void this.states.push(connection),
    message: (message) => void this.folded.push(message),
    unauthorized: () => {
      this.unauthorized += 1;
    },
    probe: () => {
      this.probes += 1;
    },
  });

  say(message: LiveMessage): void {
    this.handlers?.message(message);
  }
  cut(code = 1006, opened = true): void {
    this.handlers?.closed(code, opened);
  }
  get delayMs(): number | null {
    return this.timer?.delayMs ?? null;
  }
  wait(): void {
    const { timer } = this;
    if (timer === null) throw new Error('nothing waits');
    this.timer = null;
    this.nowMs += timer.delayMs;
    timer.run();
  }
  get state(): Connection['state'] | undefined {
    return this.states.at(-1)?.state;
  }
}

const snapshot = (seq: number): LiveMessage => ({ type: 'snapshot', database: 'DB', seq, jobs: [], maintenance: serving });
const event = (seq: number): LiveMessage => ({
  type: 'event',
  event: { seq, at: '2026-11-23T00:00:00.000Z', type: 'tables.sampled', jobId: null, reason: '', data: {} },
});

let world: World;
beforeEach(() => {
  world = new World();
  world.feed.start();
  world.say(snapshot(4));
});

describe('J4: the live feed', () => {
  test('J4: starts from nowhere and is live with the snapshot', () => {
    expect(world.asked).toEqual([null]);
    expect(world.state).toBe('live');
  });

  test('J4: reconnects from the last number, later and later, and at once again after it has been live', () => {
    world.say(event(5));
    const delays = [1, 2, 3].map(() => {
      world.cut(1006, false);
      const { delayMs } = world;
      world.wait();
      return delayMs;
    });
    expect(delays).toEqual([375, 750, 1500]);
    expect(world.asked.slice(1)).toEqual([5, 5, 5]);
    world.say({ type: 'resumed', database: 'DB', seq: 5 });
    world.cut();
    expect(world.delayMs).toBe(375);
  });

  test('J4: a gap asks again from the last number, a second one from nowhere; nothing of it is folded', () => {
    world.say(event(7));
    expect(world.folded.filter(({ type }) => type === 'event')).toEqual([]);
    world.wait();
    world.say(event(9));
    world.wait();
    expect(world.asked).toEqual([null, 4, null]);
  });

  test('J4: an event that comes twice is folded once', () => {
    for (const seq of [5, 5, 4, 6]) world.say(event(seq));
    expect(world.folded.filter(({ type }) => type === 'event')).toEqual([event(5), event(6)]);
  });

  test('goodbye: comes back after the delay that the server names', () => {
    world.say({ type: 'goodbye', reason: 'deploy', reconnectAfterMs: 1234 });
    expect(world.delayMs).toBe(1234);
    expect(world.closedByUs).toBe(1);
    world.wait();
    expect(world.asked).toEqual([null, 4]);
  });

  test('4401 ends it and says so; it does not try again', () => {
    world.cut(4401);
    expect(world.unauthorized).toBe(1);
    expect(world.delayMs).toBeNull();
    world.feed.wake();
    expect(world.asked).toEqual([null]);
  });

  test('4403 stays refused until a person asks', () => {
    world.cut(4403);
    expect([world.state, world.delayMs]).toEqual(['refused', null]);
    world.feed.wake();
    expect(world.asked).toEqual([null, 4]);
  });

  test('a failed handshake is looked into; a cut after opening is not', () => {
    world.cut(1006, true);
    expect(world.probes).toBe(0);
    world.wait();
    world.cut(1006, false);
    expect(world.probes).toBe(1);
  });

  test('waking does not wait for the timer, and does nothing while live', () => {
    world.feed.wake();
    expect(world.asked).toHaveLength(1);
    world.cut();
    world.feed.wake();
    expect(world.asked).toHaveLength(2);
    expect(world.delayMs).toBeNull();
  });

  test('offline: no timer runs; online brings it back', () => {
    world.online = false;
    world.feed.offline();
    expect([world.state, world.delayMs]).toEqual(['offline', null]);
    world.feed.wake();
    expect(world.asked).toHaveLength(1);
    world.online = true;
    world.feed.wake();
    expect(world.asked).toEqual([null, 4]);
  });

  test('remembers when it was live last, through every failure', () => {
    world.nowMs = 2_000_000;
    world.cut();
    world.nowMs = 3_000_000;
    world.wait();
    world.cut(1006, false);
    expect(world.states.at(-1)).toMatchObject({ state: 'waiting', lastLiveMs: 2_000_000 });
  });

  test('stopped is stopped', () => {
    world.feed.stop();
    world.cut();
    world.feed.wake();
    world.say(event(5));
    expect([world.asked.length, world.folded.length, world.delayMs]).toEqual([1, 1, null]);
  });
});
