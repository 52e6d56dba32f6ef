/** Reads the text of a CREATE INDEX: SQLite tells an index's columns, but its expressions and its condition only as SQL text. */
import { isWord, meaningful, type Token, textOf, tokenAt } from '../sql/tokens.ts';

export interface IndexText {
  /** One for each key part: the expression's text, without ASC or DESC. */
  readonly terms: readonly string[];
  readonly where: string | null;
}

/** Null when the text has no list of keys. Comments are left out, so that a part can be put into another text. */
export function readIndexText(sql: string): IndexText | null {
  const tokens = [...meaningful(sql)];
  const symbolAt = (i: number) => (tokens[i]?.kind === 'symbol' ? sql[tokens[i].start] : undefined);
  const open = tokens.findIndex((_, i) => symbolAt(i) === '(');
  if (open < 0) return null;
  const terms: string[] = [];
  let depth = 0;
  let start = open + 1;
  for (let i = open; i < tokens.length; i++) {
    if (symbolAt(i) === '(') depth++;
    if (symbolAt(i) === ')') depth--;
    if (depth > 1 || (depth === 1 && symbolAt(i) !== ',')) continue;
    terms.push(termText(sql, tokens.slice(start, i)));
    start = i + 1;
    if (depth === 0) return { terms, where: conditionText(sql, tokens.slice(start)) };
  }
  return null;
}

function termText(sql: string, tokens: readonly Token[]): string {
  const last = tokens.at(-1);
  const ordered = last !== undefined && tokens.length > 1 && (isWord(sql, last, 'ASC') || isWord(sql, last, 'DESC'));
  return spelled(sql, ordered ? tokens.slice(0, -1) : tokens);
}

function conditionText(sql: string, tokens: readonly Token[]): string | null {
  const where = tokens.findIndex((token) => isWord(sql, token, 'WHERE'));
  return where < 0 ? null : spelled(sql, tokens.slice(where + 1));
}

/** From the first token to the last as it stands there, a space for each comment. */
function spelled(sql: string, tokens: readonly Token[]): string {
  const end = tokens.at(-1)?.end ?? 0;
  let text = '';
  for (let at = tokens[0]?.start ?? end; at < end; ) {
    const token = tokenAt(sql, at);
    text += token.kind === 'comment' ? ' ' : textOf(sql, token);
    at = token.end;
  }
  return text;
}
