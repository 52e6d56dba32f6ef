/** The audit trail's fixed vocabulary in words for a person. Exhaustive: a new action fails to compile here. */
import type { AuditAction, AuditBreach, AuditOutcome } from '../../worker/protocol/audit.ts';
import type { Tone } from './words.ts';

export const ACTION_NAMES: Record<AuditAction, string> = {
  'job.submitted': 'Job ordered',
  'job.started': 'Job started',
  'job.effect': 'Job changed the database',
  'job.cancel_requested': 'Cancel asked for',
  'job.succeeded': 'Job succeeded',
  'job.failed': 'Job failed',
  'job.cancelled': 'Job cancelled',
  'job.retried': 'Job retried',
  'maintenance.set': 'Maintenance set',
  'hold.taken': 'Hold taken',
  'hold.changed': 'Hold changed',
  'hold.ended': 'Hold ended',
  'window.created': 'Window made',
  'window.changed': 'Window changed',
  'window.deleted': 'Window deleted',
  'plan.created': 'Plan made',
  'plan.approval_requested': 'Approval asked for',
  'plan.approved': 'Plan approved',
  'plan.declined': 'Plan declined',
  'draft.saved': 'Draft saved',
  'draft.accepted': 'Draft accepted',
  'draft.discarded': 'Draft discarded',
  'fence.raised': 'Fence raised',
  'fence.lowered': 'Fence lowered',
  'fence.failed': 'Fence failed',
  'backup.created': 'Backup made',
  'backup.updated': 'Backup updated',
  'backup.downloaded': 'Backup downloaded',
  'backup.deleted': 'Backup deleted',
  'audit.exported': 'Audit exported',
  'announcement.made': 'Announcement made',
  'token.created': 'Token made',
  'token.revoked': 'Token revoked',
  'session.code_created': 'Sign-in link made',
  'session.opened': 'Signed in',
  'session.closed': 'Session ended',
  'session.refused': 'Sign-in refused',
  'credential.refused': 'Credential refused',
  'access.denied': 'Access denied',
};
export const ACTIONS = Object.keys(ACTION_NAMES) as AuditAction[];

const GROUP_NAMES: Readonly<Record<string, string>> = {
  job: 'Jobs',
  maintenance: 'Maintenance',
  hold: 'Holds',
  window: 'Windows',
  plan: 'Plans',
  draft: 'Drafts',
  fence: 'Fence',
  backup: 'Backups',
  audit: 'Audit',
  announcement: 'Announcements',
  token: 'Tokens',
  session: 'Sessions',
  credential: 'Credentials',
  access: 'Access',
};
/** A group that a newer protocol brings is shown as it is called. */
export const groupName = (group: string): string => GROUP_NAMES[group] ?? group;

export const OUTCOME_NAMES: Record<AuditOutcome, string> = { ok: 'Done', denied: 'Denied', failed: 'Failed' };
export const OUTCOME_TONES: Record<AuditOutcome, Tone> = { ok: 'neutral', denied: 'warn', failed: 'bad' };
export const OUTCOMES = Object.keys(OUTCOME_NAMES) as AuditOutcome[];

/** The first thing that is wrong, in one line. The server's own message says how it was seen. */
export function breachHeading({ kind, n }: Pick<AuditBreach, 'kind' | 'n'>): string {
  switch (kind) {
    case 'altered':
      return `The trail was tampered with: entry ${n} was altered`;
    case 'removed':
      return `The trail was tampered with: entry ${n} was removed`;
    case 'reordered':
      return `The trail was tampered with: entry ${n} is not in its place`;
    case 'truncated':
      return `The trail was tampered with: its newest entries are gone, from ${n} on`;
  }
}
export const BREACH_MARKS: Record<AuditBreach['kind'], string> = {
  altered: 'altered',
  removed: 'not the original',
  reordered: 'out of place',
  truncated: 'cut off',
};
