/**
 * The fence: triggers in the managed database that refuse every write, from whatever client, while the guard row says so (M2). They exist
 * only while a hold asks for them, so that they cost nothing otherwise.
 *
 * A job's own batches pass it: see `guarded.ts`.
 * Virtual tables cannot carry triggers; an FTS5 index that follows a table is fenced by that table.
 */
import { foldName, sameName } from '../core/schema/names.ts';
import { identifier, textLiteral } from '../core/sql/quote.ts';
import type { Database, Rows, Statement } from './database.ts';
import { GUARD_TABLES, USUAL_SETTINGS } from './guard-tables.ts';

/** What a refused client reads. Stable: programs may look for it. */
export const FENCE_MESSAGE = 'lockkeeper: this database is in maintenance, writes are refused';
const PREFIX = '_lk_fence_';
const OPERATIONS = ['INSERT', 'UPDATE', 'DELETE'] as const;
/** Somebody may create a table between the look and the batch; so many looks are enough for anybody but an attacker. */
const TRIES = 5;

export const isFenceRefusal = (error: unknown): boolean => error instanceof Error && error.message.includes(FENCE_MESSAGE);

/**
 * The triggers that fence one table. Part of the same batch wherever a table is created or rebuilt while a fence is up (M3). `taken`: names
 * of triggers that are there, folded, and not to be had: a renamed table takes its triggers along, under the names that they have, and
 * `IF NOT EXISTS` would leave its successor open.
 */
export function fenceStatements(table: string, taken: ReadonlySet<string> = new Set()): Statement[] {
  return OPERATIONS.map((operation) =>
    fenceTrigger(operation, freeName(`${PREFIX}${operation.toLowerCase()}_${table}`, taken), table),
  );
}

const fenceTrigger = (operation: (typeof OPERATIONS)[number], name: string, table: string): Statement => ({
  sql: `CREATE TRIGGER IF NOT EXISTS ${identifier(name)} BEFORE ${operation} ON ${identifier(table)}
      WHEN (SELECT fence > pass FROM _lk_guard WHERE id = 1) BEGIN SELECT RAISE(ABORT, ${textLiteral(FENCE_MESSAGE)}); END`,
});

function freeName(name: string, taken: ReadonlySet<string>): string {
  let candidate = name;
  for (let n = 2; taken.has(foldName(candidate)); n += 1) candidate = `${name}~${n}`;
  return candidate;
}

/** The names of the fence's triggers, folded; with `except`, without those that are on this table. */
const namesIn = ({ rows }: Rows, except?: string): ReadonlySet<string> =>
  new Set(
    rows.filter(([, table]) => except === undefined || !sameName(String(table), except)).map(([name]) => foldName(String(name))),
  );

/** What `fenceStatements` must not use for a table that is new. */
export const takenNames = async (database: Database): Promise<ReadonlySet<string>> => namesIn(await database.query(TRIGGERS));

/**
 * What takes away the triggers that refuse DELETE on one table, and what puts them back, for one batch: without triggers a whole table goes
 * at once. By the names that they have: the usual one may be on a table that was renamed.
 */
export async function deleteFence(database: Database, table: string): Promise<{ open: Statement[]; close: Statement[] }> {
  const { rows } = await database.query(TRIGGERS);
  const names = rows
    .filter(([name, on]) => sameName(String(on), table) && String(name).slice(PREFIX.length).startsWith('delete'))
    .map(([name]) => String(name));
  return {
    open: names.map((name) => ({ sql: `DROP TRIGGER IF EXISTS ${identifier(name)}` })),
    close: names.map((name) => fenceTrigger('DELETE', name, table)),
  };
}

export interface FenceState {
  readonly up: boolean;
  /** Triggers of ours that are there. */
  readonly triggers: number;
  /** Tables that nothing fences. */
  readonly unfenced: readonly string[];
}

/** Every operation's name has six letters. */
const UNFENCED = `SELECT name AS c0 FROM pragma_table_list t WHERE schema = 'main' AND type = 'table'
  AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE '\\_lk\\_%' ESCAPE '\\'
  AND (SELECT count(DISTINCT substr(g.name, ${PREFIX.length + 1}, 6)) FROM sqlite_schema g WHERE g.type = 'trigger' AND g.tbl_name = t.name COLLATE NOCASE
    AND g.name LIKE '\\_lk\\_fence\\_%' ESCAPE '\\') < ${OPERATIONS.length} ORDER BY name`;
const TRIGGERS = `SELECT name AS c0, tbl_name AS c1 FROM sqlite_schema WHERE type = 'trigger' AND name LIKE '\\_lk\\_fence\\_%' ESCAPE '\\'`;
const HAS_GUARD = `SELECT count(*) AS c0 FROM sqlite_schema WHERE type = 'table' AND name = '_lk_guard'`;

const NO_ROWS: Rows = { rows: [], changes: 0 };

/** One look, nothing changed. */
export async function fenceState(database: Database): Promise<FenceState> {
  const [guard, triggers, unfenced] = await database.batch([{ sql: HAS_GUARD }, { sql: TRIGGERS }, { sql: UNFENCED }]);
  const known = guard?.rows[0]?.[0] === 1;
  const { rows } = known ? await database.query('SELECT fence FROM _lk_guard WHERE id = 1') : { rows: [] };
  return {
    up: rows[0]?.[0] === 1,
    triggers: triggers?.rows.length ?? 0,
    unfenced: (unfenced?.rows ?? []).map(([name]) => String(name)),
  };
}

/** Puts the fence up, in one batch. After it no write commits but one that passes. Throws when tables appear faster than they are fenced. */
export async function raiseFence(database: Database): Promise<void> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const [triggers = NO_ROWS, unfenced = NO_ROWS] = await database.batch([{ sql: TRIGGERS }, { sql: UNFENCED }]);
    const results = await database.batch([
      ...GUARD_TABLES,
      {
        sql: `INSERT INTO _lk_guard (id, epoch, owner, at, fence) VALUES (1, 0, '', '', 1) ON CONFLICT (id) DO UPDATE SET fence = 1, pass = 0`,
      },
      ...unfenced.rows.map(([name]) => String(name)).flatMap((table) => fenceStatements(table, namesIn(triggers, table))),
      { sql: UNFENCED },
    ]);
    if (results.at(-1)?.rows.length === 0) return;
  }
  throw new Error('Tables appear faster than they can be fenced.');
}

/**
 * Takes the fence down, in one batch. A no-op when there is none. `epoch`: executors before it are stale from this moment on. A job that was
 * given up for lost gives its hold back, and its executor may live: it must not change what others write from now on (J3).
 */
export async function lowerFence(database: Database, epoch = 0): Promise<void> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const { rows } = await database.query(TRIGGERS);
    const results = await database.batch([
      ...USUAL_SETTINGS,
      ...GUARD_TABLES,
      {
        sql: 'UPDATE _lk_guard SET fence = 0, pass = 0, epoch = max(epoch, CAST(?1 AS INTEGER)) WHERE id = 1',
        params: [String(epoch)],
      },
      ...rows.map(([name]) => ({ sql: `DROP TRIGGER IF EXISTS ${identifier(String(name))}` })),
      { sql: TRIGGERS },
    ]);
    if (results.at(-1)?.rows.length === 0) return;
  }
  throw new Error('Triggers of the fence appear faster than they are removed.');
}
