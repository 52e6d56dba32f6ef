import { describe, expect, test } from 'vitest';
import type { BackupSummary } from '../../worker/protocol/backup.ts';
import type { Job, JobStep } from '../../worker/protocol/job.ts';
import type { EventType, LiveMessage } from '../../worker/protocol/live.ts';
import { currentWork, foldJobs, foundDamage, mergeFetched, replaceBySnapshot } from './job-cache.ts';
import { filterFromSearch, filterToSearch, NO_FILTER, newJobList, visibleJobs, withFirstPage, withNextPage } from './job-list.ts';
import { newJobPage, stepCount, withEvents, withSteps } from './job-page.ts';
import { begun, failed, ready } from './resource.ts';
import { foldMessage, newlyOpened, type OpenDatabase, outdatedBy, withMaintenance } from './state.ts';
import { serving } from './testing/serving.ts';

const at = '2026-11-23T10:00:00.000Z';
const job = (id: string, over: Partial<Job> = {}): Job => ({
  id,
  database: 'DB',
  kind: 'database.export',
  lane: 'exclusive',
  status: 'running',
  reason: 'r',
  actor: 'owner',
  createdAt: at,
  startedAt: at,
  finishedAt: null,
  attempt: 1,
  progress: { phase: 'rows', done: 0, total: 10, unit: 'rows' },
  params: {},
  result: null,
  error: null,
  ...over,
});
const event = (seq: number, type: EventType, jobId: string | null, data: Record<string, unknown>): LiveMessage => ({
  type: 'event',
  event: { seq, at, type, jobId, reason: '', data },
});
const progress = (jobId: string, done: number): LiveMessage => ({
  type: 'progress',
  jobId,
  at,
  progress: { phase: 'rows', done, total: 10, unit: 'rows' },
});
const step = (n: number): JobStep => ({ n, name: `chunk-${n}`, at, attempt: 1, detail: {} });
const backup = (id: string, createdAt: string, over: Partial<BackupSummary> = {}): BackupSummary => ({
  id,
  database: 'DB',
  jobId: 'j',
  createdAt,
  consistency: 'snapshot',
  partial: false,
  tables: 1,
  rows: 1,
  sqlBytes: 1,
  gzipBytes: 1,
  chunks: 1,
  tookMs: 1,
  warnings: [],
  verification: { state: 'unverified' },
  ...over,
});
const failure = {
  code: 'network',
  status: 0,
  title: 't',
  detail: '',
  hint: '',
  requestId: null,
  retryAfterSeconds: null,
  issues: [],
} as const;

describe('jobs', () => {
  test('progress moves a running job and never one that has ended', () => {
    expect(foldJobs({ a: job('a') }, progress('a', 7)).a?.progress.done).toBe(7);
    const ended = { a: job('a', { status: 'succeeded' }) };
    expect(foldJobs(ended, progress('a', 7))).toBe(ended);
    expect(foldJobs({}, progress('ghost', 7))).toEqual({});
  });

  test('J4: an answer that was overtaken by its own event does not turn the job back', () => {
    const known = { a: job('a', { status: 'succeeded' }) };
    expect(mergeFetched(known, [job('a', { status: 'running' })]).a?.status).toBe('succeeded');
    expect(mergeFetched({ a: job('a', { attempt: 2, status: 'queued' }) }, [job('a', { status: 'failed' })]).a?.attempt).toBe(2);
    expect(mergeFetched(known, [job('a', { attempt: 2, status: 'queued' })]).a?.status).toBe('queued');
  });

  test('J4: a snapshot drops what ended while we were away, and keeps history', () => {
    const cache = { old: job('old', { status: 'failed' }), lost: job('lost'), live: job('live') };
    expect(Object.keys(replaceBySnapshot(cache, [job('live', { reason: 'new' })])).sort()).toEqual(['live', 'old']);
  });

  test('J1: the strip shows the exclusive job before the background ones, and counts the rest', () => {
    const cache = {
      v: job('v', { lane: 'background', kind: 'backup.verify' }),
      x: job('x'),
      q: job('q', { status: 'queued' }),
      d: job('d', { status: 'succeeded' }),
    };
    const work = currentWork(cache);
    expect([work.running?.id, work.others, work.queued]).toEqual(['x', 1, 1]);
  });
});

