/** Constructs that SQLite has and D1 does not take: measured in FACTS 1.2 and 1.3. */
import type { Report, Rule } from '../rule.ts';
import { lastOf } from '../state.ts';
import type { Statement } from '../statement.ts';
import { everythingIn } from './shared.ts';

const TRANSACTIONS: ReadonlySet<string> = new Set(['BEGIN', 'COMMIT', 'END', 'ROLLBACK', 'SAVEPOINT', 'RELEASE']);

const command = (words: ReadonlySet<string>, { what }: Statement, report: (word: string) => Report): Report[] =>
  what.kind === 'command' && words.has(what.word) ? [report(what.word)] : [];

const transaction: Rule = {
  code: 'lint/transaction',
  level: 'stop',
  title: 'Transactions by SQL',
  doc: `D1 refuses BEGIN, COMMIT, ROLLBACK, SAVEPOINT and RELEASE.

Statements that belong together go into one batch: it is one transaction, and all of it happens or nothing.`,
  examples: { bad: [{ sql: 'BEGIN TRANSACTION; COMMIT' }, { sql: 'SAVEPOINT a' }], good: [{ sql: 'SELECT 1' }] },
  check: ({ statement }) =>
    command(TRANSACTIONS, statement, (word) => ({
      message: `D1 refuses ${word}.`,
      hint: 'Leave it out: a batch is one transaction.',
    })),
};

const attach: Rule = {
  code: 'lint/attach',
  level: 'stop',
  title: 'ATTACH and VACUUM',
  doc: `A D1 database is one file that nobody else sees: ATTACH, DETACH and VACUUM are refused.

To move rows between databases, export and import them. Space that deleted rows leave is used again by new ones.`,
  examples: { bad: [{ sql: "ATTACH 'other.db' AS other" }, { sql: 'VACUUM' }], good: [{ sql: 'ANALYZE' }] },
  check: ({ statement }) =>
    command(new Set(['ATTACH', 'DETACH', 'VACUUM']), statement, (word) => ({
      message: `D1 refuses ${word}.`,
      hint: 'Leave it out.',
    })),
};

const temporary: Rule = {
  code: 'lint/temporary',
  level: 'stop',
  title: 'Temporary tables, views and triggers',
  doc: `D1 refuses CREATE TEMP. There is no connection that a temporary table could live as long as.

Use an ordinary table and drop it at the end of the batch, or a WITH clause.`,
  examples: {
    bad: [{ sql: 'CREATE TEMP TABLE t (a INTEGER PRIMARY KEY)' }, { sql: 'CREATE TEMPORARY VIEW v AS SELECT 1' }],
    good: [{ sql: 'WITH t AS (SELECT 1 AS a) SELECT a FROM t' }],
  },
  check: ({ statement: { what } }) =>
    (what.kind === 'create' || what.kind === 'create-as') && what.temporary
      ? [{ message: 'D1 refuses temporary objects.', hint: 'Use an ordinary table and drop it, or WITH.' }]
      : [],
};

const ALLOWED_PRAGMAS: ReadonlySet<string> = new Set([
  ...['foreign_keys', 'defer_foreign_keys', 'ignore_check_constraints', 'legacy_alter_table', 'recursive_triggers'],
  ...['case_sensitive_like', 'reverse_unordered_selects', 'table_list', 'table_info', 'table_xinfo', 'index_list', 'index_info'],
  ...['index_xinfo', 'foreign_key_list', 'foreign_key_check', 'quick_check', 'optimize', 'data_version', 'page_size'],
]);

const refusedPragma: Rule = {
  code: 'lint/refused-pragma',
  level: 'stop',
  title: 'A PRAGMA that D1 does not take',
  doc: `D1 takes a short list of pragmas: the ones that describe tables and indexes, \`foreign_key_check\`, \`quick_check\`, \`optimize\`,
and a few switches. Everything else (\`journal_mode\`, \`user_version\`, \`integrity_check\`, \`page_count\` …) is answered with
\`not authorized: SQLITE_AUTH\`, which fails the whole batch.

Leave it out. For \`integrity_check\` use \`quick_check\`; for the size look at \`meta.size_after\` of any answer.`,
  examples: {
    bad: [{ sql: 'PRAGMA journal_mode = WAL' }, { sql: 'PRAGMA user_version' }],
    good: [{ sql: 'PRAGMA table_info(t)' }, { sql: 'PRAGMA defer_foreign_keys = on' }],
  },
  check: ({ statement: { what } }) =>
    what.kind === 'pragma' && !ALLOWED_PRAGMAS.has(what.name)
      ? [{ message: `D1 refuses PRAGMA ${what.name}.`, hint: 'Leave it out.' }]
      : [],
};

