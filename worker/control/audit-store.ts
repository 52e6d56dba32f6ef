/** The only SQL on an audit chain. Synchronous: an entry is written in the same transaction as the change that it records. */
import { and, asc, desc, eq, gt, gte, inArray, lt, type SQL, sql } from 'drizzle-orm';
import { audit, auditHead } from '../../db/control/audit.ts';
import { type Anchor, type Checked, check, checkEnd } from '../core/audit/chain.ts';
import { type Crowd, type Denials, deny, QUIET, settle } from '../core/audit/denials.ts';
import { type AuditDraft, type AuditRow, GENESIS, seal, toEntry } from '../core/audit/entry.ts';
import { type AuditAction, type AuditBreach, type AuditEntry, type AuditFilter, type By, SYSTEM } from '../protocol/audit.ts';
import type { Page } from '../protocol/list.ts';
import type { OwnDatabase } from './migrate.ts';

export type HeadRow = Omit<typeof auditHead.$inferSelect, 'id'>;

const START: HeadRow = { ...GENESIS, mirrored: 0, anchored: 0, anchoredOn: '', denials: null };
/** Within this the same reading by the same person is one entry: a download that is resumed a hundred times is one download. */
const REPEAT_MS = 60_000;
const MAX_REMEMBERED = 500;

/** Answer of one page of a check. `done`: the end was reached, or a breach. */
export interface CheckAnswer {
  readonly checked: Checked;
  readonly breach: AuditBreach | null;
  readonly done: boolean;
}

export class AuditStore {
  private readonly lately = new Map<string, number>();

  constructor(
    private readonly db: OwnDatabase,
    private readonly storage: DurableObjectStorage,
    /** Null for the chain that belongs to no database. */
    private readonly database: string | null,
  ) {}

  head(): HeadRow {
    return this.db.select().from(auditHead).get() ?? START;
  }

  private putHead(columns: Partial<HeadRow>): void {
    this.db
      .insert(auditHead)
      .values({ id: 1, ...START, ...columns })
      .onConflictDoUpdate({ target: auditHead.id, set: columns })
      .run();
  }

  /** Appends an entry. Part of whatever transaction it is called in: rolled back, it was never there. */
  record(draft: Omit<AuditDraft, 'database'>, now: number): void {
    this.storage.transactionSync(() => {
      const row = seal(this.head(), { ...draft, database: this.database }, now);
      this.db.insert(audit).values(row).run();
      this.putHead({ n: row.n, hash: row.hash });
    });
  }

  /** Records a reading, unless the same one was recorded a moment ago. */
  recordReading(draft: Omit<AuditDraft, 'database'>, now: number): void {
    const key = JSON.stringify([draft.by.actor, draft.by.address, draft.action, draft.target]);
    if (now - (this.lately.get(key) ?? Number.NEGATIVE_INFINITY) < REPEAT_MS) return;
    this.lately.delete(key);
    this.lately.set(key, now);
    const [oldest] = this.lately.keys();
    if (this.lately.size > MAX_REMEMBERED && oldest !== undefined) this.lately.delete(oldest);
    this.record(draft, now);
  }

  /** Records that somebody may not, or counts it: see `core/audit/denials.ts`. `key` tells repeats. */
  recordDenial(crowd: Crowd, key: string, draft: Omit<AuditDraft, 'database'>, now: number): void {
    const { denials, write } = deny(this.denials(), crowd, key, now);
    if (write) this.record({ ...draft, detail: { ...draft.detail, ...write } }, now);
    this.putHead({ denials });
  }

  /** Says what has been counted and not said yet, in one entry for each crowd. */
  settleDenials(now: number): void {
    for (const crowd of ['stranger', 'member'] as const) {
      const { denials, write } = settle(this.denials(), crowd, now);
      if (!write) continue;
      const detail = { crowd, ...write };
      this.record({ by: SYSTEM, action: 'access.denied', target: 'counted', outcome: 'denied', detail }, now);
      this.putHead({ denials });
    }
  }

  private denials(): Denials {
    return (this.head().denials as Denials | null) ?? QUIET;
  }

  /** Whether this actor did this from this address since then. */
  has({ actor, address }: By, action: AuditAction, since: number): boolean {
    const same = and(eq(audit.actor, actor), eq(audit.action, action), eq(audit.address, address), gte(audit.at, since));
    return this.db.select({ n: audit.n }).from(audit).where(same).limit(1).get() !== undefined;
  }

  /** Newest first; `before` is the number of the last one seen. */
  list(filter: AuditFilter, before: number | null, limit: number): Page<AuditEntry> {
    const rows = this.db
      .select()
      .from(audit)
      .where(and(before === null ? undefined : lt(audit.n, before), ...conditions(filter)))
      .orderBy(desc(audit.n))
      .limit(limit + 1)
      .all();
    return {
      items: rows.slice(0, limit).map(toEntry),
      nextCursor: rows.length > limit ? String(rows[limit - 1]?.n) : null,
    };
  }

  /** Oldest first. */
  after(n: number, limit: number): AuditRow[] {
    return this.db.select().from(audit).where(gt(audit.n, n)).orderBy(asc(audit.n)).limit(limit).all();
  }

  check(checked: Checked, anchors: readonly Anchor[], limit: number): CheckAnswer {
    const rows = this.after(checked.head.n, limit);
    const newest = this.head();
    const around = { newest: Math.max(newest.n, rows.at(-1)?.n ?? 0), follower: (hash: string) => this.follower(hash) };
    const page = check(checked, rows, anchors, around);
    if (page.breach) return { ...page, done: true };
    if (rows.length === limit) return { ...page, done: false };
    return { checked: page.checked, breach: checkEnd(page.checked, anchors, newest), done: true };
  }

  private follower(hash: string): number | null {
    return this.db.select({ n: audit.n }).from(audit).where(eq(audit.prevHash, hash)).limit(1).get()?.n ?? null;
  }

  /** Whether this step's effect is in the chain: it may be reported again by the executor after the one that did it. */
  hasEffect(jobId: string, step: string): boolean {
    const found = this.db
      .select({ n: audit.n })
      .from(audit)
      .where(and(eq(audit.target, jobId), eq(audit.action, 'job.effect'), sql`json_extract(${audit.detail}, '$.step') = ${step}`))
      .limit(1)
      .get();
    return found !== undefined;
  }

  mirrored(n: number): void {
    this.putHead({ mirrored: n });
  }

  anchored(n: number, day: string | null): void {
    this.putHead(day === null ? { anchored: n } : { anchored: n, anchoredOn: day });
  }
}

function conditions({ actor, actions, outcome, target, text, from, to }: AuditFilter): SQL[] {
  const all: (SQL | null)[] = [
    actor ? eq(audit.actor, actor) : null,
    actions && actions.length > 0 ? inArray(audit.action, [...actions]) : null,
    outcome ? eq(audit.outcome, outcome) : null,
    target ? eq(audit.target, target) : null,
    text ? containing(text) : null,
    from === undefined ? null : gte(audit.at, from),
    to === undefined ? null : lt(audit.at, to),
  ];
  return all.filter((condition) => condition !== null);
}

/** Not LIKE: its patterns may have 50 bytes only. */
const containing = (text: string): SQL => {
  const haystack = sql.join(
    [audit.actor, audit.address, audit.requestId, audit.action, audit.target, audit.detail],
    sql` || char(10) || `,
  );
  return sql`instr(lower(${haystack}), lower(${text})) > 0`;
};
