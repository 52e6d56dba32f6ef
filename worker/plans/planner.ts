/**
 * What a kind of plan is: looks at the database, changes nothing, and says what would be done. The door stores what it makes; a job that is
 * bound to it runs it (J6).
 */
import type { z } from 'zod';
import type { Archive } from '../archive/archive.ts';
import type { SchemaModel } from '../core/schema/model.ts';
import type { Database } from '../database/database.ts';
import type { Scratch } from '../database/scratch.ts';
import type { Role } from '../protocol/access.ts';
import type { PlanKind, StoredPlan } from '../protocol/plan.ts';

export interface PlanContext<Params> {
  readonly database: Database;
  readonly databaseName: string;
  readonly archive: Archive;
  /** A fresh scratch database, named after the plan. The planner wipes it when it is done. */
  readonly scratch: () => Scratch;
  /** The live schema. A planner that runs into another one is run again: see `make.ts`. */
  readonly model: SchemaModel;
  readonly params: Params;
  /** Of the newest backup of the whole database; null when there is none. */
  readonly newestBackup: () => Promise<string | null>;
  readonly now: () => Date;
}

export interface Planner<Params> {
  readonly kind: PlanKind;
  /** The least role that may make such a plan. Who may start it stands in the plan (`needs`). */
  readonly role: Role;
  readonly params: z.ZodType<Params>;
  /**
   * Whether a job without a plan gets one made for it (its `params` are those of the plan). Otherwise such a job is refused: `plan_needed`.
   */
  readonly onTheSpot: boolean;
  /** Throws a `Refusal` when there is nothing to plan. Reads only. */
  plan(context: PlanContext<Params>): Promise<StoredPlan>;
  /** What the job is given as its parameters; they pass the schema of its kind. */
  jobParams(plan: { readonly id: string; readonly params: Readonly<Record<string, unknown>> }): Record<string, unknown>;
}
