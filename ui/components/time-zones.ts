/** Time zones by name. Pure, but for the list, which is the browser's own. */
import { searched } from './table-order.ts';

/** Every zone that this browser knows. `UTC` itself is not in its list. */
export const allZones = (): string[] => ['UTC', ...Intl.supportedValuesOf('timeZone').filter((name) => name !== 'UTC')];

/** The zones whose name holds every word that was typed, where `_`, `/` and a space are the same. */
export function matchingZones(typed: string, zones: readonly string[]): string[] {
  const spaced = zones.map((zone) => ({ zone, name: zone.replaceAll(/[_/]/g, ' ') }));
  return searched(spaced, typed.replaceAll(/[_/]/g, ' ')).map(({ zone }) => zone);
}

/** `Mon 13:05`: what a clock there shows at a moment. */
export const clockIn = (timeZone: string, atMs: number): string =>
  new Intl.DateTimeFormat('en', { timeZone, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(atMs);

export function isTimeZone(name: string): boolean {
  try {
    return name !== '' && new Intl.DateTimeFormat('en', { timeZone: name }) !== null;
  } catch {
    return false;
  }
}
