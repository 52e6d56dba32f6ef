/** The text of a table under another name, with the names that its foreign keys say: comments and layout stay as somebody wrote them. */
import type { Rename, TableDef } from '../../../protocol/schema.ts';
import { identifier } from '../../sql/quote.ts';
import { isWord, meaningful, type Token, textOf, unquoted } from '../../sql/tokens.ts';
import { defsEqual } from '../ddl/equal.ts';
import { parseCreate, renderTable } from '../ddl/index.ts';
import { type NameMap, nameMap, renameTable } from '../diff/rename-model.ts';
import { foldName } from '../names.ts';

/** Old name to new name. The definition's own text if it can be told where its names stand in it, otherwise a new one. */
export function renamedText(table: TableDef, names: ReadonlyMap<string, string>): string {
  const renames = [...names].map(([from, to]): Rename => ({ kind: 'table', table: from, from, to }));
  const map = nameMap(renames);
  return (table.sql === null ? null : edited(table.sql, map)) ?? renderTable(renameTable(table, map));
}

/** Null when the result would not mean exactly the same table. */
function edited(sql: string, map: NameMap): string | null {
  const before = parseCreate(sql);
  if (before.kind !== 'table') return null;
  const tokens = [...meaningful(sql)];
  const [create, what, own] = tokens;
  if (!create || !what || !own || !isWord(sql, create, 'CREATE') || !isWord(sql, what, 'TABLE')) return null;
  if (!map.tables.has(nameOf(sql, own))) return null;
  // `t.a` in a check would not find its table, and a rename would not follow it everywhere.
  if (tokens.some((token, n) => sql[tokens[n + 1]?.start ?? 0] === '.' && nameOf(sql, token) === nameOf(sql, own))) return null;
  const places = tokens.filter((token, n) => token === own || isReferences(sql, tokens[n - 1]));
  let text = '';
  let at = 0;
  for (const token of places) {
    const to = map.tables.get(nameOf(sql, token));
    if (to === undefined) continue;
    text += `${sql.slice(at, token.start)}${identifier(to)}`;
    at = token.end;
  }
  text += sql.slice(at);
  const after = parseCreate(text);
  return after.kind === 'table' && defsEqual(after.def, renameTable(before.def, map)) ? text.replace(/[;\s]+$/, '') : null;
}

const nameOf = (sql: string, token: Token): string => foldName(unquoted(textOf(sql, token)));
const isReferences = (sql: string, token: Token | undefined): boolean => token !== undefined && isWord(sql, token, 'REFERENCES');
