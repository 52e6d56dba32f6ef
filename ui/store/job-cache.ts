/** The jobs of one database as the screen knows them. Pure: live messages and fetched pages go in, a new cache comes out. */
import type { Job, JobStatus } from '../../worker/protocol/job.ts';
import type { LiveMessage } from '../../worker/protocol/live.ts';

export type JobCache = Readonly<Record<string, Job>>;

const RANK: Record<JobStatus, number> = { queued: 0, running: 1, cancelling: 2, succeeded: 3, failed: 3, cancelled: 3 };
export const isFinished = (job: Pick<Job, 'status'>): boolean => RANK[job.status] === 3;

/** A verification succeeds in finding out, also when what it finds is bad: that must nowhere look like good news. */
export const foundDamage = ({ kind, result }: Pick<Job, 'kind' | 'result'>): boolean =>
  kind === 'backup.verify' && result?.verified === false;

/** True when `known` is certainly newer than `fetched`: an answer may overtake, and be overtaken by, the event of the same change. */
const isAhead = (known: Job, fetched: Job): boolean =>
  known.attempt > fetched.attempt || (known.attempt === fetched.attempt && RANK[known.status] > RANK[fetched.status]);

/** Puts jobs from an HTTP answer beside those from the socket. */
export function mergeFetched(cache: JobCache, jobs: readonly Job[]): JobCache {
  const next = { ...cache };
  for (const job of jobs) {
    const known = next[job.id];
    if (known === undefined || !isAhead(known, job)) next[job.id] = job;
  }
  return next;
}

/** A snapshot names every unfinished job: one that we think unfinished and that is not in it has ended while we were away. */
export function replaceBySnapshot(cache: JobCache, jobs: readonly Job[]): JobCache {
  const finished = Object.values(cache).filter(isFinished);
  return Object.fromEntries([...finished, ...jobs].map((job) => [job.id, job]));
}

const jobOf = (data: Record<string, unknown>): Job | null =>
  typeof data.job === 'object' && data.job !== null && 'id' in data.job && 'status' in data.job ? (data.job as Job) : null;

export function foldJobs(cache: JobCache, message: LiveMessage): JobCache {
  switch (message.type) {
    case 'snapshot':
      return replaceBySnapshot(cache, message.jobs);
    case 'event': {
      const job = jobOf(message.event.data);
      return job === null ? cache : { ...cache, [job.id]: job };
    }
    case 'progress': {
      const job = cache[message.jobId];
      // Progress has no number and may come after the event that ended the job.
      return job === undefined || isFinished(job) ? cache : { ...cache, [job.id]: { ...job, progress: message.progress } };
    }
    case 'resumed':
    case 'goodbye':
      return cache;
  }
}

/** Newest first; jobs of the same moment by id, so that the order never flickers. */
export const newestFirst = (a: Job, b: Job): number => b.createdAt.localeCompare(a.createdAt) || b.id.localeCompare(a.id);

/** What the strip on every page shows: the running exclusive job, else any running one, and how many wait. */
export function currentWork(cache: JobCache): { readonly running: Job | null; readonly others: number; readonly queued: number } {
  const jobs = Object.values(cache).sort(newestFirst).reverse();
  const running = jobs.filter((job) => job.status === 'running' || job.status === 'cancelling');
  const first = running.find((job) => job.lane === 'exclusive') ?? running[0] ?? null;
  return { running: first, others: Math.max(0, running.length - 1), queued: jobs.filter((job) => job.status === 'queued').length };
}
