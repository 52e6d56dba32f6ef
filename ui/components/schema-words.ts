/** The diff's fixed vocabulary in words for a person. Exhaustive: a new state or kind fails to compile here. */
import type { DiffCause, DiffRow, DiffState, ObjectKind } from '../../worker/protocol/schema.ts';
import type { IconName } from './icon.ts';
import type { Tone } from './words.ts';

export const STATE_NAMES: Record<DiffState, string> = { match: 'Match', mismatch: 'Differs', missing: 'Missing', extra: 'Extra' };
export const STATE_TONES: Record<DiffState, Tone> = { match: 'good', mismatch: 'warn', missing: 'accent', extra: 'bad' };
export const STATE_ICONS: Record<DiffState, IconName> = { match: 'check', mismatch: 'differs', missing: 'plus', extra: 'minus' };
export const STATE_MEANINGS: Record<DiffState, string> = {
  match: 'Code and database say the same.',
  mismatch: 'Both have it, and it differs.',
  missing: 'The code has it, the database has not.',
  extra: 'The database has it, the code has not.',
};

export const CAUSE_NAMES: Record<DiffCause, string> = { none: '', pending: 'pending', unapplied: 'not applied', drift: 'drift' };
export const CAUSE_MEANINGS: Record<DiffCause, string> = {
  none: '',
  pending: 'The code is ahead of the migrations; the database agrees with them.',
  unapplied: 'A migration has it; the database has not yet run that migration.',
  drift: 'The database differs from its own migrations: somebody changed it by hand.',
};

export const KIND_WORDS: Record<ObjectKind, string> = {
  table: 'table',
  column: 'column',
  'primary-key': 'primary key',
  unique: 'unique',
  check: 'check',
  'foreign-key': 'foreign key',
  index: 'index',
  view: 'view',
  trigger: 'trigger',
  'virtual-table': 'virtual table',
};

export const SIDE_NAMES = { schema: 'Drizzle schema', live: 'Live database', migrations: 'Migrations' } as const;

const CHANGE_WORDS: Record<NonNullable<DiffRow['change']>, string> = {
  create: 'Creates it.',
  drop: 'Drops it.',
  alter: 'Alters it in place.',
  rebuild: 'Rebuilds the table: its rows are copied and counted.',
  recreate: 'Drops it and makes it anew; no row is touched.',
  none: 'No plan can change this.',
};
export const changeInWords = ({ change }: Pick<DiffRow, 'change'>): string => (change === null ? '' : CHANGE_WORDS[change]);
