/**
 * Plans: what a change will do, before anything is touched. A plan is bound to its basis, the fingerprint of the database's schema and
 * ledgers: when that changes, the plan is void (J6). Times are ISO 8601 UTC.
 */
import { z } from 'zod';
import { Role } from './access.ts';
import { HoldMode } from './maintenance.ts';

/** Job kinds that can be planned. The registry in `worker/plans` is checked against this list. */
export const PLAN_KINDS = ['table.clear', 'schema.sync'] as const;
export const PlanKind = z.enum(PLAN_KINDS);
export type PlanKind = z.infer<typeof PlanKind>;

/**
 * - `safe`: adds something, or drops what can be made again, without touching rows. `slow`: reads or writes many rows.
 * - `locks`: needs the fence, so writers wait or are refused meanwhile. `loses data`: rows or values are gone afterwards.
 */
export const RISKS = ['safe', 'slow', 'locks', 'loses data'] as const;
export const Risk = z.enum(RISKS);
export type Risk = z.infer<typeof Risk>;

export const PlanStatement = z.object({
  n: z.number().int().nonnegative(),
  /** Statements of the same step run in one batch, which is one transaction. */
  step: z.number().int().nonnegative(),
  sql: z.string(),
  /** Why it is there, in a sentence. */
  reason: z.string(),
  risk: Risk,
  table: z.string().nullable(),
  /** Rows it writes; null when nobody can know. */
  rows: z.number().int().nonnegative().nullable(),
  /** Takes it back; null when there is no way back but the safety backup. */
  inverse: z.string().nullable(),
  cost: z.object({ rowsRead: z.number().nonnegative(), rowsWritten: z.number().nonnegative() }).nullable(),
  /**
   * Part of a rebuild that is too large for one batch. `prepare` and `copy` touch nothing that is there, and each attempt does them anew;
   * with a `table` the statement copies its rows and is run slice by slice, each in a batch of its own. The step behind them swaps. `finish`:
   * belongs to the tables that were swapped, which are not whole without it.
   */
  slice: z.object({ part: z.enum(['prepare', 'copy', 'finish']), table: z.string().nullable() }).optional(),
});
export type PlanStatement = z.infer<typeof PlanStatement>;

/** `stop`: the plan cannot be started as it is; `hint` is the way forward. */
export const HAZARD_LEVELS = ['note', 'warning', 'danger', 'stop'] as const;
export const Hazard = z.object({
  /** Stable, for example `rows_violate_not_null`, `dependents_cleared`, `lint/missing-index`. */
  code: z.string(),
  level: z.enum(HAZARD_LEVELS),
  message: z.string(),
  hint: z.string(),
  table: z.string().nullable(),
  column: z.string().nullable(),
  /** Some of the rows that it is about: column name to SQL literal. */
  samples: z.array(z.record(z.string(), z.string())),
});
export type Hazard = z.infer<typeof Hazard>;

/** What a plan does to the rows of one table. `via`: how it gets there, for example `orders.customer_id → customers (CASCADE)`. */
export const PredictedTable = z.object({
  table: z.string(),
  before: z.number().int().nonnegative(),
  removed: z.number().int().nonnegative(),
  changed: z.number().int().nonnegative(),
  after: z.number().int().nonnegative(),
  via: z.string().nullable(),
});
export type PredictedTable = z.infer<typeof PredictedTable>;

export const Predicted = z.object({
  tables: z.array(PredictedTable),
  rowsRemoved: z.number().int().nonnegative(),
  rowsChanged: z.number().int().nonnegative(),
  rowsRead: z.number().nonnegative(),
  rowsWritten: z.number().nonnegative(),
  /** The hold that the job takes while it works; null: none. */
  hold: HoldMode.nullable(),
  /** Whether a backup is taken first. */
  safetyBackup: z.boolean(),
});
export type Predicted = z.infer<typeof Predicted>;

/** How the plan went in scratch. `failed`: it cannot be started. */
export const Rehearsal = z.object({
  state: z.enum(['passed', 'failed', 'not-needed']),
  tookMs: z.number().nonnegative(),
  /** Rows that were there: a sample, or a whole backup. */
  rows: z.number().int().nonnegative(),
  /** Whether the inverse was applied and led back to the start; null: there is none. */
  inverseProven: z.boolean().nullable(),
  findings: z.array(z.object({ code: z.string(), message: z.string() })),
});
export type Rehearsal = z.infer<typeof Rehearsal>;

/** A second person's consent. `void`: the basis has changed since, or the plan has expired. */
export const APPROVAL_STATES = ['not-needed', 'wanted', 'requested', 'approved', 'declined', 'void'] as const;
export const Approval = z.object({
  state: z.enum(APPROVAL_STATES),
  requestedBy: z.string().nullable(),
  requestedAt: z.iso.datetime().nullable(),
  decidedBy: z.string().nullable(),
  decidedAt: z.iso.datetime().nullable(),
});
export type Approval = z.infer<typeof Approval>;

/** What must be true at the beginning of a step, or its batch aborts whole (S2). `sql` is a condition, `found` a scalar query. */
export const PlanExpectation = z.object({
  step: z.number().int().nonnegative(),
  what: z.string(),
  sql: z.string(),
  wanted: z.object({ text: z.string(), found: z.string() }),
});
export type PlanExpectation = z.infer<typeof PlanExpectation>;

export const Plan = z
  .object({
    id: z.string(),
    database: z.string(),
    kind: PlanKind,
    params: z.record(z.string(), z.unknown()),
    /** SHA-256 over database, kind, params, basis and statements: what an approval is bound to. */
    hash: z.string(),
    basis: z.string(),
    createdAt: z.iso.datetime(),
    createdBy: z.string(),
    expiresAt: z.iso.datetime(),
    /** The least role that may start it. */
    needs: Role,
    statements: z.array(PlanStatement),
    hazards: z.array(Hazard),
    predicted: Predicted,
    expectations: z.array(PlanExpectation).optional(),
    /** What has to be typed, exactly, to start it; null: nothing. */
    confirm: z.string().nullable(),
    rehearsal: Rehearsal.nullable(),
    approval: Approval,
    /** The job that ran it. A plan runs once. */
    jobId: z.string().nullable(),
  })
  .meta({ id: 'Plan' });
export type Plan = z.infer<typeof Plan>;

/** What a planner makes: everything that does not change afterwards. */
export type StoredPlan = Pick<
  Plan,
  'params' | 'needs' | 'statements' | 'hazards' | 'predicted' | 'expectations' | 'confirm' | 'rehearsal'
>;

/** What a job is bound to. */
export type BoundPlan = StoredPlan & Pick<Plan, 'id' | 'hash' | 'basis'>;

/** In a list: everything but the statements. */
export const PlanSummary = Plan.omit({ statements: true, rehearsal: true, expectations: true })
  .extend({ statementCount: z.number().int().nonnegative() })
  .meta({ id: 'PlanSummary' });
export type PlanSummary = z.infer<typeof PlanSummary>;

/** `secondPerson`: another admin has to approve it, also where the database does not demand it. */
export const PlanRequest = z
  .object({ kind: PlanKind, params: z.record(z.string(), z.unknown()).default({}), secondPerson: z.boolean().default(false) })
  .strict()
  .meta({ id: 'PlanRequest' });
export type PlanRequest = z.infer<typeof PlanRequest>;
