/** The holds of a database, those that are over too, and who stands behind the mode. Pure. */
import type { Page } from '../../worker/protocol/list.ts';
import type { Hold, HoldChange, MaintenanceStatus } from '../../worker/protocol/maintenance.ts';

export interface HoldList {
  /** Newest first, as the server lists them. */
  readonly items: readonly Hold[];
  readonly nextCursor: string | null;
}

/** Adds the next page; a hold that is in both counts once, as the page has it. */
export function joinHolds(list: HoldList | null, page: Page<Hold>): HoldList {
  const byId = new Map([...(list?.items ?? []), ...page.items].map((hold) => [hold.id, hold]));
  return { items: [...byId.values()], nextCursor: page.nextCursor ?? null };
}

/** M1: the active holds that make the mode what it is, oldest first: the first of them gave the reason. */
export const decidingHolds = ({ mode, holds }: Pick<MaintenanceStatus, 'mode' | 'holds'>): Hold[] =>
  holds.filter((hold) => hold.endedAt === null && hold.mode === mode).sort((a, b) => a.createdAt.localeCompare(b.createdAt));

/** The hold that a person began. The server keeps one at most. */
export const personsHold = ({ holds }: Pick<MaintenanceStatus, 'holds'>): Hold | null =>
  holds.find((hold) => hold.endedAt === null && hold.owner.kind === 'person') ?? null;

/** What ends the mode, where no time does: `job` when only jobs hold it so, else `person`. Null: it ends by itself. */
export function lastsUntil(status: Pick<MaintenanceStatus, 'mode' | 'holds' | 'expiresAt'>): 'job' | 'person' | null {
  if (status.mode === 'off' || status.expiresAt !== null) return null;
  const lasting = decidingHolds(status).filter(({ expiresAt }) => expiresAt === null);
  return lasting.length > 0 && lasting.every(({ owner }) => owner.kind === 'job') ? 'job' : 'person';
}

/** What stays when this one ends. */
export const othersThan = (id: string, { holds }: Pick<MaintenanceStatus, 'holds'>): Hold[] =>
  holds.filter((hold) => hold.endedAt === null && hold.id !== id);

/** What is to be sent for a changed text or end: only what differs, because what is left out stays. Null: nothing differs. */
export function holdChange(
  hold: Pick<Hold, 'reason' | 'message'>,
  wanted: { readonly reason: string; readonly message: string; readonly expiresAt?: string | null },
): HoldChange | null {
  const reason = wanted.reason.trim();
  const message = wanted.message.trim() === '' ? null : wanted.message.trim();
  const change: HoldChange = {
    ...(reason === hold.reason ? {} : { reason }),
    ...(message === hold.message ? {} : { message }),
    ...(wanted.expiresAt === undefined ? {} : { expiresAt: wanted.expiresAt }),
  };
  return Object.keys(change).length === 0 ? null : change;
}
