/** Words in double quotes: names where there is one, and otherwise, silently, text. */
import type { SchemaDef } from '../../../protocol/schema.ts';
import type { Expr } from '../../schema/ddl/ast.ts';
import { foldName, sameName } from '../../schema/names.ts';
import { unquoted } from '../../sql/tokens.ts';
import type { Context, Rule } from '../rule.ts';
import { lastOf, tableNamed } from '../state.ts';
import { everythingIn, treesIn } from './shared.ts';

const ROWIDS = ['rowid', '_rowid_', 'oid'];

/** Every name that a column can go by in the statement; null where something in it has columns that we do not know. */
function namesIn({ statement, before }: Context): Set<string> | null {
  const { what } = statement;
  const found = everythingIn(statement);
  const names = new Set(ROWIDS);
  const add = (list: readonly string[]) => {
    for (const name of list) names.add(foldName(name));
  };
  const tables: string[] = [];
  if (what.kind === 'dml' && what.dml.kind !== 'select') tables.push(lastOf(what.dml.target.path));
  for (const tree of treesIn(statement)) if (tree.kind !== 'select') tables.push(lastOf(tree.target.path));
  if (what.kind === 'create' && what.created.kind === 'table') add(what.created.def.columns.map(({ name }) => name));
  if (what.kind === 'alter') tables.push(lastOf(what.path));
  if (what.kind === 'alter' && what.action.kind === 'add') add(what.action.written.columns.map(({ name }) => name));
  const ctes = new Set<string>();
  const withs = found.selects
    .flatMap((select) => select.with ?? [])
    .concat((what.kind === 'dml' && what.dml.kind !== 'select' && what.dml.with) || []);
  for (const { name, columns } of withs.flatMap((each) => each.ctes)) {
    ctes.add(foldName(name));
    add([name, ...(columns ?? [])]);
  }
  for (const source of found.sources) {
    if (source.alias !== null) add([source.alias]);
    if (source.kind !== 'table' || ctes.has(foldName(lastOf(source.path)))) continue;
    if (source.args !== null) return null;
    tables.push(lastOf(source.path));
  }
  for (const name of tables) {
    const columns = columnsOf(before, name);
    if (columns === null) return null;
    add(columns);
  }
  for (const { cores } of found.selects) {
    for (const { core } of cores) {
      if (core.kind !== 'select') continue;
      add(core.columns.flatMap((column) => (column.kind === 'expression' && column.alias !== null ? [column.alias] : [])));
      add(core.windows.map(([name]) => name));
    }
  }
  return names;
}

/** Null: a view, a virtual table, or nothing that we know. */
const columnsOf = (schema: SchemaDef, name: string): string[] | null =>
  tableNamed(schema, name)?.columns.map((column) => column.name) ?? null;

const isDoubleQuoted = (expression: Expr): expression is Extract<Expr, { kind: 'column' }> =>
  expression.kind === 'column' && expression.quote === '"' && expression.path.length === 1;

/** In an index every quoted word is looked at: what the definition holds is already a string. */
function inIndex({ statement, before }: Context): { text: string; at: number }[] {
  const { what } = statement;
  if (what.kind !== 'create' || what.created.kind !== 'index') return [];
  const { table: on, name: own } = what.created.def;
  const table = tableNamed(before, on);
  if (!table) return [];
  const known = [own, on, ...ROWIDS, 'main', 'nocase', 'rtrim', 'binary', ...table.columns.map(({ name }) => name)];
  return statement.lexemes
    .filter(({ kind, text }) => kind === 'quoted' && text.startsWith('"'))
    .map(({ text, start }) => ({ text: unquoted(text), at: start }))
    .filter(({ text }) => !known.some((name) => sameName(name, text)));
}

const doubleQuotedString: Rule = {
  code: 'lint/double-quoted-string',
  level: 'warning',
  title: 'Text in double quotes',
  doc: `Double quotes are for names. Where no column has the name, SQLite on D1 takes \`"text"\` for the text itself, without a word: a
misspelt column in double quotes becomes a constant, and \`WHERE "emial" = ?\` finds nothing instead of failing.

Write text in single quotes, and look twice at the name if a column was meant.`,
  examples: {
    bad: [
      { sql: 'SELECT * FROM users WHERE "emial" = ?', schema: 'CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT)' },
      { sql: 'CREATE TABLE t (id INTEGER PRIMARY KEY, state TEXT DEFAULT "open")' },
      { sql: 'CREATE TABLE t (id INTEGER PRIMARY KEY, state TEXT CHECK (state <> "gone"))' },
      {
        sql: 'CREATE INDEX i ON users (email) WHERE email <> "nobody"',
        schema: 'CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT)',
      },
    ],
    good: [
      {
        sql: `SELECT "id", u."email" AS "Mail" FROM "users" u WHERE email = 'x' ORDER BY "Mail"`,
        schema: 'CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT)',
      },
      { sql: 'CREATE INDEX "i" ON "users" ("email")', schema: 'CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT)' },
    ],
  },
  check: (context) => {
    const names = namesIn(context);
    const words = everythingIn(context.statement)
      .expressions.filter(isDoubleQuoted)
      .map(({ path, at }) => ({ text: path[0] as string, at }))
      .filter(({ text }) => names !== null && !names.has(foldName(text)));
    return [...words, ...inIndex(context)].map(({ text, at }) => ({
      message: `"${text}" is no column here: it is taken for the text '${text}'.`,
      hint: 'Use single quotes for text, or correct the name.',
      offset: at,
    }));
  },
};

export const STRINGS: readonly Rule[] = [doubleQuotedString];
