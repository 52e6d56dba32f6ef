/** Changes of text files as a unified diff that `git apply` takes from the top of the checkout. */
import { structuredPatch } from 'diff';

export interface FileChange {
  readonly path: string;
  /** Null: the file is new. */
  readonly before: string | null;
  /** Null: the file goes. */
  readonly after: string | null;
}

/** git quotes such names in C's way, bytes beyond ASCII as octal. */
function pathText(prefix: 'a' | 'b', path: string): string {
  const text = `${prefix}/${path}`;
  if (!/[\u0000-\u001f"\\\u007f-\uffff]/.test(text)) return text;
  const bytes = new TextEncoder().encode(text);
  const escaped = Array.from(bytes, (byte) => {
    if (byte === 0x22 || byte === 0x5c) return `\\${String.fromCharCode(byte)}`;
    return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, '0')}`;
  });
  return `"${escaped.join('')}"`;
}

/** A name with a blank needs the tab that git puts behind it. */
const fileLine = (mark: '---' | '+++', path: string): string =>
  `${mark} ${path}${path.includes(' ') && !path.startsWith('"') ? '\t' : ''}`;

/** An empty side starts at line 0. */
const range = (start: number, lines: number): string => {
  const from = lines === 0 ? start - 1 : start;
  return lines === 1 ? String(from) : `${Math.max(0, from)},${lines}`;
};

const CONTEXT_LINES = 3;

function filePatch({ path, before, after }: FileChange): string {
  if (before === after) return '';
  const [from, to] = [pathText('a', path), pathText('b', path)];
  const header = [`diff --git ${from} ${to}`];
  if (before === null) header.push('new file mode 100644');
  if (after === null) header.push('deleted file mode 100644');
  const { hunks } = structuredPatch('', '', before ?? '', after ?? '', undefined, undefined, { context: CONTEXT_LINES });
  if (hunks.length > 0) {
    header.push(fileLine('---', before === null ? '/dev/null' : from), fileLine('+++', after === null ? '/dev/null' : to));
  }
  const lines = hunks.flatMap((hunk) => [
    `@@ -${range(hunk.oldStart, hunk.oldLines)} +${range(hunk.newStart, hunk.newLines)} @@`,
    ...hunk.lines,
  ]);
  return `${[...header, ...lines].join('\n')}\n`;
}

/** In the order of the paths; files that did not change are left out. Empty when none did. */
export const patchOf = (changes: readonly FileChange[]): string =>
  [...changes]
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map(filePatch)
    .join('');
