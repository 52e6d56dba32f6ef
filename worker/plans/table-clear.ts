/** `table.clear`: which rows would go with a table that is emptied, counted in one read of the database. */
import { consequencesOf } from '../core/clear/consequences.ts';
import { clearable, clearPlan, mustHaveKeys } from '../core/clear/plan.ts';
import { SIZES, type Sizes } from '../core/clear/work.ts';
import { identifier } from '../core/sql/quote.ts';
import type { Database } from '../database/database.ts';
import { DatabaseFailure } from '../database/errors.ts';
import { ClearParams } from '../protocol/job.ts';
import type { Hazard } from '../protocol/plan.ts';
import { Refusal } from '../protocol/problem.ts';
import type { Planner } from './planner.ts';

/** Tests want slices without thousands of rows. Planner and task must agree. */
export const clearPlanner = (sizes: Sizes): Planner<ClearParams> & { readonly kind: 'table.clear' } => ({
  kind: 'table.clear',
  role: 'admin',
  params: ClearParams,
  onTheSpot: true,
  async plan({ database, model, params }) {
    const target = clearable(model, params.table);
    const consequences = consequencesOf(model, target, params.dependents);
    mustHaveKeys(consequences.doomed.dependents);
    const results = await database.batch(consequences.questions.map(({ sql }) => ({ sql }))).catch(rethrowTooDeep);
    const answers = results.map(({ rows }) => (rows[0] ?? []).map(Number));
    const plan = clearPlan({ model, target, params, consequences, answers, sizes });
    const losing = plan.predicted.tables.filter(({ removed }) => removed > 0).map(({ table }) => table);
    return { ...plan, hazards: [...(await refusedTables(database, losing)), ...plan.hazards] };
  },
  jobParams: ({ params }) => ({ ...params }),
});

/**
 * Tables from which the database lets nobody remove a row, whatever is in them: actions of foreign keys over more than ten tables, a key
 * that refers to no key. It says so as soon as it compiles the statement.
 */
async function refusedTables(database: Database, tables: readonly string[]): Promise<Hazard[]> {
  const compiled = (table: string) => ({ sql: `EXPLAIN DELETE FROM ${identifier(table)}` });
  const all = await database.batch(tables.map(compiled)).catch(() => null);
  if (all !== null) return [];
  const hazards: Hazard[] = [];
  for (const table of tables) {
    const refused = await database.query(compiled(table).sql).then(
      () => null,
      (error: unknown) => error,
    );
    if (refused instanceof DatabaseFailure && !refused.transient) hazards.push(refusedBy(table, refused.message));
  }
  return hazards;
}

const refusedBy = (table: string, message: string): Hazard => ({
  code: 'removal_refused',
  level: 'stop',
  message: `The database removes no row of ${table}: ${message}`,
  hint: 'Actions of foreign keys may nest ten deep on D1. Change the foreign keys first.',
  table,
  column: null,
  samples: [],
});

/** About a hundred tables in a row, or names that fill a statement: D1 can neither count nor remove their rows. */
function rethrowTooDeep(error: unknown): never {
  if (error instanceof Error && /nested too deep|depth 100|statement too long|parser stack overflow/.test(error.message))
    throw new Refusal('table_not_clearable', 'Too many tables depend on it, one on another, for D1 to follow.', {
      hint: 'Clear the tables at the far end first.',
      cause: error,
    });
  throw error;
}

export const tableClear = clearPlanner(SIZES);
