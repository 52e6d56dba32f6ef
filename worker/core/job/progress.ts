/** Measured speed and time left of a job, from what it reports. Pure. */
import type { JobProgress } from '../../protocol/job.ts';

export interface Sample {
  readonly atMs: number;
  readonly done: number;
}

/** How far back the rate looks: short enough to follow a change, long enough not to flicker. */
const WINDOW_MS = 5_000;

/** The samples to keep after one more; a new phase starts from nothing. */
export function remember(samples: readonly Sample[], next: Sample): Sample[] {
  const last = samples.at(-1);
  const kept = last && next.done < last.done ? [] : samples.filter((s) => next.atMs - s.atMs <= WINDOW_MS);
  return [...kept, next];
}

/** `progress` with rate and time left filled in, null while there is too little to tell. */
export function measured(progress: JobProgress, samples: readonly Sample[]): JobProgress {
  const first = samples[0];
  const last = samples.at(-1);
  const elapsedMs = first && last ? last.atMs - first.atMs : 0;
  if (!first || !last || elapsedMs < 200) return { ...progress, ratePerSecond: null, secondsLeft: null };
  const ratePerSecond = Math.round(((last.done - first.done) * 1000) / elapsedMs);
  const left = progress.total === null ? null : Math.max(0, progress.total - progress.done);
  return { ...progress, ratePerSecond, secondsLeft: left === null || ratePerSecond <= 0 ? null : Math.round(left / ratePerSecond) };
}
