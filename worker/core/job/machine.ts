/**
 * The life of a job: the one place that knows which status may follow which (J8). Pure.
 *
 * - `queued`: taken and stored; waits for its lane. Nothing of it has run in this attempt.
 * - `running`: an executor works, or one is on its way, or one was lost and the next is due. See `dispatch.ts`.
 * - `cancelling`: a person asked to stop; the executor is told at its next commit.
 * - `succeeded`, `failed`, `cancelled`: over. The last two may be queued again by a retry, which goes on from the last committed step.
 */
import type { JobError, JobStatus } from '../../protocol/job.ts';
import type { EventType } from '../../protocol/live.ts';

/** Each status owns its fields. Times are milliseconds since the epoch. */
export type Life =
  | { readonly status: 'queued'; readonly attempt: number }
  | { readonly status: 'running'; readonly attempt: number; readonly startedAt: number }
  | { readonly status: 'cancelling'; readonly attempt: number; readonly startedAt: number }
  | { readonly status: 'succeeded'; readonly attempt: number; readonly startedAt: number; readonly finishedAt: number }
  | {
      readonly status: 'failed';
      readonly attempt: number;
      readonly startedAt: number | null;
      readonly finishedAt: number;
      readonly error: JobError;
    }
  | { readonly status: 'cancelled'; readonly attempt: number; readonly startedAt: number | null; readonly finishedAt: number };

export type Command =
  | { readonly do: 'start'; readonly at: number }
  | { readonly do: 'cancel'; readonly at: number; readonly actor: string }
  | { readonly do: 'succeed'; readonly at: number; readonly summary: string }
  | { readonly do: 'fail'; readonly at: number; readonly error: JobError }
  | { readonly do: 'stop'; readonly at: number }
  | { readonly do: 'retry'; readonly actor: string };

export type Transition =
  | { readonly ok: true; readonly life: Life; readonly event: EventType; readonly reason: string }
  | { readonly ok: false; readonly why: string };

const illegal = (life: Life, command: Command): Transition => ({
  ok: false,
  why: `A job that is ${life.status} cannot ${command.do === 'stop' ? 'be stopped' : command.do}.`,
});

/** What `command` makes of a job in `life`, or why it may not. Total: every pair has an answer. */
export function transition(life: Life, command: Command): Transition {
  switch (life.status) {
    case 'queued':
      return fromQueued(life, command);
    case 'running':
    case 'cancelling':
      return fromActive(life, command);
    case 'failed':
    case 'cancelled':
      return command.do === 'retry' ? requeue(life, command) : illegal(life, command);
    case 'succeeded':
      return illegal(life, command);
  }
}

function fromQueued(life: Life & { status: 'queued' }, command: Command): Transition {
  switch (command.do) {
    case 'start':
      return {
        ok: true,
        life: { status: 'running', attempt: life.attempt, startedAt: command.at },
        event: 'job.started',
        reason: life.attempt === 1 ? 'Its turn came.' : `Attempt ${life.attempt}: goes on from its last step.`,
      };
    case 'cancel':
      return {
        ok: true,
        life: { status: 'cancelled', attempt: life.attempt, startedAt: null, finishedAt: command.at },
        event: 'job.cancelled',
        reason: `Cancelled by ${command.actor} before it started.`,
      };
    case 'fail':
      return failed(life.attempt, null, command);
    case 'succeed':
    case 'stop':
    case 'retry':
      return illegal(life, command);
  }
}

function fromActive(life: Life & { status: 'running' | 'cancelling' }, command: Command): Transition {
  const { attempt, startedAt } = life;
  switch (command.do) {
    case 'succeed':
      // Also while cancelling: the last step was already on its way, and what is done is done.
      return {
        ok: true,
        life: { status: 'succeeded', attempt, startedAt, finishedAt: command.at },
        event: 'job.succeeded',
        reason: life.status === 'cancelling' ? `${command.summary} It was finished before it could be cancelled.` : command.summary,
      };
    case 'fail':
      return failed(attempt, startedAt, command);
    case 'cancel':
      if (life.status === 'cancelling') return illegal(life, command);
      return {
        ok: true,
        life: { status: 'cancelling', attempt, startedAt },
        event: 'job.cancelling',
        reason: `${command.actor} asked to cancel; it stops at its next safe point.`,
      };
    case 'stop':
      if (life.status === 'running') return illegal(life, command);
      return {
        ok: true,
        life: { status: 'cancelled', attempt, startedAt, finishedAt: command.at },
        event: 'job.cancelled',
        reason: 'Stopped at a safe point, as asked.',
      };
    case 'start':
    case 'retry':
      return illegal(life, command);
  }
}

function failed(attempt: number, startedAt: number | null, command: Command & { do: 'fail' }): Transition {
  return {
    ok: true,
    life: { status: 'failed', attempt, startedAt, finishedAt: command.at, error: command.error },
    event: 'job.failed',
    reason: command.error.message,
  };
}

function requeue(life: Life & { status: 'failed' | 'cancelled' }, command: Command & { do: 'retry' }): Transition {
  return {
    ok: true,
    life: { status: 'queued', attempt: life.attempt + 1 },
    event: 'job.retried',
    reason: `Retried by ${command.actor}.`,
  };
}

/** The statuses that may follow each status: what `transition` does, as a table for people, tests and the SQL CHECKs. */
export const FOLLOWS: Readonly<Record<JobStatus, readonly JobStatus[]>> = {
  queued: ['running', 'cancelled', 'failed'],
  running: ['cancelling', 'succeeded', 'failed'],
  cancelling: ['cancelled', 'succeeded', 'failed'],
  succeeded: [],
  failed: ['queued'],
  cancelled: ['queued'],
};
