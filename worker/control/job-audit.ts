/** What the audit trail says of jobs (A1). Error messages stay out of it: the database's own may quote SQL and values. */
import type { AuditDraft } from '../core/audit/entry.ts';
import type { Command } from '../core/job/machine.ts';
import type { AuditAction, AuditOutcome, By } from '../protocol/audit.ts';
import { byOf, type JobRow } from './job-rows.ts';
import type { EffectReport } from './wire.ts';

export type Draft = Omit<AuditDraft, 'database'>;

/** Where entries go. `hasEffect`: whether the effect of this step is there already. */
export interface Recorder {
  record(draft: Draft, now: number): void;
  hasEffect(jobId: string, step: string): boolean;
}

/** Parameters name tables, backups and the like; they hold neither SQL nor values. */
export const auditOfSubmission = (row: JobRow): Draft => ({
  by: byOf(row),
  action: 'job.submitted',
  target: row.id,
  planHash: row.planHash,
  detail: { kind: row.kind, params: row.params },
});

/** `after`: the job as the command has left it. */
export function auditOfChange(command: Command, after: JobRow, by: By): Draft {
  const { action, outcome, detail } = said(command, after);
  const durationMs = after.finishedAt === null || after.startedAt === null ? null : after.finishedAt - after.startedAt;
  const { kind, attempt } = after;
  return { by, action, outcome, target: after.id, planHash: after.planHash, durationMs, detail: { kind, attempt, ...detail } };
}

interface Said {
  readonly action: AuditAction;
  readonly outcome: AuditOutcome;
  readonly detail?: Readonly<Record<string, unknown>>;
}

function said(command: Command, after: JobRow): Said {
  switch (command.do) {
    case 'start':
      return { action: 'job.started', outcome: 'ok' };
    case 'cancel':
      return { action: after.status === 'cancelling' ? 'job.cancel_requested' : 'job.cancelled', outcome: 'ok' };
    case 'succeed':
      return { action: 'job.succeeded', outcome: 'ok' };
    case 'fail':
      return { action: 'job.failed', outcome: 'failed', detail: { code: command.error.code } };
    case 'stop':
      return { action: 'job.cancelled', outcome: 'ok' };
    case 'retry':
      return { action: 'job.retried', outcome: 'ok' };
  }
}

export const auditOfEffect = (row: JobRow, { step, sqlDigest, statements, durationMs }: EffectReport): Draft => ({
  by: byOf(row),
  action: 'job.effect',
  target: row.id,
  planHash: row.planHash,
  sqlDigest,
  durationMs,
  detail: { kind: row.kind, step, statements },
});
