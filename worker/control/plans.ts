/**
 * Plans of one database: made, agreed to by a second person, run once. Commands are synchronous and belong into one transaction; what the
 * basis is now, only the caller knows, who has just looked.
 */
import { type ApprovalAction, decide, needsSecondPerson, type Standing, shownState } from '../core/plan/approval.ts';
import { DANGER_WINDOW_MS, dangerWaitMs } from '../core/plan/danger-rate.ts';
import { canonical, planHash } from '../core/plan/hash.ts';
import { refusalToStart } from '../core/plan/start.ts';
import type { Role } from '../protocol/access.ts';
import type { AuditAction, By } from '../protocol/audit.ts';
import type { Page } from '../protocol/list.ts';
import type { BoundPlan, Plan, PlanKind, PlanSummary, StoredPlan } from '../protocol/plan.ts';
import { Refusal } from '../protocol/problem.ts';
import type { Draft } from './job-audit.ts';
import { type ListedPlan, listedOf, type PlanRow, type PlanStore } from './plan-store.ts';

export const PLAN_LIFE_MS = 24 * 3_600_000;
const KEPT_PLANS = 500;
const KEPT_USED_PLANS = 2_000;
const KEPT_MS = 90 * 24 * 3_600_000;
/** A row of the object's storage holds 2 MB. */
export const MAX_PLAN_BYTES = 1_500_000;

export interface NewPlan {
  readonly id: string;
  readonly kind: PlanKind;
  readonly basis: string;
  /** A `StoredPlan` as JSON text. */
  readonly plan: string;
  /** Whether the database demands, and the request asks for, a second person. */
  readonly secondPerson: { readonly demanded: boolean; readonly asked: boolean };
}

/** A plan and what is needed to start it. */
export interface PlanUse {
  readonly plan: { readonly id: string } | { readonly made: NewPlan };
  readonly kind: string;
  /** What the request says; null: nothing. Must be the plan's own. */
  readonly params: string | null;
  readonly confirm: string | null;
  readonly role: Role;
  readonly basis: string;
}

export interface PlanHands {
  next(): number;
  /** Tells everybody who listens. */
  changed(plan: PlanSummary, jobId: string | null, reason: string, now: number): void;
  /** The audit trail, in the transaction of the caller (A1). */
  record(draft: Draft, now: number): void;
}

const iso = (ms: number): string => new Date(ms).toISOString();
const isoOrNull = (ms: number | null): string | null => (ms === null ? null : iso(ms));

export class Plans {
  constructor(
    private readonly store: PlanStore,
    private readonly database: string,
    private readonly hands: PlanHands,
  ) {}

  create(made: NewPlan, by: By, now: number): Plan {
    const row = this.insert(made, by, now);
    this.store.prune(KEPT_PLANS, KEPT_USED_PLANS, now - KEPT_MS);
    return this.toPlan(row, row.basis, now);
  }

  private insert({ id, kind, basis, plan, secondPerson }: NewPlan, by: By, now: number): PlanRow {
    const sizeBytes = new TextEncoder().encode(plan).byteLength;
    if (sizeBytes > MAX_PLAN_BYTES)
      throw new Refusal('plan_too_large', `The plan has ${sizeBytes} bytes of JSON; at most ${MAX_PLAN_BYTES} can be kept.`);
    const content = JSON.parse(plan) as StoredPlan;
    const hash = planHash({ database: this.database, kind, basis, params: content.params, statements: content.statements });
    const wanted = needsSecondPerson(content, secondPerson.demanded, secondPerson.asked);
    const row = this.store.insert({
      n: this.hands.next(),
      id,
      kind,
      hash,
      basis,
      createdAt: now,
      createdBy: by.actor,
      expiresAt: now + PLAN_LIFE_MS,
      plan: content,
      approval: wanted ? 'wanted' : 'not-needed',
    });
    this.record('plan.created', row, by, now, {
      statements: content.statements.length,
      rowsRemoved: content.predicted.rowsRemoved,
    });
    this.announce(row, 'A plan was made.', now);
    return row;
  }

  /** `basis`: as it is now; null when nobody has looked. */
  plan(id: string, basis: string | null, now: number): Plan {
    return this.toPlan(this.row(id), basis, now);
  }

  list(before: number | null, limit: number, basis: string | null, now: number): Page<PlanSummary> {
    const rows = this.store.list(before, limit + 1);
    return {
      items: rows.slice(0, limit).map((row) => this.toSummary(row, basis, now)),
      nextCursor: rows.length > limit ? String(rows[limit - 1]?.n) : null,
    };
  }

