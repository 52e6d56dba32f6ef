/** Lockkeeper's own tables in a managed database. Neither exported nor proposed for change (S4). */
import type { Statement } from './database.ts';
import { EXPECT_TABLE } from './expect.ts';

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
  EXPECT_TABLE,
];

/**
 * A rebuild switches CHECK off for a moment, and lets a RENAME pass views. Should its batch abort there and nobody be left to put that back,
 * it would stay so for everybody.
 */
export const USUAL_SETTINGS: readonly Statement[] = ['ignore_check_constraints', 'legacy_alter_table'].map((pragma) => ({
  sql: `PRAGMA ${pragma} = OFF`,
}));
