/** The fixed vocabulary of the protocol in words for a person. Exhaustive: a new kind or status fails to compile here. */
import type { Role } from '../../worker/protocol/access.ts';
import type { Verification } from '../../worker/protocol/backup.ts';
import type { Mode } from '../../worker/protocol/database.ts';
import type { Consistency, JobKind, JobStatus } from '../../worker/protocol/job.ts';
import type { EventType } from '../../worker/protocol/live.ts';
import type { FenceStatus, HoldMode, HoldOwner } from '../../worker/protocol/maintenance.ts';

export type Tone = 'neutral' | 'accent' | 'good' | 'warn' | 'bad';

export const KIND_NAMES: Record<JobKind, string> = {
  'database.export': 'Export',
  'backup.verify': 'Verify backup',
  'sample.seed': 'Fill with sample data',
  'table.clear': 'Clear table',
  'schema.sync': 'Sync schema',
};

export const STATUS_NAMES: Record<JobStatus, string> = {
  queued: 'Queued',
  running: 'Running',
  cancelling: 'Cancelling',
  succeeded: 'Succeeded',
  failed: 'Failed',
  cancelled: 'Cancelled',
};
export const STATUS_TONES: Record<JobStatus, Tone> = {
  queued: 'neutral',
  running: 'accent',
  cancelling: 'warn',
  succeeded: 'good',
  failed: 'bad',
  cancelled: 'neutral',
};

export const EVENT_NAMES: Record<EventType, string> = {
  'job.queued': 'Queued',
  'job.started': 'Started',
  'job.step': 'Step committed',
  'job.cancelling': 'Cancel asked for',
  'job.succeeded': 'Succeeded',
  'job.failed': 'Failed',
  'job.cancelled': 'Cancelled',
  'job.retried': 'Retried',
  'job.recovered': 'Recovered',
  'backup.created': 'Backup made',
  'backup.updated': 'Backup updated',
  'backup.deleted': 'Backup deleted',
  'tables.sampled': 'Tables counted',
  'maintenance.changed': 'Maintenance changed',
  'plan.changed': 'Plan changed',
  'schema.changed': 'Schema changed',
};

export const MODE_NAMES: Record<Mode, string> = { off: 'Serving', 'read-only': 'Read-only', closed: 'Closed' };
export const MODE_TONES: Record<Mode, Tone> = { off: 'good', 'read-only': 'warn', closed: 'bad' };
export const MODE_MEANINGS: Record<Mode, string> = {
  off: 'No maintenance: reads and writes are served.',
  'read-only': 'Reads are served, writes are refused.',
  closed: 'Nothing is served: guarded Workers answer 503, and writes are refused.',
};
export const MODE_SENTENCES: Record<Mode, string> = {
  off: 'The database is serving.',
  'read-only': 'The database is read-only.',
  closed: 'The database is closed.',
};
/** The same while the fence does not stand: then nobody may be told that writes are refused. */
export const UNFENCED_MEANINGS: Record<HoldMode, string> = {
  'read-only': 'Guarded Workers serve reads only. The fence is not up.',
  closed: 'Guarded Workers answer 503. The fence is not up.',
};
/** What a hold of this mode does to whom. Only the fence is absolute: who asks the guard is told more, and sooner. */
export const MODE_EFFECTS: Record<HoldMode, { readonly visitors: string; readonly writers: string }> = {
  'read-only': {
    visitors:
      'Pages that only read stay open. Requests that write get a 503 with your message, from every Worker that uses the guard.',
    writers: 'The fence in the database refuses every insert, update and delete, from whatever client.',
  },
  closed: {
    visitors: 'Every request gets a 503 with your message, from every Worker that uses the guard.',
    writers: 'The fence refuses every write, from whatever client. It cannot refuse reads: a client without the guard still reads.',
  },
};

export const LASTS_UNTIL: Record<HoldOwner['kind'], string> = {
  job: 'until the job ends',
  person: 'until somebody ends it',
  window: 'until the window ends',
};

