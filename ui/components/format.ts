/**
 * Numbers, sizes and times in words. Pure: the moment is passed in. One locale on purpose: the texts are English, and a size that
 * reads `1.234` to one admin and `1,234` to another is not the same size.
 */
import type { Figure } from '../../worker/protocol/database.ts';

const LOCALE = 'en';
const whole = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });
const compactNumber = new Intl.NumberFormat(LOCALE, { notation: 'compact', maximumFractionDigits: 1 });
const percent = new Intl.NumberFormat(LOCALE, { style: 'percent', maximumFractionDigits: 1 });
const relative = new Intl.RelativeTimeFormat(LOCALE, { numeric: 'auto', style: 'long' });
const exact = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium', timeStyle: 'long' });
const clock = new Intl.DateTimeFormat(LOCALE, { timeStyle: 'medium', hourCycle: 'h23' });
const zone = new Intl.DateTimeFormat(LOCALE, { timeZoneName: 'short' });
const day = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium' });
const oneDigit = new Intl.NumberFormat(LOCALE, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const twoDigits = new Intl.NumberFormat(LOCALE, { minimumFractionDigits: 2, maximumFractionDigits: 2 });

export const NONE = '–';

export const count = (value: number): string => whole.format(value);
export const compact = (value: number): string => compactNumber.format(value);
export const plural = (value: number, one: string, many = `${one}s`): string => `${count(value)} ${value === 1 ? one : many}`;

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;
/** Decimal units, as Cloudflare's limits are stated: three significant digits, bytes whole. */
export function bytes(value: number): string {
  let unit = 0;
  let scaled = value;
  while (scaled >= 999.5 && unit < UNITS.length - 1) {
    scaled /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || scaled >= 100 ? whole : scaled >= 10 ? oneDigit : twoDigits;
  return `${digits.format(scaled)} ${UNITS[unit]}`;
}
export const exactBytes = (value: number): string => `${count(value)} bytes`;

/** `part` of `all` as a percentage; the smallest share that is not nothing reads `< 0.1%`. */
export function share(part: number, all: number): string {
  if (all <= 0) return NONE;
  const ratio = part / all;
  return ratio > 0 && ratio < 0.001 ? '< 0.1%' : percent.format(ratio);
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const two = (value: number): string => String(value).padStart(2, '0');

/** How long something took: `850 ms`, `12.4 s`, `3 min 05 s`, `2 h 07 min`, `3 d 4 h`. */
export function duration(ms: number): string {
  const value = Math.max(0, ms);
  if (value < SECOND) return `${Math.round(value)} ms`;
  if (value < 59_950) return `${oneDigit.format(value / SECOND)} s`;
  const seconds = Math.round(value / SECOND);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`;
  const minutes = Math.round(value / MINUTE);
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
  const hours = Math.round(value / HOUR);
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** A clock that runs on screen: `0:07`, `12:45`, `1:02:03`. Its width changes only when an hour begins. */
export function stopwatch(ms: number): string {
  const seconds = Math.floor(Math.max(0, ms) / SECOND);
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** A countdown: `0:07 left`, `12:45 left`, `3 h 07 min left`, `2 d 4 h left`; `ending now` at its end. Whole seconds are rounded up. */
export function remaining(ms: number): string {
  if (ms <= 0) return 'ending now';
  const up = Math.ceil(ms / SECOND) * SECOND;
  return `${up < HOUR ? stopwatch(up) : duration(up)} left`;
}

/** An estimate, rounded so that it does not pretend and does not flicker. */
export function timeLeft(seconds: number): string {
  if (seconds < 5) return 'a few seconds';
  if (seconds < 55) return `about ${Math.ceil(seconds / 5) * 5} s`;
  if (seconds < 55 * 60) return `about ${Math.max(1, Math.round(seconds / 60))} min`;
  const quarterHours = Math.round(seconds / 900);
  return `about ${new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 2 }).format(quarterHours / 4)} h`;
}

/** `3 minutes ago`, `in 2 days`. Within five seconds: `just now`, also when the server's clock is a little ahead. */
export function ago(atMs: number, nowMs: number): string {
  const diff = atMs - nowMs;
  const size = Math.abs(diff);
  if (size < 5 * SECOND) return 'just now';
  if (size < MINUTE) return relative.format(Math.round(diff / SECOND), 'second');
  if (size < HOUR) return relative.format(Math.round(diff / MINUTE), 'minute');
  if (size < DAY) return relative.format(Math.round(diff / HOUR), 'hour');
  if (size < 45 * DAY) return relative.format(Math.round(diff / DAY), 'day');
  if (size < 365 * DAY) return relative.format(Math.round(diff / (30.44 * DAY)), 'month');
  return relative.format(Math.round(diff / (365.25 * DAY)), 'year');
}

/** A moment as the field for the time wants it, to the minute, on the reader's own clock. */
export function localInput(ms: number): string {
  const at = new Date(ms);
  const day = `${String(at.getFullYear()).padStart(4, '0')}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

export const exactTime = (at: string | number): string => exact.format(new Date(at));
/** The reader's own zone at that moment, as it stands behind exact times: `GMT+1`. */
export const zoneOf = (at: string | number): string =>
  zone.formatToParts(new Date(at)).find(({ type }) => type === 'timeZoneName')?.value ?? '';
export const clockTime = (at: string | number): string => clock.format(new Date(at));
export const dayOf = (at: string | number): string => day.format(new Date(at));

/** An estimate carries its sign; a figure that nobody knows yet is a dash. */
export const figure = (value: Figure | null, as: (value: number) => string = count): string =>
  value === null ? NONE : `${value.exact ? '' : '≈ '}${as(value.value)}`;

/** How the figure was got, for the hover text and for screen readers. */
export const figureOrigin = (value: Figure | null): string =>
  value === null ? 'Not counted yet' : `${value.exact ? 'Exact' : 'Estimated'} (${value.method}), ${exactTime(value.takenAt)}`;
