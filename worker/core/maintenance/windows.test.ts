import { Cron } from 'croner';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nextOccurrence, occurrenceAt, type WeeklyWindow } from './windows.ts';
import { zoneOf } from './zone.ts';

const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6];
const window = (timeZone: string, from: string, minutes: number, days = EVERY_DAY, enabled = true): WeeklyWindow => ({
  timeZone,
  from,
  minutes,
  days,
  enabled,
});
const shown = (found: { from: number; to: number } | null) =>
  found === null ? null : [found.from, found.to].map((at) => new Date(at).toISOString().slice(0, 16)).join(' ');
const next = (given: WeeklyWindow, after: string) => shown(nextOccurrence(given, Date.parse(after)));
const at = (given: WeeklyWindow, instant: string) => shown(occurrenceAt(given, Date.parse(instant)));

describe('M4: a window comes at its local time, whatever the clocks do', () => {
  test.each<[string, WeeklyWindow, string, string]>([
    ['Sunday in winter', window('Europe/Berlin', '02:00', 60, [0]), '2026-11-23T11:00Z', '2026-11-29T01:00 2026-11-29T02:00'],
    ['Sunday in summer', window('Europe/Berlin', '02:00', 60, [0]), '2026-07-01T00:00Z', '2026-07-05T00:00 2026-07-05T01:00'],
    ['Berlin leaps over 02:30', window('Europe/Berlin', '02:30', 60), '2026-03-28T12:00Z', '2026-03-29T01:00 2026-03-29T02:00'],
    ['the day after it leapt', window('Europe/Berlin', '02:30', 60), '2026-03-29T01:00Z', '2026-03-30T00:30 2026-03-30T01:30'],
    [
      'Berlin has 02:30 twice: once',
      window('Europe/Berlin', '02:30', 60),
      '2026-10-24T12:00Z',
      '2026-10-25T00:30 2026-10-25T01:30',
    ],
    [
      'not again when it comes back',
      window('Europe/Berlin', '02:30', 60),
      '2026-10-25T00:30Z',
      '2026-10-26T01:30 2026-10-26T02:30',
    ],
    [
      'across the change: real minutes',
      window('Europe/Berlin', '01:30', 120),
      '2026-10-24T12:00Z',
      '2026-10-24T23:30 2026-10-25T01:30',
    ],
    ['New York leaps', window('America/New_York', '02:15', 30), '2026-03-08T00:00Z', '2026-03-08T07:00 2026-03-08T07:30'],
    ['New York falls back', window('America/New_York', '01:15', 30), '2026-11-01T00:00Z', '2026-11-01T05:15 2026-11-01T05:45'],
    [
      'Los Angeles: Sunday there',
      window('America/Los_Angeles', '23:00', 120, [0]),
      '2026-11-29T12:00Z',
      '2026-11-30T07:00 2026-11-30T09:00',
    ],
    [
      'São Paulo knows no change any more',
      window('America/Sao_Paulo', '00:00', 60, [0]),
      '2026-10-17T00:00Z',
      '2026-10-18T03:00 2026-10-18T04:00',
    ],
    [
      'Beirut leaps over midnight',
      window('Asia/Beirut', '00:00', 60, [0]),
      '2026-03-28T12:00Z',
      '2026-03-28T22:00 2026-03-28T23:00',
    ],
    [
      'Lord Howe leaps half an hour',
      window('Australia/Lord_Howe', '02:15', 60),
      '2026-10-03T00:00Z',
      '2026-10-03T15:30 2026-10-03T16:30',
    ],
    [
      'Lord Howe falls back half an hour',
      window('Australia/Lord_Howe', '01:45', 60),
      '2026-04-04T00:00Z',
      '2026-04-04T14:45 2026-04-04T15:45',
    ],
    [
      'Apia skipped a whole day',
      window('Pacific/Apia', '02:00', 60, [5]),
      '2011-12-28T00:00Z',
      '2011-12-30T10:00 2011-12-30T11:00',
    ],
    [
      'a quarter of an hour beside',
      window('Asia/Kathmandu', '03:00', 60, [1]),
      '2026-11-23T11:00Z',
      '2026-11-29T21:15 2026-11-29T22:15',
    ],
    ['over midnight', window('UTC', '23:30', 90, [6]), '2026-11-23T00:00Z', '2026-11-28T23:30 2026-11-29T01:00'],
    ['today, still to come', window('UTC', '12:00', 60, [1]), '2026-11-23T11:59Z', '2026-11-23T12:00 2026-11-23T13:00'],
    ['begun already: in a week', window('UTC', '12:00', 60, [1]), '2026-11-23T12:00Z', '2026-11-30T12:00 2026-11-30T13:00'],
    ['every day', window('UTC', '12:00', 1440), '2026-11-23T12:00Z', '2026-11-24T12:00 2026-11-25T12:00'],
  ])('%s', (_, given, after, expected) => {
    expect(next(given, after)).toBe(expected);
  });

  test.each(EVERY_DAY)('weekday %i is the one of its place', (day) => {
    const found = nextOccurrence(window('Pacific/Kiritimati', '00:30', 10, [day]), Date.parse('2026-11-23T11:00Z'));
    const name = new Date(found?.from ?? 0).toLocaleDateString('en-US', { timeZone: 'Pacific/Kiritimati', weekday: 'short' });
    expect(name).toBe(['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'][day]);
  });

  test('one that is not enabled, has no day, or an unknown zone never comes', () => {
    expect(next(window('UTC', '12:00', 60, EVERY_DAY, false), '2026-11-23T12:00Z')).toBeNull();
    expect(next(window('UTC', '12:00', 60, []), '2026-11-23T12:00Z')).toBeNull();
    expect(next(window('Mars/Olympus', '12:00', 60), '2026-11-23T12:00Z')).toBeNull();
  });
});

