/** When a weekly maintenance window is open. Pure; milliseconds since the epoch. */
import { zoneOf } from './zone.ts';

export interface WeeklyWindow {
  /** 0 is Sunday. */
  readonly days: readonly number[];
  /** `HH:MM` in `timeZone`. */
  readonly from: string;
  readonly minutes: number;
  /** An IANA name. */
  readonly timeZone: string;
  readonly enabled: boolean;
}

/** From `from`, up to but not including `to`. */
export interface Occurrence {
  readonly from: number;
  readonly to: number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;

/** The first occurrence that begins after `after`; null when the window is not enabled or its time zone is unknown. */
export const nextOccurrence = (window: WeeklyWindow, after: number): Occurrence | null =>
  // Eight days: today's time may be over, and then the same weekday is the next.
  occurrencesAround(window, after, 0, 8).find(({ from }) => from > after) ?? null;

/** The occurrence that lasts at `at`, of two that overlap the later one; null when none does. */
export const occurrenceAt = (window: WeeklyWindow, at: number): Occurrence | null =>
  occurrencesAround(window, at, -2, 1).findLast(({ from, to }) => from <= at && at < to) ?? null;

/** The epoch began on a Thursday. */
const weekdayOf = (midnight: number): number => (((midnight / DAY_MS + 4) % 7) + 7) % 7;

/** How long it lasts is told in real minutes: a change of clocks on the way moves the local end, and nothing else. */
export const occurrenceFrom = ({ minutes }: Pick<WeeklyWindow, 'minutes'>, from: number): Occurrence => ({
  from,
  to: from + minutes * MINUTE_MS,
});

/** Those of the local days `first` to `last`, counted from the local day of `instant`, in order. */
function occurrencesAround(window: WeeklyWindow, instant: number, first: number, last: number): Occurrence[] {
  const zone = window.enabled ? zoneOf(window.timeZone) : null;
  if (zone === null) return [];
  const [hours = 0, minutes = 0] = window.from.split(':').map(Number);
  const today = Math.floor(zone.wallAt(instant) / DAY_MS) * DAY_MS;
  const midnights = Array.from({ length: last - first + 1 }, (_, index) => today + (first + index) * DAY_MS);
  return midnights
    .filter((midnight) => window.days.includes(weekdayOf(midnight)))
    .map((midnight) => occurrenceFrom(window, zone.instantOf(midnight + (hours * 60 + minutes) * MINUTE_MS)));
}
