/** Tokens, sessions, sign-in codes and failed attempts: one Durable Object for the whole control plane. Knows hashes, never secrets. */
import { DurableObject } from 'cloudflare:workers';
import { and, desc, eq, gt, lt, lte, sql } from 'drizzle-orm';
import migrations from '../../db/access/migrations/migrations.js';
import * as schema from '../../db/access/schema.ts';
import { type OwnDatabase, openOwnDatabase } from '../control/migrate.ts';
import type { Token, TokenRequest } from '../protocol/access.ts';
import type { Page } from '../protocol/list.ts';
import type { Identity, Session } from './identity.ts';
import { lockedUntil } from './throttle.ts';

export const SESSION_MS = 12 * 3_600_000;
export const CODE_MS = 10 * 60_000;
/** How exact `lastUsedAt` is: a write for each request would be a waste. */
const LAST_USED_MS = 60_000;

const { tokens, sessions, codes, attempts } = schema;

export class AccessControl extends DurableObject {
  private db!: OwnDatabase;

  constructor(ctx: DurableObjectState, env: unknown) {
    super(ctx, env as never);
    ctx.blockConcurrencyWhile(async () => {
      this.db = await openOwnDatabase(ctx.storage, migrations, schema);
    });
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
  async openSession(hash: string, identity: Identity): Promise<number> {
    const now = Date.now();
    const expiresAt = now + SESSION_MS;
    this.db.delete(sessions).where(lte(sessions.expiresAt, now)).run();
    this.db
      .insert(sessions)
      .values({ ...identity, hash, createdAt: now, expiresAt })
      .run();
    return expiresAt;
  }

  async closeSession(hash: string): Promise<void> {
    this.db.delete(sessions).where(eq(sessions.hash, hash)).run();
  }

  async addCode(hash: string, identity: Identity): Promise<number> {
    const now = Date.now();
    const expiresAt = now + CODE_MS;
    this.db.delete(codes).where(lte(codes.expiresAt, now)).run();
    this.db
      .insert(codes)
      .values({ ...identity, hash, expiresAt })
      .run();
    return expiresAt;
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

  async addToken(id: string, hash: string, request: TokenRequest, createdBy: string): Promise<Token> {
    const { name, role } = request;
    const expiresAt = request.expiresAt === null ? null : Date.parse(request.expiresAt);
    return toToken(
      this.db.insert(tokens).values({ id, hash, name, role, createdBy, expiresAt, createdAt: Date.now() }).returning().get(),
    );
  }

  /** At once: its sessions end with it. */
  async revokeToken(id: string): Promise<boolean> {
    this.db.delete(sessions).where(eq(sessions.tokenId, id)).run();
    this.db.delete(codes).where(eq(codes.tokenId, id)).run();
    return this.db.delete(tokens).where(eq(tokens.id, id)).returning().all().length > 0;
  }

  /** Until when this address may not try to sign in (0: it may). */
  async lockedUntil(address: string): Promise<number> {
    const row = this.db.select().from(attempts).where(eq(attempts.address, address)).get();
    return row ? lockedUntil(row.failures, row.lastAt) : 0;
  }

  /** Counts a failed attempt; answers until when the next one is refused. */
  async countFailure(address: string): Promise<number> {
    const now = Date.now();
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