describe('M4: which one lasts now', () => {
  test.each<[string, WeeklyWindow, string, string | null]>([
    ['at its first moment', window('UTC', '12:00', 60, [1]), '2026-11-23T12:00:00Z', '2026-11-23T12:00 2026-11-23T13:00'],
    ['just before its end', window('UTC', '12:00', 60, [1]), '2026-11-23T12:59:59.999Z', '2026-11-23T12:00 2026-11-23T13:00'],
    ['at its end it is over', window('UTC', '12:00', 60, [1]), '2026-11-23T13:00:00Z', null],
    ['just before it begins', window('UTC', '12:00', 60, [1]), '2026-11-23T11:59:59.999Z', null],
    [
      'after midnight: of the day before',
      window('UTC', '23:30', 90, [6]),
      '2026-11-29T00:59Z',
      '2026-11-28T23:30 2026-11-29T01:00',
    ],
    ['24 hours from before midnight', window('UTC', '23:59', 1440, [6]), '2026-11-29T23:58Z', '2026-11-28T23:59 2026-11-29T23:59'],
    [
      'two that overlap on a day of 23 hours',
      window('Europe/Berlin', '04:00', 1440),
      '2026-03-29T02:30Z',
      '2026-03-29T02:00 2026-03-30T02:00',
    ],
    ['none on a day of 25 hours, for an hour', window('Europe/Berlin', '04:00', 1440), '2026-10-25T02:30Z', null],
  ])('%s', (_, given, instant, expected) => {
    expect(at(given, instant)).toBe(expected);
  });
});

describe('time zones', () => {
  test.each(['Europe/Berlin', 'europe/berlin', 'UTC', 'Etc/GMT+5', 'America/Argentina/Buenos_Aires'])('%s is one', (name) => {
    expect(zoneOf(name)).not.toBeNull();
  });
  test.each(['', 'Mars/Olympus', '+01:00', '-05', ' Europe/Berlin', 'Europe/Berlin\0', "'; DROP TABLE"])('%j is none', (name) => {
    expect(zoneOf(name)).toBeNull();
  });
});

const ZONES = [
  'Europe/Berlin',
  'America/New_York',
  'America/St_Johns',
  'Australia/Lord_Howe',
  'Africa/Casablanca',
  'Asia/Kolkata',
  'Pacific/Chatham',
  'UTC',
];
const anyWindow = fc.record({
  timeZone: fc.constantFrom(...ZONES),
  from: fc
    .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
    .map((time) => time.map((part) => String(part).padStart(2, '0')).join(':')),
  minutes: fc.integer({ min: 1, max: 1440 }),
  days: fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { minLength: 1 }),
  enabled: fc.constant(true),
});
const anyInstant = fc.integer({ min: Date.parse('2024-01-01'), max: Date.parse('2030-01-01') });

describe('M4: from any moment on', () => {
  test('the next one is ahead, within eight days and two hours, lasts its minutes, and lasts when it begins', () => {
    fc.assert(
      fc.property(anyWindow, anyInstant, (given, after) => {
        const found = nextOccurrence(given, after);
        if (found === null) throw new Error('none');
        expect(found.from).toBeGreaterThan(after);
        expect(found.from - after).toBeLessThanOrEqual((7 * 24 + 26) * 3_600_000);
        expect(found.to - found.from).toBe(given.minutes * 60_000);
        expect(occurrenceAt(given, found.from)).toEqual(found);
        expect(occurrenceAt(given, found.to - 1)?.to).toBeGreaterThanOrEqual(found.to);
        expect(nextOccurrence(given, found.from - 1)).toEqual(found);
      }),
    );
  });

  test('a cron library says the same wherever the clocks do not skip or repeat the time', () => {
    fc.assert(
      fc.property(anyWindow, anyInstant, (given, after) => {
        const [hours, minutes] = given.from.split(':').map(Number);
        const cron = new Cron(`0 ${minutes} ${hours} * * ${given.days.join(',')}`, { timezone: given.timeZone, paused: true });
        const found = nextOccurrence(given, after)?.from ?? 0;
        const zone = zoneOf(given.timeZone);
        const wall = (zone?.wallAt(found) ?? 0) % 86_400_000;
        const isPlain = [-3, 3].every((h) => zone?.wallAt(found + h * 3_600_000) === (zone?.wallAt(found) ?? 0) + h * 3_600_000);
        fc.pre(isPlain && wall === ((hours ?? 0) * 60 + (minutes ?? 0)) * 60_000);
        expect(cron.nextRun(new Date(after))?.getTime()).toBe(found);
      }),
    );
  });
});
