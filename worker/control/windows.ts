/**
 * Weekly maintenance windows of one database: each begins a hold when its time comes. `nextAt` of a row moves on in the same transaction
 * in which its hold begins, so that an occurrence never begins twice, whoever looks and however often.
 *
 * A window that is made or changed in the middle of its time begins at its next one: nobody is shut out by the filling in of a form.
 */
import { nextOccurrence, occurrenceAt, occurrenceFrom } from '../core/maintenance/windows.ts';
import { zoneOf } from '../core/maintenance/zone.ts';
import type { By } from '../protocol/audit.ts';
import type { MaintenanceWindow, WindowChange, WindowRequest } from '../protocol/maintenance.ts';
import { Refusal } from '../protocol/problem.ts';
import type { Draft } from './job-audit.ts';
import type { Maintenance } from './maintenance.ts';
import type { WindowRow, WindowStore } from './window-store.ts';

export class Windows {
  constructor(
    private readonly store: WindowStore,
    private readonly maintenance: Maintenance,
    private readonly counters: { next(counter: 'window'): number },
    /** The audit trail, in the transaction of the caller (A1). */
    private readonly record: (draft: Draft, now: number) => void,
  ) {}

  /** Oldest first; `after` is the number of the last one seen. */
  list(after: number, limit: number, now: number): { n: number; window: MaintenanceWindow }[] {
    return this.store.list(after, limit).map((row) => ({ n: row.n, window: this.toWindow(row, now) }));
  }

  create(request: WindowRequest, by: By, now: number): MaintenanceWindow {
    mustBeZone(request.timeZone);
    const n = this.counters.next('window');
    const row = scheduled({ ...request, n, id: `window_${n}`, createdAt: now, createdBy: by.actor, nextAt: null }, now);
    this.store.put(row);
    this.record({ by, action: 'window.created', target: row.id, detail: settingsOf(row) }, now);
    this.maintenance.tell(`${by.actor} made a maintenance window.`, now);
    return this.toWindow(row, now);
  }

  /** A hold that it has begun stays as it is, unless the window is switched off. */
  change(id: string, request: WindowChange, by: By, now: number): MaintenanceWindow {
    this.row(id);
    if (request.timeZone !== undefined) mustBeZone(request.timeZone);
    // What is due must not be lost to the new time; and nothing may be told before all refusals are behind us.
    this.begin(now);
    const before = this.row(id);
    const given = Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined)) as Partial<WindowRow>;
    const row = scheduled({ ...before, ...given }, now);
    this.store.put(row);
    if (!row.enabled) this.maintenance.windowOver(id, by, now);
    this.record({ by, action: 'window.changed', target: id, detail: { before: settingsOf(before), after: settingsOf(row) } }, now);
    this.maintenance.tell(`${by.actor} changed a maintenance window.`, now);
    return this.toWindow(row, now);
  }

  remove(id: string, by: By, now: number): null {
    const row = this.row(id);
    this.store.delete(id);
    this.maintenance.windowOver(id, by, now);
    this.record({ by, action: 'window.deleted', target: id, detail: settingsOf(row) }, now);
    this.maintenance.tell(`${by.actor} deleted a maintenance window.`, now);
    return null;
  }

  /** Begins what is due. Who looks too late begins late, and still ends in time; who looks after the end begins nothing. */
  begin(now: number): void {
    for (const row of this.store.due(now)) {
      const { mode, reason, message } = row;
      const current = occurrenceAt(row, now);
      this.store.put(scheduled(row, now));
      if (current !== null) this.maintenance.holdForWindow(row.id, { mode, reason, message, expiresAt: current.to }, now);
    }
  }

  nextWakeAt(): number | null {
    return this.store.nextAt();
  }

  private row(id: string): WindowRow {
    const row = this.store.byId(id);
    if (!row) throw new Refusal('window_not_found', `There is no maintenance window ${id}.`);
    return row;
  }

  private toWindow({ n: _, nextAt, createdAt, ...row }: WindowRow, now: number): MaintenanceWindow {
    const running = this.maintenance.isHeldByWindow(row.id, now) ? occurrenceAt(row, now) : null;
    const next = running ?? (nextAt === null ? null : occurrenceFrom(row, nextAt));
    return {
      ...row,
      createdAt: new Date(createdAt).toISOString(),
      next: next && { from: new Date(next.from).toISOString(), to: new Date(next.to).toISOString() },
    };
  }
}

const scheduled = (row: WindowRow, now: number): WindowRow => ({
  ...row,
  days: [...new Set(row.days)].sort(),
  nextAt: nextOccurrence(row, now)?.from ?? null,
});

const settingsOf = ({ days, from, minutes, timeZone, mode, reason, message, enabled }: WindowRow) => ({
  days,
  from,
  minutes,
  timeZone,
  mode,
  reason,
  message,
  enabled,
});

function mustBeZone(name: string): void {
  if (zoneOf(name) === null) throw new Refusal('unknown_time_zone', `There is no time zone ${JSON.stringify(name)}.`);
}