test('B5: a verification that found damage is told from one that found none, and from everything else', () => {
  const verify = (result: Job['result']) => job('v', { kind: 'backup.verify', status: 'succeeded', result });
  expect([verify({ verified: false }), verify({ verified: true }), verify(null)].map(foundDamage)).toEqual([true, false, false]);
  expect(foundDamage(job('e', { kind: 'database.export', result: { verified: false } }))).toBe(false);
});

describe('the list of jobs', () => {
  const days = (n: number): string => `2026-11-${String(n).padStart(2, '0')}T00:00:00.000Z`;
  const page = (ids: number[], nextCursor: string | null) => ({
    items: ids.map((n) => job(`j${n}`, { createdAt: days(n), status: 'succeeded' })),
    nextCursor,
  });

  test('new jobs appear on top; a job older than the loaded pages does not leave a hole', () => {
    const list = withFirstPage(newJobList(NO_FILTER), page([20, 19], 'more'));
    const cache = mergeFetched(
      { j5: job('j5', { createdAt: days(5) }), j22: job('j22', { createdAt: days(22) }) },
      page([20, 19], null).items,
    );
    expect(visibleJobs(list, cache).map(({ id }) => id)).toEqual(['j22', 'j20', 'j19']);
    const all = withNextPage(list, page([5], null));
    expect(visibleJobs(all, cache).map(({ id }) => id)).toEqual(['j22', 'j20', 'j19', 'j5']);
  });

  test('a job leaves a filtered list when its status does', () => {
    const list = withFirstPage(newJobList({ statuses: ['running'], kinds: [] }), { items: [job('a')], nextCursor: null });
    expect(visibleJobs(list, { a: job('a') })).toHaveLength(1);
    expect(visibleJobs(list, { a: job('a', { status: 'failed' }) })).toEqual([]);
  });

  test('the filter survives the address, and nonsense in the address does not', () => {
    const filter = { statuses: ['queued', 'failed'], kinds: ['sample.seed'] } as const;
    expect(filterFromSearch(filterToSearch(filter))).toEqual(filter);
    expect(filterFromSearch('?status=failed,evil&kind=x')).toEqual({ statuses: ['failed'], kinds: [] });
    expect(filterToSearch(NO_FILTER)).toBe('');
  });
});

describe('one job’s page', () => {
  const open = (steps: JobStep[], nextCursor: string | null): OpenDatabase => {
    const page = withEvents(withSteps(newJobPage('a'), { items: steps, nextCursor }), { items: [], nextCursor: null });
    return { ...newlyOpened('DB'), jobs: { a: job('a') }, jobPage: { ...page, details: ready({ stepCount: steps.length }, 0) } };
  };

  test('a live step joins a complete table, and only counts where pages are missing', () => {
    const live = event(9, 'job.step', 'a', { job: job('a'), step: step(2) });
    const complete = foldMessage(open([step(0), step(1)], null), live).jobPage;
    expect(complete?.steps.items.map(({ n }) => n)).toEqual([0, 1, 2]);
    const partial = foldMessage(open([step(0)], 'more'), live).jobPage;
    expect(partial?.steps.items.map(({ n }) => n)).toEqual([0]);
    expect(partial === null || partial === undefined ? 0 : stepCount(partial)).toBe(3);
  });

  test('events of other jobs stay out', () => {
    const page = foldMessage(open([], null), event(9, 'job.step', 'b', { job: job('b'), step: step(0) })).jobPage;
    expect([page?.events.items.length, page?.steps.items.length]).toEqual([0, 0]);
  });

  test('a phase that was seen is not forgotten', () => {
    const first = foldMessage(open([], null), progress('a', 1));
    const second = foldMessage(first, {
      type: 'progress',
      jobId: 'a',
      at,
      progress: { phase: 'manifest', done: 0, total: 1, unit: 'files' },
    });
    expect(second.jobPage?.phases).toEqual(['rows', 'manifest']);
  });
});

