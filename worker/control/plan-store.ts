/** The only SQL on plans. */
import { and, desc, eq, getTableColumns, gt, inArray, isNotNull, isNull, lt, notInArray, or, type SQL, sql } from 'drizzle-orm';
import { jobs, plans } from '../../db/control/schema.ts';
import type { StoredPlan } from '../protocol/plan.ts';
import type { OwnDatabase } from './migrate.ts';

export type PlanRow = typeof plans.$inferSelect;
/** What a list shows. A plan can have more than a megabyte of statements: they stay where they are. */
export type ListedPlan = Omit<PlanRow, 'plan'> & {
  readonly plan: Omit<StoredPlan, 'statements' | 'rehearsal' | 'expectations'>;
  readonly statementCount: number;
};
const LISTED = {
  ...getTableColumns(plans),
  plan: sql`json_remove(${plans.plan}, '$.statements', '$.rehearsal', '$.expectations')`.mapWith(
    (text: string): ListedPlan['plan'] => JSON.parse(text),
  ),
  statementCount: sql<number>`json_array_length(${plans.plan}, '$.statements')`,
};

/** A whole plan as a list has it. */
export function listedOf(row: PlanRow): ListedPlan {
  const { statements, rehearsal: _, expectations: __, ...plan } = row.plan;
  return { ...row, plan, statementCount: statements.length };
}

export class PlanStore {
  constructor(private readonly db: OwnDatabase) {}

  insert(row: typeof plans.$inferInsert): PlanRow {
    return this.db.insert(plans).values(row).returning().get();
  }

  update(id: string, columns: Partial<PlanRow>): PlanRow {
    return this.db.update(plans).set(columns).where(eq(plans.id, id)).returning().get();
  }

  byId(id: string): PlanRow | undefined {
    return this.db.select().from(plans).where(eq(plans.id, id)).get();
  }

  byJob(jobId: string): PlanRow | undefined {
    return this.db.select().from(plans).where(eq(plans.jobId, jobId)).orderBy(desc(plans.n)).limit(1).get();
  }

  /** Newest first; `before` is the number of the last one seen. */
  list(before: number | null, limit: number): ListedPlan[] {
    return this.db
      .select(LISTED)
      .from(plans)
      .where(before === null ? undefined : lt(plans.n, before))
      .orderBy(desc(plans.n))
      .limit(limit)
      .all();
  }

  /** When jobs that run a plan which only an admin may start were submitted, of those after `since`. */
  dangerousSince(since: number): number[] {
    const rows = this.db
      .select({ at: jobs.createdAt, needs: sql<string>`json_extract(${plans.plan}, '$.needs')` })
      .from(jobs)
      .innerJoin(plans, eq(plans.jobId, jobs.id))
      .where(gt(jobs.createdAt, since))
      .all();
    return rows.filter(({ needs }) => needs === 'admin').map(({ at }) => at);
  }

  /**
   * Keeps the newest ones that are not too old, and every plan whose job is not over. Those that were run are counted for themselves: a
   * job may be tried again, and how often dangerous ones ran is read from them; making plans must not push them out.
   */
  prune(keep: number, keepUsed: number, olderThan: number): void {
    const oldest = (which: SQL, kept: number): number =>
      this.db
        .select({ n: plans.n })
        .from(plans)
        .where(which)
        .orderBy(desc(plans.n))
        .limit(1)
        .offset(kept - 1)
        .get()?.n ?? 0;
    const surplus = or(
      and(isNull(plans.jobId), lt(plans.n, oldest(isNull(plans.jobId), keep))),
      and(isNotNull(plans.jobId), lt(plans.n, oldest(isNotNull(plans.jobId), keepUsed))),
    );
    const open = this.db
      .select({ id: jobs.id })
      .from(jobs)
      .where(inArray(jobs.status, ['queued', 'running', 'cancelling']));
    const old = or(lt(plans.createdAt, olderThan), surplus);
    const busy = this.db.select({ n: plans.n }).from(plans).where(inArray(plans.jobId, open));
    this.db
      .delete(plans)
      .where(and(old, notInArray(plans.n, busy)))
      .run();
  }
}
