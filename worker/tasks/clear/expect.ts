/** What must hold around the removal: the basis (J6), and the plan's numbers (S2). */
import { type Check, predictedChecks } from '../../core/clear/check-sql.ts';
import type { Work } from '../../core/clear/work.ts';
import type { Database } from '../../database/database.ts';
import { type Expectation, rowsAre } from '../../database/expect.ts';
import { Refusal } from '../../protocol/problem.ts';
import type { ClearCursor } from './state.ts';

export const checksOf = (work: Work, { gone }: Pick<ClearCursor, 'gone'>): Check[] =>
  predictedChecks(work, (table) => gone[table.name] ?? 0);

/** The texts hold names of tables: they are quoted where they are made. */
export const asPredicted = (work: Work, cursor: Pick<ClearCursor, 'gone'>): Expectation[] =>
  checksOf(work, cursor).map(({ found, wanted }) => ({
    kind: 'count',
    what: 'Rows',
    sql: `(${found}) = ?1`,
    params: [wanted],
    wanted: { text: wanted, found },
  }));

/** Each table as the plan leaves it. */
export const asPlanned = ({ predicted }: Work): Expectation[] => predicted.map(({ table, after }) => rowsAre(table, after));

/** The same look without a batch, for the time before the safety backup is made: there is no use in one when nothing can follow. */
export async function mustBeAsPredicted(database: Database, work: Work, cursor: Pick<ClearCursor, 'gone'>): Promise<void> {
  const checks = checksOf(work, cursor);
  const results = await database.batch(checks.map(({ found }) => ({ sql: `SELECT (${found}) AS c0` })));
  checks.forEach(({ wanted }, at) => {
    const found = String(results[at]?.rows[0]?.[0]);
    if (found !== wanted) throw new Refusal('count_mismatch', `Rows: ${wanted} expected, ${found} found. Nothing was changed.`);
  });
}
