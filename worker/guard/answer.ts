/**
 * What the control plane answers, as the guard needs it. Written out once more, and not imported from the protocol, so that a Worker which
 * uses the guard takes this folder alone: no schema library, none of the server's code. `index.workerd.test.ts` holds the two together.
 */

/** `read-only`: reads are served. `closed`: nothing is. */
export type Mode = 'off' | 'read-only' | 'closed';

/** Times are ISO 8601 UTC. */
export interface MaintenanceAnswer {
  readonly mode: Mode;
  /** For admins; never shown to visitors. */
  readonly reason: string | null;
  /** For visitors; null: a general sentence. */
  readonly message: string | null;
  readonly since: string | null;
  /** When the mode ends by itself; null: not by itself. */
  readonly expiresAt: string | null;
  /** Grows with every change of the mode. */
  readonly version: number;
}

/** The service binding to the `Maintenance` entrypoint. */
export interface MaintenanceBinding {
  /** `db`: the database's name in the control plane. Rejects when there is no such database. */
  status(db: string): Promise<MaintenanceAnswer>;
}

const MODES: readonly unknown[] = ['off', 'read-only', 'closed'] satisfies Mode[];

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const time = (value: unknown): string | null => (typeof value === 'string' && !Number.isNaN(Date.parse(value)) ? value : null);

/**
 * What came over the wire as an answer, or null when it is none. Only the mode decides: a newer control plane may add fields, and a
 * damaged message must not open a closed database.
 */
export function readAnswer(value: unknown): MaintenanceAnswer | null {
  if (typeof value !== 'object' || value === null) return null;
  const { mode, reason, message, since, expiresAt, version } = value as Partial<Record<keyof MaintenanceAnswer, unknown>>;
  if (!MODES.includes(mode)) return null;
  return {
    mode: mode as Mode,
    reason: text(reason),
    message: text(message),
    since: time(since),
    expiresAt: time(expiresAt),
    version: typeof version === 'number' && Number.isFinite(version) ? version : 0,
  };
}
