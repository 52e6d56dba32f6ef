/**
 * Maintenance of one database: its holds, and the mode they add up to. Commands are synchronous; the fence that follows the mode is
 * `fence-mover.ts`.
 */
import { effectiveMode, isOver, nextExpiry } from '../core/maintenance/holds.ts';
import { type By, SYSTEM } from '../protocol/audit.ts';
import type { Hold, HoldChange, HoldMode, HoldOwner, MaintenanceRequest, MaintenanceStatus } from '../protocol/maintenance.ts';
import { Refusal } from '../protocol/problem.ts';
import { type FenceHands, FenceMover } from './fence-mover.ts';
import type { HoldRow, HoldStore } from './hold-store.ts';
import type { Draft } from './job-audit.ts';

export interface Counters {
  next(counter: 'hold' | 'mode'): number;
  last(counter: 'hold' | 'mode'): number;
  atomically<T>(work: () => T): T;
}

/** Milliseconds since the epoch. */
interface NewHold {
  readonly mode: HoldMode;
  readonly reason: string;
  readonly message: string | null;
  readonly expiresAt: number | null;
}

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

function ownerOf({ ownerKind, ownerId }: HoldRow): HoldOwner {
  switch (ownerKind) {
    case 'person':
      return { kind: 'person', actor: ownerId };
    case 'window':
      return { kind: 'window', windowId: ownerId };
    case 'job':
      return { kind: 'job', jobId: ownerId };
  }
}

export const toHold = (row: HoldRow): Hold => ({
  id: row.id,
  mode: row.mode,
  reason: row.reason,
  message: row.message,
  owner: ownerOf(row),
  createdAt: new Date(row.createdAt).toISOString(),
  expiresAt: iso(row.expiresAt),
  endedAt: iso(row.endedAt),
  endedBy: row.endedBy,
});

/** The time that a client gave, which must lie ahead; null stays null. Throws `bad_request`. */
function endAhead(expiresAt: string | null, now: number): number | null {
  const end = expiresAt === null ? null : Date.parse(expiresAt);
  if (end === null || end > now) return end;
  throw new Refusal('bad_request', 'expiresAt lies in the past.', { hint: 'Give a time to come, or null for no end.' });
}

export class Maintenance {
  private readonly fence: FenceMover;

  constructor(
    private readonly store: HoldStore,
    private readonly counters: Counters,
    /** Tells everybody who listens. */
    private readonly changed: (status: MaintenanceStatus, reason: string) => void,
    /** The audit trail, in the transaction of the caller (A1). */
    private readonly record: (draft: Draft, now: number) => void,
  ) {
    this.fence = new FenceMover(
      store,
      (now) => effectiveMode(store.active(), now).mode,
      (work) => counters.atomically(work),
      (state, now) => changed(this.status(now), `The fence is ${state}.`),
      record,
    );
  }

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

  history(before: number | null, limit: number): HoldRow[] {
    return this.store.history(before, limit);
  }

  // ---- persons -----------------------------------------------------------------------------------------------------

  /** A person sets the mode: their holds are replaced by one, or ended. Holds of jobs and of windows stay. */
  set(request: MaintenanceRequest, by: By, now: number): MaintenanceStatus {
    const expiresAt = endAhead(request.expiresAt, now);
    return this.change(request.reason, now, () => {
      const before = this.mine('person').map(({ id }) => id);
      this.store.end(before, now, request.mode === 'off' ? by.actor : 'replaced');
      const { mode, reason } = request;
      const hold = mode === 'off' ? null : this.add({ ...request, mode, expiresAt }, 'person', by.actor, now);
      const detail = { mode, reason, expiresAt: iso(expiresAt), ended: before };
      this.record({ by, action: 'maintenance.set', target: hold ?? mode, detail }, now);
    });
  }

  /** Lengthens, shortens or rewords. Since when it holds stays; what changes nothing leaves no trace. */
  changeHold(id: string, request: HoldChange, by: By, now: number): MaintenanceStatus {
    const row = this.changeable(id, now);
    const wanted = {
      reason: request.reason ?? row.reason,
      message: request.message === undefined ? row.message : request.message,
      expiresAt: request.expiresAt === undefined ? row.expiresAt : endAhead(request.expiresAt, now),
    };
    const { reason, message, expiresAt } = row;
    if (wanted.reason === reason && wanted.message === message && wanted.expiresAt === expiresAt) return this.status(now);
    return this.change(`${by.actor} changed a hold.`, now, () => {
      this.store.change(id, wanted);
      const detail = {
        before: { reason, message, expiresAt: iso(expiresAt) },
        after: { ...wanted, expiresAt: iso(wanted.expiresAt) },
      };
      this.record({ by, action: 'hold.changed', target: id, detail }, now);
    });
  }

