/** Between a row of `jobs` and what the rest of the code speaks of: `Job` for outside, `Life` and `Running` for the pure rules. */
import type { jobs, steps } from '../../db/control/schema.ts';
import type { Dispatch, Running } from '../core/job/dispatch.ts';
import type { Life } from '../core/job/machine.ts';
import { type By, SYSTEM } from '../protocol/audit.ts';
import type { Job, JobStep } from '../protocol/job.ts';

export type JobRow = typeof jobs.$inferSelect;

const iso = (ms: number): string => new Date(ms).toISOString();
const isoOrNull = (ms: number | null): string | null => (ms === null ? null : iso(ms));

/** The row breaks a promise that a CHECK holds: storage is damaged, and going on would be guessing. */
const broken = (row: JobRow, what: string): never => {
  throw new Error(`Job ${row.id} is stored without ${what}`);
};

export function toJob(row: JobRow, database: string): Job {
  const { id, kind, lane, status, reason, actor, attempt, progress, params, result, error } = row;
  return {
    id,
    database,
    kind,
    lane,
    status,
    reason,
    actor,
    createdAt: iso(row.createdAt),
    startedAt: isoOrNull(row.startedAt),
    finishedAt: isoOrNull(row.finishedAt),
    attempt,
    progress,
    params,
    result: result ?? null,
    error: error ?? null,
  };
}

/** On whose behalf the job runs. Jobs of before there was an audit trail know the actor only. */
export const byOf = ({ actor, address, requestId }: JobRow): By => ({
  actor,
  address: address ?? SYSTEM.address,
  requestId: requestId ?? SYSTEM.requestId,
});

export const toStep = (row: typeof steps.$inferSelect): JobStep => ({
  n: row.n,
  name: row.name,
  at: iso(row.at),
  attempt: row.attempt,
  detail: row.detail,
});

export function lifeOf(row: JobRow): Life {
  const { status, attempt, startedAt } = row;
  switch (status) {
    case 'queued':
      return { status, attempt };
    case 'running':
    case 'cancelling':
      return { status, attempt, startedAt: startedAt ?? broken(row, 'a start') };
    case 'succeeded':
      return {
        status,
        attempt,
        startedAt: startedAt ?? broken(row, 'a start'),
        finishedAt: row.finishedAt ?? broken(row, 'an end'),
      };
    case 'failed':
      return {
        status,
        attempt,
        startedAt,
        finishedAt: row.finishedAt ?? broken(row, 'an end'),
        error: row.error ?? broken(row, 'its error'),
      };
    case 'cancelled':
      return { status, attempt, startedAt, finishedAt: row.finishedAt ?? broken(row, 'an end') };
  }
}

/** The columns that a life is stored in. */
export function lifeColumns(life: Life): Pick<JobRow, 'status' | 'attempt' | 'startedAt' | 'finishedAt' | 'error'> {
  const { status, attempt } = life;
  switch (life.status) {
    case 'queued':
      return { status, attempt, startedAt: null, finishedAt: null, error: null };
    case 'running':
    case 'cancelling':
      return { status, attempt, startedAt: life.startedAt, finishedAt: null, error: null };
    case 'succeeded':
    case 'cancelled':
      return { status, attempt, startedAt: life.startedAt, finishedAt: life.finishedAt, error: null };
    case 'failed':
      return { status, attempt, startedAt: life.startedAt, finishedAt: life.finishedAt, error: life.error };
  }
}

export function runningOf(row: JobRow): Running {
  const { ticket, strikes } = row;
  const at = row.wakeAt ?? broken(row, 'a time to wake');
  return { strikes, dispatch: dispatchOf(row, ticket, at) };
}

function dispatchOf(row: JobRow, ticket: number, at: number): Dispatch {
  switch (row.dispatchState) {
    case 'due':
      return { state: 'due', ticket, at };
    case 'sent':
      return { state: 'sent', ticket, leaseUntil: at };
    case 'begun':
      return { state: 'begun', ticket, epoch: row.epoch ?? broken(row, 'an epoch'), leaseUntil: at };
    case null:
      return broken(row, 'a dispatch');
  }
}

export function runningColumns({
  dispatch,
  strikes,
}: Running): Pick<JobRow, 'dispatchState' | 'ticket' | 'epoch' | 'wakeAt' | 'strikes'> {
  return {
    dispatchState: dispatch.state,
    ticket: dispatch.ticket,
    epoch: dispatch.state === 'begun' ? dispatch.epoch : null,
    wakeAt: dispatch.state === 'due' ? dispatch.at : dispatch.leaseUntil,
    strikes,
  };
}

/** A job that nobody works on. Its ticket stays, so that old messages stay old. */
export const NOT_RUNNING = { dispatchState: null, epoch: null, wakeAt: null, strikes: 0 } as const;
