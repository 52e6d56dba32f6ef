/** The only SQL on drafts of schema files. */
import { and, desc, eq, inArray, lt, max } from 'drizzle-orm';
import { drafts } from '../../db/control/schema.ts';
import type { OwnDatabase } from './migrate.ts';

export type DraftRow = typeof drafts.$inferSelect;

export class DraftStore {
  constructor(private readonly db: OwnDatabase) {}

  insert(row: DraftRow): DraftRow {
    return this.db.insert(drafts).values(row).returning().get();
  }

  setState(n: number, state: DraftRow['state']): DraftRow {
    return this.db.update(drafts).set({ state }).where(eq(drafts.n, n)).returning().get();
  }

  newest(path: string): DraftRow | undefined {
    return this.db.select().from(drafts).where(eq(drafts.path, path)).orderBy(desc(drafts.n)).limit(1).get();
  }

  /** Of every file that has any. */
  newestOfEach(): DraftRow[] {
    const newest = this.db
      .select({ n: max(drafts.n) })
      .from(drafts)
      .groupBy(drafts.path)
      .all()
      .flatMap(({ n }) => (n === null ? [] : [n]));
    return newest.length === 0 ? [] : this.db.select().from(drafts).where(inArray(drafts.n, newest)).orderBy(drafts.path).all();
  }

  /** Newest first. */
  versions(path: string, before: number | null, limit: number): DraftRow[] {
    const older = before === null ? undefined : lt(drafts.n, before);
    return this.db
      .select()
      .from(drafts)
      .where(and(eq(drafts.path, path), older))
      .orderBy(desc(drafts.n))
      .limit(limit)
      .all();
  }

  /** Keeps the newest `kept` versions of a file. */
  prune(path: string, kept: number): void {
    const [last] = this.db
      .select({ n: drafts.n })
      .from(drafts)
      .where(eq(drafts.path, path))
      .orderBy(desc(drafts.n))
      .limit(1)
      .offset(kept)
      .all();
    if (last)
      this.db
        .delete(drafts)
        .where(and(eq(drafts.path, path), lt(drafts.n, last.n + 1)))
        .run();
  }
}
