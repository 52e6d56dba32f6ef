/** Tokens, sessions and failed attempts: one set for the whole control plane. Secrets are stored as SHA-256 only; times are milliseconds. */
import { sql } from 'drizzle-orm';
import { check, index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { Role } from '../../worker/protocol/access.ts';

export { audit, auditHead } from '../control/audit.ts';

export const tokens = sqliteTable(
  'tokens',
  {
    n: integer().primaryKey(),
    id: text().notNull(),
    name: text().notNull(),
    role: text().$type<Role>().notNull(),
    hash: text().notNull(),
    createdAt: integer().notNull(),
    createdBy: text().notNull(),
    expiresAt: integer(),
    lastUsedAt: integer(),
  },
  (t) => [
    uniqueIndex('tokens_id').on(t.id),
    uniqueIndex('tokens_hash').on(t.hash),
    check('tokens_role', sql`${t.role} IN ('viewer', 'operator', 'admin')`),
  ],
);

export const sessions = sqliteTable(
  'sessions',
  {
    hash: text().primaryKey(),
    subject: text().notNull(),
    displayName: text().notNull(),
    role: text().$type<Role>().notNull(),
    /** The token that it was got with, or null for the owner: revoking the token ends it. */
    tokenId: text(),
    /** A fingerprint of the owner's secret at sign-in: changing the secret ends the session. */
    ownerHash: text(),
    createdAt: integer().notNull(),
    expiresAt: integer().notNull(),
  },
  (t) => [
    index('sessions_by_token').on(t.tokenId),
    index('sessions_by_expiry').on(t.expiresAt),
    check('sessions_role', sql`${t.role} IN ('viewer', 'operator', 'admin')`),
  ],
);

/** One-time codes of sign-in links. */
export const codes = sqliteTable('codes', {
  hash: text().primaryKey(),
  subject: text().notNull(),
  displayName: text().notNull(),
  role: text().$type<Role>().notNull(),
  tokenId: text(),
  ownerHash: text(),
  expiresAt: integer().notNull(),
});

/** Failed attempts by address. */
export const attempts = sqliteTable('attempts', {
  address: text().primaryKey(),
  failures: integer().notNull(),
  lastAt: integer().notNull(),
});
