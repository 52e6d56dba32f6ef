import { describe, expect, test } from 'vitest';
import type { Hold } from '../../../worker/protocol/maintenance.ts';
import { localInput } from '../../components/format.ts';
import { fenceWords } from '../../components/words.ts';
import { decidingHolds, holdChange, joinHolds, lastsUntil, othersThan, personsHold } from '../../store/hold-list.ts';
import { endOf, expiresAtOf, PRESETS, type Preset } from './ending.ts';

const now = Date.parse('2026-11-23T10:00:00.000Z');
const hold = (id: string, over: Partial<Hold> = {}): Hold => ({
  id,
  mode: 'read-only',
  reason: id,
  message: null,
  owner: { kind: 'person', actor: 'owner' },
  createdAt: `2026-11-23T09:0${id}:00.000Z`,
  expiresAt: null,
  endedAt: null,
  endedBy: null,
  ...over,
});
const ofJob = (id: string, over: Partial<Hold> = {}) => hold(id, { owner: { kind: 'job', jobId: `j${id}` }, ...over });

describe('when a hold ends', () => {
  test.each([
    ['15m', 900_000],
    ['1h', 3_600_000],
    ['4h', 14_400_000],
  ] as const)('%s ends %d ms from now', (preset, lengthMs) => {
    expect(expiresAtOf(endOf({ preset, localTime: 'nonsense' }, now))).toBe(new Date(now + lengthMs).toISOString());
  });
  test('until somebody ends it: no end at all', () =>
    expect(expiresAtOf(endOf({ preset: 'open', localTime: '' }, now))).toBeNull());
  test('a time is read on the reader’s own clock, to the minute', () => {
    const at = now + 5 * 3_600_000 + 42_000;
    const ends = endOf({ preset: 'time', localTime: localInput(at) }, now);
    expect(ends).toEqual({ state: 'at', atMs: at - 42_000 });
    expect(localInput(at)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d$/);
  });
  test.each(['', 'tomorrow', localInput(now - 60_000), localInput(now)])('%j is no end, and nothing is sent', (localTime) => {
    const ends = endOf({ preset: 'time', localTime }, now);
    expect(ends.state).toBe('wrong');
    expect(expiresAtOf(ends)).toBeUndefined();
  });
  test('every preset has an answer', () => {
    const states = (Object.keys(PRESETS) as Preset[]).map(
      (preset) => endOf({ preset, localTime: localInput(now + 90_000) }, now).state,
    );
    expect(states).toEqual(['at', 'at', 'at', 'at', 'open']);
  });
});

describe('who holds it', () => {
  const holds = [
    hold('3'),
    ofJob('1', { mode: 'closed' }),
    hold('2', { mode: 'closed' }),
    ofJob('0', { mode: 'closed', endedAt: 'x' }),
  ];
  test('M1: the strictest active holds decide, the oldest of them first', () => {
    expect(decidingHolds({ mode: 'closed', holds }).map(({ id }) => id)).toEqual(['1', '2']);
    expect(decidingHolds({ mode: 'off', holds })).toEqual([]);
  });
  test('M4: a person’s hold can be ended by a person, a job’s ends with the job', () => {
    expect(personsHold({ holds })?.id).toBe('3');
    expect(personsHold({ holds: [ofJob('1')] })).toBeNull();
    expect(personsHold({ holds: [hold('1', { owner: { kind: 'window', windowId: 'w' } })] })).toBeNull();
  });
  test('M1: what stays when one ends is every other that is active, whoever began it', () => {
    expect(othersThan('3', { holds }).map(({ id }) => id)).toEqual(['1', '2']);
  });
  test('M4: a change sends what differs and nothing else, so that what another person changed meanwhile stays', () => {
    const held = { reason: 'new index', message: null };
    expect(holdChange(held, { reason: ' new index ', message: '  ' })).toBeNull();
    expect(holdChange(held, { reason: 'new index', message: 'Soon.' })).toEqual({ message: 'Soon.' });
    expect(holdChange({ ...held, message: 'x' }, { reason: 'other', message: '', expiresAt: null })).toEqual({
      reason: 'other',
      message: null,
      expiresAt: null,
    });
  });
  test('M4: how long, where no time says so', () => {
    const until = (list: Hold[], expiresAt: string | null = null) => lastsUntil({ mode: 'read-only', holds: list, expiresAt });
    const soon = '2026-11-23T11:00:00.000Z';
    expect(until([ofJob('1')])).toBe('job');
    expect(until([hold('1', { expiresAt: soon }), ofJob('2')])).toBe('job');
    expect(until([hold('1'), ofJob('2')])).toBe('person');
    expect(until([hold('1', { expiresAt: soon })], soon)).toBeNull();
    expect(lastsUntil({ mode: 'off', holds: [], expiresAt: null })).toBeNull();
  });
  test('pages join: what is in both counts once, as it is now', () => {
    const first = joinHolds(null, { items: [hold('3'), hold('2')], nextCursor: 'c' });
    const both = joinHolds(first, { items: [hold('2', { endedAt: 'x' }), hold('1')], nextCursor: null });
    expect(both.items.map(({ id, endedAt }) => `${id} ${endedAt}`)).toEqual(['3 null', '2 x', '1 null']);
    expect(both.nextCursor).toBeNull();
  });
});

describe('M2: the fence in words', () => {
  test('says that writes are refused only when they are', () => {
    const refused = (state: 'down' | 'raising' | 'up' | 'lowering' | 'failed', mode: 'off' | 'closed') =>
      / refuses writes/.test(fenceWords({ state }, mode).text);
    expect([refused('up', 'closed'), refused('raising', 'closed'), refused('down', 'closed'), refused('failed', 'closed')]).toEqual(
      [true, false, false, false],
    );
    expect(refused('down', 'off')).toBe(false);
  });
  test('what is not as it should be never reads as good', () => {
    expect(fenceWords({ state: 'down' }, 'read-only').tone).toBe('warn');
    expect(fenceWords({ state: 'up' }, 'off').tone).toBe('warn');
    expect([fenceWords({ state: 'failed' }, 'off').tone, fenceWords({ state: 'failed' }, 'closed').tone]).toEqual(['bad', 'bad']);
    expect([fenceWords({ state: 'up' }, 'closed').tone, fenceWords({ state: 'down' }, 'off').tone]).toEqual(['good', 'neutral']);
  });
});
