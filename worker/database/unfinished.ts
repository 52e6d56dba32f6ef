/** Copies of tables that were never swapped in: what a job that was cancelled, or failed, may leave behind. Nothing but that job knows them. */
import { dropStatements } from '../core/schema/plan/leftovers.ts';
import type { Database, Statement } from './database.ts';

const COPIES = `SELECT sql AS c0 FROM sqlite_schema WHERE type = 'table' AND (name LIKE '\\_lk\\_next\\_%' ESCAPE '\\' OR name = '_lk_slices')`;

/** What takes them away, for one batch; empty when there are none. */
export async function unfinishedDrops(database: Database): Promise<Statement[]> {
  const { rows } = await database.query(COPIES);
  return dropStatements(rows.map(([sql]) => String(sql))).map((sql) => ({ sql }));
}

/** Outside of a job, when no job can be working on them: the fence is down, and older executors are stale. */
export async function dropUnfinished(database: Database): Promise<void> {
  const drops = await unfinishedDrops(database);
  if (drops.length > 0) await database.batch(drops);
}
