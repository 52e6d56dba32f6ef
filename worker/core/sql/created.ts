/** Which tables a statement, or a batch of them, makes. Pure. */
import { foldName, isOurs } from '../schema/names.ts';
import { tokenAt } from './tokens.ts';

const isName = (kind: string): boolean => kind === 'word' || kind === 'quoted' || kind === 'string';

interface Token {
  readonly kind: string;
  readonly text: string;
}

/** The name, unquoted, or null when the statement creates no ordinary table. */
export function createdTable(sql: string): string | null {
  const words = headOf(sql, 8);
  return says(words, 0, 'CREATE', 'TABLE') ? (nameAt(words, optional(words, 2, 'IF', 'NOT', 'EXISTS'))?.name ?? null) : null;
}

/**
 * The tables that these statements make, under the names that they have at the end: without those that are dropped again. One that gets a
 * user's name in the place of ours is made by that, whatever batch has created it, unless it has only passed through ours.
 */
export function tablesMade(statements: readonly string[]): string[] {
  const made = new Map<string, string>();
  const passing = new Set<string>();
  for (const sql of statements) {
    const words = headOf(sql, 8);
    const created = createdTable(sql);
    if (created !== null) made.set(foldName(created), created);
    const dropped = says(words, 0, 'DROP', 'TABLE') ? nameAt(words, optional(words, 2, 'IF', 'EXISTS')) : null;
    if (dropped) made.delete(foldName(dropped.name));
    const altered = says(words, 0, 'ALTER', 'TABLE') ? nameAt(words, 2) : null;
    const renamed = altered && says(words, altered.next, 'RENAME', 'TO') ? nameAt(words, altered.next + 2) : null;
    if (!altered || !renamed) continue;
    const [before, after] = [foldName(altered.name), foldName(renamed.name)];
    if (made.delete(before) || (isOurs(before) && !isOurs(after) && !passing.has(before))) made.set(after, renamed.name);
    else passing.add(after);
  }
  return [...made.values()];
}

const says = (words: readonly Token[], at: number, ...expected: readonly string[]): boolean =>
  expected.every((word, index) => words[at + index]?.kind === 'word' && words[at + index]?.text.toUpperCase() === word);

const optional = (words: readonly Token[], at: number, ...expected: readonly string[]): number =>
  says(words, at, ...expected) ? at + expected.length : at;

/** The name that stands there, whatever schema is named before it, and where it goes on. */
function nameAt(words: readonly Token[], at: number): { name: string; next: number } | null {
  const place = words[at + 1]?.text === '.' ? at + 2 : at;
  const found = words[place];
  return found && isName(found.kind) ? { name: unquoted(found.text, found.kind), next: place + 1 } : null;
}

function headOf(sql: string, length: number): Token[] {
  const words: Token[] = [];
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
