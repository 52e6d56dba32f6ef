/** The only SQL on backups, table figures and samples. */
import { asc, desc, eq, isNotNull, lt, sql } from 'drizzle-orm';
import { backups, samples, tableStats } from '../../db/control/schema.ts';
import type { BackupSummary } from '../protocol/backup.ts';
import type { HistoryPoint, TableStats } from '../protocol/database.ts';
import type { OwnDatabase } from './migrate.ts';

/** Points on the chart: the newest are kept as they are, older ones are thinned to one an hour. */
const HISTORY_POINTS = 500;
const FINE_MS = 24 * 3_600_000;
const KEPT_MS = 400 * 24 * 3_600_000;

type Point = typeof samples.$inferSelect;

export class CatalogStore {
  constructor(private readonly db: OwnDatabase) {}

  putBackup(summary: BackupSummary): 'created' | 'updated' {
    const known = this.backup(summary.id) !== undefined;
    const row = { id: summary.id, createdAt: Date.parse(summary.createdAt), summary };
    this.db.insert(backups).values(row).onConflictDoUpdate({ target: backups.id, set: { summary } }).run();
    return known ? 'updated' : 'created';
  }

  backup(id: string): BackupSummary | undefined {
    return this.db.select().from(backups).where(eq(backups.id, id)).get()?.summary;
  }

  deleteBackup(id: string): boolean {
    return this.db.delete(backups).where(eq(backups.id, id)).returning().all().length > 0;
  }

  /** Newest first; `before` is creation time and id of the last one seen. */
  listBackups(before: { at: number; id: string } | null, limit: number): BackupSummary[] {
    const older = before ? sql`(${backups.createdAt}, ${backups.id}) < (${before.at}, ${before.id})` : undefined;
    const rows = this.db.select().from(backups).where(older).orderBy(desc(backups.createdAt), desc(backups.id)).limit(limit).all();
    return rows.map((row) => row.summary);
  }

  newestWholeBackup(): string | null {
    const found = this.db
      .select({ id: backups.id })
      .from(backups)
      .where(sql`json_extract(${backups.summary}, '$.partial') = 0`)
      .orderBy(desc(backups.createdAt), desc(backups.id))
      .limit(1)
      .get();
    return found?.id ?? null;
  }

  tables(): TableStats[] {
    return this.db
      .select()
      .from(tableStats)
      .orderBy(asc(sql`lower(${tableStats.name})`), asc(tableStats.name))
      .all();
  }

  /** Replaces all figures and adds a point to the history. */
  putTables(tables: readonly TableStats[], point: Point): void {
    this.db.delete(tableStats).run();
    this.db.update(samples).set({ facts: null }).where(isNotNull(samples.facts)).run();
    for (const table of tables) this.db.insert(tableStats).values(table).run();
    this.db.insert(samples).values(point).onConflictDoUpdate({ target: samples.at, set: point }).run();
    this.thin(point.at);
  }

  lastSample(): Point | undefined {
    return this.db.select().from(samples).orderBy(desc(samples.at)).limit(1).get();
  }

  /** Oldest first. */
  history(): HistoryPoint[] {
    const newest = this.db.select().from(samples).orderBy(desc(samples.at)).limit(HISTORY_POINTS).all().reverse();
    return newest.map(({ at, sizeBytes, rows }) => ({ at: new Date(at).toISOString(), sizeBytes, rows }));
  }

  private thin(now: number): void {
    this.db
      .delete(samples)
      .where(
        sql`${samples.at} < ${now - FINE_MS} AND ${samples.at} NOT IN (SELECT min(at) FROM samples GROUP BY cast(at / 3600000 as integer))`,
      )
      .run();
    this.db
      .delete(samples)
      .where(lt(samples.at, now - KEPT_MS))
      .run();
  }
}
