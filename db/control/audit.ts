/** The tables of an audit chain (A1): the same ones in every control plane and in access control. Times are milliseconds since the epoch. */
import { sql } from 'drizzle-orm';
import { check, index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { AuditAction, AuditOutcome } from '../../worker/protocol/audit.ts';

/** Never updated, never deleted from: each row's hash covers the row before it. `detail` is JSON, and stays text: see `core/audit/entry.ts`. */
export const audit = sqliteTable(
  'audit',
  {
    n: integer().primaryKey(),
    at: integer().notNull(),
    actor: text().notNull(),
    address: text().notNull(),
    requestId: text().notNull(),
    action: text().$type<AuditAction>().notNull(),
    target: text().notNull(),
    database: text(),
    planHash: text(),
    sqlDigest: text(),
    outcome: text().$type<AuditOutcome>().notNull(),
    durationMs: integer(),
    detail: text().notNull(),
    prevHash: text().notNull(),
    hash: text().notNull(),
  },
  (t) => [
    index('audit_by_action').on(t.action, t.n),
    index('audit_by_actor').on(t.actor, t.n),
    index('audit_by_target').on(t.target, t.n),
    check('audit_outcome', sql`${t.outcome} IN ('ok', 'denied', 'failed')`),
  ],
);

/** One row: where the chain is, noted apart from it, so that a chain that was cut short is noticed; and how far it has been copied. */
export const auditHead = sqliteTable(
  'audit_head',
  {
    id: integer().primaryKey(),
    n: integer().notNull(),
    hash: text().notNull(),
    /** Up to this number everything is in `audit_logs` of the managed database. */
    mirrored: integer().notNull().default(0),
    /** The newest number that has an anchor in R2, and the UTC day of the newest daily one. */
    anchored: integer().notNull().default(0),
    anchoredOn: text().notNull().default(''),
    /** Counts of refused requests that no entry has said yet: `Denials` of `core/audit/denials.ts`. */
    denials: text({ mode: 'json' }).$type<unknown>(),
  },
  (t) => [check('audit_head_one', sql`${t.id} = 1`)],
);
