/** The only SQL on maintenance windows. */
import { asc, eq, gt, lte, min } from 'drizzle-orm';
import { windows } from '../../db/control/schema.ts';
import type { OwnDatabase } from './migrate.ts';

export type WindowRow = typeof windows.$inferSelect;

export class WindowStore {
  constructor(private readonly db: OwnDatabase) {}

  /** Oldest first; `after` is the number of the last one seen. */
  list(after: number, limit: number): WindowRow[] {
    return this.db.select().from(windows).where(gt(windows.n, after)).orderBy(asc(windows.n)).limit(limit).all();
  }

  byId(id: string): WindowRow | undefined {
    return this.db.select().from(windows).where(eq(windows.id, id)).get();
  }

  /** Whose time has come. */
  due(now: number): WindowRow[] {
    return this.db.select().from(windows).where(lte(windows.nextAt, now)).orderBy(asc(windows.n)).all();
  }

  nextAt(): number | null {
    return (
      this.db
        .select({ at: min(windows.nextAt) })
        .from(windows)
        .get()?.at ?? null
    );
  }

  put(row: WindowRow): void {
    this.db.insert(windows).values(row).onConflictDoUpdate({ target: windows.n, set: row }).run();
  }

  delete(id: string): void {
    this.db.delete(windows).where(eq(windows.id, id)).run();
  }
}
