/** A real local D1 whose binding is used from Node, beside stock SQLite: the two cannot meet inside the runtime. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getPlatformProxy } from 'wrangler';
import { d1Database } from '../../../database/d1.ts';
import type { Database, Statement } from '../../../database/database.ts';

export interface LocalD1 {
  readonly binding: D1Database;
  readonly database: Database;
  /** Drops everything. */
  empty(): Promise<void>;
  stop(): Promise<void>;
}

export async function startLocalD1(): Promise<LocalD1> {
  const folder = mkdtempSync(join(tmpdir(), 'lockkeeper-'));
  const configPath = join(folder, 'wrangler.json');
  const d1 = [{ binding: 'DB', database_name: 'exam', database_id: '00000000-0000-0000-0000-00000000000e' }];
  writeFileSync(configPath, JSON.stringify({ name: 'exam', compatibility_date: '2026-11-23', d1_databases: d1 }));
  const proxy = await getPlatformProxy<{ DB: D1Database }>({ configPath, persist: false });
  const binding = proxy.env.DB;
  const database = d1Database(binding);
  return {
    binding,
    database,
    empty: () => emptyDatabase(database),
    async stop() {
      await proxy.dispose();
      rmSync(folder, { recursive: true });
    },
  };
}

async function emptyDatabase(database: Database): Promise<void> {
  const { rows } = await database.query(
    `SELECT s.type, s.name FROM sqlite_schema s LEFT JOIN pragma_table_list l ON l.name = s.name AND l.schema = 'main'
     WHERE s.type IN ('table', 'view', 'trigger') AND substr(lower(s.name), 1, 4) <> '_cf_' AND s.name NOT LIKE 'sqlite%' AND coalesce(l.type, '') <> 'shadow'
     ORDER BY s.type = 'table', l.type = 'table', s.rowid`,
  );
  const drops: Statement[] = rows.map(([type, name]) => ({
    sql: `DROP ${type} IF EXISTS "${String(name).replaceAll('"', '""')}"`,
  }));
  const counted = await database.query(`SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence'`);
  if (counted.rows.length > 0) drops.push({ sql: 'DELETE FROM sqlite_sequence' });
  if (drops.length > 0) await database.batch([{ sql: 'PRAGMA defer_foreign_keys = TRUE' }, ...drops]);
}
