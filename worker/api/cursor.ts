/** Opaque cursors that know their list: one of another list, or a made-up one, is refused. */
import { toBase64Url } from '../core/secrets.ts';
import { Refusal } from '../protocol/problem.ts';

export const toCursor = (list: string, position: string | null): string | null =>
  position === null ? null : toBase64Url(new TextEncoder().encode(`${list} ${position}`));

/** The position that `form` matches, or null at the start. */
export function fromCursor(list: string, cursor: string | undefined, form: RegExp = /^\d{1,16}$/): string | null {
  if (cursor === undefined) return null;
  const [name, position, ...rest] = decode(cursor).split(' ');
  if (name !== list || position === undefined || rest.length > 0 || !form.test(position)) {
    throw new Refusal('bad_cursor', 'The cursor was not given out by this list.');
  }
  return position;
}

function decode(cursor: string): string {
  try {
    return atob(cursor.replaceAll('-', '+').replaceAll('_', '/'));
  } catch {
    return '';
  }
}

export const numberOrNull = (position: string | null): number | null => (position === null ? null : Number(position));
