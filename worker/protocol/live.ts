/**
 * What travels over `GET D/live`. Server messages are JSON text; the client sends only the text `ping`, answered with `pong`. Who sends
 * none while 8 MiB of messages come is taken for asleep and cut with 4408.
 */
import { z } from 'zod';
import { Job, JobProgress } from './job.ts';
import { MaintenanceStatus } from './maintenance.ts';

export const EVENT_TYPES = [
  'job.queued',
  'job.started',
  'job.step',
  'job.cancelling',
  'job.succeeded',
  'job.failed',
  'job.cancelled',
  'job.retried',
  'job.recovered',
  'backup.created',
  'backup.updated',
  'backup.deleted',
  'tables.sampled',
  'maintenance.changed',
  'plan.changed',
  'schema.changed',
] as const;
export const EventType = z.enum(EVENT_TYPES);
export type EventType = z.infer<typeof EventType>;

/**
 * One thing that happened. `seq` is gapless for a database. For `job.*`, `data` is `{job}` (the job after the event), and for
 * `job.step` also `{step}`; for `backup.*` it is `{backup}` (for `backup.deleted` `{id}`); for `tables.sampled` `{}`; for
 * `maintenance.changed` `{maintenance}`; for `plan.changed` `{plan}` (a summary); for `schema.changed` (the database's schema, or a draft) `{}`.
 */
export const Event = z
  .object({
    seq: z.number().int().positive(),
    at: z.iso.datetime(),
    type: EventType,
    jobId: z.string().nullable(),
    reason: z.string(),
    data: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'Event' });
export type Event = z.infer<typeof Event>;

/** First message when the client asked from nowhere, or from a number whose events are gone. */
export const LiveSnapshot = z.object({
  type: z.literal('snapshot'),
  database: z.string(),
  seq: z.number().int().nonnegative(),
  /** Every job that is not finished, and the latest finished ones. */
  jobs: z.array(Job),
  maintenance: MaintenanceStatus,
});
/** First message when every event after the asked number is still here: the events follow. */
export const LiveResumed = z.object({ type: z.literal('resumed'), database: z.string(), seq: z.number().int().nonnegative() });
export const LiveEvent = z.object({ type: z.literal('event'), event: Event });
/** Progress is not an event: it has no number, is coalesced, and only the latest matters. */
export const LiveProgress = z.object({
  type: z.literal('progress'),
  jobId: z.string(),
  at: z.iso.datetime(),
  progress: JobProgress,
});
/** The server is about to cut the connection (a deploy, a stop): connect again after `reconnectAfterMs`. */
export const LiveGoodbye = z.object({
  type: z.literal('goodbye'),
  reason: z.string(),
  reconnectAfterMs: z.number().int().nonnegative(),
});

export const LiveMessage = z.discriminatedUnion('type', [LiveSnapshot, LiveResumed, LiveEvent, LiveProgress, LiveGoodbye]);
export type LiveMessage = z.infer<typeof LiveMessage>;

/** Close codes. 4401 and 4403 will not heal by connecting again; 4408 means this client read too slowly. */
export const CLOSE = { unauthorized: 4401, forbidden: 4403, tooSlow: 4408, goingAway: 4409 } as const;
