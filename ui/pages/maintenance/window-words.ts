/** Weekly windows in words, and what a form for one may hold. Pure: the moment is passed in. */
import type { HoldMode, MaintenanceWindow, WindowRequest } from '../../../worker/protocol/maintenance.ts';
import { isTimeZone } from '../../components/time-zones.ts';

/** As a week is read; the numbers are the protocol's, where 0 is Sunday. */
export const DAYS: readonly { readonly day: number; readonly short: string; readonly long: string }[] = [
  { day: 1, short: 'Mon', long: 'Monday' },
  { day: 2, short: 'Tue', long: 'Tuesday' },
  { day: 3, short: 'Wed', long: 'Wednesday' },
  { day: 4, short: 'Thu', long: 'Thursday' },
  { day: 5, short: 'Fri', long: 'Friday' },
  { day: 6, short: 'Sat', long: 'Saturday' },
  { day: 0, short: 'Sun', long: 'Sunday' },
];

/** `Every day`, `Monday to Friday`, `Sundays`, `Mon, Wed, Sat`. */
export function daysInWords(days: readonly number[]): string {
  const chosen = DAYS.filter(({ day }) => days.includes(day));
  const [only] = chosen;
  if (only === undefined) return 'No day';
  if (chosen.length === 1) return `${only.long}s`;
  if (chosen.length === 7) return 'Every day';
  if (chosen.map(({ day }) => day).join() === '1,2,3,4,5') return 'Monday to Friday';
  return chosen.map(({ short }) => short).join(', ');
}

const two = (value: number): string => String(value).padStart(2, '0');

/** `02:00 to 03:00`; past midnight `23:30 to 01:00 the next day`. The end is by the clock: a change of clocks in between moves it. */
export function spanInWords(from: string, minutes: number): string {
  const [hour = 0, minute = 0] = from.split(':').map(Number);
  const end = hour * 60 + minute + minutes;
  const clock = `${two(Math.floor(end / 60) % 24)}:${two(end % 60)}`;
  return `${from} to ${clock}${end >= 1440 ? ' the next day' : ''}`;
}

/** A moment as a clock in that zone shows it: `Sun, Nov 29, 02:00`. */
export const inZone = (at: string | number, timeZone?: string): string =>
  new Intl.DateTimeFormat('en', {
    ...(timeZone === undefined ? {} : { timeZone }),
    weekday: 'short',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(new Date(at));

/** Whether two zones show the same clock at a moment: then saying it twice would only be noise. */
export const sameClock = (atMs: number, a: string, b: string): boolean => inZone(atMs, a) === inZone(atMs, b);

/** What stands in the form. */
export interface WindowDraft {
  readonly days: readonly number[];
  readonly from: string;
  readonly minutes: string;
  readonly timeZone: string;
  readonly mode: HoldMode;
  readonly reason: string;
  readonly message: string;
}

/** An hour on Sunday night on the reader's own clock: where most people put one first. */
export const newDraft = (timeZone: string): WindowDraft => ({
  days: [0],
  from: '02:00',
  minutes: '60',
  timeZone,
  mode: 'read-only',
  reason: '',
  message: '',
});

export const draftOf = ({ days, from, minutes, timeZone, mode, reason, message }: MaintenanceWindow): WindowDraft => ({
  days,
  from,
  minutes: String(minutes),
  timeZone,
  mode,
  reason,
  message: message ?? '',
});

export type DraftProblems = Partial<Record<'days' | 'from' | 'minutes' | 'timeZone' | 'reason', string>>;

/** What is missing or cannot be, by field; empty: it can be sent. The server checks all of it again. */
export function problemsOf(draft: WindowDraft): DraftProblems {
  const minutes = Number(draft.minutes);
  const lengthIsRight = /^\d+$/.test(draft.minutes) && minutes >= 1 && minutes <= 1440;
  return {
    ...(draft.days.length === 0 ? { days: 'Choose at least one day.' } : {}),
    ...(/^(?:[01]\d|2[0-3]):[0-5]\d$/.test(draft.from) ? {} : { from: 'Give a time of day.' }),
    ...(lengthIsRight ? {} : { minutes: 'Give 1 to 1,440 minutes: a day at most.' }),
    ...(isTimeZone(draft.timeZone) ? {} : { timeZone: 'Choose a time zone from the list.' }),
    ...(draft.reason.trim() === '' ? { reason: 'Say why: everybody who meets it will ask.' } : {}),
  };
}

/** Of a draft without problems. */
export const requestOf = (draft: WindowDraft): Omit<WindowRequest, 'enabled'> => ({
  days: [...draft.days].sort((a, b) => a - b),
  from: draft.from,
  minutes: Number(draft.minutes),
  timeZone: draft.timeZone,
  mode: draft.mode,
  reason: draft.reason.trim(),
  message: draft.message.trim() === '' ? null : draft.message.trim(),
});