export const FENCE_NAMES: Record<FenceStatus['state'], string> = {
  down: 'Down',
  raising: 'Going up',
  up: 'Up',
  lowering: 'Coming down',
  failed: 'Failed',
};
/** What the fence means for writes right now. That it is down is good news only while nothing asks for it. */
export function fenceWords({ state }: Pick<FenceStatus, 'state'>, mode: Mode): { readonly tone: Tone; readonly text: string } {
  switch (state) {
    case 'down':
      return mode === 'off'
        ? { tone: 'neutral', text: 'Writes pass, and cost nothing extra.' }
        : { tone: 'warn', text: 'It is about to go up. Until it stands, clients that do not ask the guard can still write.' };
    case 'raising':
      return { tone: 'warn', text: 'Until it stands, clients that do not ask the guard can still write.' };
    case 'up':
      return mode === 'off'
        ? { tone: 'warn', text: 'It is about to come down. Until then the database refuses writes.' }
        : { tone: 'good', text: 'The database itself refuses writes, from every client.' };
    case 'lowering':
      return { tone: 'warn', text: 'Until it is down, the database may still refuse writes.' };
    case 'failed':
      return mode === 'off'
        ? { tone: 'bad', text: 'It may still refuse writes. It is tried again by itself.' }
        : { tone: 'bad', text: 'Clients that do not ask the guard may still write. It is tried again by itself.' };
  }
}

export const CONSISTENCY_NAMES: Record<Consistency, string> = {
  snapshot: 'Snapshot',
  captured: 'Captured',
  fenced: 'Fenced',
  fuzzy: 'Fuzzy',
};
export const CONSISTENCY_MEANINGS: Record<Consistency, string> = {
  snapshot: 'Everything was read in one transaction: the state of one moment.',
  captured: 'Read while writes went on; the changes made meanwhile were recorded and applied: the state of the moment it ended.',
  fenced: 'Writes were refused while it was read: the state of one moment.',
  fuzzy: 'Read table by table while writes went on: rows that belong together may come from different moments.',
};

export const ROLE_MEANINGS: Record<Role, string> = {
  viewer: 'Sees everything, changes nothing.',
  operator: 'Runs jobs that lose nothing: export, verify, retry, cancel. Begins and ends maintenance.',
  admin: 'Everything, also what loses data: clearing tables, deleting backups. On all databases also tokens.',
};

export const VERIFICATION_NAMES: Record<Verification['state'], string> = {
  unverified: 'Not verified',
  verified: 'Verified',
  damaged: 'Damaged',
};
export const VERIFICATION_TONES: Record<Verification['state'], Tone> = { unverified: 'neutral', verified: 'good', damaged: 'bad' };

/** Known phases in plain words; a phase of a newer server is shown as it is called. */
const PHASE_NAMES: Readonly<Record<string, string>> = {
  queued: 'Waiting',
  waiting: 'Waiting',
  plan: 'Plan',
  planning: 'Plan',
  schema: 'Schema',
  rehearse: 'Rehearse',
  backup: 'Safety backup',
  fence: 'Fence',
  remove: 'Remove rows',
  prove: 'Prove',
  apply: 'Apply',
  change: 'Change',
  prepare: 'Prepare copies',
  copy: 'Copy rows',
  swap: 'Swap tables',
  finish: 'Indexes',
  verify: 'Compare after',
  rows: 'Rows',
  manifest: 'Manifest',
  load: 'Load into scratch',
  loading: 'Load into scratch',
  compare: 'Compare',
  check: 'Check',
  checks: 'Checks',
  done: 'Done',
};
export const phaseName = (phase: string): string =>
  PHASE_NAMES[phase] ?? (phase === '' ? 'Starting' : phase.charAt(0).toUpperCase() + phase.slice(1).replaceAll(/[-_]/g, ' '));
