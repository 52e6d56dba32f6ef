/**
 * B1: that every row is in the backup is not only reasoned but counted, by a query that has nothing to do with paging, keys or the codec. A
 * backup that was proven later would be compared with its own manifest, which knows only what was read.
 */
import { unfenceable } from '../../core/backup/manifest.ts';
import type { Script } from '../../core/backup/script.ts';
import { identifier } from '../../core/sql/quote.ts';
import { AUDIT_LOGS } from '../../database/audit-log.ts';
import type { Database, Statement } from '../../database/database.ts';
import type { Manifest } from '../../protocol/backup.ts';
import { Refusal } from '../../protocol/problem.ts';

/** Each is a scan, and they share a query's 30 seconds. */
const TABLES_AT_ONCE = 20;

export const countOf = (table: string): Statement => ({ sql: `SELECT count(*) AS c0 FROM ${identifier(table)}` });

/** How many rows the tables of `script` have, of those whose rows cannot change while a fence is up: the audit trail's copy grows with the job itself. */
export async function fencedCounts(database: Database, script: Script): Promise<Map<string, number>> {
  const open = new Set([...unfenceable(script), AUDIT_LOGS]);
  const tables = script.items.flatMap((item) => (item.kind === 'rows' && !open.has(item.source.table) ? [item.source.table] : []));
  const counts = new Map<string, number>();
  for (let at = 0; at < tables.length; at += TABLES_AT_ONCE) {
    const some = tables.slice(at, at + TABLES_AT_ONCE);
    const { rows } = await database.query(`SELECT ${some.map((table, n) => `(${countOf(table).sql}) AS c${n}`).join(',')}`);
    some.forEach((table, n) => {
      counts.set(table, Number(rows[0]?.[n]));
    });
  }
  return counts;
}

/** Throws `backup_incomplete` where the backup has more or fewer rows of a table than it had. */
export function mustHaveAll({ tables }: Manifest, counts: ReadonlyMap<string, number>): void {
  const wrong = tables.filter(({ name, rows }) => (counts.get(name) ?? rows) !== rows);
  if (wrong.length === 0) return;
  const found = wrong.map(({ name, rows }) => `${name}: ${rows} of ${counts.get(name)} rows`);
  throw new Refusal('backup_incomplete', `The backup does not have what the tables have: ${found.join(', ')}.`);
}
