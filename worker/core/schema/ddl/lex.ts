/** SQLite's tokens, whole: what `sql/tokens.ts` leaves in characters (operators, reals, placeholders) is one token here. */
import { syntaxFailure } from './problem.ts';

export type LexKind = 'word' | 'quoted' | 'string' | 'number' | 'blob' | 'placeholder' | 'symbol' | 'end';

export interface Lexeme {
  readonly kind: LexKind;
  /** As written. */
  readonly text: string;
  /** Of a word in upper case, of a symbol the symbol, otherwise empty: what keywords and operators are compared with. */
  readonly upper: string;
  readonly start: number;
  readonly end: number;
}

const SPACE = /(?:[ \t\n\f\r]+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?(?:\*\/|$))+/y;
/** Everything beyond ASCII is a letter to SQLite. */
const WORD = /[A-Za-z_\u0080-\uffff][A-Za-z0-9_$\u0080-\uffff]*/y;
const ASCII_WORD = /^[A-Za-z0-9_$]*$/;
const NUMBER =
  /0[xX][0-9a-fA-F]+(?:_[0-9a-fA-F]+)*|(?:\d+(?:_\d+)*(?:\.(?:\d+(?:_\d+)*)?)?|\.\d+(?:_\d+)*)(?:[eE][+-]?\d+(?:_\d+)*)?/y;
const AFTER_NUMBER = /[A-Za-z0-9_$\u0080-\uffff]/;
const PLACEHOLDER = /\?\d*|[:@#$][A-Za-z0-9_$\u0080-\uffff]+(?:::[A-Za-z0-9_$\u0080-\uffff]+)*/y;
const SYMBOL = /->>|->|\|\||<<|>>|<=|>=|<>|==|!=|[-+*/%&|~<>=(),;.]/y;
const BLOB = /[xX]'(?:[0-9a-fA-F]{2})*'/y;

function endAt(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

/** Inside `'…'`, `"…"` and `` `…` `` a doubled quote is the quote itself; `[…]` has no escape. */
function endOfQuoted(text: string, at: number): number {
  const open = text[at] as string;
  const close = open === '[' ? ']' : open;
  for (let from = at + 1; ; ) {
    const found = text.indexOf(close, from);
    if (found < 0) throw syntaxFailure(`${open} is never closed`, at);
    if (open === '[' || text[found + 1] !== close) return found + 1;
    from = found + 2;
  }
}

/** All tokens but space and comments, and an `end` after the last. Throws a SyntaxFailure. */
export function lex(text: string): Lexeme[] {
  const found: Lexeme[] = [];
  for (let at = endAt(SPACE, text, 0); at < text.length; ) {
    const next = lexemeAt(text, at);
    found.push(next);
    at = endAt(SPACE, text, next.end);
  }
  found.push({ kind: 'end', text: '', upper: '', start: text.length, end: text.length });
  return found;
}

function lexemeAt(text: string, at: number): Lexeme {
  const code = text.charCodeAt(at);
  // ( ) , ; are a third of all tokens, and need no pattern.
  if (code === 40 || code === 41 || code === 44 || code === 59) return symbolOf(text, at, at + 1);
  if (code === 39) return made('string', text, at, endOfQuoted(text, at));
  if (code === 34 || code === 96 || code === 91) return made('quoted', text, at, endOfQuoted(text, at));
  const blob = code === 120 || code === 88 ? endAt(BLOB, text, at) : at;
  if (blob > at) return made('blob', text, at, blob);
  const word = endAt(WORD, text, at);
  if (word > at) return wordOf(text, at, word);
  const number = endAt(NUMBER, text, at);
  if (number > at) return numberOf(text, at, number);
  const placeholder = endAt(PLACEHOLDER, text, at);
  if (placeholder > at) return made('placeholder', text, at, placeholder);
  const symbol = endAt(SYMBOL, text, at);
  if (symbol === at) throw syntaxFailure(`${JSON.stringify(text[at])} has no meaning in SQL`, at);
  return symbolOf(text, at, symbol);
}

function symbolOf(text: string, start: number, end: number): Lexeme {
  const symbol = text.slice(start, end);
  return { kind: 'symbol', text: symbol, upper: symbol, start, end };
}

const made = (kind: LexKind, text: string, start: number, end: number): Lexeme => ({
  kind,
  text: text.slice(start, end),
  upper: '',
  start,
  end,
});

function wordOf(text: string, start: number, end: number): Lexeme {
  const word = text.slice(start, end);
  if (text.charCodeAt(end) === 39 && (word === 'x' || word === 'X'))
    throw syntaxFailure('a blob is written in pairs of hex digits', start);
  // A letter beyond ASCII can turn into an ASCII one in upper case, which would make a keyword of it.
  return { kind: 'word', text: word, upper: ASCII_WORD.test(word) ? word.toUpperCase() : word, start, end };
}

function numberOf(text: string, start: number, end: number): Lexeme {
  if (AFTER_NUMBER.test(text[end] ?? '')) throw syntaxFailure('a number runs into a word', start);
  return made('number', text, start, end);
}
