/**
 * Keeps one database's socket open: connects, folds by number, heals. All of the world comes in through `FeedHands`, so that the
 * rules are proved without a network, a clock or a browser.
 */
import type { LiveMessage, CLOSE as ServerClose } from '../../worker/protocol/live.ts';
import type { LiveSocket, OpenLiveSocket } from '../api/live-socket.ts';
import { backoffMs, type Connection, lastLiveMs } from './connection.ts';
import { judge, type Seen } from './sequence.ts';

/** The same numbers as the server's; the type makes the compiler compare them without pulling zod into the bundle. */
const CLOSE: typeof ServerClose = { unauthorized: 4401, forbidden: 4403, tooSlow: 4408, goingAway: 4409 };

export interface FeedHands {
  readonly open: OpenLiveSocket;
  readonly now: () => number;
  readonly random: () => number;
  readonly isOnline: () => boolean;
  /** Runs `run` once after `delayMs`; the answer cancels it. */
  readonly later: (run: () => void, delayMs: number) => () => void;
  readonly connection: (connection: Connection) => void;
  /** A message to fold, in order, never twice. */
  readonly message: (message: LiveMessage) => void;
  /** The server said 4401. */
  readonly unauthorized: () => void;
  /** A handshake failed, and the browser does not say why: ask over HTTP whether we are still signed in. */
  readonly probe: () => void;
}

export class LiveFeed {
  private seen: Seen = null;
  private attempt = 0;
  private gaps = 0;
  private socket: LiveSocket | null = null;
  private cancelTimer: (() => void) | null = null;
  private connection: Connection = { state: 'connecting', attempt: 0, lastLiveMs: null };
  private stopped = false;
  private readonly database: string;
  private readonly hands: FeedHands;

  constructor(database: string, hands: FeedHands) {
    this.database = database;
    this.hands = hands;
  }

  start(): void {
    if (this.hands.isOnline()) this.connect();
    else this.become({ state: 'offline', lastLiveMs: null });
  }

  stop(): void {
    this.stopped = true;
    this.drop();
  }

  /** The network is back, the page is visible again, or a person asked: do not wait for the timer. */
  wake(): void {
    const { state } = this.connection;
    if (this.stopped || state === 'live' || state === 'connecting' || !this.hands.isOnline()) return;
    this.connect();
  }

  /** The browser says that the network is gone. */
  offline(): void {
    if (this.stopped || this.connection.state === 'offline') return;
    const last = this.lastLive();
    this.drop();
    this.become({ state: 'offline', lastLiveMs: last });
  }

  private connect(): void {
    const last = this.lastLive();
    this.drop();
    this.become({ state: 'connecting', attempt: this.attempt, lastLiveMs: last });
    this.socket = this.hands.open(this.database, this.seen, {
      message: (message) => this.receive(message),
      closed: (code, opened) => this.closed(code, opened),
    });
  }

  private receive(message: LiveMessage): void {
    if (this.stopped) return;
    const { verdict, seen } = judge(this.seen, message);
    this.seen = seen;
    switch (verdict) {
      case 'ignore':
        return;
      case 'gap':
      case 'restart':
        this.missed();
        return;
      case 'fold':
        this.fold(message);
        return;
    }
  }

  private fold(message: LiveMessage): void {
    if (message.type === 'goodbye') {
      this.wait(message.reconnectAfterMs, message.reason);
      return;
    }
    if (message.type === 'event') this.gaps = 0;
    if (message.type === 'snapshot' || message.type === 'resumed') {
      this.attempt = 0;
      this.become({ state: 'live', sinceMs: this.hands.now() });
    }
    this.hands.message(message);
  }

  /** Asks again from the last number; if that does not help, from nowhere, which brings a snapshot. */
  private missed(): void {
    this.gaps += 1;
    if (this.gaps > 1) this.seen = null;
    this.wait(backoffMs(this.gaps, this.hands.random()) / 2, 'events were missed');
  }

  private closed(code: number, opened: boolean): void {
    if (this.stopped) return;
    this.socket = null;
    if (code === CLOSE.unauthorized) {
      this.stop();
      this.hands.unauthorized();
      return;
    }
    if (code === CLOSE.forbidden) {
      this.become({ state: 'refused', reason: 'The server refused the live connection.', lastLiveMs: this.lastLive() });
      return;
    }
    if (!opened) this.hands.probe();
    this.attempt += 1;
    const reason =
      code === CLOSE.tooSlow
        ? 'this page read too slowly'
        : code === CLOSE.goingAway
          ? 'the server is restarting'
          : 'the connection was lost';
    this.wait(backoffMs(this.attempt, this.hands.random()), reason);
  }

  private wait(delayMs: number, reason: string): void {
    const last = this.lastLive();
    this.drop();
    if (!this.hands.isOnline()) {
      this.become({ state: 'offline', lastLiveMs: last });
      return;
    }
    this.become({ state: 'waiting', attempt: this.attempt, retryAtMs: this.hands.now() + delayMs, lastLiveMs: last, reason });
    this.cancelTimer = this.hands.later(() => this.connect(), delayMs);
  }

  private drop(): void {
    this.cancelTimer?.();
    this.cancelTimer = null;
    this.socket?.close();
    this.socket = null;
  }

  private lastLive(): number | null {
    return lastLiveMs(this.connection, this.hands.now());
  }

  private become(connection: Connection): void {
    this.connection = connection;
    this.hands.connection(connection);
  }
}