const OFF: ReadonlySet<string> = new Set(['off', '0', 'no', 'false']);

const foreignKeysOff: Rule = {
  code: 'lint/foreign-keys-off',
  level: 'warning',
  title: 'PRAGMA foreign_keys = OFF has no effect',
  doc: `D1 takes the statement and goes on enforcing foreign keys. Migrations that count on it, as ORMs write them for a table rebuild,
delete or change the rows of every table that refers to the rebuilt one.

For checks at the end of the batch only: \`PRAGMA defer_foreign_keys = ON\`. For a rebuild: let "schema.sync" plan it.`,
  examples: {
    bad: [{ sql: 'PRAGMA foreign_keys=OFF' }],
    good: [{ sql: 'PRAGMA foreign_keys' }, { sql: 'PRAGMA foreign_keys=ON' }],
  },
  check: ({ statement: { what } }) =>
    what.kind === 'pragma' && what.name === 'foreign_keys' && what.value !== null && OFF.has(what.value.toLowerCase())
      ? [
          {
            message: 'Foreign keys stay enforced on D1.',
            hint: 'Use PRAGMA defer_foreign_keys = ON, or plan the rebuild with schema.sync.',
          },
        ]
      : [],
};

const LEFT_ON: ReadonlySet<string> = new Set([
  'ignore_check_constraints',
  'case_sensitive_like',
  'legacy_alter_table',
  'recursive_triggers',
]);

const pragmaLeftOn: Rule = {
  code: 'lint/pragma-left-on',
  level: 'warning',
  title: 'A switch that stays on',
  doc: `\`ignore_check_constraints\`, \`case_sensitive_like\`, \`legacy_alter_table\` and \`recursive_triggers\` may stay as they were set for
whoever uses the connection next: with \`ignore_check_constraints\` on, rows that break a CHECK get in unnoticed.

Set it back in the same batch.`,
  examples: {
    bad: [{ sql: 'PRAGMA ignore_check_constraints = on; SELECT 1' }],
    good: [{ sql: 'PRAGMA legacy_alter_table = on; SELECT 1; PRAGMA legacy_alter_table = off' }],
  },
  check: ({ statement, statements }) => {
    const { what } = statement;
    if (what.kind !== 'pragma' || !LEFT_ON.has(what.name) || what.value === null || OFF.has(what.value.toLowerCase())) return [];
    const { name } = what;
    const reset = statements
      .slice(statement.n + 1)
      .some(({ what: later }) => later.kind === 'pragma' && later.name === name && later.value !== null);
    return reset ? [] : [{ message: `PRAGMA ${name} is not set back.`, hint: `End with PRAGMA ${name} = off.` }];
  },
};

const REFUSED_FUNCTIONS =
  /^(?:load_extension|sqlite_\w+|regexp|sha3|sha3_query|median|percentile\w*|unistr|unistr_quote|edit|readfile|writefile|fts3_tokenizer)$/i;

const refusedFunction: Rule = {
  code: 'lint/refused-function',
  level: 'stop',
  title: 'A function that D1 does not have',
  doc: `D1 has SQLite's core, date, aggregate, window, math and JSON functions. \`load_extension\`, \`sqlite_version\` and its kin are
refused, and functions of the sqlite3 shell (\`regexp\`, \`sha3\`, \`median\`, \`readfile\`) do not exist, so the REGEXP operator
fails, too.

Compute it in the Worker, or with LIKE, GLOB and \`instr\`.`,
  examples: {
    bad: [{ sql: "SELECT load_extension('x')" }, { sql: "SELECT a FROM t WHERE a REGEXP '^x'" }],
    good: [{ sql: "SELECT lower(a), sqrt(4), json_extract('{}', '$.b') FROM t WHERE a GLOB 'x*'" }],
  },
  check: ({ statement }) =>
    everythingIn(statement).expressions.flatMap((expression) => {
      const hint = 'Compute it in the Worker.';
      if (expression.kind === 'like' && expression.op === 'REGEXP')
        return [{ message: 'D1 has no REGEXP.', hint: 'Use LIKE or GLOB, or filter in the Worker.', offset: expression.at }];
      if (expression.kind !== 'call' || !REFUSED_FUNCTIONS.test(expression.name)) return [];
      return [{ message: `D1 has no function ${expression.name}.`, hint, offset: expression.at }];
    }),
};

