/** One slice of one job: begin, run the task from its cursor, report how it ended. Safe to call with any old message. */
import type { Archive } from '../archive/archive.ts';
import type { SliceMessage } from '../control/wire.ts';
import { toJobError } from '../core/job/error.ts';
import type { Bindable, Database, Rows, Statement } from '../database/database.ts';
import { log } from '../log.ts';
import type { JobProgress } from '../protocol/job.ts';
import type { BoundPlan } from '../protocol/plan.ts';
import { taskOf } from '../tasks/index.ts';
import { type Json, type Outcome, type Scratch, StaleExecutor } from '../tasks/task.ts';
import { type Budget, type ControlForExecutors, SLICE_BUDGET, SliceHands } from './hands.ts';
import { retryingCalls } from './retry.ts';

/** The world that executors work in. `control` gives a fresh stub each time: one that threw once stays broken. */
export interface Workplace {
  control(database: string): ControlForExecutors;
  database(name: string): Database;
  archive(database: string): Archive;
  scratch(jobId: string): Scratch;
  readonly budget?: Budget;
  /** For tests; otherwise a timer. */
  readonly pause?: (ms: number) => Promise<void>;
}

/** Runs the slice that `message` asks for, if its ticket is still open. Throws only when the control plane cannot be reached. */
export async function runSlice(message: SliceMessage, at: Workplace): Promise<void> {
  const control = () => at.control(message.database);
  const persist = retryingCalls(at.pause);
  const database = counting(at.database(message.database));
  const brief = await control().begin(message.jobId, message.ticket);
  if (brief === null)
    return log('info', 'slice not begun: its ticket is closed', { database: message.database, jobId: message.jobId });
  const { jobId, epoch, kind } = brief;
  if (brief.cancelRequested) return void (await persist(() => control().stopped(jobId, epoch)));

  const task = taskOf(kind);
  const hands = new SliceHands<Json>(brief, control, database, at.budget ?? SLICE_BUDGET, task.start, persist);
  try {
    const outcome = await task.run({
      job: { id: jobId, database: message.database, attempt: brief.attempt, startedAt: brief.startedAt },
      params: JSON.parse(brief.params),
      plan: brief.plan === null ? null : (JSON.parse(brief.plan) as BoundPlan),
      cursor: JSON.parse(brief.cursor) as Json,
      database,
      archive: at.archive(message.database),
      scratch: () => at.scratch(jobId),
      hands,
      now: () => new Date(),
    });
    await hands.tellEffects();
    await persist(() => settle(outcome, hands.lastProgress, jobId, epoch, control()));
  } catch (error) {
    if (error instanceof StaleExecutor) return log('info', 'executor replaced', { database: message.database, jobId, epoch });
    log('warn', 'slice failed', { database: message.database, jobId, epoch, kind, error });
    await hands.tellEffects();
    await persist(() => control().stumble(jobId, epoch, toJobError(error)));
  } finally {
    hands.drop();
  }
}

async function settle(
  outcome: Outcome,
  progress: JobProgress,
  jobId: string,
  epoch: number,
  control: ControlForExecutors,
): Promise<void> {
  switch (outcome.outcome) {
    case 'paused':
      await control.pause(jobId, epoch);
      return;
    case 'cancelled':
      await control.stopped(jobId, epoch);
      return;
    case 'done': {
      const backup = outcome.backup ? JSON.stringify(outcome.backup) : null;
      await control.succeed(jobId, epoch, JSON.stringify(outcome.result), progress, backup);
      return;
    }
  }
}

/** Counts the calls, for the budget. */
function counting(database: Database): Database & { readonly calls: number } {
  let calls = 0;
  const counted = <T>(work: () => Promise<T>): Promise<T> => {
    calls += 1;
    return work();
  };
  return {
    get calls() {
      return calls;
    },
    query: (sql: string, params?: readonly Bindable[]): Promise<Rows> => counted(() => database.query(sql, params)),
    batch: (statements: readonly Statement[]): Promise<Rows[]> => counted(() => database.batch(statements)),
    size: () => counted(() => database.size()),
  };
}
