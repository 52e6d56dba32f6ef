/** Tokens, sessions, sign-in codes and failed attempts: one Durable Object for the whole control plane. Knows hashes, never secrets. */
import { DurableObject } from 'cloudflare:workers';
import { and, desc, eq, gt, lt, lte, sql } from 'drizzle-orm';
import migrations from '../../db/access/migrations/migrations.js';
import * as schema from '../../db/access/schema.ts';
import { DATABASES } from '../../db/databases.ts';
import { ACCESS_PREFIX, anchorsOf } from '../archive/anchors.ts';
import { AuditKeeper } from '../control/audit-keeper.ts';
import { AuditStore, type CheckAnswer } from '../control/audit-store.ts';
import { type OwnDatabase, openOwnDatabase } from '../control/migrate.ts';
import { type Answer, answer } from '../control/wire.ts';
import type { Anchor, Checked } from '../core/audit/chain.ts';
import type { Crowd } from '../core/audit/denials.ts';
import type { AuditDraft } from '../core/audit/entry.ts';
import type { Grant, Token, TokenRequest } from '../protocol/access.ts';
import type { AuditEntry, AuditFilter, By } from '../protocol/audit.ts';
import type { Page } from '../protocol/list.ts';
import { Refusal } from '../protocol/problem.ts';
import { Closings, type SocketKeeper } from './closings.ts';
import type { Identity, Session } from './identity.ts';
import { lockedUntil } from './throttle.ts';

export const SESSION_MS = 12 * 3_600_000;
export const CODE_MS = 10 * 60_000;
/** How exact `lastUsedAt` is: a write for each request would be a waste. */
const LAST_USED_MS = 60_000;

const { tokens, sessions, codes, attempts } = schema;

/** When the sockets of an ended credential are looked after again, should this object die while it tells the control planes. */
const ALARM_MS = 10_000;
/** Entries that one call checks: the object answers others between two calls. */
const AUDIT_CHECK_PAGE = 2_000;

type Draft = Omit<AuditDraft, 'database'>;

/** The part of the Worker's environment that access control uses. */
interface AccessEnv {
  readonly ARCHIVE: R2Bucket;
  readonly CONTROL: { getByName(database: string): SocketKeeper };
}

export class AccessControl extends DurableObject<AccessEnv> {
  private db!: OwnDatabase;
  private closings!: Closings;
  private trail!: AuditStore;
  private keeper!: AuditKeeper;

