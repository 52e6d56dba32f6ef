/** Where a `table.clear` job is, and what it works with. */
import type { Work } from '../../core/clear/work.ts';
import type { Basis } from '../../database/basis.ts';
import type { ClearParams, JobProgress } from '../../protocol/job.ts';
import type { BoundPlan } from '../../protocol/plan.ts';
import type { ExportCursor } from '../database-export.ts';
import type { TaskContext } from '../task.ts';

/** Everything that the next executor must know. */
export type ClearCursor = {
  phase: 'backup' | 'remove' | 'prove';
  /** The export inside this job. */
  backup: ExportCursor | null;
  backupId: string | null;
  /** The attempt that made it. */
  backedIn: number | null;
  /** The attempt whose first look has found everything as predicted: between attempts nobody holds the database. */
  checkedIn: number;
  /** Place in the list of work, slices of that item, and rows that they have removed. */
  item: number;
  slice: number;
  done: number;
  /** Rows removed so far, by table. */
  gone: { [table: string]: number };
  /** When the first row went. */
  beganAt: string | null;
  /** What `foreign_key_check` found before anything was touched. */
  violations: number;
};

export type ClearContext = TaskContext<ClearParams, ClearCursor>;

/** What an executor has worked out anew. */
export interface Scene {
  readonly context: ClearContext;
  readonly plan: BoundPlan;
  readonly work: Work;
  readonly basis: Basis;
}

export const goneIn = ({ gone }: ClearCursor): number => Object.values(gone).reduce((sum, rows) => sum + rows, 0);

export const progressOf = (cursor: ClearCursor, plan: BoundPlan): JobProgress => ({
  phase: cursor.phase,
  done: goneIn(cursor),
  total: plan.predicted.rowsRemoved,
  unit: 'rows',
});
