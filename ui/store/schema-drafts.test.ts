import { describe, expect, test } from 'vitest';
import type { Event } from '../../worker/protocol/live.ts';
import type { PlanSummary } from '../../worker/protocol/plan.ts';
import type { SchemaFile } from '../../worker/protocol/schema.ts';
import { draftKey, isDirty, isOvertaken, newBuffer, onTop, rebased, refreshed, saveRequest, withKept } from './draft-buffer.ts';
import { memoized } from './memoized.ts';
import { foldPlans } from './plan-state.ts';
import { fileState, textOf, withFile } from './schema-state.ts';

type Draft = NonNullable<SchemaFile['draft']>;
const draft = (over: Partial<Draft> = {}): Draft => ({
  n: 3,
  text: 'draft',
  basedOn: 'sha-1',
  state: 'open',
  message: '',
  savedAt: '2026-11-23T10:00:00.000Z',
  savedBy: 'ann',
  problems: [],
  ...over,
});
const file = (over: Partial<SchemaFile> = {}): SchemaFile => ({
  path: 'a.ts',
  text: 'file',
  sha256: 'sha-1',
  draft: null,
  ...over,
});
const problem = { path: 'a.ts', line: 1, column: 1, message: 'no' };

describe('how a file stands', () => {
  test.each([
    ['file', file(), 'file'],
    ['open', file({ draft: draft() }), 'draft'],
    ['broken', file({ draft: draft({ problems: [problem] }) }), 'draft'],
    ['accepted', file({ draft: draft({ state: 'accepted' }) }), 'draft'],
    ['outrun', file({ sha256: 'sha-2', draft: draft() }), 'draft'],
    ['file', file({ draft: draft({ state: 'discarded', problems: [problem] }) }), 'file'],
  ] as const)('%s', (state, one, text) => {
    expect([fileState(one), textOf(one)]).toEqual([state, text]);
  });
  test('an answer replaces its file, or joins', () => {
    expect(withFile([file()], file({ text: 'new' })).map(({ text }) => text)).toEqual(['new']);
    expect(withFile([file()], file({ path: 'b.ts' })).map(({ path }) => path)).toEqual(['a.ts', 'b.ts']);
  });
});

describe('what is typed', () => {
  const typed = { ...newBuffer(file({ draft: draft() })), text: 'mine' };
  test('follows the draft, is bound to what that was begun from, and names what it follows', () => {
    expect(saveRequest(typed, ' why ')).toEqual({ path: 'a.ts', text: 'mine', basedOn: 'sha-1', expect: 3, message: 'why' });
    expect(saveRequest({ ...newBuffer(file()), text: 'mine' }, '')).toEqual({
      path: 'a.ts',
      text: 'mine',
      basedOn: 'sha-1',
      expect: null,
    });
    // A discarded draft is no text to go on from, but its number is the one that the next follows.
    expect(newBuffer(file({ sha256: 'sha-2', draft: draft({ state: 'discarded' }) }))).toMatchObject({
      text: 'file',
      basedOn: 'sha-2',
      expect: 3,
    });
  });
  test('is never lost when somebody else saves: it stays, and the conflict shows', () => {
    const theirs = file({ draft: draft({ n: 4, text: 'theirs' }) });
    expect(refreshed(typed, theirs)).toBe(typed);
    expect(isOvertaken(typed, theirs)).toBe(true);
    const mine = onTop(typed, theirs);
    expect([mine.text, mine.expect, isOvertaken(mine, theirs), isDirty(mine)]).toEqual(['mine', 4, false, true]);
    expect(isDirty(newBuffer(theirs))).toBe(false);
  });
  test('nothing typed follows by itself; accepting is no conflict', () => {
    const before = newBuffer(file({ draft: draft() }));
    expect(refreshed(before, file({ draft: draft({ n: 4, text: 'theirs' }) })).text).toBe('theirs');
    expect(isOvertaken(typed, file({ draft: draft({ state: 'accepted' }) }))).toBe(false);
  });
  test('is kept as long as it is not saved, for its file of its database only', () => {
    const kept = withKept({}, 'DB', typed);
    expect(Object.keys(kept)).toEqual([draftKey('DB', 'a.ts')]);
    expect(withKept(kept, 'DB', typed)).toBe(kept);
    expect(withKept(kept, 'DB', { ...typed, text: 'draft' })).toEqual({});
    expect(withKept(kept, 'OTHER', newBuffer(file()))).toBe(kept);
  });
  test('a draft that fits the changed file is saved once more, with the same text', () => {
    const outrun = file({ sha256: 'sha-2', draft: draft() });
    const fits = rebased(newBuffer(outrun), outrun);
    expect([isDirty(fits), fits.basedOn, fits.text]).toEqual([true, 'sha-2', 'draft']);
  });
});

test('plans: a change replaces its plan in place, a new one stands first, another event changes nothing', () => {
  const plan = (id: string, jobId: string | null = null) => ({ id, jobId, approval: {} }) as PlanSummary;
  const event = (type: Event['type'], one: PlanSummary): Event => ({
    seq: 1,
    at: '',
    type,
    jobId: null,
    reason: '',
    data: { plan: one },
  });
  const list = [plan('b'), plan('a')];
  expect(foldPlans(list, event('plan.changed', plan('a', 'job'))).map(({ id, jobId }) => [id, jobId])).toEqual([
    ['b', null],
    ['a', 'job'],
  ]);
  expect(foldPlans(list, event('plan.changed', plan('c'))).map(({ id }) => id)).toEqual(['c', 'b', 'a']);
  expect(foldPlans(list, event('schema.changed', plan('c')))).toBe(list);
});

test('what is remembered is computed again for other arguments only', () => {
  let computed = 0;
  const size = memoized((list: readonly string[], more: number) => {
    computed += 1;
    return list.length + more;
  });
  const list = ['a'];
  expect([size(list, 1), size(list, 1), size(['a'], 1), size(list, 2), computed]).toEqual([2, 2, 2, 3, 3]);
});
