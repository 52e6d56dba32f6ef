/**
 * What a job kind is: a run that goes from one committed step to the next. A task never touches the control plane's storage;
 * it reports through its hands, and any await in it may be its last: the next executor begins at the last committed cursor.
 */
import type { z } from 'zod';
import type { Archive } from '../archive/archive.ts';
import type { Database, Statement } from '../database/database.ts';
import type { Expectations } from '../database/expect.ts';
import type { Role } from '../protocol/access.ts';
import type { BackupSummary } from '../protocol/backup.ts';
import type { JobKind, JobLane, JobProgress } from '../protocol/job.ts';
import type { HoldMode } from '../protocol/maintenance.ts';
import type { BoundPlan } from '../protocol/plan.ts';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** `go-on`: take the next step. `pause`: this slice's budget is used up, return `paused`. `cancel`: clean up, return `cancelled`. */
export type Verdict = 'go-on' | 'pause' | 'cancel';

export interface StepRecord {
  readonly n: number;
  readonly name: string;
  readonly detail: { [key: string]: Json };
}

/** What a task may do to the world. Every function may throw `StaleExecutor`: then another executor owns the job; let it through. */
export interface Hands<Cursor extends Json> {
  /**
   * Commits a step: from now on the job resumes with this cursor. Steps are numbered in order of commit; `detail` is kept and
   * handed to later slices by `steps()`.
   */
  commit(step: { name: string; cursor: Cursor; progress: JobProgress; detail?: { [key: string]: Json } }): Promise<Verdict>;
  /** The steps committed so far, by this executor and by those before it, in order. */
  steps(): Promise<StepRecord[]>;
  /** Tells how far it is between commits. Coalesced and never awaited; also the sign of life that keeps the lease. */
  progress(progress: JobProgress): void;
  /**
   * Holds the database in this mode until the job is over (M4), and waits until the fence is up. Doing it again is doing it once: each
   * slice that needs the hold asks for it. Throws `fence_failed`, which is tried again, when the database does not let it up.
   */
  hold(mode: HoldMode, reason: string): Promise<void>;
  /**
   * Runs statements on the managed database exactly once under this name (J3): the same batch writes the step's marker and
   * checks the epoch. `already` when an earlier executor's batch has landed. `expect`: what must hold inside that batch; otherwise it
   * throws `plan_stale` or `count_mismatch`, and nothing was done (J6, S2).
   */
  effect(name: string, statements: readonly Statement[], expect?: Expectations): Promise<'applied' | 'already'>;
  /** A backup that the job has made on its way is in the catalog from now on, and stays there however the job ends. Twice is once. */
  backup(summary: BackupSummary): Promise<void>;
}

export interface TaskContext<Params, Cursor extends Json> {
  readonly job: { readonly id: string; readonly database: string; readonly attempt: number; readonly startedAt: string };
  readonly params: Params;
  /** The plan that the job is bound to (J6); null for kinds that need none. */
  readonly plan: BoundPlan | null;
  /** Null at the first slice of the first attempt. */
  readonly cursor: Cursor | null;
  readonly database: Database;
  readonly archive: Archive;
  /** A fresh scratch database, named after the job: for proofs, never for managed data. */
  readonly scratch: () => Scratch;
  readonly hands: Hands<Cursor>;
  readonly now: () => Date;
}

/** A Durable Object's own SQLite that holds a copy for a while. */
export interface Scratch extends Database {
  /** Throws everything away. */
  wipe(): Promise<void>;
}

export type Outcome =
  | { readonly outcome: 'paused' }
  | { readonly outcome: 'cancelled' }
  | {
      readonly outcome: 'done';
      readonly result: { [key: string]: Json };
      /** A backup that now exists, or whose verification changed. */
      readonly backup?: BackupSummary;
    };

export interface Task<Params, Cursor extends Json> {
  readonly kind: JobKind;
  readonly lane: JobLane;
  /** The least role that may submit it. */
  readonly role: Role;
  readonly params: z.ZodType<Params>;
  /** Progress before the first step. */
  readonly start: JobProgress;
  /** Checks what can be checked before the job is taken (bad tables, wrong database): throws a `Refusal`. Changes nothing. */
  check?(context: { database: Database; databaseName: string; archive: Archive; params: Params }): Promise<void>;
  run(context: TaskContext<Params, Cursor>): Promise<Outcome>;
}

/** Thrown by hands when this executor has lost its job to a newer one. Not an error of the job. */
export class StaleExecutor extends Error {
  override readonly name = 'StaleExecutor';
}
