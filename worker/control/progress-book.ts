/** Measured speed of the jobs under way. In memory only: after an eviction it is measured anew. */
import { measured, remember, type Sample } from '../core/job/progress.ts';
import { isTerminal, type Job, type JobProgress } from '../protocol/job.ts';

export class ProgressBook {
  private readonly entries = new Map<string, { samples: Sample[]; latest: JobProgress }>();

  /** `progress` with rate and time left. */
  measure(jobId: string, progress: JobProgress, now: number): JobProgress {
    const entry = this.entries.get(jobId);
    const before = entry?.latest.phase === progress.phase ? entry.samples : [];
    const samples = remember(before, { atMs: now, done: progress.done });
    const latest = measured(progress, samples);
    this.entries.set(jobId, { samples, latest });
    return latest;
  }

  /** The job with what is known beyond its last commit. */
  overlay(job: Job): Job {
    if (!isTerminal(job.status)) return { ...job, progress: this.entries.get(job.id)?.latest ?? job.progress };
    this.entries.delete(job.id);
    return job;
  }
}
