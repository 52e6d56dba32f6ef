/** When a person's hold is to end: a choice of presets or a time on the reader's own clock. Pure. */

const MINUTE_MS = 60_000;
/** The presets in the order they are offered; null has no length of its own. */
export const PRESETS = {
  '15m': { label: '15 minutes', lengthMs: 15 * MINUTE_MS },
  '1h': { label: '1 hour', lengthMs: 60 * MINUTE_MS },
  '4h': { label: '4 hours', lengthMs: 240 * MINUTE_MS },
  time: { label: 'Until a time', lengthMs: null },
  open: { label: 'Until somebody ends it', lengthMs: null },
} as const;
export type Preset = keyof typeof PRESETS;

export interface Ending {
  readonly preset: Preset;
  /** What stands in the field for the time: `2026-11-23T14:05` in the reader's own time zone, or empty. */
  readonly localTime: string;
}
/** An hour, and not for ever: a hold that was forgotten must not close a shop for the night. */
export const USUAL_ENDING: Ending = { preset: '1h', localTime: '' };

export type Ends =
  | { readonly state: 'at'; readonly atMs: number }
  | { readonly state: 'open' }
  | { readonly state: 'wrong'; readonly why: string };

export function endOf({ preset, localTime }: Ending, nowMs: number): Ends {
  switch (preset) {
    case '15m':
    case '1h':
    case '4h':
      return { state: 'at', atMs: nowMs + PRESETS[preset].lengthMs };
    case 'open':
      return { state: 'open' };
    case 'time':
      return timeOf(localTime, nowMs);
  }
}

function timeOf(localTime: string, nowMs: number): Ends {
  const atMs = Date.parse(localTime);
  if (Number.isNaN(atMs)) return { state: 'wrong', why: 'Choose a day and a time.' };
  return atMs > nowMs ? { state: 'at', atMs } : { state: 'wrong', why: 'That time has passed: choose one to come.' };
}

/** What the API takes. Null: no end; undefined: the choice is not one. */
export function expiresAtOf(ends: Ends): string | null | undefined {
  switch (ends.state) {
    case 'at':
      return new Date(ends.atMs).toISOString();
    case 'open':
      return null;
    case 'wrong':
      return undefined;
  }
}

export const timeZoneName = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;
