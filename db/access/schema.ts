/** Tokens, sessions and failed attempts: one set for the whole control plane. Secrets are stored as SHA-256 only; times are milliseconds. */
import { sql } from 'drizzle-orm';
import { check, index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { Grant, Role } from '../../worker/protocol/access.ts';

export { audit, auditHead } from '../control/audit.ts';

export const tokens = sqliteTable(
  'tokens',
  {
    n: integer().primaryKey(),
    id: text().notNull(),
    name: text().notNull(),
    role: text().$type<Role>().notNull(),
    /** Bindings; null: all of them, and what belongs to none. */
    databases: text({ mode: 'json' }).$type<string[]>(),
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
    grants: text({ mode: 'json' }).$type<Grant[]>().notNull(),
    /** The token that it was got with, or null for the owner: revoking the token ends it. */
    tokenId: text(),
    /** A fingerprint of the owner's secret at sign-in: changing the secret ends the session. */
    ownerHash: text(),
    createdAt: integer().notNull(),
    expiresAt: integer().notNull(),
  },
  (t) => [index('sessions_by_token').on(t.tokenId), index('sessions_by_expiry').on(t.expiresAt)],
);

/** One-time codes of sign-in links. */
export const codes = sqliteTable('codes', {
  hash: text().primaryKey(),
  subject: text().notNull(),
  displayName: text().notNull(),
  grants: text({ mode: 'json' }).$type<Grant[]>().notNull(),
  tokenId: text(),
  ownerHash: text(),
  expiresAt: integer().notNull(),
});

/** Sockets that have to close because what proved them is gone, for each control plane that has not been told yet. */
export const closings = sqliteTable(
  'closings',
  {
    n: integer().primaryKey(),
    database: text().notNull(),
    /** As the socket was tagged when it was opened: `token:id`, `session:hash`. */
    tag: text().notNull(),
    tries: integer().notNull(),
    dueAt: integer().notNull(),
  },
  (t) => [index('closings_by_time').on(t.dueAt)],
);

/** Failed attempts by address. */
export const attempts = sqliteTable('attempts', {
  address: text().primaryKey(),
  failures: integer().notNull(),
  lastAt: integer().notNull(),
});
