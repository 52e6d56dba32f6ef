/** Where a `schema.sync` job is, and how its plan falls into steps. */
import type { JobProgress, SyncJobParams } from '../../protocol/job.ts';
import type { BoundPlan, PlanStatement } from '../../protocol/plan.ts';
import type { ExportCursor } from '../database-export.ts';
import type { Outcome, TaskContext, Verdict } from '../task.ts';

export type SyncCursor = {
  phase: 'backup' | 'change' | 'compare';
  /** The export inside this job. */
  backup: ExportCursor | null;
  backupId: string | null;
  /** The attempt that made it. */
  backedIn: number | null;
  /** Steps that have landed, and the basis that they left. */
  done: number;
  basis: string;
  /** The attempt whose copies there are: between attempts anybody could write. */
  preparedIn: number | null;
  /** Slices of the step that is being copied, and how many rows the next one takes; null before its first one. */
  slice: { n: number; rows: number } | null;
  /** Rows copied by this attempt. */
  copied: number;
};
export type SyncContext = TaskContext<SyncJobParams, SyncCursor>;

/** How long slices are. A batch has 30 seconds, whatever else the database has to do. */
export interface SliceSizes {
  readonly firstRows: number;
  readonly maxRows: number;
  /** A slice that took less than half of it lets the next one be twice as long, one that took twice as much half as long. */
  readonly wantedMs: number;
}
export const SLICE_SIZES: SliceSizes = { firstRows: 500, maxRows: 50_000, wantedMs: 1_500 };

export type Step = readonly PlanStatement[];

/** `first` and `swap`: places of the steps that begin and end the copying; equal where nothing is copied. `settled`: of what comes when the swapped tables are whole again. */
export interface Steps {
  readonly all: readonly Step[];
  readonly first: number;
  readonly swap: number;
  readonly settled: number;
  readonly rowsToCopy: number;
}

export function stepsOf({ statements }: BoundPlan): Steps {
  const all = [...Map.groupBy(statements, ({ step }) => step).values()];
  const is =
    (...parts: readonly string[]) =>
    (step: Step) =>
      step.some(({ slice }) => slice && parts.includes(slice.part));
  const first = Math.max(0, all.findIndex(is('prepare', 'copy')));
  const swap = all.findLastIndex(is('prepare', 'copy')) + 1;
  const settled = Math.max(swap, all.findLastIndex(is('finish')) + 1);
  const rowsToCopy = statements.reduce((sum, { slice, rows }) => sum + (slice?.part === 'copy' ? (rows ?? 0) : 0), 0);
  return { all, first, swap, settled, rowsToCopy };
}

/** The table whose rows the step copies slice by slice. */
export const slicedTable = ([statement]: Step): string | null => statement?.slice?.table ?? null;

/** Done again by each attempt. */
export const isPreparation = (step: Step): boolean => step.some(({ slice }) => slice && slice.part !== 'finish');

export function progressOf(cursor: SyncCursor, steps: Steps): JobProgress {
  const step = cursor.phase === 'change' ? steps.all[cursor.done] : undefined;
  const part = step?.find(({ slice }) => slice)?.slice?.part;
  if (part === 'copy') return { phase: 'copy', done: cursor.copied, total: steps.rowsToCopy, unit: 'rows' };
  const phase = part ?? (steps.swap > 0 && cursor.done === steps.swap && step ? 'swap' : cursor.phase);
  return { phase, done: cursor.done, total: steps.all.length, unit: 'steps' };
}

export const stopped = (verdict: Exclude<Verdict, 'go-on'>): Outcome => ({ outcome: verdict === 'pause' ? 'paused' : 'cancelled' });
