/** The audit trail as both sides speak of it (A1). Times are ISO 8601 UTC. */
import { z } from 'zod';
import { ListQuery } from './list.ts';

export const AUDIT_ACTIONS = [
  'job.submitted',
  'job.started',
  'job.effect',
  'job.cancel_requested',
  'job.succeeded',
  'job.failed',
  'job.cancelled',
  'job.retried',
  'maintenance.set',
  'hold.taken',
  'hold.changed',
  'hold.ended',
  'window.created',
  'window.changed',
  'window.deleted',
  'plan.created',
  'plan.approval_requested',
  'plan.approved',
  'plan.declined',
  'draft.saved',
  'draft.accepted',
  'draft.discarded',
  'fence.raised',
  'fence.lowered',
  'fence.failed',
  'backup.created',
  'backup.updated',
  'backup.downloaded',
  'backup.deleted',
  'audit.exported',
  'announcement.made',
  'token.created',
  'token.revoked',
  'session.code_created',
  'session.opened',
  'session.closed',
  'session.refused',
  'credential.refused',
  'access.denied',
] as const;
export const AuditAction = z.enum(AUDIT_ACTIONS);
export type AuditAction = z.infer<typeof AuditAction>;

/** `denied`: somebody may not. `failed`: it was tried and did not work. */
export const AUDIT_OUTCOMES = ['ok', 'denied', 'failed'] as const;
export const AuditOutcome = z.enum(AUDIT_OUTCOMES);
export type AuditOutcome = z.infer<typeof AuditOutcome>;

/** Who is behind a command, and how it came: travels with it from the door. */
export interface By {
  /** `owner`, `token:ci`, `access:ann@example.com`, `system`, or `nobody` for who could not be identified. */
  readonly actor: string;
  /** The caller's IP address; `local` without one, `internal` for what Lockkeeper does by itself. */
  readonly address: string;
  /** As in the `X-Request-Id` of the answer and in the log; empty for what no request caused. */
  readonly requestId: string;
}

export const SYSTEM: By = { actor: 'system', address: 'internal', requestId: '' };

/**
 * One entry. `hash` is the SHA-256 of `prevHash` and of the entry's canonical text, as `worker/core/audit/entry.ts` says, so that nobody can
 * alter, remove or move an entry without breaking the ones after it.
 */
export const AuditEntry = z
  .object({
    /** Gapless, from 1. */
    n: z.number().int().positive(),
    at: z.iso.datetime(),
    actor: z.string(),
    address: z.string(),
    requestId: z.string(),
    action: AuditAction,
    /** What it was done to: the id of a job, backup, hold or token, or the route that was refused. */
    target: z.string(),
    /** The binding; null for what belongs to no database. */
    database: z.string().nullable(),
    planHash: z.string().nullable(),
    /** SHA-256 of the text of the statements that were run, without bound values. */
    sqlDigest: z.string().nullable(),
    outcome: AuditOutcome,
    durationMs: z.number().int().nonnegative().nullable(),
    /** Never secrets, SQL text or bound values. */
    detail: z.record(z.string(), z.unknown()),
    prevHash: z.string(),
    hash: z.string(),
  })
  .meta({ id: 'AuditEntry' });
export type AuditEntry = z.infer<typeof AuditEntry>;

const several = z
  .string()
  .max(1_000)
  .optional()
  .transform((text) => (text === undefined || text === '' ? [] : text.split(',')))
  .pipe(z.array(AuditAction))
  .describe(`Comma-separated: ${AUDIT_ACTIONS.join(', ')}`);
const Time = z.iso.datetime({ offset: true }).optional();

export const AuditQuery = ListQuery.extend({
  actor: z.string().max(200).optional().describe('Exactly this actor'),
  action: several,
  outcome: AuditOutcome.optional(),
  target: z.string().max(200).optional().describe('Exactly this target'),
  q: z
    .string()
    .max(200)
    .optional()
    .describe('Text in actor, address, request id, action, target or detail; ASCII case does not matter'),
  from: Time.describe('Not before this time'),
  to: Time.describe('Before this time'),
  format: z
    .enum(['json', 'csv', 'ndjson'])
    .default('json')
    .describe('`csv` and `ndjson` stream everything that matches, newest first'),
});
export type AuditQuery = z.infer<typeof AuditQuery>;

/** What of a list is wanted, newest first. Times are milliseconds. */
export interface AuditFilter {
  readonly actor?: string | undefined;
  readonly actions?: readonly AuditAction[] | undefined;
  readonly outcome?: AuditOutcome | undefined;
  readonly target?: string | undefined;
  readonly text?: string | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/**
 * - `altered`: an entry is not what was written. `removed`: one is missing. `reordered`: entries stand in each other's place.
 * - `truncated`: the newest entries are gone.
 */
export const BREACHES = ['altered', 'removed', 'reordered', 'truncated'] as const;
export const AuditBreach = z.object({
  kind: z.enum(BREACHES),
  /** The first number at which the chain is not what was written. */
  n: z.number().int().positive(),
  message: z.string(),
});
export type AuditBreach = z.infer<typeof AuditBreach>;

export const AuditVerdict = z
  .object({
    intact: z.boolean(),
    /** How many entries were checked, from the first on: up to the breach, if there is one. */
    checked: z.number().int().nonnegative(),
    /** The newest entry that is in order. */
    head: z.object({ n: z.number().int().nonnegative(), hash: z.string() }),
    /** Copies of the chain's head in R2 that were compared. `missing`: the newest one that was put is gone. */
    anchors: z.object({
      checked: z.number().int().nonnegative(),
      newest: z.number().int().nonnegative().nullable(),
      damaged: z.array(z.string()),
      missing: z.boolean(),
    }),
    breach: AuditBreach.nullable(),
    tookMs: z.number().nonnegative(),
  })
  .meta({ id: 'AuditVerdict' });
export type AuditVerdict = z.infer<typeof AuditVerdict>;
