/** Tokens, sessions, sign-in codes and failed attempts: one Durable Object for the whole control plane. Knows hashes, never secrets. */
import { DurableObject } from 'cloudflare:workers';
import { and, desc, eq, gt, lt, lte, sql } from 'drizzle-orm';
import migrations from '../../db/access/migrations/migrations.js';
import * as schema from '../../db/access/schema.ts';
import { ACCESS_PREFIX, anchorsOf } from '../archive/anchors.ts';
import { AuditKeeper } from '../control/audit-keeper.ts';
import { AuditStore, type CheckAnswer } from '../control/audit-store.ts';
import { type OwnDatabase, openOwnDatabase } from '../control/migrate.ts';
import type { Anchor, Checked } from '../core/audit/chain.ts';
import type { Crowd } from '../core/audit/denials.ts';
import type { AuditDraft } from '../core/audit/entry.ts';
import type { Token, TokenRequest } from '../protocol/access.ts';
import type { AuditEntry, AuditFilter, By } from '../protocol/audit.ts';
import type { Page } from '../protocol/list.ts';
import type { Identity, Session } from './identity.ts';
import { lockedUntil } from './throttle.ts';

export const SESSION_MS = 12 * 3_600_000;
export const CODE_MS = 10 * 60_000;
/** How exact `lastUsedAt` is: a write for each request would be a waste. */
const LAST_USED_MS = 60_000;

const { tokens, sessions, codes, attempts } = schema;

/** Entries that one call checks: the object answers others between two calls. */
const AUDIT_CHECK_PAGE = 2_000;

type Draft = Omit<AuditDraft, 'database'>;

export class AccessControl extends DurableObject<{ readonly ARCHIVE: R2Bucket }> {
  private db!: OwnDatabase;
  private trail!: AuditStore;
  private keeper!: AuditKeeper;

  constructor(ctx: DurableObjectState, env: { readonly ARCHIVE: R2Bucket }) {
    super(ctx, env);
    ctx.blockConcurrencyWhile(async () => {
      this.db = await openOwnDatabase(ctx.storage, migrations, schema);
      this.trail = new AuditStore(this.db, ctx.storage, null);
      this.keeper = new AuditKeeper(this.trail, () => anchorsOf(this.env.ARCHIVE, ACCESS_PREFIX), null, 'access');
    });
  }

  /** A change and its audit entry, or neither (A1). */
  private change<T>(work: (now: number) => T): T {
    const now = Date.now();
    const result = this.ctx.storage.transactionSync(() => work(now));
    if (this.keeper.isDue(now)) this.ctx.waitUntil(this.keeper.tend(null, Date.now));
    return result;
  }

  async byToken(hash: string): Promise<Identity | null> {
    const now = Date.now();
    const row = this.db.select().from(tokens).where(eq(tokens.hash, hash)).get();
    if (!row || (row.expiresAt !== null && row.expiresAt <= now)) return null;
    if ((row.lastUsedAt ?? 0) < now - LAST_USED_MS)
      this.db.update(tokens).set({ lastUsedAt: now }).where(eq(tokens.id, row.id)).run();
    return { subject: `token:${row.name}`, displayName: row.name, role: row.role, tokenId: row.id, ownerHash: null };
  }

  async bySession(hash: string, ownerHash: string | null): Promise<Session | null> {
    const row = this.db
      .select()
      .from(sessions)
      .where(and(eq(sessions.hash, hash), gt(sessions.expiresAt, Date.now())))
      .get();
    if (!row || (row.ownerHash !== null && row.ownerHash !== ownerHash)) return null;
    if (row.tokenId !== null && !this.tokenLives(row.tokenId)) return null;
    return row;
  }

  private tokenLives(id: string): boolean {
    const row = this.db.select().from(tokens).where(eq(tokens.id, id)).get();
    return row !== undefined && (row.expiresAt === null || row.expiresAt > Date.now());
  }

  /** Answers when the session ends, in milliseconds since the epoch. */
  async openSession(hash: string, identity: Identity, how: 'token' | 'code', by: By): Promise<number> {
    return this.change((now) => {
      const expiresAt = now + SESSION_MS;
      this.db.delete(sessions).where(lte(sessions.expiresAt, now)).run();
      this.db
        .insert(sessions)
        .values({ ...identity, hash, createdAt: now, expiresAt })
        .run();
      this.trail.record({ by, action: 'session.opened', target: identity.subject, detail: { how, role: identity.role } }, now);
      return expiresAt;
    });
  }

  /** A cookie that belongs to no session closes nothing, and leaves no trace. */
  async closeSession(hash: string, by: By): Promise<void> {
    this.change((now) => {
      const closed = this.db.delete(sessions).where(eq(sessions.hash, hash)).returning().all();
      for (const { subject, createdAt } of closed) {
        const who = { ...by, actor: subject };
        this.trail.record({ by: who, action: 'session.closed', target: subject, durationMs: now - createdAt }, now);
      }
    });
  }

  async addCode(hash: string, identity: Identity, by: By): Promise<number> {
    return this.change((now) => {
      const expiresAt = now + CODE_MS;
      this.db.delete(codes).where(lte(codes.expiresAt, now)).run();
      this.db
        .insert(codes)
        .values({ ...identity, hash, expiresAt })
        .run();
      this.trail.record({ by, action: 'session.code_created', target: identity.subject, detail: { role: identity.role } }, now);
      return expiresAt;
    });
  }

