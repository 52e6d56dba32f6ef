/** One change of a text, in UTF-16 units of the old one. */
export interface Replacement {
  readonly from: number;
  readonly to: number;
  readonly insert: string;
}

/**
 * What makes `old` say `text`: only what differs is replaced, so that the cursor, and what is scrolled to, stay where they are. An editor
 * ends each line with `\n`, whatever a file says. Null: they say the same.
 */
export function replacement(old: string, text: string): Replacement | null {
  const wanted = text.replaceAll(/\r\n?/g, '\n');
  if (wanted === old) return null;
  const most = Math.min(old.length, wanted.length);
  let from = 0;
  while (from < most && old[from] === wanted[from]) from += 1;
  let same = 0;
  while (same < most - from && old[old.length - 1 - same] === wanted[wanted.length - 1 - same]) same += 1;
  return { from, to: old.length - same, insert: wanted.slice(from, wanted.length - same) };
}
