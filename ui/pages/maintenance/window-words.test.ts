import { describe, expect, test } from 'vitest';
import type { MaintenanceWindow } from '../../../worker/protocol/maintenance.ts';
import { WindowRequest } from '../../../worker/protocol/maintenance.ts';
import { nextOf } from '../../dev/fake-windows.ts';
import { daysInWords, draftOf, inZone, newDraft, problemsOf, requestOf, sameClock, spanInWords } from './window-words.ts';

const window: MaintenanceWindow = {
  id: 'w',
  days: [0],
  from: '02:00',
  minutes: 60,
  timeZone: 'Europe/Berlin',
  mode: 'closed',
  reason: 'clean-up',
  message: null,
  enabled: true,
  createdAt: '2026-11-01T00:00:00.000Z',
  createdBy: 'owner',
  next: null,
};

describe('weekly windows in words', () => {
  test.each([
    [[0], 'Sundays'],
    [[5, 1, 3, 2, 4], 'Monday to Friday'],
    [[6, 1], 'Mon, Sat'],
    [[0, 1, 2, 3, 4, 5, 6], 'Every day'],
    [[], 'No day'],
  ])('%j: %s', (days, words) => expect(daysInWords(days)).toBe(words));
  test.each([
    ['02:00', 60, '02:00 to 03:00'],
    ['23:30', 90, '23:30 to 01:00 the next day'],
    ['23:00', 60, '23:00 to 00:00 the next day'],
    ['06:15', 1440, '06:15 to 06:15 the next day'],
  ])('%s for %d minutes: %s', (from, minutes, words) => expect(spanInWords(from, minutes)).toBe(words));
  test('a moment is shown on the clock of either zone; twice only where they differ', () => {
    expect(inZone('2026-11-29T01:00:00.000Z', 'Europe/Berlin')).toBe('Sun, Nov 29, 02:00');
    expect(sameClock(Date.parse('2026-11-29T01:00:00.000Z'), 'Europe/Berlin', 'Europe/Madrid')).toBe(true);
    expect(sameClock(Date.parse('2026-11-29T01:00:00.000Z'), 'Europe/Berlin', 'UTC')).toBe(false);
  });
});

describe('the form of a window', () => {
  test('what is read back into the form and sent again is the same window', () => {
    const { id: _id, createdAt: _at, createdBy: _by, next: _next, enabled: _enabled, ...same } = window;
    expect(requestOf(draftOf(window))).toEqual(same);
  });
  test('a new one lacks its reason only, and what is sent then is what the API takes', () => {
    const draft = newDraft('Asia/Kolkata');
    expect(Object.keys(problemsOf(draft))).toEqual(['reason']);
    const request = { ...requestOf({ ...draft, reason: ' why ' }), enabled: true };
    expect(WindowRequest.parse(request)).toEqual(request);
    expect(request.reason).toBe('why');
  });
  test.each([
    [{ days: [] }, 'days'],
    [{ from: '25:00' }, 'from'],
    [{ from: '' }, 'from'],
    [{ minutes: '0' }, 'minutes'],
    [{ minutes: '1441' }, 'minutes'],
    [{ minutes: '1.5' }, 'minutes'],
    [{ minutes: '' }, 'minutes'],
    [{ timeZone: 'Europe/Atlantis' }, 'timeZone'],
    [{ timeZone: '' }, 'timeZone'],
    [{ reason: '  ' }, 'reason'],
  ] as const)('%j is called by its field', (change, field) => {
    const draft = { ...newDraft('UTC'), reason: 'x', ...change };
    expect(Object.keys(problemsOf(draft))).toEqual([field]);
    expect(WindowRequest.safeParse({ ...requestOf(draft) }).success).toBe(field === 'timeZone' && draft.timeZone !== '');
  });
});

test('the fake server’s next time is by the zone’s own clock, also across a change of clocks', () => {
  const friday = Date.parse('2026-03-27T12:00:00.000Z');
  const at = (from: string, timeZone: string) => nextOf({ ...window, from, timeZone }, friday)?.from;
  expect(at('04:00', 'Europe/Berlin')).toBe('2026-03-29T02:00:00.000Z');
  expect(at('02:00', 'Asia/Kolkata')).toBe('2026-03-28T20:30:00.000Z');
  expect(nextOf({ ...window, enabled: false }, friday)).toBeNull();
});
