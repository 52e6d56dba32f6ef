/**
 * Maintenance of one database: its holds, the mode they add up to, and the fence that follows the mode. Commands are synchronous; the one
 * thing that waits is the database, and whatever happens while it does is caught up with afterwards.
 */
import { fenceAction, fenceRetryMs, LOOK_EVERY_MS } from '../core/maintenance/fence.ts';
import { effectiveMode, nextExpiry } from '../core/maintenance/holds.ts';
import { type By, SYSTEM } from '../protocol/audit.ts';
import type { Hold, HoldMode, MaintenanceRequest, MaintenanceStatus } from '../protocol/maintenance.ts';
import { Refusal } from '../protocol/problem.ts';
import type { HoldRow, HoldStore } from './hold-store.ts';
import type { Draft } from './job-audit.ts';

/** The two ways a fence can go, in the managed database. */
export interface FenceHands {
  raise(): Promise<void>;
  lower(): Promise<void>;
}

export interface Counters {
  next(counter: 'hold' | 'mode'): number;
  last(counter: 'hold' | 'mode'): number;
  atomically<T>(work: () => T): T;
}

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

export const toHold = (row: HoldRow): Hold => ({
  id: row.id,
  mode: row.mode,
  reason: row.reason,
  message: row.message,
  owner: row.ownerKind === 'job' ? { kind: 'job', jobId: row.ownerId } : { kind: 'person', actor: row.ownerId },
  createdAt: new Date(row.createdAt).toISOString(),
  expiresAt: iso(row.expiresAt),
  endedAt: iso(row.endedAt),
  endedBy: row.endedBy,
});

export class Maintenance {
  private moving: Promise<void> | null = null;

  constructor(
    private readonly store: HoldStore,
    private readonly counters: Counters,
    /** Tells everybody who listens. */
    private readonly changed: (status: MaintenanceStatus, reason: string) => void,
    /** The audit trail, in the transaction of the caller (A1). */
    private readonly record: (draft: Draft, now: number) => void,
  ) {}

  status(now: number): MaintenanceStatus {
    const active = this.store.active();
    const { mode, reason, message, since, expiresAt } = effectiveMode(active, now);
    const { state, detail } = this.store.fence();
    return {
      mode,
      reason,
      message,
      since: iso(since),
      expiresAt: iso(expiresAt),
      version: this.counters.last('mode'),
      fence: { state, detail },
      holds: active.map(toHold),
    };
  }

  /** A person sets the mode: their holds are replaced by one, or ended. Jobs' holds are not theirs to end. */
  set(request: MaintenanceRequest, by: By, now: number): MaintenanceStatus {
    const expiresAt = request.expiresAt === null ? null : Date.parse(request.expiresAt);
    if (expiresAt !== null && expiresAt <= now) {
      throw new Refusal('bad_request', 'expiresAt lies in the past.', { hint: 'Give a time to come, or leave it out for no end.' });
    }
    return this.change(request.reason, now, () => {
      const before = this.mine((row) => row.ownerKind === 'person').map(({ id }) => id);
      this.store.end({ kind: 'person' }, now, request.mode === 'off' ? by.actor : 'replaced');
      const { mode, reason } = request;
      const hold = mode === 'off' ? null : this.add({ ...request, mode, expiresAt }, 'person', by.actor, now);
      const detail = { mode, reason, expiresAt: iso(expiresAt), ended: before };
      this.record({ by, action: 'maintenance.set', target: hold ?? mode, detail }, now);
    });
  }

  private mine(which: (row: HoldRow) => boolean): HoldRow[] {
    return this.store.active().filter(which);
  }

  /** A job takes its hold; taking it twice is taking it once (M4). */
  holdForJob(jobId: string, mode: HoldMode, reason: string, now: number): void {
    if (this.mine((row) => row.ownerKind === 'job' && row.ownerId === jobId).length > 0) return;
    this.change(reason, now, () => {
      const hold = this.add({ mode, reason, message: null, expiresAt: null }, 'job', jobId, now);
      this.record({ by: SYSTEM, action: 'hold.taken', target: hold, detail: { mode, reason, jobId } }, now);
    });
  }

  /** The job is over, however it ended (M4). */
  jobOver(jobId: string, now: number): void {
    const holds = this.mine((row) => row.ownerKind === 'job' && row.ownerId === jobId);
    if (holds.length === 0) return;
    this.change('The job that held it is over.', now, () => {
      this.store.end({ kind: 'job', id: jobId }, now, 'job over');
      this.recordEnds(holds, 'job over', now);
    });
  }

  expire(now: number): void {
    const holds = this.mine((row) => row.expiresAt !== null && row.expiresAt <= now);
    if (holds.length === 0) return;
    this.change('A hold has run out.', now, () => {
      this.store.endExpired(now);
      this.recordEnds(holds, 'expired', now);
    });
  }

  private recordEnds(holds: readonly HoldRow[], because: string, now: number): void {
    for (const { id, mode, ownerKind, ownerId, createdAt } of holds) {
      const detail = { mode, because, owner: `${ownerKind} ${ownerId}` };
      this.record({ by: SYSTEM, action: 'hold.ended', target: id, durationMs: now - createdAt, detail }, now);
    }
  }

  private add(
    hold: { mode: HoldMode; reason: string; message: string | null; expiresAt: number | null },
    kind: HoldRow['ownerKind'],
    owner: string,
    now: number,
  ): string {
    const n = this.counters.next('hold');
    const id = `hold_${n}`;
    const { mode, reason, message, expiresAt } = hold;
    this.store.add({ n, id, mode, reason, message, expiresAt, ownerKind: kind, ownerId: owner, createdAt: now });
    return id;
  }

  private change(reason: string, now: number, work: () => void): MaintenanceStatus {
    work();
    this.counters.next('mode');
    const status = this.status(now);
    this.changed(status, reason);
    return status;
  }

  nextWakeAt(now: number): number | null {
    const times = [nextExpiry(this.store.active(), now), this.store.fence().wakeAt].filter((at) => at !== null);
    return times.length === 0 ? null : Math.min(...times);
  }

  history(before: number | null, limit: number): HoldRow[] {
    return this.store.history(before, limit);
  }

  isSettled(now: number): boolean {
    const { state, wakeAt } = this.store.fence();
    return fenceAction(this.status(now).mode, state, wakeAt, now) === 'wait';
  }

  /** Moves the fence until it is where the mode wants it, or the database refuses. One mover at a time; late callers wait for it. */
  async settleFence(hands: FenceHands, clock: () => number): Promise<void> {
    while (this.moving) await this.moving;
    this.moving = this.move(hands, clock).finally(() => {
      this.moving = null;
    });
    await this.moving;
  }

  private async move(hands: FenceHands, clock: () => number): Promise<void> {
    for (;;) {
      const { state, wakeAt, failures } = this.store.fence();
      const action = fenceAction(this.status(clock()).mode, state, wakeAt, clock());
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

  private put(
    state: MaintenanceStatus['fence']['state'],
    detail: string | null,
    failures: number,
    now: number,
    wakeAt: number | null,
  ): void {
    const before = this.store.fence();
    this.counters.atomically(() => {
      this.store.putFence({ state, detail, failures, wakeAt });
      if (before.state !== state) this.recordFence(state, failures, now);
    });
    if (before.state !== state) this.changed(this.status(now), `The fence is ${state}.`);
  }

  private recordFence(state: MaintenanceStatus['fence']['state'], failures: number, now: number): void {
    const entry = { by: SYSTEM, target: this.status(now).mode };
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
  async whileFenceRests<T>(work: (up: boolean) => Promise<T>): Promise<T> {
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
