/** The fake server's weekly windows: kept as they are asked for, with the next time worked out by the zone's own clock. */
import type { MaintenanceWindow, WindowChange, WindowRequest } from '../../worker/protocol/maintenance.ts';
import { refused } from './fake-answer.ts';
import { iso } from './fixtures.ts';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;

/** How far the zone's clock is ahead of UTC at a moment. */
function offsetMs(timeZone: string, atMs: number): number {
  const format = new Intl.DateTimeFormat('en', { timeZone, hourCycle: 'h23', dateStyle: 'short', timeStyle: 'medium' });
  const parts = Object.fromEntries(format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]));
  const { month = 1, day = 1, year = 0, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(2000 + (year % 100), month - 1, day, hour, minute, second) - Math.floor(atMs / 1000) * 1000;
}

/** The first occurrence that is not over yet. */
export function nextOf(window: WindowRequest, nowMs: number): MaintenanceWindow['next'] {
  if (!window.enabled) return null;
  const [hour = 0, minute = 0] = window.from.split(':').map(Number);
  const today = new Date(nowMs + offsetMs(window.timeZone, nowMs));
  const midnight = Date.UTC(today.getUTCFullYear(), today.getUTCMonth(), today.getUTCDate());
  for (let day = -1; day <= 8; day += 1) {
    const local = midnight + day * DAY;
    const guess = local + (hour * 60 + minute) * MINUTE;
    const from = guess - offsetMs(window.timeZone, guess);
    const to = from + window.minutes * MINUTE;
    if (window.days.includes(new Date(local).getUTCDay()) && to > nowMs) return { from: iso(from), to: iso(to) };
  }
  return null;
}

export class FakeWindows {
  private items: MaintenanceWindow[];
  private made = 10;

  constructor(full: boolean, nowMs: number) {
    const nightly: WindowRequest = {
      days: [0],
      from: '02:00',
      minutes: 60,
      timeZone: 'Europe/Berlin',
      mode: 'read-only',
      reason: 'Sunday clean-up of carts and sessions',
      message: 'The shop sleeps until three.',
      enabled: true,
    };
    const switchedOff: WindowRequest = {
      ...nightly,
      days: [1, 2, 3, 4, 5],
      from: '23:30',
      minutes: 90,
      timeZone: 'America/New_York',
      mode: 'closed',
      reason: 'price import from the warehouse',
      message: null,
      enabled: false,
    };
    const entry = (id: string, request: WindowRequest): MaintenanceWindow => ({
      id,
      ...request,
      createdAt: iso(nowMs - 20 * DAY),
      createdBy: 'owner',
      next: null,
    });
    this.items = full ? [entry('win_1', nightly), entry('win_2', switchedOff)] : [];
  }

  list(): MaintenanceWindow[] {
    return this.items.map((window) => ({ ...window, next: nextOf(window, Date.now()) }));
  }

  create(request: WindowRequest, actor: string): MaintenanceWindow {
    this.made += 1;
    const window = { id: `win_${this.made}`, ...request, createdAt: iso(Date.now()), createdBy: actor, next: null };
    checked(window);
    this.items.push(window);
    return this.one(window.id);
  }

  change(id: string, change: WindowChange): MaintenanceWindow {
    const window = { ...this.one(id), ...change };
    checked(window);
    this.items = this.items.map((one) => (one.id === id ? window : one));
    return this.one(id);
  }

  delete(id: string): void {
    this.one(id);
    this.items = this.items.filter((window) => window.id !== id);
  }

  one(id: string): MaintenanceWindow {
    const found = this.list().find((window) => window.id === id);
    if (found === undefined) throw refused('window_not_found');
    return found;
  }
}

function checked({ timeZone }: WindowRequest): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
  } catch {
    throw refused('unknown_time_zone', `“${timeZone}” is not a time zone.`);
  }
}
