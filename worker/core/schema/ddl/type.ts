/** A column's type as text. */
import { identifier } from '../../sql/quote.ts';
import { isReservedWord } from './keywords.ts';

const PLAIN_TYPE = /^[A-Z_][A-Z0-9_$]*(?: [A-Z_][A-Z0-9_$]*)*(?:\([^()",']+\)|\([^()",']+,[^()",']+\))?$/;

/** Bare where SQLite reads it back the same; otherwise in quotes, as one word, which it takes, too. */
export function renderType(type: string): string {
  const words = type.replace(/\(.*$/s, '').split(' ');
  const awkward = words.some((word) => isReservedWord(word) || word === 'GENERATED' || word === 'ALWAYS');
  return type === '' || (PLAIN_TYPE.test(type) && !awkward) ? type : identifier(type);
}
