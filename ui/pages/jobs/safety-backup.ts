/** Which backup a dangerous job took before it began. Pure. */
import type { Job } from '../../../worker/protocol/job.ts';
import type { Event as JobEvent } from '../../../worker/protocol/live.ts';

/** An export's backup is its result and not its safety; of other kinds it is told by an event long before the job ends. */
export function safetyBackupOf({ kind, result }: Pick<Job, 'kind' | 'result'>, events: readonly JobEvent[]): string | null {
  if (typeof result?.safetyBackupId === 'string') return result.safetyBackupId;
  if (kind === 'database.export') return null;
  for (const { type, data } of events) {
    const { backup } = data;
    if (type === 'backup.created' && typeof backup === 'object' && backup !== null && 'id' in backup) return String(backup.id);
  }
  return null;
}