  /** Ends a hold of a person or of a window early. */
  endHold(id: string, by: By, now: number): MaintenanceStatus {
    const row = this.changeable(id, now);
    return this.change(`${by.actor} ended a hold.`, now, () => this.end([row], by.actor, by, now));
  }

  private changeable(id: string, now: number): HoldRow {
    const row = this.store.byId(id);
    if (!row) throw new Refusal('hold_not_found', `There is no hold ${id}.`);
    if (row.endedAt !== null || isOver(row, now)) throw new Refusal('hold_over', `Hold ${id} is over.`);
    if (row.ownerKind === 'job') throw new Refusal('hold_of_job', `Hold ${id} belongs to job ${row.ownerId}.`);
    return row;
  }

  // ---- windows and jobs --------------------------------------------------------------------------------------------

  /** A window's time has come. */
  holdForWindow(windowId: string, hold: NewHold, now: number): void {
    this.change(hold.reason, now, () => {
      const id = this.add(hold, 'window', windowId, now);
      const { mode, reason, expiresAt } = hold;
      this.record(
        { by: SYSTEM, action: 'hold.taken', target: id, detail: { mode, reason, windowId, expiresAt: iso(expiresAt) } },
        now,
      );
    });
  }

  isHeldByWindow(windowId: string, now: number): boolean {
    return this.mine('window', windowId).some((row) => !isOver(row, now));
  }

  /** Somebody deleted or disabled the window. */
  windowOver(windowId: string, by: By, now: number): void {
    const holds = this.mine('window', windowId);
    if (holds.length > 0) this.change('The window that began it is no more.', now, () => this.end(holds, by.actor, by, now));
  }

  /** A job takes its hold; taking it twice is taking it once (M4). */
  holdForJob(jobId: string, mode: HoldMode, reason: string, now: number): void {
    if (this.mine('job', jobId).length > 0) return;
    this.change(reason, now, () => {
      const hold = this.add({ mode, reason, message: null, expiresAt: null }, 'job', jobId, now);
      this.record({ by: SYSTEM, action: 'hold.taken', target: hold, detail: { mode, reason, jobId } }, now);
    });
  }

  /** The job is over, however it ended (M4). */
  jobOver(jobId: string, now: number): void {
    const holds = this.mine('job', jobId);
    if (holds.length > 0) this.change('The job that held it is over.', now, () => this.end(holds, 'job over', SYSTEM, now));
  }

  expire(now: number): void {
    const holds = this.store.active().filter((row) => isOver(row, now));
    if (holds.length > 0) this.change('A hold has run out.', now, () => this.end(holds, 'expired', SYSTEM, now));
  }

  private mine(kind: HoldOwner['kind'], owner?: string): HoldRow[] {
    return this.store.active().filter((row) => row.ownerKind === kind && (owner === undefined || row.ownerId === owner));
  }

  private add(hold: NewHold, kind: HoldOwner['kind'], owner: string, now: number): string {
    const n = this.counters.next('hold');
    const id = `hold_${n}`;
    const { mode, reason, message, expiresAt } = hold;
    this.store.add({ n, id, mode, reason, message, expiresAt, ownerKind: kind, ownerId: owner, createdAt: now });
    return id;
  }

  private end(holds: readonly HoldRow[], because: string, by: By, now: number): void {
    this.store.end(
      holds.map(({ id }) => id),
      now,
      because,
    );
    for (const { id, mode, ownerKind, ownerId, createdAt } of holds) {
      const detail = { mode, because, owner: `${ownerKind} ${ownerId}` };
      this.record({ by, action: 'hold.ended', target: id, durationMs: now - createdAt, detail }, now);
    }
  }

  private change(reason: string, now: number, work: () => void): MaintenanceStatus {
    work();
    this.counters.next('mode');
    return this.tell(reason, now);
  }

  /** Every console hears it; the mode is as it was. */
  tell(reason: string, now: number): MaintenanceStatus {
    const status = this.status(now);
    this.changed(status, reason);
    return status;
  }

  // ---- the fence and time ------------------------------------------------------------------------------------------

  nextWakeAt(now: number): number | null {
    const times = [nextExpiry(this.store.active(), now), this.store.fence().wakeAt].filter((at) => at !== null);
    return times.length === 0 ? null : Math.min(...times);
  }

  isSettled(now: number): boolean {
    return this.fence.isSettled(now);
  }

  settleFence(hands: FenceHands, clock: () => number): Promise<void> {
    return this.fence.settle(hands, clock);
  }

  whileFenceRests<T>(work: (up: boolean) => Promise<T>): Promise<T> {
    return this.fence.whileAtRest(work);
  }
}
