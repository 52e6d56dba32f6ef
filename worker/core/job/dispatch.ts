/**
 * Who works on a running job. Each sending to the queue has a ticket, each executor an epoch; only the newest of each counts, so a
 * message that comes twice, late or out of order finds a ticket that is no longer open and goes away. Pure; times in milliseconds.
 *
 *   due ──sent──► sent ──begin──► begun ──pause──► due (next ticket)
 *                  │                │
 *                  └── lease over ──┴──► due (next ticket, one strike more)
 */
import type { JobError } from '../../protocol/job.ts';

export type Dispatch =
  /** To be sent to the queue at `at`. Stored before sending, so that a crash between the two sends again. */
  | { readonly state: 'due'; readonly ticket: number; readonly at: number }
  /** In the queue. Not begun before `leaseUntil`: taken for lost. */
  | { readonly state: 'sent'; readonly ticket: number; readonly leaseUntil: number }
  /** An executor works on it. No sign of life before `leaseUntil`: taken for lost. */
  | { readonly state: 'begun'; readonly ticket: number; readonly epoch: number; readonly leaseUntil: number };

/** A queue may take its time; an executor reports several times a second. */
export const SENT_LEASE_MS = 60_000;
export const BEGUN_LEASE_MS = 20_000;
/** After a restart of the control plane a living executor reports well within this; a message lost with the process never comes. */
export const RECOVERY_LEASE_MS = 4_000;
/** Executors lost or stumbled in a row, without one committed step, before the job fails. */
export const MAX_STRIKES = 5;

export interface Running {
  readonly dispatch: Dispatch;
  readonly strikes: number;
}

/** `lastTicket` is that of the attempt before, 0 for the first: an old message must never fit a new attempt. */
export const firstDispatch = (lastTicket: number, now: number): Running => ({
  dispatch: { state: 'due', ticket: lastTicket + 1, at: now },
  strikes: 0,
});

export const sent = (running: Running, now: number): Running => ({
  ...running,
  dispatch: { state: 'sent', ticket: running.dispatch.ticket, leaseUntil: now + SENT_LEASE_MS },
});

/** An executor holds `ticket` and wants to begin: the new state, or null when that ticket is not open (any more). */
export function begin(running: Running, ticket: number, epoch: number, now: number): Running | null {
  const { dispatch } = running;
  // `due` with the same ticket: the message arrived although the sender died before it could note that it had sent it.
  if (dispatch.ticket !== ticket || dispatch.state === 'begun') return null;
  return { ...running, dispatch: { state: 'begun', ticket, epoch, leaseUntil: now + BEGUN_LEASE_MS } };
}

export const ownedBy = (running: Running, epoch: number): boolean =>
  running.dispatch.state === 'begun' && running.dispatch.epoch === epoch;

/** A sign of life from the owner. */
export function alive(running: Running, now: number): Running {
  const { dispatch } = running;
  return dispatch.state === 'begun' ? { ...running, dispatch: { ...dispatch, leaseUntil: now + BEGUN_LEASE_MS } } : running;
}

/** A step was committed: whatever went wrong before is forgiven. */
export const progressed = (running: Running, now: number): Running => ({ ...alive(running, now), strikes: 0 });

/** The owner used up its budget: the next slice is due at once. */
export const paused = (running: Running, now: number): Running => ({
  ...running,
  dispatch: { state: 'due', ticket: running.dispatch.ticket + 1, at: now },
});

export type Verdict = { readonly next: 'again'; readonly running: Running } | { readonly next: 'fail'; readonly error: JobError };

/** The owner failed with `error`, or was lost. Tried again with back-off while there is reason to hope. */
export function struck(running: Running, error: JobError, now: number): Verdict {
  const strikes = running.strikes + 1;
  if (!error.retryable || strikes >= MAX_STRIKES) return { next: 'fail', error };
  const at = now + backoffMs(strikes);
  return { next: 'again', running: { strikes, dispatch: { state: 'due', ticket: running.dispatch.ticket + 1, at } } };
}

/** 250 ms, 1 s, 4 s, 16 s: long enough for an overloaded database to breathe, short enough for a person who watches. */
export const backoffMs = (strikes: number): number => 250 * 4 ** (strikes - 1);

/** When this job needs to be looked at although nobody calls. */
export const wakeAt = ({ dispatch }: Running): number => (dispatch.state === 'due' ? dispatch.at : dispatch.leaseUntil);

/** What to do with a running job now. */
export function overdue({ dispatch }: Running, now: number): 'send' | 'lost' | 'wait' {
  if (wakeAt({ dispatch, strikes: 0 }) > now) return 'wait';
  return dispatch.state === 'due' ? 'send' : 'lost';
}

/** After the control plane itself came back: whoever does not report soon is taken for lost (a local queue dies with its process). */
export function recovered(running: Running, now: number): Running {
  const { dispatch } = running;
  if (dispatch.state === 'due') return running;
  return { ...running, dispatch: { ...dispatch, leaseUntil: Math.min(dispatch.leaseUntil, now + RECOVERY_LEASE_MS) } };
}
