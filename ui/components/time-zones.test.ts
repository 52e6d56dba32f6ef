import { describe, expect, test } from 'vitest';
import { clockIn, isTimeZone, matchingZones } from './time-zones.ts';

describe('time zones', () => {
  const zones = ['UTC', 'America/New_York', 'Europe/Berlin', 'America/Argentina/Buenos_Aires'];
  test.each([
    ['new york', ['America/New_York']],
    ['america/', ['America/New_York', 'America/Argentina/Buenos_Aires']],
    ['AIRES arg', ['America/Argentina/Buenos_Aires']],
    ['', zones],
    ['nowhere', []],
  ])('%j finds %j', (typed, found) => expect(matchingZones(typed, zones)).toEqual(found));
});

test('a clock in a zone, and what is no zone', () => {
  expect(clockIn('Asia/Kolkata', Date.parse('2026-11-23T20:00:00.000Z'))).toBe('Tue 01:30');
  expect([isTimeZone('UTC'), isTimeZone('Europe/Atlantis'), isTimeZone('')]).toEqual([true, false, false]);
});
