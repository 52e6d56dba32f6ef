/**
 * J3 in the managed database itself: a batch that does work also writes its marker and checks the epoch. A batch of an executor that has
 * been replaced fails on the check and aborts whole; one that comes twice fails on the marker's key.
 */
import { isReserved } from '../core/schema/names.ts';
import { tablesMade } from '../core/sql/created.ts';
import type { Database, Statement } from './database.ts';
import { type Expectations, expectationRefusal, expectStatements, FORGET_EXPECTATIONS } from './expect.ts';
import { fenceStatements, takenNames } from './fence.ts';
import { GUARD_TABLES, USUAL_SETTINGS } from './guard-tables.ts';

/** Who acts. Of two executors of one database the one with the higher epoch is right. */
export interface Claim {
  readonly owner: string;
  readonly epoch: number;
  readonly at: string;
}

/** Markers of finished work are kept this long, for whoever wants to know what happened. */
const MARKERS_KEPT_DAYS = 90;

/** Raises the guard to this epoch. Answers the epoch that it now has: a higher one means that this claim comes too late. */
export async function claim(database: Database, { owner, epoch, at }: Claim): Promise<number> {
  const results = await database.batch([
    ...USUAL_SETTINGS,
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

/** A fence that goes up or down between the look and the batch; more often than this is not a coincidence. */
const FENCE_TRIES = 5;

/**
 * Runs `statements` exactly once under `step`, through the fence if one is up (M2). Tables that they create are fenced in the same batch
 * (M3). `log` goes into the same batch, after them (A1). Throws what the statements themselves fail with; then nothing was done either.
 * `expect`: what must hold in that very batch; otherwise `plan_stale` or `count_mismatch` is thrown. A step that has landed before is
 * `already`, whatever holds by now.
 */
export async function effectOnce(
  database: Database,
  by: Claim,
  step: string,
  statements: readonly Statement[],
  log: readonly Statement[] = [],
  expect: Expectations = {},
): Promise<Effect> {
  const created = tablesMade(statements.map(({ sql }) => sql)).filter((table) => !isReserved(table));
  if (created.length === 0) return once(database, by, step, [...statements, ...log], null, expect);
  for (let tries = 0; tries < FENCE_TRIES; tries += 1) {
    const fence = await guardOf(database);
    const taken = fence.up ? await takenNames(database) : new Set<string>();
    const fenced = fence.up ? created.flatMap((table) => fenceStatements(table, taken)) : [];
    const effect = await once(database, by, step, [...statements, ...fenced, ...log], fence.up, expect);
    if (effect !== 'stale' || fence.epoch !== by.epoch || (await guardOf(database)).up === fence.up) return effect;
  }
  throw new Error('The fence goes up and down faster than a table can be made.');
}

/** `fence`: what it must be, or null when that does not matter to these statements. */
async function once(
  database: Database,
  by: Claim,
  step: string,
  statements: readonly Statement[],
  fence: boolean | null,
  expect: Expectations,
): Promise<Effect> {
  const asAssumed = fence === null ? '' : ` AND fence = ${fence ? 1 : 0}`;
  const marker: Statement = {
    sql: `INSERT INTO _lk_steps (owner, step, epoch, at, current) VALUES (?1, ?2, CAST(?3 AS INTEGER), ?4,
      coalesce((SELECT epoch = CAST(?3 AS INTEGER)${asAssumed} FROM _lk_guard WHERE id = 1), 0))`,
    params: [by.owner, step, String(by.epoch), by.at],
  };
  try {
    // The marker's own CHECK is what stops a stale executor.
    await database.batch([...USUAL_SETTINGS, marker, PASS, ...expected(statements, expect), CLOSE]);
    return 'applied';
  } catch (error) {
    await putBack(database, statements);
    const message = error instanceof Error ? error.message : String(error);
    if (message.includes('_lk_stale')) return 'stale';
    if (message.includes('UNIQUE constraint failed: _lk_steps.')) return 'already';
    throw expectationRefusal(message, expect) ?? error;
  }
}

/**
 * A setting is no part of the transaction: a batch that aborts between switching one on and off leaves it on for every client of the
 * database. Best effort; `claim` and the end of a fence do it for those that nobody was left to put back.
 */
async function putBack(database: Database, statements: readonly Statement[]): Promise<void> {
  const named = statements.flatMap(({ sql }) => /^PRAGMA (\w+) = ON$/.exec(sql)?.[1] ?? []);
  const left = [...new Set(named)].filter((pragma) => pragma !== 'defer_foreign_keys');
  if (left.length > 0) await database.batch(left.map((pragma) => ({ sql: `PRAGMA ${pragma} = OFF` }))).catch(() => null);
}

/** The marker stands before them: a step that has landed must not fail on what it has changed itself. */
function expected(statements: readonly Statement[], { before = [], after = [], last = [] }: Expectations): Statement[] {
  const asked = [...before, ...after];
  if (asked.length === 0) return [...statements, ...last];
  return [...expectStatements(before, 0), ...statements, ...expectStatements(after, before.length), FORGET_EXPECTATIONS, ...last];
}

/** A batch is one transaction: nobody else ever sees the guard open. */
const PASS: Statement = { sql: 'UPDATE _lk_guard SET pass = 1 WHERE id = 1' };
const CLOSE: Statement = { sql: 'UPDATE _lk_guard SET pass = 0 WHERE id = 1' };

async function guardOf(database: Database): Promise<{ epoch: number; up: boolean }> {
  const { rows } = await database.query('SELECT epoch, fence FROM _lk_guard WHERE id = 1');
  return { epoch: Number(rows[0]?.[0] ?? 0), up: rows[0]?.[1] === 1 };
}

/** Whether the step's batch has landed: what to ask when its answer was lost. */
export async function hasLanded(database: Database, owner: string, step: string): Promise<boolean> {
  const { rows } = await database.query('SELECT 1 FROM _lk_steps WHERE owner = ?1 AND step = ?2', [owner, step]);
  return rows.length > 0;
}
