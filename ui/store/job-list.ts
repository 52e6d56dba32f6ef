/** The list of jobs on screen: which were fetched, under which filter, and how live changes appear in it. Pure. */
import type { Job, JobKind, JobStatus } from '../../worker/protocol/job.ts';
import type { Page } from '../../worker/protocol/list.ts';
import type { Failure } from '../api/problem.ts';
import { type JobCache, newestFirst } from './job-cache.ts';

/** Empty means: any. */
export interface JobFilter {
  readonly statuses: readonly JobStatus[];
  readonly kinds: readonly JobKind[];
}
export const NO_FILTER: JobFilter = { statuses: [], kinds: [] };

export interface JobList {
  readonly filter: JobFilter;
  readonly ids: readonly string[];
  readonly nextCursor: string | null;
  readonly state: 'loading' | 'ready' | 'failed';
  readonly loadingMore: boolean;
  readonly failure: Failure | null;
  /** The oldest moment that the fetched pages reach; null when they reach the beginning. */
  readonly reachesBackTo: string | null;
}

export const newJobList = (filter: JobFilter): JobList => ({
  filter,
  ids: [],
  nextCursor: null,
  state: 'loading',
  loadingMore: false,
  failure: null,
  reachesBackTo: null,
});

export const matches = (filter: JobFilter, job: Job): boolean =>
  (filter.statuses.length === 0 || filter.statuses.includes(job.status)) &&
  (filter.kinds.length === 0 || filter.kinds.includes(job.kind));

const reach = (page: Page<Job>): string | null => (page.nextCursor === null ? null : (page.items.at(-1)?.createdAt ?? null));

export function withFirstPage(list: JobList, page: Page<Job>): JobList {
  return {
    ...newJobList(list.filter),
    state: 'ready',
    ids: page.items.map(({ id }) => id),
    nextCursor: page.nextCursor,
    reachesBackTo: reach(page),
  };
}

export function withNextPage(list: JobList, page: Page<Job>): JobList {
  const ids = [...new Set([...list.ids, ...page.items.map(({ id }) => id)])];
  return { ...list, ids, nextCursor: page.nextCursor, reachesBackTo: reach(page), loadingMore: false, failure: null };
}

export const withFailure = (list: JobList, failure: Failure): JobList => ({
  ...list,
  failure,
  loadingMore: false,
  state: list.state === 'ready' ? 'ready' : 'failed',
});

/**
 * What to draw: the fetched jobs as they are now, and the jobs that came since, as far back as the pages reach. A job older than
 * that stays out even if the cache knows it: between it and the last row there may be others that were not fetched yet.
 */
export function visibleJobs(list: JobList, cache: JobCache): Job[] {
  if (list.state !== 'ready') return [];
  const fetched = new Set(list.ids);
  const inReach = (job: Job): boolean => fetched.has(job.id) || list.reachesBackTo === null || job.createdAt > list.reachesBackTo;
  return Object.values(cache)
    .filter((job) => inReach(job) && matches(list.filter, job))
    .sort(newestFirst);
}

const KNOWN_STATUSES: Record<JobStatus, true> = {
  queued: true,
  running: true,
  cancelling: true,
  succeeded: true,
  failed: true,
  cancelled: true,
};
const KNOWN_KINDS: Record<JobKind, true> = {
  'database.export': true,
  'backup.verify': true,
  'schema.sync': true,
  'table.clear': true,
  'sample.seed': true,
};
export const STATUSES = Object.keys(KNOWN_STATUSES) as JobStatus[];
export const KINDS = Object.keys(KNOWN_KINDS) as JobKind[];

/** The filter as it stands in the address, so that a filtered list can be linked to. What is unknown is left out. */
export function filterFromSearch(search: string): JobFilter {
  const query = new URLSearchParams(search);
  const listed = (name: string): string[] => (query.get(name) ?? '').split(',');
  return {
    statuses: STATUSES.filter((status) => listed('status').includes(status)),
    kinds: KINDS.filter((kind) => listed('kind').includes(kind)),
  };
}

export function filterToSearch({ statuses, kinds }: JobFilter): string {
  const parts = [
    statuses.length > 0 ? `status=${statuses.join(',')}` : '',
    kinds.length > 0 ? `kind=${kinds.join(',')}` : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}
