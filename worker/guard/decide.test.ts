import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readAnswer } from './answer.ts';
import {
  decide,
  isAllowed,
  isOver,
  isWriteByMethod,
  MAX_RETRY_AFTER_SECONDS,
  type OnUnreachable,
  retryAfterSeconds,
  type Standing,
} from './decide.ts';
import { answer, START } from './testing/control-planes.ts';

const at = (ms: number) => new Date(START + ms).toISOString();
const known = (mode: 'off' | 'read-only' | 'closed'): Standing => ({ kind: 'known', answer: answer(mode) });
const silent = (last: ReturnType<typeof answer> | null): Standing => ({ kind: 'unreachable', last });
const modeOf = (standing: Standing, write: boolean, onUnreachable: OnUnreachable = 'last-known') =>
  decide(standing, () => write, { onUnreachable, retryAfterSeconds: 30 }, START)?.mode ?? 'served';

describe('M1, M5: what passes', () => {
  test.each<[Standing, OnUnreachable, string, string]>([
    [known('off'), 'closed', 'served', 'served'],
    [known('read-only'), 'open', 'served', 'read-only'],
    [known('closed'), 'open', 'closed', 'closed'],
    [silent(answer('closed')), 'open', 'served', 'served'],
    [silent(answer('off')), 'read-only', 'served', 'read-only'],
    [silent(answer('off')), 'closed', 'closed', 'closed'],
    [silent(null), 'closed', 'closed', 'closed'],
    [silent(null), 'last-known', 'served', 'served'],
    [silent(answer('off')), 'last-known', 'served', 'served'],
    [silent(answer('read-only')), 'last-known', 'served', 'read-only'],
    [silent(answer('closed')), 'last-known', 'closed', 'closed'],
    [silent(answer('closed', { expiresAt: at(1) })), 'last-known', 'closed', 'closed'],
    [silent(answer('closed', { expiresAt: at(0) })), 'last-known', 'served', 'served'],
  ])('%j, %s: a read is %s, a write %s', (standing, onUnreachable, read, write) => {
    expect([modeOf(standing, false, onUnreachable), modeOf(standing, true, onUnreachable)]).toEqual([read, write]);
  });

  test('whether it writes is asked only where it matters', () => {
    const mustNot = () => {
      throw new Error('asked');
    };
    const options = { onUnreachable: 'open', retryAfterSeconds: 30 } as const;
    expect(decide(known('off'), mustNot, options, START)).toBeNull();
    expect(decide(known('closed'), mustNot, options, START)).not.toBeNull();
  });

  test('a notice has the message for visitors, never the reason for admins', () => {
    const standing: Standing = { kind: 'known', answer: answer('closed', { message: 'Back at ten', expiresAt: at(90_500) }) };
    const options = { onUnreachable: 'open', retryAfterSeconds: 30 } as const;
    expect(decide(standing, () => false, options, START)).toEqual({
      mode: 'closed',
      message: 'Back at ten',
      expiresAt: at(90_500),
      retryAfterSeconds: 91,
      source: 'answer',
    });
    expect(decide(silent(null), () => true, { ...options, onUnreachable: 'read-only' }, START)).toMatchObject({
      message: null,
      retryAfterSeconds: 30,
      source: 'policy',
    });
  });
});

describe('Retry-After', () => {
  test.each([
    [null, 30],
    [at(-1), 30],
    [at(0), 30],
    [at(1), 1],
    [at(59_001), 60],
    [at(7 * 86_400_000), MAX_RETRY_AFTER_SECONDS],
    ['not a time', 30],
  ])('%s: %i seconds', (expiresAt, seconds) => {
    expect(retryAfterSeconds(expiresAt, START, { retryAfterSeconds: 30 })).toBe(seconds);
  });

  test('always whole seconds from 1 to the bound', () => {
    fc.assert(
      fc.property(fc.date({ noInvalidDate: true }), fc.integer({ min: 0, max: 4e12 }), (end, now) => {
        const seconds = retryAfterSeconds(end.toISOString(), now, { retryAfterSeconds: 30 });
        expect(Number.isInteger(seconds) && seconds >= 1 && seconds <= MAX_RETRY_AFTER_SECONDS).toBe(true);
      }),
    );
  });
});

test('only a hold with an end is over by itself', () => {
  expect(isOver(answer('closed', { expiresAt: at(0) }), START)).toBe(true);
  expect(isOver(answer('closed', { expiresAt: at(1) }), START)).toBe(false);
  expect(isOver(answer('closed'), START)).toBe(false);
  expect(isOver(answer('off', { expiresAt: at(0) }), START)).toBe(false);
});

test.each([
  ['GET', false],
  ['HEAD', false],
  ['OPTIONS', false],
  ['POST', true],
  ['PUT', true],
  ['PATCH', true],
  ['DELETE', true],
  ['PROPFIND', true],
])('%s writes: %s', (method, writes) => {
  expect(isWriteByMethod(new Request('http://shop/', { method }))).toBe(writes);
});

test.each([
  ['/healthz', true],
  ['/healthz/', false],
  ['/healthzz', false],
  ['/assets/a.css', true],
  ['/assets/', true],
  ['/assets', false],
  ['/', false],
])('%s is always served: %s', (path, allowed) => {
  expect(isAllowed(path, ['/healthz', '/assets/*'])).toBe(allowed);
});

describe('what counts as an answer', () => {
  test('one with a mode, whatever else is missing, damaged or new', () => {
    expect(readAnswer({ ...answer('closed'), colour: 'red' })).toEqual(answer('closed'));
    expect(readAnswer({ mode: 'closed', message: 7, expiresAt: 'soon', since: {}, version: Number.NaN })).toEqual({
      ...answer('closed', { version: 0 }),
      reason: null,
    });
  });

  test.each([[null], [undefined], [0], ['closed'], [[]], [{}], [{ mode: 'open' }], [{ mode: null }], [{ mode: ['closed'] }]])(
    'not %j',
    (value) => {
      expect(readAnswer(value)).toBeNull();
    },
  );
});
