/**
 * Moves the fence to where the mode wants it. The one thing in maintenance that waits for the managed database: whatever happens while it
 * does is caught up with afterwards, and where it stands is stored before the database is touched.
 */
import { fenceAction, fenceRetryMs, LOOK_EVERY_MS } from '../core/maintenance/fence.ts';
import { SYSTEM } from '../protocol/audit.ts';
import type { Mode } from '../protocol/database.ts';
import type { FenceStatus } from '../protocol/maintenance.ts';
import type { FenceRow, HoldStore } from './hold-store.ts';
import type { Draft } from './job-audit.ts';

/** The two ways a fence can go, in the managed database. */
export interface FenceHands {
  raise(): Promise<void>;
  lower(): Promise<void>;
}

export class FenceMover {
  private moving: Promise<void> | null = null;

  constructor(
    private readonly store: HoldStore,
    private readonly modeAt: (now: number) => Mode,
    private readonly atomically: <T>(work: () => T) => T,
    private readonly changed: (state: FenceStatus['state'], now: number) => void,
    private readonly record: (draft: Draft, now: number) => void,
  ) {}

  isSettled(now: number): boolean {
    const { state, wakeAt } = this.store.fence();
    return fenceAction(this.modeAt(now), state, wakeAt, now) === 'wait';
  }

  /** Until it is where the mode wants it, or the database refuses. One mover at a time; late callers wait for it. */
  async settle(hands: FenceHands, clock: () => number): Promise<void> {
    while (this.moving) await this.moving;
    this.moving = this.move(hands, clock).finally(() => {
      this.moving = null;
    });
    await this.moving;
  }

  private async move(hands: FenceHands, clock: () => number): Promise<void> {
    for (;;) {
      const { state, wakeAt, failures } = this.store.fence();
      const action = fenceAction(this.modeAt(clock()), state, wakeAt, clock());
      if (action === 'wait') return;
      // Stored before the database is touched: should this object die now, the next one finds it half done and goes on.
      if (state !== 'up' || action === 'lower')
        this.put(action === 'raise' ? 'raising' : 'lowering', null, failures, clock(), clock() + LOOK_EVERY_MS);
      try {
        await hands[action]();
        const up = action === 'raise';
        this.put(up ? 'up' : 'down', null, 0, clock(), up ? clock() + LOOK_EVERY_MS : null);
      } catch (error) {
        const detail = error instanceof Error ? error.message : String(error);
        this.put('failed', detail, failures + 1, clock(), clock() + fenceRetryMs(failures + 1));
        return;
      }
    }
  }

  private put(state: FenceRow['state'], detail: string | null, failures: number, now: number, wakeAt: number | null): void {
    const before = this.store.fence();
    this.atomically(() => {
      this.store.putFence({ state, detail, failures, wakeAt });
      if (before.state !== state) this.recordMove(state, failures, now);
    });
    if (before.state !== state) this.changed(state, now);
  }

  private recordMove(state: FenceRow['state'], failures: number, now: number): void {
    const entry = { by: SYSTEM, target: this.modeAt(now) };
    switch (state) {
      case 'up':
        this.record({ ...entry, action: 'fence.raised' }, now);
        return;
      case 'down':
        this.record({ ...entry, action: 'fence.lowered' }, now);
        return;
      case 'failed':
        // Tried again and again by itself: the first failure is the news.
        if (failures === 1) this.record({ ...entry, action: 'fence.failed', outcome: 'failed' }, now);
        return;
      case 'raising':
      case 'lowering':
        return;
    }
  }

  /** Runs `work` while the fence does not move; `up`: whether tables have to have it. */
  async whileAtRest<T>(work: (up: boolean) => Promise<T>): Promise<T> {
    while (this.moving) await this.moving;
    const done = work(this.store.fence().state !== 'down');
    this.moving = done
      .then(
        () => {},
        () => {},
      )
      .finally(() => {
        this.moving = null;
      });
    return done;
  }
}
