/** Cuts SQL text into statements, by the rule of `sqlite3_complete`: a trigger ends at the `;` of a `; END ;`. */
import { type Token, tokenAt } from './tokens.ts';

export interface Piece {
  /** Without the `;` and without space around it; comments before it are left out. */
  readonly sql: string;
  /** Where the next statement begins. */
  readonly end: number;
  /** False when the text ended before a `;`, or inside quotes. */
  readonly complete: boolean;
}

/** The runs of characters that cannot matter: skipping them at once is what makes a text of 8 MiB quick. */
const DULL = /[0-9 \t\r\n,()+*=<>.|]+/y;
const TRIGGER_HEAD = /^(?:EXPLAIN\s+(?:QUERY\s+PLAN\s+)?)?CREATE\s+(?:TEMP\s+|TEMPORARY\s+)?TRIGGER$/i;

/** Where a statement stands: `head` while its first words can still make it a trigger. */
interface Progress {
  head: string[];
  trigger: boolean;
  /** The last two meaningful tokens were `;` `END`. */
  tail: 'none' | 'semicolon' | 'end';
}

/** The statement at `from`, or null when only space and comments are left. */
export function statementAt(text: string, from: number): Piece | null {
  const progress: Progress = { head: [], trigger: false, tail: 'none' };
  let start = -1;
  for (let at = from; at < text.length; ) {
    const skipped = start < 0 ? at : dullUntil(text, at);
    if (skipped > at) {
      if (progress.trigger && /\S/.test(text.slice(at, skipped))) progress.tail = 'none';
      at = skipped;
      continue;
    }
    const token = tokenAt(text, at);
    at = token.end;
    if (token.kind === 'space' || token.kind === 'comment') continue;
    if (start < 0 && text[token.start] === ';') continue;
    if (start < 0) start = token.start;
    if (endsWith(progress, text, token)) return { sql: text.slice(start, token.start).trimEnd(), end: token.end, complete: true };
  }
  if (start < 0) return null;
  return { sql: text.slice(start).trimEnd(), end: text.length, complete: false };
}

function dullUntil(text: string, at: number): number {
  DULL.lastIndex = at;
  return DULL.test(text) ? DULL.lastIndex : at;
}

/** Takes one meaningful token; true when it is the `;` that ends the statement. */
function endsWith(progress: Progress, text: string, token: Token): boolean {
  const semicolon = token.kind === 'symbol' && text[token.start] === ';';
  if (!progress.trigger) {
    if (semicolon) return true;
    if (progress.head.length < 6) noteHead(progress, text, token);
    return false;
  }
  if (semicolon && progress.tail === 'end') return true;
  if (semicolon) progress.tail = 'semicolon';
  else progress.tail = progress.tail === 'semicolon' && isEnd(text, token) ? 'end' : 'none';
  return false;
}

const isEnd = (text: string, { start, end, kind }: Token): boolean =>
  kind === 'word' && end - start === 3 && text.slice(start, end).toUpperCase() === 'END';

function noteHead(progress: Progress, text: string, token: Token): void {
  progress.head.push(text.slice(token.start, token.end));
  progress.trigger = TRIGGER_HEAD.test(progress.head.join(' '));
}

/** All statements of a text. */
export function* statements(text: string): Generator<Piece> {
  for (let at = 0; ; ) {
    const piece = statementAt(text, at);
    if (piece === null) return;
    yield piece;
    at = piece.end;
  }
}
