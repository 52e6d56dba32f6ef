/** Names that a script must leave alone. */
import { isLedger, isOurs, sameName } from '../../schema/names.ts';
import type { Rule } from '../rule.ts';
import { lastOf } from '../state.ts';
import type { Statement } from '../statement.ts';
import { dmlOf, everythingIn } from './shared.ts';

/** Names that the statement makes, changes, drops or writes. */
function touched({ what }: Statement): string[] {
  switch (what.kind) {
    case 'create':
      return what.created.kind === 'index' || what.created.kind === 'trigger'
        ? [what.created.def.name, what.created.def.table]
        : [what.created.def.name];
    case 'create-as':
      return [what.name];
    case 'drop':
      return [lastOf(what.path)];
    case 'alter':
      return [lastOf(what.path), ...(what.action.kind === 'rename' ? [what.action.to] : [])];
    case 'dml':
      return what.dml.kind === 'select' ? [] : [lastOf(what.dml.target.path)];
    case 'pragma':
      return what.value === null ? [] : [what.value];
    case 'command':
    case 'unread':
      return [];
  }
}

const reservedName: Rule = {
  code: 'lint/reserved-name',
  level: 'stop',
  title: 'Names that belong to somebody else',
  doc: `Whatever begins with \`_cf_\`, in any case, belongs to Cloudflare: creating, reading and even asking a pragma about it is refused.
\`sqlite_\` belongs to SQLite, which lets nobody create such a table. \`_lk_\`, both migration ledgers and \`audit_logs\` are what the
control plane keeps its books in: a script that changes them makes them lie.

Take another name; for ledgers use the migrations' own jobs.`,
  examples: {
    bad: [
      { sql: 'CREATE TABLE _CF_mine (id INTEGER PRIMARY KEY)' },
      { sql: 'SELECT * FROM _cf_KV' },
      { sql: 'CREATE TABLE sqlite_mine (id INTEGER PRIMARY KEY)' },
      { sql: 'DELETE FROM d1_migrations WHERE id = 1' },
    ],
    good: [
      { sql: 'SELECT name FROM sqlite_schema' },
      {
        sql: "UPDATE sqlite_sequence SET seq = 0 WHERE name = 't'",
        schema: 'CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT)',
      },
    ],
  },
  check: ({ statement }) => {
    const names = touched(statement);
    const read = everythingIn(statement).sources.flatMap((source) => (source.kind === 'table' ? [lastOf(source.path)] : []));
    const platform = [...names, ...read].find((name) => /^_cf_/i.test(name));
    if (platform !== undefined)
      return [
        { message: `${platform}: names that begin with _cf_ belong to Cloudflare.`, hint: 'Take another name.', table: platform },
      ];
    const sqlite = dmlOf(statement) === null ? names.find((name) => /^sqlite_/i.test(name)) : undefined;
    if (sqlite !== undefined && statement.what.kind !== 'pragma')
      return [{ message: `${sqlite}: names that begin with sqlite_ belong to SQLite.`, hint: 'Take another name.', table: sqlite }];
    const books = names.find((name) => isOurs(name) || isLedger(name) || sameName(name, 'audit_logs'));
    if (books === undefined || statement.what.kind === 'pragma') return [];
    return [
      {
        message: `${books} is where the control plane keeps its books.`,
        hint: 'Leave it alone; mark migrations by a job.',
        level: 'danger',
        table: books,
      },
    ];
  },
};

export const RESERVED: readonly Rule[] = [reservedName];