const refusedAlter: Rule = {
  code: 'lint/refused-alter',
  level: 'stop',
  title: 'ALTER TABLE of constraints',
  doc: `Newer SQLite reads \`ALTER TABLE … ALTER COLUMN … SET NOT NULL\`, \`ADD CONSTRAINT\` and \`DROP CONSTRAINT\`, but D1 refuses what
they do inside. D1 can rename a table, and add, rename and drop columns.

Everything else is a rebuild of the table: let "schema.sync" plan it, so that rows of other tables survive.`,
  examples: {
    bad: [
      { sql: 'ALTER TABLE t ALTER COLUMN a SET NOT NULL', schema: 'CREATE TABLE t (a)' },
      { sql: 'ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0)', schema: 'CREATE TABLE t (a)' },
      { sql: 'ALTER TABLE t DROP CONSTRAINT c', schema: 'CREATE TABLE t (a)' },
    ],
    good: [{ sql: 'ALTER TABLE t ADD COLUMN b INT CHECK (b > 0)', schema: 'CREATE TABLE t (a)' }],
  },
  check: ({ statement: { what } }) =>
    what.kind === 'alter' && what.action.kind === 'refused'
      ? [
          {
            message: `D1 refuses ALTER TABLE … ${what.action.words}.`,
            hint: 'Plan a rebuild with schema.sync.',
            table: lastOf(what.path),
          },
        ]
      : [],
};

const MODULES: ReadonlySet<string> = new Set(['fts5', 'fts5vocab', 'rtree', 'rtree_i32']);

const unknownModule: Rule = {
  code: 'lint/unknown-module',
  level: 'stop',
  title: 'A virtual table of a module that D1 does not have',
  doc: `D1 has \`fts5\` and \`fts5vocab\`, and in newer versions \`rtree\`. Other modules (\`fts3\`, \`fts4\`, \`geopoly\`, \`csv\`,
\`dbstat\`, \`generate_series\`) are not compiled in.

For full-text search use FTS5; for a series of numbers a recursive WITH.`,
  examples: {
    bad: [{ sql: 'CREATE VIRTUAL TABLE f USING fts4(a)' }],
    good: [{ sql: 'CREATE VIRTUAL TABLE f USING fts5(a)' }],
  },
  check: ({ statement: { what } }) => {
    if (what.kind !== 'create' || what.created.kind !== 'virtual-table' || MODULES.has(what.created.def.module)) return [];
    const { module, name } = what.created.def;
    return [{ message: `D1 has no module ${module}.`, hint: 'Use fts5, or an ordinary table.', table: name }];
  },
};

const unread: Rule = {
  code: 'lint/syntax',
  level: 'warning',
  title: 'A statement that cannot be read',
  doc: `The linter could not read the statement. Either there is a mistake in it, at the place that is named, or it uses something that the
linter does not know; then none of the other rules has looked at it.

Correct it, or try it in a rehearsal before it touches the database.`,
  examples: { bad: [{ sql: 'SELEC 1' }, { sql: 'SELECT (1' }], good: [{ sql: 'SELECT 1' }] },
  check: ({ statement: { what } }) =>
    what.kind === 'unread'
      ? [
          {
            message: `Line ${what.problem.line}, column ${what.problem.column}: ${what.problem.message}.`,
            hint: 'Correct it, or rehearse it first.',
            offset: what.problem.offset,
          },
        ]
      : [],
};

export const REFUSED: readonly Rule[] = [
  transaction,
  attach,
  temporary,
  refusedPragma,
  foreignKeysOff,
  pragmaLeftOn,
  refusedFunction,
  refusedAlter,
  unknownModule,
  unread,
];
