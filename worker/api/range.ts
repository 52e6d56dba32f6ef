/** RFC 9110 byte ranges, as far as a download needs them. Pure. */

export type RangeAnswer =
  | { readonly kind: 'whole' }
  | { readonly kind: 'part'; readonly offset: number; readonly length: number }
  | { readonly kind: 'unsatisfiable' };

/**
 * What to send of `size` bytes. One range only: several, other units and malformed ones are answered with the whole, as the RFC allows.
 * A range counts only while `If-Range`, when sent, still names this very file.
 */
export function rangeOf(headers: Headers, size: number, etag: string): RangeAnswer {
  const header = headers.get('Range');
  const ifRange = headers.get('If-Range');
  if (header === null || (ifRange !== null && ifRange !== etag)) return { kind: 'whole' };
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header.trim());
  if (!match) return { kind: 'whole' };
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return { kind: 'whole' };
  return first === '' ? suffix(Number(last), size) : between(Number(first), last === '' ? size - 1 : Number(last), size);
}

function suffix(wanted: number, size: number): RangeAnswer {
  if (wanted === 0 || size === 0) return { kind: 'unsatisfiable' };
  const length = Math.min(wanted, size);
  return { kind: 'part', offset: size - length, length };
}

function between(first: number, last: number, size: number): RangeAnswer {
  if (first >= size) return { kind: 'unsatisfiable' };
  if (last < first) return { kind: 'whole' };
  return { kind: 'part', offset: first, length: Math.min(last, size - 1) - first + 1 };
}

/** Whether `If-None-Match` names this very file, alone or among others. Weak tags count here: whoever passes the answer on may have made it one. */
export function isKnown(ifNoneMatch: string | null, etag: string): boolean {
  if (ifNoneMatch === null) return false;
  return ifNoneMatch.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
}
