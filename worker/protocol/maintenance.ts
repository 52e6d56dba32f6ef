/** Holds, modes and the fence. Times are ISO 8601 UTC. */
import { z } from 'zod';
import { Mode } from './database.ts';

export const HoldMode = Mode.exclude(['off']);
export type HoldMode = z.infer<typeof HoldMode>;

/** Who asked for it. A job's hold ends with the job, a person's or a window's when somebody ends it or at its expiry. */
export const HoldOwner = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('person'), actor: z.string() }),
  z.object({ kind: z.literal('window'), windowId: z.string() }),
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

/** Lengthens, shortens or rewords a hold of a person or of a window; since when it holds stays. What is left out stays too. */
export const HoldChange = z
  .object({
    expiresAt: z.iso.datetime().nullable().optional(),
    reason: z.string().trim().min(1).max(500).optional(),
    message: z.string().trim().min(1).max(500).nullable().optional(),
  })
  .strict()
  .meta({ id: 'HoldChange' });
export type HoldChange = z.infer<typeof HoldChange>;

/** `days`: 0 is Sunday. `from`: local time `HH:MM` in `timeZone` (IANA). A time that a change of clocks skips moves to the next that exists. */
const windowFields = {
  days: z.array(z.number().int().min(0).max(6)).min(1).max(7),
  from: z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'a time of day like 02:00'),
  minutes: z
    .number()
    .int()
    .min(1)
    .max(24 * 60),
  timeZone: z.string().min(1).max(100),
  mode: HoldMode,
  reason: z.string().trim().min(1).max(500),
  message: z.string().trim().min(1).max(500).nullable(),
  enabled: z.boolean(),
};
/** A hold that comes by itself each week. */
export const MaintenanceWindow = z
  .object({
    id: z.string(),
    ...windowFields,
    createdAt: z.iso.datetime(),
    createdBy: z.string(),
    /** The next time, or the current one while it lasts; null when it is not enabled. */
    next: z.object({ from: z.iso.datetime(), to: z.iso.datetime() }).nullable(),
  })
  .meta({ id: 'MaintenanceWindow' });
export type MaintenanceWindow = z.infer<typeof MaintenanceWindow>;

export const WindowRequest = z
  .object({ ...windowFields, message: windowFields.message.default(null), enabled: windowFields.enabled.default(true) })
  .strict()
  .meta({ id: 'WindowRequest' });
export type WindowRequest = z.infer<typeof WindowRequest>;
export const WindowChange = z.object(windowFields).partial().strict().meta({ id: 'WindowChange' });
export type WindowChange = z.infer<typeof WindowChange>;
