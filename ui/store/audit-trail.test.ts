import { describe, expect, test } from 'vitest';
import type { AuditEntry } from '../../worker/protocol/audit.ts';
import { AUDIT_ACTIONS, AuditQuery, BREACHES } from '../../worker/protocol/audit.ts';
import { ACTIONS, breachHeading, groupName } from '../components/audit-words.ts';
import {
  type AuditFilter,
  auditFilterFrom,
  auditQuery,
  auditSearch,
  groupOf,
  isAnyEntry,
  joinEntries,
  NO_AUDIT_FILTER,
} from './audit-trail.ts';

const filter: AuditFilter = {
  text: 'a&b=c, “d”',
  actions: ['job.failed', 'fence.failed'],
  outcome: 'failed',
  actor: 'access:ann@example.com',
  target: 'GET /x/{y}?z',
  from: '2026-11-22T00:00:00.000Z',
  to: '2026-11-23T00:00:00.000Z',
};
const entry = (n: number): AuditEntry => ({ n }) as AuditEntry;

describe('A1: the filter', () => {
  test('A1: survives the address', () => expect(auditFilterFrom(auditSearch(filter), ACTIONS)).toEqual(filter));
  test('A1: is one that the API takes', () => {
    const parsed = AuditQuery.parse({ ...auditQuery(filter), limit: 50 });
    expect(parsed).toMatchObject({
      q: filter.text,
      action: filter.actions,
      outcome: 'failed',
      actor: filter.actor,
      target: filter.target,
    });
    expect([parsed.from, parsed.to]).toEqual([filter.from, filter.to]);
  });
  test('nonsense in the address is left out, and what is too long for the API is cut', () => {
    const read = auditFilterFrom(`?action=job.failed,evil&outcome=toString&from=soon&to=&q=${'x'.repeat(500)}&unknown=1`, ACTIONS);
    expect(read).toEqual({ ...NO_AUDIT_FILTER, actions: ['job.failed'], text: 'x'.repeat(200) });
    expect(AuditQuery.safeParse(auditQuery(read)).success).toBe(true);
  });
  test('no filter is no search', () => {
    expect([auditSearch(NO_AUDIT_FILTER), isAnyEntry(NO_AUDIT_FILTER), isAnyEntry(filter)]).toEqual(['', true, false]);
  });
});

describe('A1: entries', () => {
  test('pages join newest first, and an entry that is on both counts once', () => {
    const first = joinEntries(null, { items: [entry(5), entry(4)], nextCursor: 'c' });
    const both = joinEntries(first, { items: [entry(4), entry(3)], nextCursor: null });
    expect([both.items.map(({ n }) => n), both.nextCursor]).toEqual([[5, 4, 3], null]);
  });
  test('every action and every group of actions has a name', () => {
    expect([...ACTIONS].sort()).toEqual([...AUDIT_ACTIONS].sort());
    const groups = [...new Set(ACTIONS.map(groupOf))];
    expect(groups.filter((group) => groupName(group) === group)).toEqual([]);
  });
  test('A1: every breach names the entry', () => {
    for (const kind of BREACHES) expect(breachHeading({ kind, n: 57 })).toMatch(/tampered with.*\b57\b/);
  });
});
