/** The only SQL on holds and on where the fence is. */
import { and, desc, eq, isNull, lt } from 'drizzle-orm';
import { fence, holds } from '../../db/control/schema.ts';
import type { OwnDatabase } from './migrate.ts';

export type HoldRow = typeof holds.$inferSelect;
export type FenceRow = Omit<typeof fence.$inferSelect, 'id'>;

const DOWN: FenceRow = { state: 'down', detail: null, failures: 0, wakeAt: null };

export class HoldStore {
  constructor(private readonly db: OwnDatabase) {}

  /** Oldest first. */
  active(): HoldRow[] {
    return this.db.select().from(holds).where(isNull(holds.endedAt)).orderBy(holds.n).all();
  }

  add(row: typeof holds.$inferInsert): void {
    this.db.insert(holds).values(row).run();
  }

  byId(id: string): HoldRow | undefined {
    return this.db.select().from(holds).where(eq(holds.id, id)).get();
  }

  change(id: string, to: Pick<HoldRow, 'reason' | 'message' | 'expiresAt'>): void {
    this.db.update(holds).set(to).where(eq(holds.id, id)).run();
  }

  end(ids: readonly string[], at: number, by: string): void {
    for (const id of ids)
      this.db
        .update(holds)
        .set({ endedAt: at, endedBy: by })
        .where(and(isNull(holds.endedAt), eq(holds.id, id)))
        .run();
  }

  /** Newest first; `before` is the number of the last one seen. */
  history(before: number | null, limit: number): HoldRow[] {
    return this.db
      .select()
      .from(holds)
      .where(before === null ? undefined : lt(holds.n, before))
      .orderBy(desc(holds.n))
      .limit(limit)
      .all();
  }

  fence(): FenceRow {
    return this.db.select().from(fence).get() ?? DOWN;
  }

  putFence(row: FenceRow): void {
    this.db
      .insert(fence)
      .values({ id: 1, ...row })
      .onConflictDoUpdate({ target: fence.id, set: row })
      .run();
  }
}
