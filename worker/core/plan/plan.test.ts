import { describe, expect, test } from 'vitest';
import type { Approval, Hazard, Rehearsal } from '../../protocol/plan.ts';
import { type ApprovalAction, decide, isAgreed, needsSecondPerson, type Standing, shownState } from './approval.ts';
import { DANGER_WINDOW_MS, DANGEROUS_IN_WINDOW, dangerWaitMs } from './danger-rate.ts';
import { canonical, planHash } from './hash.ts';
import { type Attempt, refusalToStart, type Startable } from './start.ts';

const standing = (state: Approval['state'], more: Partial<Standing> = {}): Standing => ({
  state,
  requestedBy: 'ann',
  expired: false,
  stale: false,
  used: false,
  ...more,
});
const hazard = (level: Hazard['level'], code = 'x'): Hazard => ({
  code,
  level,
  message: `it is ${code}`,
  hint: '',
  table: null,
  column: null,
  samples: [],
});

describe('who may do what about an approval, and when', () => {
  test.each<[Approval['state'], ApprovalAction, string, string]>([
    ['wanted', 'request', 'ann', 'requested'],
    ['declined', 'request', 'ann', 'requested'],
    ['requested', 'request', 'bob', 'approval_not_open'],
    ['approved', 'request', 'ann', 'approval_not_open'],
    ['not-needed', 'request', 'ann', 'approval_not_open'],
    ['requested', 'approve', 'bob', 'approved'],
    ['requested', 'approve', 'ann', 'approval_by_same_person'],
    ['wanted', 'approve', 'bob', 'approval_not_open'],
    ['declined', 'approve', 'bob', 'approval_not_open'],
    ['approved', 'approve', 'bob', 'approval_not_open'],
    ['not-needed', 'approve', 'bob', 'approval_not_open'],
    ['requested', 'decline', 'bob', 'declined'],
    ['requested', 'decline', 'ann', 'declined'],
    ['approved', 'decline', 'bob', 'approval_not_open'],
    ['wanted', 'decline', 'bob', 'approval_not_open'],
  ])('%s, %s by %s: %s', (state, action, by, wanted) => {
    const decided = decide(standing(state), action, by);
    expect('next' in decided ? decided.next : decided.code).toBe(wanted);
  });

  test.each([
    [{ used: true, expired: true, stale: true }, 'plan_used'],
    [{ expired: true, stale: true }, 'plan_expired'],
    [{ stale: true }, 'plan_stale'],
  ])('J6: nobody approves what is over: %o', (more, code) =>
    expect(decide(standing('requested', more), 'approve', 'bob')).toMatchObject({ code }),
  );

  test.each<[Standing, Approval['state']]>([
    [standing('approved'), 'approved'],
    [standing('approved', { stale: true }), 'void'],
    [standing('requested', { expired: true }), 'void'],
    [standing('approved', { stale: true, expired: true, used: true }), 'approved'],
    [standing('not-needed', { stale: true }), 'not-needed'],
  ])('what is shown of %o', (given, wanted) => expect(shownState(given)).toBe(wanted));

  test.each([
    ['admin', [], true, false, true],
    ['admin', [], false, false, false],
    ['operator', [], true, false, false],
    ['operator', ['danger'], true, false, true],
    ['operator', ['stop', 'warning'], true, false, false],
    ['operator', [], false, true, true],
  ] as const)('a plan for %s with hazards %o, demanded %s, asked for %s: %s', (needs, levels, demanded, asked, wanted) =>
    expect(needsSecondPerson({ needs, hazards: levels.map((level) => hazard(level)) }, demanded, asked)).toBe(wanted),
  );

  test.each<[Approval['state'], boolean]>([
    ['not-needed', true],
    ['approved', true],
    ['wanted', false],
    ['requested', false],
    ['declined', false],
    ['void', false],
  ])('%s is consent: %s', (state, wanted) => expect(isAgreed(state)).toBe(wanted));
});

