/** The only SQL on jobs, steps and events. Synchronous: what runs between two awaits is atomic, and `atomically` rolls back on a throw. */
import { and, asc, count, desc, eq, gt, inArray, lt, lte, max, min, type SQL, sql } from 'drizzle-orm';
import { counters, events, jobs, steps } from '../../db/control/schema.ts';
import type { JobKind, JobStatus } from '../protocol/job.ts';
import type { Event, EventType } from '../protocol/live.ts';
import type { JobRow } from './job-rows.ts';
import type { OwnDatabase } from './migrate.ts';

const ACTIVE: JobStatus[] = ['running', 'cancelling'];
/** A client further behind than this gets a snapshot. */
export const EVENTS_KEPT = 5_000;

export type Counter = 'epoch' | 'event' | 'job' | 'hold' | 'mode' | 'plan' | 'window' | 'draft';

export interface JobFilter {
  readonly statuses?: readonly JobStatus[];
  readonly kinds?: readonly JobKind[];
}

export class JobStore {
  constructor(
    private readonly db: OwnDatabase,
    private readonly storage: DurableObjectStorage,
  ) {}

  /** All or nothing. */
  atomically<T>(work: () => T): T {
    return this.storage.transactionSync(work);
  }

  next(counter: Counter, atLeast = 0): number {
    const row = this.db
      .insert(counters)
      .values({ name: counter, value: Math.max(1, atLeast) })
      .onConflictDoUpdate({ target: counters.name, set: { value: sql`max(${counters.value} + 1, cast(${atLeast} as integer))` } })
      .returning()
      .get();
    return row.value;
  }

  last(counter: Counter): number {
    return this.db.select({ value: counters.value }).from(counters).where(eq(counters.name, counter)).get()?.value ?? 0;
  }

  insert(row: typeof jobs.$inferInsert): JobRow {
    return this.db.insert(jobs).values(row).returning().get();
  }

  update(id: string, columns: Partial<JobRow>): JobRow {
    return this.db.update(jobs).set(columns).where(eq(jobs.id, id)).returning().get();
  }

  byId(id: string): JobRow | undefined {
    return this.db.select().from(jobs).where(eq(jobs.id, id)).get();
  }

  byIdempotencyKey(key: string): JobRow | undefined {
    return this.db.select().from(jobs).where(eq(jobs.idempotencyKey, key)).get();
  }

  /** In the order submitted. */
  queued(): JobRow[] {
    return this.db.select().from(jobs).where(eq(jobs.status, 'queued')).orderBy(asc(jobs.n)).all();
  }

  active(): JobRow[] {
    return this.db.select().from(jobs).where(inArray(jobs.status, ACTIVE)).orderBy(asc(jobs.n)).all();
  }

  /** When the next active job has to be looked at, or null when none is active. */
  nextWakeAt(): number | null {
    return (
      this.db
        .select({ at: min(jobs.wakeAt) })
        .from(jobs)
        .where(inArray(jobs.status, ACTIVE))
        .get()?.at ?? null
    );
  }

  /** Newest first; `before` is the number of the last one seen. */
  list(filter: JobFilter, before: number | null, limit: number): JobRow[] {
    const conditions: SQL[] = [];
    if (before !== null) conditions.push(lt(jobs.n, before));
    if (filter.statuses?.length) conditions.push(inArray(jobs.status, [...filter.statuses]));
    if (filter.kinds?.length) conditions.push(inArray(jobs.kind, [...filter.kinds]));
    return this.db
      .select()
      .from(jobs)
      .where(and(...conditions))
      .orderBy(desc(jobs.n))
      .limit(limit)
      .all();
  }

  stepCount(jobId: string): number {
    return this.db.select({ n: count() }).from(steps).where(eq(steps.jobId, jobId)).get()?.n ?? 0;
  }

  step(jobId: string, n: number) {
    return this.db
      .select()
      .from(steps)
      .where(and(eq(steps.jobId, jobId), eq(steps.n, n)))
      .get();
  }

  steps(jobId: string, after: number, limit: number) {
    return this.db
      .select()
      .from(steps)
      .where(and(eq(steps.jobId, jobId), gt(steps.n, after)))
      .orderBy(asc(steps.n))
      .limit(limit)
      .all();
  }

  /** The latest steps, oldest first. */
  latestSteps(jobId: string, limit: number) {
    return this.db.select().from(steps).where(eq(steps.jobId, jobId)).orderBy(desc(steps.n)).limit(limit).all().reverse();
  }

  addStep(row: typeof steps.$inferInsert): void {
    this.db.insert(steps).values(row).run();
  }

  /** Numbers and stores an event; drops the oldest now and then. */
  addEvent(at: number, type: EventType, jobId: string | null, reason: string, data: Record<string, unknown>): Event {
    const seq = this.next('event');
    this.db.insert(events).values({ seq, at, type, jobId, reason, data }).run();
    if (seq % 256 === 0)
      this.db
        .delete(events)
        .where(lte(events.seq, seq - EVENTS_KEPT))
        .run();
    return { seq, at: new Date(at).toISOString(), type, jobId, reason, data };
  }

  /** Events after `after`, or null when some of them are gone, or `after` lies in the future (another life of this object). */
  eventsAfter(after: number, limit: number): Event[] | null {
    const range = this.db
      .select({ first: min(events.seq), last: max(events.seq) })
      .from(events)
      .get();
    const last = this.last('event');
    if (after > last || (after < last && (range?.first ?? Number.POSITIVE_INFINITY) > after + 1)) return null;
    return this.eventRows(gt(events.seq, after), limit);
  }

  eventsOfJob(jobId: string, after: number, limit: number): Event[] {
    return this.eventRows(and(eq(events.jobId, jobId), gt(events.seq, after)), limit);
  }

  private eventRows(where: SQL | undefined, limit: number): Event[] {
    return this.db
      .select()
      .from(events)
      .where(where)
      .orderBy(asc(events.seq))
      .limit(limit)
      .all()
      .map((row) => ({ ...row, at: new Date(row.at).toISOString() }));
  }
}
