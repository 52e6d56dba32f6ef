/** Holds, modes and the fence. Times are ISO 8601 UTC. */
import { z } from 'zod';
import { Mode } from './database.ts';

export const HoldMode = Mode.exclude(['off']);
export type HoldMode = z.infer<typeof HoldMode>;

/** Who asked for it. A job's hold ends with the job, a person's when they end it or at its expiry. */
export const HoldOwner = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('person'), actor: z.string() }),
  z.object({ kind: z.literal('job'), jobId: z.string() }),
]);
export type HoldOwner = z.infer<typeof HoldOwner>;

export const Hold = z
  .object({
    id: z.string(),
    mode: HoldMode,
    reason: z.string(),
    /** What visitors are told; null: a general sentence. */
    message: z.string().nullable(),
    owner: HoldOwner,
    createdAt: z.iso.datetime(),
    expiresAt: z.iso.datetime().nullable(),
    endedAt: z.iso.datetime().nullable(),
    /** `expired`, `job over`, `replaced`, or who ended it. */
    endedBy: z.string().nullable(),
  })
  .meta({ id: 'Hold' });
export type Hold = z.infer<typeof Hold>;

/** `failed`: the fence is not as it should be, and is tried again by itself; `detail` says why. */
export const FENCE_STATES = ['down', 'raising', 'up', 'lowering', 'failed'] as const;
export const FenceStatus = z.object({ state: z.enum(FENCE_STATES), detail: z.string().nullable() });
export type FenceStatus = z.infer<typeof FenceStatus>;

/** What other Workers are told. `version` grows with every change of the mode. */
export const MaintenanceAnswer = z.object({
  mode: Mode,
  reason: z.string().nullable(),
  message: z.string().nullable(),
  since: z.iso.datetime().nullable(),
  expiresAt: z.iso.datetime().nullable(),
  version: z.number().int(),
});
export type MaintenanceAnswer = z.infer<typeof MaintenanceAnswer>;

export const MaintenanceStatus = MaintenanceAnswer.extend({ fence: FenceStatus, holds: z.array(Hold) }).meta({
  id: 'MaintenanceStatus',
});
export type MaintenanceStatus = z.infer<typeof MaintenanceStatus>;

/** `off` ends the holds of persons; another mode replaces them by one. Jobs' holds stay as they are. */
export const MaintenanceRequest = z
  .object({
    mode: Mode,
    reason: z.string().trim().min(1).max(500),
    message: z.string().trim().min(1).max(500).nullable().default(null),
    expiresAt: z.iso.datetime().nullable().default(null),
  })
  .strict()
  .meta({ id: 'MaintenanceRequest' });
export type MaintenanceRequest = z.infer<typeof MaintenanceRequest>;
