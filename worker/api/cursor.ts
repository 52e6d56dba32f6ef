/** Opaque cursors that know their list: one of another list, or a made-up one, is refused. */
import { toBase64Url } from '../core/secrets.ts';
import { Refusal } from '../protocol/problem.ts';

export const toCursor = (list: string, position: string | null): string | null =>
  position === null ? null : toBase64Url(new TextEncoder().encode(`${list} ${position}`));

/** The position that `form` matches, or null at the start. */
export function fromCursor(list: string, cursor: string | undefined, form: RegExp = /^\d{1,16}$/): string | null {
  if (cursor === undefined) return null;
  const text = decode(cursor);
  // A list may have a space in its name; a position has none.
  const at = text.lastIndexOf(' ');
  const position = text.slice(at + 1);
  if (at < 0 || text.slice(0, at) !== list || !form.test(position)) {
    throw new Refusal('bad_cursor', 'The cursor was not given out by this list.');
  }
  return position;
}

function decode(cursor: string): string {
  try {
    const bytes = Uint8Array.from(atob(cursor.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0));
    return new TextDecoder().decode(bytes);
  } catch {
    return '';
  }
}

export const numberOrNull = (position: string | null): number | null => (position === null ? null : Number(position));