  approval(id: string, action: ApprovalAction, basis: string, by: By, now: number): Plan {
    const row = this.row(id);
    const decision = decide(standingOf(row, basis, now), action, by.actor);
    if ('code' in decision) throw new Refusal(decision.code, decision.detail);
    const { next } = decision;
    const after = this.store.update(
      id,
      next === 'requested'
        ? { approval: next, requestedBy: by.actor, requestedAt: now, decidedBy: null, decidedAt: null }
        : { approval: next, decidedBy: by.actor, decidedAt: now },
    );
    this.record(ACTIONS[next], after, by, now);
    this.announce(after, `Its approval is ${next}: ${by.actor}.`, now);
    return this.toPlan(after, basis, now);
  }

  /** The plan's hash, or the first reason why it may not start. What it makes or notes is undone with the caller's transaction. */
  mayStart(use: PlanUse, by: By, now: number): { id: string; hash: string } {
    const onTheSpot = 'made' in use.plan;
    const row = 'made' in use.plan ? this.insert(use.plan.made, by, now) : this.row(use.plan.id);
    this.mustFit(row, use);
    const { plan, basis, jobId, expiresAt } = row;
    const startable = { ...plan, basis, jobId, expiresAtMs: expiresAt, approval: row.approval, onTheSpot };
    const refused = refusalToStart(startable, { role: use.role, confirm: use.confirm, basis: use.basis, now });
    if (refused) throw new Refusal(refused.code, refused.detail);
    this.mustNotBeTooOften(plan, now);
    return { id: row.id, hash: row.hash };
  }

  private mustFit(row: PlanRow, { kind, params }: PlanUse): void {
    if (row.kind !== kind) throw new Refusal('plan_mismatch', `The plan is for ${row.kind}, the job is ${kind}.`);
    if (params !== null && params !== canonical(row.plan.params))
      throw new Refusal('plan_mismatch', 'The parameters of the job are not those of the plan.');
  }

  private mustNotBeTooOften({ needs }: StoredPlan, now: number): void {
    const waitMs = needs === 'admin' ? this.dangerWaitMs(now) : 0;
    if (waitMs > 0) throw new Refusal('danger_rate_limited', `One more may be submitted in ${Math.ceil(waitMs / 1_000)} s.`);
  }

  dangerWaitMs(now: number): number {
    return dangerWaitMs(this.store.dangerousSince(now - DANGER_WINDOW_MS), now);
  }

  /** A plan runs once: from now on it belongs to this job. */
  use(id: string, jobId: string, now: number): void {
    this.announce(this.store.update(id, { jobId }), 'A job runs it.', now, jobId);
  }

  /** What the executor of a job is told, as JSON text; null when the job runs no plan. */
  ofJob(jobId: string): string | null {
    const row = this.store.byJob(jobId);
    if (!row) return null;
    const { id, hash, basis, plan } = row;
    return JSON.stringify({ ...plan, id, hash, basis } satisfies BoundPlan);
  }

  /** The least role that may start the plan of this job; null when it runs none. */
  needsOf(jobId: string): Role | null {
    return this.store.byJob(jobId)?.plan.needs ?? null;
  }

  private row(id: string): PlanRow {
    const row = this.store.byId(id);
    if (!row) throw new Refusal('plan_not_found', `There is no plan ${id} in ${this.database}.`);
    return row;
  }

  private record(action: AuditAction, row: PlanRow, by: By, now: number, detail: Record<string, unknown> = {}): void {
    this.hands.record({ by, action, target: row.id, planHash: row.hash, detail: { kind: row.kind, ...detail } }, now);
  }

  private announce(row: PlanRow, reason: string, now: number, jobId: string | null = null): void {
    this.hands.changed(this.toSummary(listedOf(row), null, now), jobId, reason, now);
  }

  private toSummary({ plan, statementCount, ...row }: ListedPlan, basis: string | null, now: number): PlanSummary {
    return { ...plan, ...this.frameOf(row, basis, now), statementCount };
  }

  private toPlan({ plan, ...row }: PlanRow, basis: string | null, now: number): Plan {
    return { ...plan, ...this.frameOf(row, basis, now) };
  }

  /** Everything but what the planner made. */
  private frameOf(row: Omit<PlanRow, 'plan'>, basis: string | null, now: number) {
    const { id, kind, hash, createdBy, jobId, requestedBy, requestedAt, decidedBy, decidedAt } = row;
    const state = shownState(standingOf(row, basis, now));
    return {
      id,
      database: this.database,
      kind,
      hash,
      basis: row.basis,
      createdAt: iso(row.createdAt),
      createdBy,
      expiresAt: iso(row.expiresAt),
      approval: { state, requestedBy, requestedAt: isoOrNull(requestedAt), decidedBy, decidedAt: isoOrNull(decidedAt) },
      jobId,
    };
  }
}

const ACTIONS = { requested: 'plan.approval_requested', approved: 'plan.approved', declined: 'plan.declined' } as const;

const standingOf = (row: Omit<PlanRow, 'plan'>, basis: string | null, now: number): Standing => ({
  state: row.approval,
  requestedBy: row.requestedBy,
  expired: now >= row.expiresAt,
  stale: basis !== null && basis !== row.basis,
  used: row.jobId !== null,
});
