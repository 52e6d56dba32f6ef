/** The row of phases of a job. Pure. */
import type { Job, JobKind } from '../../../worker/protocol/job.ts';
import { isFinished } from '../../store/job-cache.ts';

export type PhaseState = 'done' | 'now' | 'stopped' | 'ahead';
export interface ShownPhase {
  readonly name: string;
  readonly state: PhaseState;
}

/** What each kind is known to go through. A phase that is not listed still appears, where it was seen. */
const EXPECTED: Record<JobKind, readonly string[]> = {
  'database.export': ['plan', 'rows', 'manifest'],
  'backup.verify': ['load', 'compare', 'check'],
  'sample.seed': ['schema', 'rows'],
  'table.clear': ['check', 'backup', 'remove', 'prove'],
  'schema.sync': ['backup', 'change', 'compare'],
};
const IDLE_PHASES: ReadonlySet<string> = new Set(['', 'queued', 'waiting', 'done']);

export function phasesOf(job: Job, seen: readonly string[]): ShownPhase[] {
  const current = job.progress.phase;
  const names = EXPECTED[job.kind].filter((name) => name !== 'backup' || takesBackup(job, seen));
  for (const name of [...seen, current]) if (!IDLE_PHASES.has(name) && !names.includes(name)) insert(names, name, seen);
  const at = names.indexOf(current);
  return names.map((name, i) => ({ name, state: stateOf(job, i, at, seen.includes(name)) }));
}

/** Whether a sync takes one is its plan's affair: it is not claimed before it is seen. */
function takesBackup({ kind, params, result }: Job, seen: readonly string[]): boolean {
  return kind === 'schema.sync'
    ? seen.includes('backup') || typeof result?.safetyBackupId === 'string'
    : params.safetyBackup !== false;
}

/** A phase that nobody expected goes after the one it was seen after. */
function insert(names: string[], name: string, seen: readonly string[]): void {
  const before = seen[seen.indexOf(name) - 1];
  const after = before === undefined ? -1 : names.indexOf(before);
  names.splice(seen.includes(name) ? after + 1 : names.length, 0, name);
}

function stateOf(job: Job, i: number, at: number, seen: boolean): PhaseState {
  if (job.status === 'succeeded') return 'done';
  if (i === at) return isFinished(job) ? 'stopped' : job.status === 'queued' ? 'ahead' : 'now';
  return i < at || (at < 0 && seen) ? 'done' : 'ahead';
}
