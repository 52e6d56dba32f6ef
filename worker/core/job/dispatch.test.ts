import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  alive,
  BEGUN_LEASE_MS,
  backoffMs,
  begin,
  firstDispatch,
  MAX_STRIKES,
  overdue,
  ownedBy,
  paused,
  progressed,
  RECOVERY_LEASE_MS,
  type Running,
  recovered,
  SENT_LEASE_MS,
  sent,
  struck,
  wakeAt,
} from './dispatch.ts';

const passing = { code: 'database_unreachable', message: 'gone', hint: 'wait', retryable: true };
const final = { ...passing, retryable: false };
const begun = (epoch = 7, now = 0): Running => begin(sent(firstDispatch(0, now), now), 1, epoch, now) as Running;

describe('J2, J3: one executor at a time', () => {
  test('a ticket opens one begin only, however often and late its message comes', () => {
    const waiting = sent(firstDispatch(0, 0), 0);
    const first = begin(waiting, 1, 7, 10) as Running;
    expect(ownedBy(first, 7)).toBe(true);
    expect(begin(first, 1, 8, 20)).toBeNull();
    const next = sent(paused(first, 30), 30);
    expect(begin(next, 1, 9, 40)).toBeNull();
    expect(begin(next, 2, 9, 40)).not.toBeNull();
  });

  test('the message may arrive before its sender has noted that it was sent', () => {
    expect(begin(firstDispatch(0, 0), 1, 7, 1)).not.toBeNull();
  });

  test('an attempt starts with a ticket that no earlier attempt had', () => {
    expect(begin(firstDispatch(4, 0), 4, 7, 1)).toBeNull();
    expect(begin(firstDispatch(4, 0), 5, 7, 1)).not.toBeNull();
  });

  test('whatever happens in whatever order, an epoch owns only what was begun with it, and tickets never go back', () => {
    const moves = fc.array(fc.constantFrom('sent', 'begin', 'begin-old', 'alive', 'commit', 'pause', 'lost', 'recover'), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(moves, (list) => {
        let running = firstDispatch(0, 0);
        let epoch = 0;
        for (const [index, move] of list.entries()) {
          const now = index * 1_000;
          const before = running.dispatch.ticket;
          running = step(running, move, now, () => ++epoch);
          expect(running.dispatch.ticket).toBeGreaterThanOrEqual(before);
          if (running.dispatch.state === 'begun') expect(running.dispatch.epoch).toBe(epoch);
          expect(running.strikes).toBeLessThan(MAX_STRIKES);
        }
      }),
    );
  });
});

function step(running: Running, move: string, now: number, nextEpoch: () => number): Running {
  const { state, ticket } = running.dispatch;
  if (move === 'sent' && state === 'due') return sent(running, now);
  if (move === 'begin' && state !== 'begun') return begin(running, ticket, nextEpoch(), now) ?? running;
  if (move === 'begin-old' && ticket > 1) {
    expect(begin(running, ticket - 1, 0, now)).toBeNull();
    return running;
  }
  if (move === 'alive') return alive(running, now);
  if (move === 'commit' && state === 'begun') return progressed(running, now);
  if (move === 'pause' && state === 'begun') return paused(running, now);
  if (move === 'recover') return recovered(running, now);
  if (move === 'lost' && state !== 'due') {
    const verdict = struck(running, passing, now);
    return verdict.next === 'again' ? verdict.running : firstDispatch(ticket, now);
  }
  return running;
}

describe('J2: what is lost is found', () => {
  test('an executor without a sign of life is taken for lost after its lease, and not before', () => {
    const running = begun();
    expect(overdue(running, BEGUN_LEASE_MS - 1)).toBe('wait');
    expect(overdue(running, BEGUN_LEASE_MS)).toBe('lost');
    expect(overdue(alive(running, 5_000), BEGUN_LEASE_MS)).toBe('wait');
  });

  test('a message that nobody takes up is sent again', () => {
    const running = sent(firstDispatch(0, 0), 0);
    expect(overdue(running, SENT_LEASE_MS)).toBe('lost');
    expect(overdue(firstDispatch(0, 0), 0)).toBe('send');
  });

  test('after a restart of the control plane the lease is short, and never longer than it was', () => {
    expect(wakeAt(recovered(begun(), 1_000))).toBe(1_000 + RECOVERY_LEASE_MS);
    expect(wakeAt(recovered(begun(), BEGUN_LEASE_MS - 10))).toBe(BEGUN_LEASE_MS);
  });
});

describe('J2: trying again', () => {
  test('back-off grows, one committed step forgives, and there is an end', () => {
    let running = begun();
    for (let strike = 1; strike < MAX_STRIKES; strike += 1) {
      const verdict = struck(running, passing, 0);
      if (verdict.next === 'fail') throw new Error('gave up too early');
      expect(wakeAt(verdict.running)).toBe(backoffMs(strike));
      running = verdict.running;
    }
    expect(struck(running, passing, 0)).toEqual({ next: 'fail', error: passing });
    expect(progressed(running, 0).strikes).toBe(0);
  });

  test('an error that will not pass fails at once', () => {
    expect(struck(begun(), final, 0)).toEqual({ next: 'fail', error: final });
  });
});