  /** A code works once, whoever is faster. */
  async redeemCode(hash: string, ownerHash: string | null): Promise<Identity | null> {
    const row = this.db.delete(codes).where(eq(codes.hash, hash)).returning().get() as typeof codes.$inferSelect | undefined;
    if (!row || row.expiresAt <= Date.now() || (row.ownerHash !== null && row.ownerHash !== ownerHash)) return null;
    return row;
  }

  async listTokens(before: number | null, limit: number): Promise<Page<Token>> {
    const older = before === null ? undefined : lt(tokens.n, before);
    const rows = this.db
      .select()
      .from(tokens)
      .where(older)
      .orderBy(desc(tokens.n))
      .limit(limit + 1)
      .all();
    return { items: rows.slice(0, limit).map(toToken), nextCursor: rows.length > limit ? String(rows[limit - 1]?.n) : null };
  }

  async addToken(id: string, hash: string, request: TokenRequest, by: By): Promise<Token> {
    const { name, role } = request;
    const expiresAt = request.expiresAt === null ? null : Date.parse(request.expiresAt);
    return this.change((now) => {
      const row = { id, hash, name, role, createdBy: by.actor, expiresAt, createdAt: now };
      const token = toToken(this.db.insert(tokens).values(row).returning().get());
      this.trail.record({ by, action: 'token.created', target: id, detail: { name, role, expiresAt: token.expiresAt } }, now);
      return token;
    });
  }

  /** At once: its sessions end with it. */
  async revokeToken(id: string, by: By): Promise<boolean> {
    return this.change((now) => {
      const ended = this.db.delete(sessions).where(eq(sessions.tokenId, id)).returning().all().length;
      this.db.delete(codes).where(eq(codes.tokenId, id)).run();
      const [gone] = this.db.delete(tokens).where(eq(tokens.id, id)).returning().all();
      if (!gone) return false;
      const { name, role } = gone;
      this.trail.record({ by, action: 'token.revoked', target: id, detail: { name, role, sessionsEnded: ended } }, now);
      return true;
    });
  }

  /** Until when this address may not try to sign in (0: it may). */
  async lockedUntil(address: string): Promise<number> {
    const row = this.db.select().from(attempts).where(eq(attempts.address, address)).get();
    return row ? lockedUntil(row.failures, row.lastAt) : 0;
  }

  /** Counts a failed attempt; answers until when the next one is refused. */
  async countFailure(address: string, how: 'token' | 'code', by: By): Promise<number> {
    const now = Date.now();
    await this.recordRefusedSignIn(how, by);
    this.db
      .delete(attempts)
      .where(lt(attempts.lastAt, now - 3_600_000))
      .run();
    const row = this.db
      .insert(attempts)
      .values({ address, failures: 1, lastAt: now })
      .onConflictDoUpdate({ target: attempts.address, set: { failures: sql`${attempts.failures} + 1`, lastAt: now } })
      .returning()
      .get();
    return lockedUntil(row.failures, row.lastAt);
  }

  async forgetFailures(address: string): Promise<void> {
    this.db.delete(attempts).where(eq(attempts.address, address)).run();
  }

  // ---- audit -------------------------------------------------------------------------------------------------------

  /** What was tried stays out of it: it may be a secret of somebody else's. */
  async recordRefusedSignIn(how: string, by: By): Promise<void> {
    const draft: Draft = { by, action: 'session.refused', target: 'sign-in', outcome: 'denied', detail: { how } };
    await this.recordDenial('stranger', `session.refused ${by.address}`, draft);
  }

  /** Cloudflare Access has no session of ours: the first request from an address counts as the sign-in, once for as long as a session lasts. */
  async recordAccessSignIn(identity: Identity, by: By): Promise<void> {
    const who = { ...by, actor: identity.subject };
    this.change((now) => {
      if (this.trail.has(who, 'session.opened', now - SESSION_MS)) return;
      const detail = { how: 'access', role: identity.role };
      this.trail.record({ by: who, action: 'session.opened', target: identity.subject, detail }, now);
    });
  }

  /** Somebody may not. `key` tells repeats. */
  async recordDenial(crowd: Crowd, key: string, draft: Draft): Promise<void> {
    this.change((now) => this.trail.recordDenial(crowd, key, draft, now));
  }

  /** Something that is no change of ours. */
  async recordAudit(draft: Draft): Promise<void> {
    this.change((now) => this.trail.recordReading(draft, now));
  }

  async auditEntries(filter: AuditFilter, before: number | null, limit: number): Promise<Page<AuditEntry>> {
    return this.trail.list(filter, before, limit);
  }

  /** Goes on with a check; call it until `done`. `anchors`: those beyond what is checked. */
  async auditCheck(checked: Checked, anchors: readonly Anchor[]): Promise<CheckAnswer> {
    return this.trail.check(checked, anchors, AUDIT_CHECK_PAGE);
  }

  async auditAnchored(): Promise<number> {
    return this.trail.head().anchored;
  }

  /** From cron: says what was only counted, and puts the day's anchor. */
  async wake(): Promise<void> {
    this.change((now) => this.trail.settleDenials(now));
    await this.keeper.tend(new Date().toISOString().slice(0, 10), Date.now);
  }
}

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

const toToken = (row: typeof tokens.$inferSelect): Token => ({
  id: row.id,
  name: row.name,
  role: row.role,
  createdAt: new Date(row.createdAt).toISOString(),
  createdBy: row.createdBy,
  expiresAt: iso(row.expiresAt),
  lastUsedAt: iso(row.lastUsedAt),
});
