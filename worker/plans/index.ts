/** Every kind of plan. The compiler checks that none is missing and that each stands under its own name. */
import { PLAN_KINDS, type PlanKind } from '../protocol/plan.ts';
import type { Planner } from './planner.ts';
import { schemaSync } from './schema-sync.ts';
import { tableClear } from './table-clear.ts';

// biome-ignore lint/suspicious/noExplicitAny: each planner has its own type of params; the registry is where they meet.
type AnyPlanner<Kind extends PlanKind> = Planner<any> & { readonly kind: Kind };

const PLANNERS: { readonly [Kind in PlanKind]: AnyPlanner<Kind> } = {
  'table.clear': tableClear,
  'schema.sync': schemaSync,
};

export const plannerOf = (kind: PlanKind): Planner<unknown> => PLANNERS[kind];
export const isPlanned = (kind: string): kind is PlanKind => PLAN_KINDS.some((planned) => planned === kind);