describe('J6, X2: what keeps a plan from being started, in this order', () => {
  const plan: Startable = {
    needs: 'operator',
    hazards: [hazard('danger')],
    rehearsal: null,
    confirm: 'users',
    basis: 'b',
    jobId: null,
    expiresAtMs: 100,
    approval: 'not-needed',
    onTheSpot: false,
  };
  const attempt: Attempt = { role: 'operator', confirm: 'users', basis: 'b', now: 99 };
  const failed: Rehearsal = {
    state: 'failed',
    tookMs: 1,
    rows: 1,
    inverseProven: null,
    findings: [{ code: 'x', message: 'It broke.' }],
  };
  const faults: [string, Partial<Startable>, Partial<Attempt>][] = [
    ['forbidden', { needs: 'admin' }, {}],
    ['plan_used', { jobId: 'job_1' }, {}],
    ['plan_expired', {}, { now: 100 }],
    ['plan_stale', {}, { basis: 'c' }],
    ['plan_blocked', { hazards: [hazard('stop', 'dependents_in_the_way')] }, {}],
    ['rehearsal_failed', { rehearsal: failed }, {}],
    ['approval_needed', { approval: 'requested' }, {}],
    ['confirmation_needed', {}, { confirm: 'Users' }],
  ];
  test('nothing', () => {
    expect(refusalToStart(plan, attempt)).toBeNull();
    expect(refusalToStart({ ...plan, confirm: null }, { ...attempt, confirm: null })).toBeNull();
  });
  test.each(faults)('%s', (code, worse, other) =>
    expect(refusalToStart({ ...plan, ...worse }, { ...attempt, ...other })).toMatchObject({ code }),
  );
  test('of several, the first', () => {
    for (let from = 0; from < faults.length; from += 1) {
      const rest = faults.slice(from);
      const worse = Object.assign({}, plan, ...rest.map(([, one]) => one)) as Startable;
      const other = Object.assign({}, attempt, ...rest.map(([, , one]) => one)) as Attempt;
      expect(refusalToStart(worse, other)?.code).toBe(faults[from]?.[0]);
    }
  });
  test('a plan made for this very job is refused by the name of its hazard', () => {
    const stopped = { ...plan, onTheSpot: true, hazards: [hazard('stop', 'dependents_in_the_way')] };
    expect(refusalToStart(stopped, attempt)).toMatchObject({ code: 'dependents_in_the_way' });
    expect(refusalToStart({ ...stopped, hazards: [hazard('stop', 'lint/x')] }, attempt)).toMatchObject({ code: 'plan_blocked' });
  });
  test('what was not sent is told from what is wrong', () => {
    expect(refusalToStart(plan, { ...attempt, confirm: null })?.detail).toBe('Type "users" to confirm.');
    expect(refusalToStart(plan, { ...attempt, confirm: 'x' })?.detail).toContain('something else');
  });
});

describe('dangerous jobs in a short time', () => {
  const now = 10_000_000;
  const ago = (ms: number, times: number) => Array.from({ length: times }, (_, n) => now - ms + n);
  test.each([
    ['none', [], 0],
    ['one less', ago(1_000, DANGEROUS_IN_WINDOW - 1), 0],
    ['as many as may be', ago(1_000, DANGEROUS_IN_WINDOW), DANGER_WINDOW_MS - 1_000],
    ['half of them long ago', [...ago(DANGER_WINDOW_MS, 5), ...ago(10, 5)], 0 + 1],
    ['all of them long ago', ago(DANGER_WINDOW_MS + 100, 50), 0],
    ['more than may be: the tenth newest decides', [...ago(50_000, 3), ...ago(1_000, 10)], DANGER_WINDOW_MS - 1_000],
  ])('%s', (_, at, wanted) => {
    const waitMs = dangerWaitMs([...at].reverse(), now);
    if (wanted === 1) expect(waitMs).toBeLessThan(10);
    else expect(waitMs).toBe(wanted);
  });
});

test('a plan’s hash depends on all that is agreed to, and on nothing else', () => {
  const base = { database: 'DB', kind: 'table.clear', params: { a: 1, b: { c: [2], d: 3 } }, basis: 'x', statements: [] } as const;
  const hash = planHash(base);
  expect(planHash({ ...base, params: { b: { d: 3, c: [2] }, a: 1 } })).toBe(hash);
  const statement = {
    n: 0,
    step: 0,
    sql: 'DELETE',
    reason: '',
    risk: 'safe',
    table: null,
    rows: 0,
    inverse: null,
    cost: null,
  } as const;
  const others = [
    { ...base, database: 'DC' },
    { ...base, kind: 'schema.sync' as const },
    { ...base, params: { a: 1 } },
    { ...base, basis: 'y' },
    { ...base, statements: [statement] },
  ];
  expect(new Set([hash, ...others.map(planHash)]).size).toBe(6);
  expect(canonical({ b: undefined, a: [1, null] })).toBe('{"a":[1,null]}');
});
