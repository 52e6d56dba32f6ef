/**
 * J3 in the managed database itself: a batch that does work also writes its marker and checks the epoch. A batch of an executor that has
 * been replaced fails on the check and aborts whole; one that comes twice fails on the marker's key.
 */
import type { Database, Statement } from './database.ts';

/** Who acts. Of two executors of one database the one with the higher epoch is right. */
export interface Claim {
  readonly owner: string;
  readonly epoch: number;
  readonly at: string;
}

/** The guard also says whether the fence is up (`fence.ts`) and whether this very batch may pass it. */
export const GUARD_TABLES: readonly Statement[] = [
  {
    sql: `CREATE TABLE IF NOT EXISTS _lk_guard (id INTEGER PRIMARY KEY CHECK (id = 1), epoch INTEGER NOT NULL, owner TEXT NOT NULL,
      at TEXT NOT NULL, fence INTEGER NOT NULL DEFAULT 0, pass INTEGER NOT NULL DEFAULT 0)`,
  },
  {
    sql: `CREATE TABLE IF NOT EXISTS _lk_steps (owner TEXT NOT NULL, step TEXT NOT NULL, epoch INTEGER NOT NULL, at TEXT NOT NULL,
      current INTEGER NOT NULL, PRIMARY KEY (owner, step), CONSTRAINT _lk_stale CHECK (current = 1))`,
  },
];

/** Markers of finished work are kept this long, for whoever wants to know what happened. */
const MARKERS_KEPT_DAYS = 90;

/** Raises the guard to this epoch. Answers the epoch that it now has: a higher one means that this claim comes too late. */
export async function claim(database: Database, { owner, epoch, at }: Claim): Promise<number> {
  const results = await database.batch([
    ...GUARD_TABLES,
    {
      sql: `INSERT INTO _lk_guard (id, epoch, owner, at) VALUES (1, CAST(?1 AS INTEGER), ?2, ?3)
        ON CONFLICT (id) DO UPDATE SET epoch = excluded.epoch, owner = excluded.owner, at = excluded.at WHERE excluded.epoch > epoch`,
      params: [String(epoch), owner, at],
    },
    {
      sql: `DELETE FROM _lk_steps WHERE owner <> ?1 AND at < strftime('%Y-%m-%dT%H:%M:%fZ', ?2, '-${MARKERS_KEPT_DAYS} days')`,
      params: [owner, at],
    },
    { sql: 'SELECT epoch FROM _lk_guard WHERE id = 1' },
  ]);
  return Number(results.at(-1)?.rows[0]?.[0]);
}

/** `stale`: the guard has another epoch, nothing was done. `already`: this step's batch has landed before, nothing was done. */
export type Effect = 'applied' | 'already' | 'stale';

/** Runs `statements` exactly once under `step`. Throws what the statements themselves fail with; then nothing was done either. */
export async function effectOnce(database: Database, by: Claim, step: string, statements: readonly Statement[]): Promise<Effect> {
  const marker: Statement = {
    sql: `INSERT INTO _lk_steps (owner, step, epoch, at, current)
      VALUES (?1, ?2, CAST(?3 AS INTEGER), ?4, coalesce((SELECT epoch = CAST(?3 AS INTEGER) FROM _lk_guard WHERE id = 1), 0))`,
    params: [by.owner, step, String(by.epoch), by.at],
  };
  try {
    await database.batch([marker, ...statements]);
    return 'applied';
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (message.includes('_lk_stale')) return 'stale';
    if (message.includes('UNIQUE constraint failed: _lk_steps.')) return 'already';
    throw error;
  }
}

/** Whether the step's batch has landed: what to ask when its answer was lost. */
export async function hasLanded(database: Database, owner: string, step: string): Promise<boolean> {
  const { rows } = await database.query('SELECT 1 FROM _lk_steps WHERE owner = ?1 AND step = ?2', [owner, step]);
  return rows.length > 0;
}