describe('backups', () => {
  const opened: OpenDatabase = { ...newlyOpened('DB'), backups: ready({ items: [backup('b1', at)], nextCursor: null }, 0) };
  const list = (open: OpenDatabase) => (open.backups.state === 'ready' ? open.backups.value.items : []);

  test('a new one comes on top, a verification changes its row, a deletion takes it away', () => {
    const made = foldMessage(opened, event(1, 'backup.created', 'j', { backup: backup('b2', '2026-11-24T00:00:00.000Z') }));
    expect(list(made).map(({ id }) => id)).toEqual(['b2', 'b1']);
    const proven = foldMessage(
      made,
      event(2, 'backup.updated', 'j', { backup: backup('b1', at, { verification: { state: 'verified', at, tookMs: 5 } }) }),
    );
    expect(list(proven)[1]?.verification.state).toBe('verified');
    const gone = foldMessage(proven, event(3, 'backup.deleted', null, { id: 'b2' }));
    expect(list(gone).map(({ id }) => id)).toEqual(['b1']);
  });

  test('the page of a deleted backup says so', () => {
    const page = { ...opened, backupPage: { id: 'b1', details: ready({} as never, 0), deleted: false } };
    expect(foldMessage(page, event(3, 'backup.deleted', null, { id: 'b1' })).backupPage?.deleted).toBe(true);
  });
});

describe('M1: the mode', () => {
  const closed = { ...serving, mode: 'closed' as const, reason: 'restore', version: 1 };
  test('M1: comes with the snapshot, changes with its event, and with nothing else', () => {
    const begun = foldMessage(newlyOpened('DB'), { type: 'snapshot', database: 'DB', seq: 1, jobs: [], maintenance: serving });
    expect(begun.maintenance?.mode).toBe('off');
    const changed = foldMessage(begun, event(2, 'maintenance.changed', null, { maintenance: closed }));
    expect(changed.maintenance).toEqual(closed);
    expect(foldMessage(changed, event(3, 'tables.sampled', null, {})).maintenance).toEqual(closed);
    expect(foldMessage(changed, event(3, 'maintenance.changed', null, {})).maintenance).toEqual(closed);
  });

  test('M1: an answer that was overtaken by its own event does not turn the mode, or the fence, back', () => {
    const connected: OpenDatabase = {
      ...newlyOpened('DB'),
      synced: true,
      connection: { state: 'live', sinceMs: 1 },
      maintenance: closed,
    };
    const up = { state: 'up', detail: null } as const;
    expect(withMaintenance(connected, serving).maintenance).toBe(closed);
    expect(withMaintenance(connected, { ...closed, fence: up }).maintenance).toBe(closed);
    expect(withMaintenance(connected, { ...serving, version: 2 }).maintenance?.mode).toBe('off');
    const alone: OpenDatabase = { ...connected, connection: { state: 'offline', lastLiveMs: 1 } };
    expect(withMaintenance(alone, { ...closed, fence: up }).maintenance?.fence).toEqual(up);
    expect(withMaintenance(newlyOpened('DB'), serving).maintenance).toEqual(serving);
  });
});

describe('what stands on screen is never silently old', () => {
  test('a failed refresh keeps the value and carries the failure; a first failure is the failure', () => {
    const stale = failed(begun(ready('value', 5)), failure);
    expect(stale).toEqual({ state: 'ready', value: 'value', takenAtMs: 5, refreshing: false, failure });
    expect(failed(begun({ state: 'idle' }), failure)).toEqual({ state: 'failed', failure });
    expect(ready('new', 6)).toMatchObject({ failure: null });
  });

  test('a snapshot makes lists old, a counting makes tables old, progress makes nothing old', () => {
    expect(outdatedBy({ type: 'snapshot', database: 'DB', seq: 1, jobs: [], maintenance: serving })).toEqual({
      overview: true,
      tables: false,
      lists: true,
      holds: true,
      schema: true,
    });
    expect(outdatedBy(event(1, 'tables.sampled', null, {}))).toEqual({
      overview: true,
      tables: true,
      lists: false,
      holds: false,
      schema: false,
    });
    expect(outdatedBy(progress('a', 1))).toEqual({ overview: false, tables: false, lists: false, holds: false, schema: false });
    expect(outdatedBy(event(1, 'schema.changed', null, {}))).toMatchObject({ schema: true, tables: true });
    expect(outdatedBy(event(1, 'maintenance.changed', null, {}))).toMatchObject({ overview: true, holds: true });
  });
});
