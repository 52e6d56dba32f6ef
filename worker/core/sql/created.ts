/** Which table a statement creates. Pure. */
import { tokenAt } from './tokens.ts';

const isName = (kind: string): boolean => kind === 'word' || kind === 'quoted' || kind === 'string';

/** The name, unquoted, or null when the statement creates no ordinary table. */
export function createdTable(sql: string): string | null {
  const words = headOf(sql, 8);
  const said = (at: number, word: string) => words[at]?.kind === 'word' && words[at].text.toUpperCase() === word;
  if (!said(0, 'CREATE') || !said(1, 'TABLE')) return null;
  let at = 2;
  if (said(at, 'IF') && said(at + 1, 'NOT') && said(at + 2, 'EXISTS')) at += 3;
  if (words[at + 1]?.text === '.') at += 2;
  const name = words[at];
  return name && isName(name.kind) ? unquoted(name.text, name.kind) : null;
}

function headOf(sql: string, length: number): { kind: string; text: string }[] {
  const words: { kind: string; text: string }[] = [];
  for (let at = 0; at < sql.length && words.length < length; ) {
    const token = tokenAt(sql, at);
    at = token.end;
    if (token.kind !== 'space' && token.kind !== 'comment')
      words.push({ kind: token.kind, text: sql.slice(token.start, token.end) });
  }
  return words;
}

/** A bare word is itself; in quotes a doubled quote stands for one, except in brackets. */
function unquoted(text: string, kind: string): string {
  if (kind === 'word') return text;
  const inner = text.slice(1, -1);
  const quote = text[0] as string;
  return quote === '[' ? inner : inner.replaceAll(quote + quote, quote);
}
