/** What only the text of a CREATE statement tells: D1 answers no pragma for it. */
import { isWord, meaningful, type Token, textOf, unquoted } from '../sql/tokens.ts';
import { foldName } from './names.ts';

const CONSTRAINTS = new Set(['CONSTRAINT', 'PRIMARY', 'UNIQUE', 'CHECK', 'FOREIGN']);

/** The tokens between the outer parentheses, cut at the commas between them; each token with how deep in parentheses it stands. */
function definitions(sql: string): { token: Token; depth: number }[][] {
  const found: { token: Token; depth: number }[][] = [];
  let depth = 0;
  for (const token of meaningful(sql)) {
    const symbol = token.kind === 'symbol' ? sql[token.start] : '';
    if (symbol === '(') depth += 1;
    if (depth === 1 && symbol === '(') found.push([]);
    else if (depth === 1 && symbol === ',') found.push([]);
    else if (depth > 0 && !(depth === 1 && symbol === ')')) found.at(-1)?.push({ token, depth });
    if (symbol === ')') {
      depth -= 1;
      if (depth === 0) break;
    }
  }
  return found;
}

/** Column name (folded) to its COLLATE, for the columns that declare one. */
export function declaredCollations(createTable: string): Map<string, string> {
  const collations = new Map<string, string>();
  for (const definition of definitions(createTable)) {
    const [first] = definition;
    if (!first || (first.token.kind === 'word' && CONSTRAINTS.has(textOf(createTable, first.token).toUpperCase()))) continue;
    const at = definition.findLastIndex(({ token, depth }) => depth === 1 && isWord(createTable, token, 'COLLATE'));
    const named = at < 0 ? undefined : definition[at + 1];
    if (named) collations.set(foldName(unquoted(textOf(createTable, first.token))), unquoted(textOf(createTable, named.token)));
  }
  return collations;
}

export const declaresAutoincrement = (createTable: string): boolean =>
  definitions(createTable).some((definition) =>
    definition.some(({ token, depth }, n) => n > 0 && depth === 1 && isWord(createTable, token, 'AUTOINCREMENT')),
  );

/** `USING module(arguments)` of a virtual table. Arguments as written, space around them removed. */
export function virtualTable(createVirtual: string): { module: string; args: string[] } {
  const tokens = [...meaningful(createVirtual)];
  const using = tokens.findIndex((token) => isWord(createVirtual, token, 'USING'));
  const name = tokens[using + 1];
  const module = name ? unquoted(textOf(createVirtual, name)).toLowerCase() : '';
  const args = definitions(createVirtual.slice(name?.end ?? createVirtual.length)).map((definition) =>
    definition.map((part) => part.token),
  );
  const body = createVirtual.slice(name?.end ?? createVirtual.length);
  return { module, args: args.map((part) => (part.length === 0 ? '' : body.slice(part[0]?.start, part.at(-1)?.end))) };
}

export type FtsContent =
  | { readonly kind: 'own' }
  | { readonly kind: 'contentless' }
  | { readonly kind: 'external'; readonly table: string };

/** Where an FTS5 table keeps its text. */
export function ftsContent(createVirtual: string): FtsContent {
  for (const arg of virtualTable(createVirtual).args) {
    const [, value] = /^content\s*=\s*([\s\S]*)$/i.exec(arg) ?? [];
    if (value === undefined) continue;
    const table = unquoted(value.trim());
    return table === '' ? { kind: 'contentless' } : { kind: 'external', table };
  }
  return { kind: 'own' };
}

/** Whether the text mentions this name as a word or a quoted name. */
export const mentions = (sql: string, name: string): boolean => {
  const wanted = foldName(name);
  for (const token of meaningful(sql)) {
    if (token.kind !== 'number' && token.kind !== 'symbol' && foldName(unquoted(textOf(sql, token))) === wanted) return true;
  }
  return false;
};
