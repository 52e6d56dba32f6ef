/**
 * Local times of a time zone and the instants they stand for. Pure: the rules of the zones are those of the runtime's own tables.
 * Instants are milliseconds since the epoch; a `wall` is a local time read as if it were UTC, in milliseconds too.
 */

/** Which day and time of day it is somewhere, and how far its clocks are ahead of UTC. */
export interface Zone {
  /** What a clock on the wall shows. */
  wallAt(instant: number): number;
  /** When it shows that: of two times the first; a time that a change of clocks skips is the moment of the change. */
  instantOf(wall: number): number;
}

const DAY_MS = 86_400_000;

/** The zone of an IANA name, or null when there is none. Offsets like `+01:00` know no change of clocks and are not taken. */
export function zoneOf(name: string): Zone | null {
  if (!/^[A-Za-z]/.test(name)) return null;
  const format = formatOf(name);
  return format === null ? null : makeZone((instant) => wallOf(format, instant));
}

function formatOf(timeZone: string): Intl.DateTimeFormat | null {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function wallOf(format: Intl.DateTimeFormat, instant: number): number {
  const parts = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  const milliseconds = ((instant % 1000) + 1000) % 1000;
  return Date.UTC(year, month - 1, day, hour, minute, second, milliseconds);
}

function makeZone(wallAt: (instant: number) => number): Zone {
  const offsetAt = (instant: number) => wallAt(instant) - instant;
  return {
    wallAt,
    instantOf(wall) {
      // A day before and after there is at most one change between: the offset is one of these two.
      const [before, after] = [offsetAt(wall - DAY_MS), offsetAt(wall + DAY_MS)];
      const fitting = [wall - before, wall - after].filter((instant) => wallAt(instant) === wall);
      return fitting.length > 0 ? Math.min(...fitting) : changeBetween(offsetAt, wall - after, wall - before);
    },
  };
}

/** The first instant with the offset of `late`; `early` has another one. */
function changeBetween(offsetAt: (instant: number) => number, early: number, late: number): number {
  const offset = offsetAt(late);
  let [low, high] = [early, late];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle) === offset) high = middle;
    else low = middle;
  }
  return high;
}
