/** Changes of a text by ranges: what is not named stays as it is, comments and formatting too. */

export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface Range {
  readonly start: number;
  readonly end: number;
}

export const rangeOf = (node: { readonly start?: number | null; readonly end?: number | null }): Range => ({
  start: node.start ?? 0,
  end: node.end ?? 0,
});

/** Two insertions at one place keep their order; anything else that touches is a conflict. */
export function conflicts(edits: readonly Edit[]): boolean {
  const sorted = [...edits].sort((a, b) => a.start - b.start || a.end - b.end);
  return sorted.some((edit, n) => {
    const next = sorted[n + 1];
    return next !== undefined && next.start < edit.end;
  });
}

export function applyEdits(text: string, edits: readonly Edit[]): string {
  const sorted = edits.map((edit, n) => ({ ...edit, n })).sort((a, b) => a.start - b.start || a.end - b.end || a.n - b.n);
  let result = '';
  let at = 0;
  for (const edit of sorted) {
    result += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return result + text.slice(at);
}

/** The blanks with which the line of an offset begins. */
export function indentAt(text: string, at: number): string {
  const lineStart = text.lastIndexOf('\n', at - 1) + 1;
  return /^[ \t]*/.exec(text.slice(lineStart))?.[0] ?? '';
}

export const isOnOwnLine = (text: string, at: number): boolean => /(?:^|\n)[ \t]*$/.test(text.slice(0, at));

/** Where the things of a list stand, and the brackets around them. */
export interface ListPlace {
  readonly items: readonly Range[];
  /** From the opening bracket to behind the closing one. */
  readonly whole: Range;
}

const SKIPPED = /(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y;

function skipBlank(text: string, at: number): number {
  SKIPPED.lastIndex = at;
  SKIPPED.test(text);
  return SKIPPED.lastIndex || at;
}

/** Behind the comma that follows, or null when none does. */
function behindComma(text: string, at: number): number | null {
  const next = skipBlank(text, at);
  return text[next] === ',' ? next + 1 : null;
}

const COMMENT_LINE = /^[ \t]*(?:\/\/|\/\*|\*)/;

/** Where an item begins when the comment lines right above it count as its own. */
function leadStart(text: string, list: ListPlace, n: number): number {
  const item = list.items[n] as Range;
  const floor = list.items[n - 1]?.end ?? list.whole.start + 1;
  if (!isOnOwnLine(text, item.start)) return item.start;
  let lead = text.lastIndexOf('\n', item.start - 1) + 1;
  for (;;) {
    const lineStart = text.lastIndexOf('\n', lead - 2) + 1;
    if (lineStart <= floor || lineStart >= lead || !COMMENT_LINE.test(text.slice(lineStart, lead))) return lead;
    lead = lineStart;
  }
}

/** Takes an item out with its comma, its comments and its line. */
export function removeItem(text: string, list: ListPlace, n: number): Edit {
  const item = list.items[n] as Range;
  const comma = behindComma(text, item.end);
  if (comma === null && n > 0) {
    // The last one without a comma behind it: the comma before goes with it.
    return { start: (list.items[n - 1] as Range).end, end: item.end, text: '' };
  }
  const start = leadStart(text, list, n);
  let end = comma ?? item.end;
  end += /^[ \t]*(?:\/\/[^\n]*|\/\*[^\n]*?\*\/[ \t]*(?=\n))?/.exec(text.slice(end))?.[0].length ?? 0;
  return { start, end: text[end] === '\n' && isOnOwnLine(text, start) ? end + 1 : end, text: '' };
}

/** Puts an item behind item `after`; -1: before the first. `code` has no comma. */
export function insertItem(text: string, list: ListPlace, after: number, code: string): Edit {
  const [first] = list.items;
  const outer = indentAt(text, list.whole.start);
  if (!first) {
    const { start, end } = list.whole;
    return { start: start + 1, end: end - 1, text: `\n${outer}  ${code.replaceAll('\n', `\n${outer}  `)},\n${outer}` };
  }
  const lines = isOnOwnLine(text, first.start);
  const indent = lines ? indentAt(text, first.start) : outer;
  const shifted = code.replaceAll('\n', `\n${indent}`);
  if (after < 0) return { start: first.start, end: first.start, text: lines ? `${shifted},\n${indent}` : `${shifted}, ` };
  const at = (list.items[after] as Range).end;
  if (!lines) return { start: at, end: at, text: `, ${shifted}` };
  const comma = behindComma(text, at);
  const from = comma ?? at;
  // A comment behind the item stays behind it.
  const end = from + (/^[ \t]*(?:\/\/[^\n]*|\/\*[^\n]*?\*\/(?=[ \t]*\n))/.exec(text.slice(from))?.[0].length ?? 0);
  if (comma !== null) return { start: end, end, text: `\n${indent}${shifted},` };
  return { start: at, end, text: `,${text.slice(at, end)}\n${indent}${shifted}` };
}

/** A statement with the comment before it and the line break behind it. */
export function removeStatement(text: string, statement: Range, comments: readonly Range[]): Edit {
  let { start } = statement;
  for (const comment of [...comments].reverse()) {
    if (
      comment.end <= start &&
      /^\s*$/.test(text.slice(comment.end, start)) &&
      !/\n[ \t]*\n/.test(text.slice(comment.end, start))
    ) {
      if (isOnOwnLine(text, comment.start)) start = comment.start;
    }
  }
  let { end } = statement;
  if (text[end] === ';') end += 1;
  end += /^[ \t]*\n?/.exec(text.slice(end))?.[0].length ?? 0;
  // Not two blank lines where there was one on either side.
  if (/(?:^|\n)[ \t]*\n$/.test(text.slice(0, start))) end += /^[ \t]*\n/.exec(text.slice(end))?.[0].length ?? 0;
  return { start, end, text: '' };
}
