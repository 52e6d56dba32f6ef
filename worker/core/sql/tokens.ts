/** SQLite's lexical rules, as far as one must know them to find where a thing ends. Positions are UTF-16 offsets. */

export type TokenKind = 'space' | 'comment' | 'word' | 'quoted' | 'string' | 'number' | 'symbol';
export interface Token {
  readonly kind: TokenKind;
  readonly start: number;
  readonly end: number;
  /** Of a comment, quoted name or string: whether its end was found. */
  readonly closed: boolean;
}

const SPACE = /[ \t\n\f\r]+/y;
/** Everything beyond ASCII is a letter to SQLite. */
const WORD = /[A-Za-z_\u0080-\uffff][A-Za-z0-9_$\u0080-\uffff]*/y;
const NUMBER = /[0-9][0-9A-Za-z_.]*/y;

function matchAt(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

/** Inside `'…'`, `"…"` and `` `…` `` a doubled quote is the quote itself; `[…]` has no escape. */
function endOfQuoted(text: string, at: number): number {
  const open = text[at];
  const close = open === '[' ? ']' : (open as string);
  for (let from = at + 1; ; ) {
    const found = text.indexOf(close, from);
    if (found < 0) return -1;
    if (open === '[' || text[found + 1] !== close) return found + 1;
    from = found + 2;
  }
}

/** An unclosed one runs to the end of the text. */
function endOfBlockComment(text: string, at: number): number {
  const found = text.indexOf('*/', at + 2);
  return found < 0 ? -1 : found + 2;
}

const token = (kind: TokenKind, start: number, end: number, text: string): Token =>
  end < 0 ? { kind, start, end: text.length, closed: false } : { kind, start, end, closed: true };

/** The token at `at`, which must lie inside the text. */
export function tokenAt(text: string, at: number): Token {
  const char = text[at] as string;
  switch (char) {
    case "'":
      return token('string', at, endOfQuoted(text, at), text);
    case '"':
    case '`':
    case '[':
      return token('quoted', at, endOfQuoted(text, at), text);
    case '-':
      if (text[at + 1] === '-') return token('comment', at, text.indexOf('\n', at + 2) + 1 || -1, text);
      break;
    case '/':
      if (text[at + 1] === '*') return token('comment', at, endOfBlockComment(text, at), text);
      break;
  }
  return plainTokenAt(text, at);
}

function plainTokenAt(text: string, at: number): Token {
  const space = matchAt(SPACE, text, at);
  if (space > at) return token('space', at, space, text);
  const word = matchAt(WORD, text, at);
  if (word > at) return token('word', at, word, text);
  const number = matchAt(NUMBER, text, at);
  if (number > at) return token('number', at, number, text);
  return token('symbol', at, at + 1, text);
}

/** All tokens but space and comments. */
export function* meaningful(text: string, from = 0): Generator<Token> {
  for (let at = from; at < text.length; ) {
    const next = tokenAt(text, at);
    if (next.kind !== 'space' && next.kind !== 'comment') yield next;
    at = next.end;
  }
}

export const textOf = (text: string, { start, end }: Token): string => text.slice(start, end);
export const isWord = (text: string, token: Token, word: string): boolean =>
  token.kind === 'word' && token.end - token.start === word.length && textOf(text, token).toUpperCase() === word;

/** What a name or string token stands for: `"a""b"` is `a"b`. */
export function unquoted(source: string): string {
  const open = source[0];
  if (open === '[') return source.slice(1, -1);
  if (open === '"' || open === '`' || open === "'") return source.slice(1, -1).replaceAll(open + open, open);
  return source;
}

/** Whether a `;` put directly after this text would be part of a line comment. */
export function endsInLineComment(text: string): boolean {
  let last: Token | null = null;
  for (let at = 0; at < text.length; at = last.end) last = tokenAt(text, at);
  return last !== null && last.kind === 'comment' && text.startsWith('--', last.start);
}
