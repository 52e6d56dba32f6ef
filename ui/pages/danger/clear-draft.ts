/** What stands in the form for clearing a table. Pure. */
import type { TableStats } from '../../../worker/protocol/database.ts';
import type { ClearParams } from '../../../worker/protocol/job.ts';
import type { NewPlan } from '../../store/plan-loads.ts';

export interface ClearDraft extends ClearParams {
  /** Empty: none chosen yet. */
  readonly table: string;
  readonly secondPerson: boolean;
}

/** Whatever loses less is where it begins. */
export const newClearDraft: ClearDraft = {
  table: '',
  dependents: 'keep',
  resetSequence: false,
  safetyBackup: true,
  secondPerson: false,
};

/** Ordinary tables: what belongs to the platform or to an FTS5 table is nobody's to clear. The largest first, as they are why one is here. */
export const clearable = (list: readonly TableStats[]): TableStats[] =>
  list
    .filter(({ kind }) => kind === 'table')
    .sort((a, b) => (b.rows?.value ?? -1) - (a.rows?.value ?? -1) || a.name.localeCompare(b.name));

export const planOf = ({ secondPerson, ...params }: ClearDraft): NewPlan => ({
  kind: 'table.clear',
  params: { ...params },
  secondPerson,
});