  constructor(ctx: DurableObjectState, env: AccessEnv) {
    super(ctx, env);
    ctx.blockConcurrencyWhile(async () => {
      this.db = await openOwnDatabase(ctx.storage, migrations, schema);
      this.trail = new AuditStore(this.db, ctx.storage, null);
      const databases = DATABASES.map(({ binding }) => binding);
      this.closings = new Closings(this.db, (database) => this.env.CONTROL.getByName(database), databases);
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
    const { id, name, expiresAt } = row;
    return { subject: `token:${name}`, displayName: name, grants: [grantOf(row)], tokenId: id, ownerHash: null, expiresAt };
  }

  async bySession(hash: string, ownerHash: string | null): Promise<Session | null> {
    const row = this.db
      .select()
      .from(sessions)
      .where(and(eq(sessions.hash, hash), gt(sessions.expiresAt, Date.now())))
      .get();
    if (!row || (row.ownerHash !== null && row.ownerHash !== ownerHash)) return null;
    if (row.tokenId !== null && !this.livingToken(row.tokenId)) return null;
    return row;
  }

  private livingToken(id: string): typeof tokens.$inferSelect | undefined {
    const row = this.db.select().from(tokens).where(eq(tokens.id, id)).get();
    return row && (row.expiresAt === null || row.expiresAt > Date.now()) ? row : undefined;
  }

  /** Answers when the session ends, in milliseconds since the epoch: never after what it was got with. */
  async openSession(hash: string, identity: Identity, how: 'token' | 'code', by: By): Promise<number> {
    return this.change((now) => {
      const expiresAt = Math.min(now + SESSION_MS, identity.expiresAt ?? Number.POSITIVE_INFINITY);
      const grants = [...identity.grants];
      this.db.delete(sessions).where(lte(sessions.expiresAt, now)).run();
      this.db
        .insert(sessions)
        .values({ ...identity, grants, hash, createdAt: now, expiresAt })
        .run();
      this.trail.record({ by, action: 'session.opened', target: identity.subject, detail: { how, grants } }, now);
      return expiresAt;
    });
  }

  /** Its sockets with it. A cookie that belongs to no session closes nothing, and leaves no trace. */
  async closeSession(hash: string, by: By): Promise<void> {
    this.change((now) => {
      const closed = this.db.delete(sessions).where(eq(sessions.hash, hash)).returning().all();
      for (const { subject, createdAt } of closed) {
        const who = { ...by, actor: subject };
        this.trail.record({ by: who, action: 'session.closed', target: subject, durationMs: now - createdAt }, now);
        this.closings.add(`session:${hash}`, now);
      }
    });
    await this.closeSockets();
  }

  async addCode(hash: string, identity: Identity, by: By): Promise<number> {
    return this.change((now) => {
      const expiresAt = now + CODE_MS;
      const grants = [...identity.grants];
      this.db.delete(codes).where(lte(codes.expiresAt, now)).run();
      this.db
        .insert(codes)
        .values({ ...identity, grants, hash, expiresAt })
        .run();
      this.trail.record({ by, action: 'session.code_created', target: identity.subject, detail: { grants } }, now);
      return expiresAt;
    });
  }

  /** A code works once, whoever is faster. */
  async redeemCode(hash: string, ownerHash: string | null): Promise<Identity | null> {
    const row = this.db.delete(codes).where(eq(codes.hash, hash)).returning().get() as typeof codes.$inferSelect | undefined;
    if (!row || row.expiresAt <= Date.now() || (row.ownerHash !== null && row.ownerHash !== ownerHash)) return null;
    if (row.tokenId === null) return { ...row, expiresAt: null };
    const token = this.livingToken(row.tokenId);
    return token === undefined ? null : { ...row, expiresAt: token.expiresAt };
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

  /** `parentId`: the token that asks for it, if it is one. What ends by itself makes nothing that does not. */
  async addToken(id: string, hash: string, request: TokenRequest, by: By, parentId: string | null): Promise<Answer<Token>> {
    const { name, role } = request;
    const databases = request.databases === null ? null : [...new Set(request.databases)];
    const expiresAt = request.expiresAt === null ? null : Date.parse(request.expiresAt);
    return answer(() =>
      this.change((now) => {
        if (parentId !== null) this.refuseToOutlive(parentId, expiresAt);
        const row = { id, hash, name, role, databases, createdBy: by.actor, expiresAt, createdAt: now };
        const token = toToken(this.db.insert(tokens).values(row).returning().get());
        const detail = { name, role, databases, expiresAt: token.expiresAt };
        this.trail.record({ by, action: 'token.created', target: id, detail }, now);
        return token;
      }),
    );
  }

  private refuseToOutlive(parentId: string, expiresAt: number | null): void {
    const parent = this.livingToken(parentId);
    if (parent === undefined) throw new Refusal('unauthorized', 'The token that asks for it is gone.');
    if (parent.expiresAt === null || (expiresAt !== null && expiresAt <= parent.expiresAt)) return;
    throw new Refusal('forbidden', 'A token cannot make one that outlives it.', {
      hint: `Give an expiresAt not after ${iso(parent.expiresAt)}, or use a token without end.`,
    });
  }

  /** At once: its sessions end with it, and the sockets of all of them. */
  async revokeToken(id: string, by: By): Promise<boolean> {
    const revoked = this.change((now) => {
      const ended = this.db.delete(sessions).where(eq(sessions.tokenId, id)).returning().all().length;
      this.db.delete(codes).where(eq(codes.tokenId, id)).run();
      const [gone] = this.db.delete(tokens).where(eq(tokens.id, id)).returning().all();
      if (!gone) return false;
      const { name, role, databases } = gone;
      const detail = { name, role, databases, sessionsEnded: ended };
      this.trail.record({ by, action: 'token.revoked', target: id, detail }, now);
      this.closings.add(`token:${id}`, now);
      return true;
    });
    await this.closeSockets();
    return revoked;
  }

  /** Now, and whom that does not reach by alarm: set before anybody is told, in case this object dies meanwhile. */
  private async closeSockets(): Promise<void> {
    if (this.closings.nextDueAt() === null) return;
    void this.ctx.storage.setAlarm(Date.now() + ALARM_MS);
    await this.closings.send(Date.now);
    const next = this.closings.nextDueAt();
    if (next === null) await this.ctx.storage.deleteAlarm();
    else await this.ctx.storage.setAlarm(Math.max(next, Date.now()));
  }

  override async alarm(): Promise<void> {
    await this.closeSockets();
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
      const detail = { how: 'access', grants: identity.grants };
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

  /** From cron: says what was only counted, closes what an alarm that was lost should have, and puts the day's anchor. */
  async wake(): Promise<void> {
    this.change((now) => this.trail.settleDenials(now));
    await this.closeSockets();
    await this.keeper.tend(new Date().toISOString().slice(0, 10), Date.now);
  }
}

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

const grantOf = ({ role, databases }: typeof tokens.$inferSelect): Grant => ({ role, databases });

const toToken = (row: typeof tokens.$inferSelect): Token => ({
  id: row.id,
  name: row.name,
  role: row.role,
  databases: row.databases,
  createdAt: new Date(row.createdAt).toISOString(),
  createdBy: row.createdBy,
  expiresAt: iso(row.expiresAt),
  lastUsedAt: iso(row.lastUsedAt),
});
