/** ALTER TABLE: what SQLite refuses, always or as soon as the table has rows. */
import type { SchemaDef, TableDef } from '../../../protocol/schema.ts';
import { mentions } from '../../schema/create-text.ts';
import { isLiteral } from '../../schema/ddl/normal.ts';
import { foldName, sameName } from '../../schema/names.ts';
import type { Context, HazardLevel, Rule } from '../rule.ts';
import { lastOf, tableNamed } from '../state.ts';

const T = 'CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT UNIQUE); CREATE INDEX ta ON t (a);';

/** The column that ALTER TABLE … ADD adds. */
function added({ statement: { what } }: Context) {
  if (what.kind !== 'alter' || what.action.kind !== 'add') return null;
  const [column] = what.action.written.columns;
  return column ? { table: lastOf(what.path), column, written: what.action.written } : null;
}

/** Refused as soon as there is a row: with rows known, certain; with none, harmless. */
function levelFor(context: Context, table: string): HazardLevel | null {
  const isNew = context.statements
    .slice(0, context.statement.n)
    .some(({ what }) => what.kind === 'create' && what.created.kind === 'table' && sameName(what.created.def.name, table));
  const rows = context.rowsOf(table);
  if (rows === 0 || (rows === null && isNew)) return null;
  return rows === null ? 'danger' : 'stop';
}

const notNullWithoutDefault: Rule = {
  code: 'lint/not-null-without-default',
  level: 'danger',
  title: 'A NOT NULL column without a default on an existing table',
  doc: `ALTER TABLE … ADD COLUMN … NOT NULL needs a DEFAULT that is not NULL: the rows that are there must have some value. Without, it
fails as soon as the table has a row.

Give a default; or add the column without NOT NULL, fill it, and let "schema.sync" rebuild the table with NOT NULL.`,
  examples: {
    bad: [{ sql: 'ALTER TABLE t ADD COLUMN c TEXT NOT NULL', schema: T }],
    good: [
      { sql: "ALTER TABLE t ADD COLUMN c TEXT NOT NULL DEFAULT ''", schema: T },
      { sql: 'ALTER TABLE t ADD COLUMN c TEXT NOT NULL', schema: T, rows: { T: 0 } },
    ],
  },
  check: (context) => {
    const add = added(context);
    const level = add && levelFor(context, add.table);
    if (!add || !level || !add.column.notNull || add.column.generated) return [];
    const { default: value } = add.column;
    if (value && !(value.kind === 'literal' && value.text === 'NULL')) return [];
    const message = `${add.table}.${add.column.name} is NOT NULL and has no default for the rows that are there.`;
    return [{ message, hint: 'Give a DEFAULT, or fill the column first.', level, table: add.table, column: add.column.name }];
  },
};

const movingDefault: Rule = {
  code: 'lint/non-constant-default',
  level: 'danger',
  title: 'A default that is computed, on an existing table',
  doc: `ALTER TABLE … ADD COLUMN takes only a constant default once the table has rows: CURRENT_TIMESTAMP and everything in parentheses are
refused (\`Cannot add a column with non-constant default\`).

Add the column without the default, fill it by UPDATE, and let "schema.sync" rebuild the table with the default.`,
  examples: {
    bad: [
      { sql: 'ALTER TABLE t ADD COLUMN at TEXT DEFAULT CURRENT_TIMESTAMP', schema: T },
      { sql: 'ALTER TABLE t ADD COLUMN at INT DEFAULT (unixepoch())', schema: T },
    ],
    good: [{ sql: 'ALTER TABLE t ADD COLUMN at INT DEFAULT -1', schema: T }],
  },
  check: (context) => {
    const add = added(context);
    const value = add?.column.default;
    const level = add && levelFor(context, add.table);
    if (!add || !value || !level) return [];
    const constant =
      value.kind === 'column' || (isLiteral(value) && !(value.kind === 'literal' && value.text.startsWith('CURRENT_')));
    if (constant) return [];
    const message = `The default of ${add.table}.${add.column.name} is computed, which ADD COLUMN refuses when there are rows.`;
    return [
      {
        message,
        hint: 'Add it without the default, fill it, then plan the default with schema.sync.',
        level,
        table: add.table,
        column: add.column.name,
      },
    ];
  },
};

const addColumnRefused: Rule = {
  code: 'lint/add-column-refused',
  level: 'stop',
  title: 'A column that ALTER TABLE cannot add',
  doc: `ALTER TABLE … ADD COLUMN refuses PRIMARY KEY and UNIQUE always, and a STORED generated column or a REFERENCES with a default
that is not NULL as soon as there are rows.

For UNIQUE add the column and then CREATE UNIQUE INDEX. Use a VIRTUAL generated column. Otherwise plan a rebuild with "schema.sync".`,
  examples: {
    bad: [
      { sql: 'ALTER TABLE t ADD COLUMN c TEXT UNIQUE', schema: T },
      { sql: 'ALTER TABLE t ADD COLUMN c INTEGER PRIMARY KEY', schema: T },
      { sql: 'ALTER TABLE t ADD COLUMN c AS (b + 1) STORED', schema: T },
      { sql: 'ALTER TABLE t ADD COLUMN c INT DEFAULT 1 REFERENCES t(id)', schema: T },
    ],
    good: [
      { sql: 'ALTER TABLE t ADD COLUMN c AS (b + 1)', schema: T },
      { sql: 'ALTER TABLE t ADD COLUMN c INT REFERENCES t(id); CREATE INDEX tc ON t (c)', schema: T },
    ],
  },
  check: (context) => {
    const add = added(context);
    if (!add) return [];
    const { written, column, table } = add;
    const about = { table, column: column.name };
    if (written.primaryKey)
      return [{ ...about, message: 'A PRIMARY KEY column cannot be added.', hint: 'Plan a rebuild with schema.sync.' }];
    if (written.uniques.length > 0)
      return [{ ...about, message: 'A UNIQUE column cannot be added.', hint: 'Add the column, then CREATE UNIQUE INDEX.' }];
    const level = levelFor(context, table);
    if (!level) return [];
    if (column.generated?.kind === 'stored')
      return [
        { ...about, level, message: 'A STORED generated column cannot be added when there are rows.', hint: 'Make it VIRTUAL.' },
      ];
    const hasValue = column.default !== null && !(column.default.kind === 'literal' && column.default.text === 'NULL');
    if (written.foreignKeys.length === 0 || !hasValue) return [];
    return [
      {
        ...about,
        level,
        message: 'A REFERENCES column with a default other than NULL cannot be added when there are rows.',
        hint: 'Leave the default out.',
      },
    ];
  },
};

/** What still needs the column, in words; null: nothing. */
function userOf(schema: SchemaDef, table: TableDef, column: string): string | null {
  const names = (list: readonly { column: string | null; expression?: string | null }[]) =>
    list.some((term) => (term.column !== null ? sameName(term.column, column) : mentions(term.expression ?? '', column)));
  if (names(table.primaryKey?.columns ?? [])) return 'the primary key';
  if (table.uniques.some((unique) => names(unique.columns))) return 'a UNIQUE constraint';
  if (table.foreignKeys.some((key) => key.columns.some((name) => sameName(name, column)))) return 'a foreign key';
  const index = schema.indexes.find(
    (each) => sameName(each.table, table.name) && (names(each.terms) || mentions(each.where ?? '', column)),
  );
  if (index) return `index ${index.name}`;
  if (
    table.columns.some(
      (other) => other.generated && foldName(other.name) !== foldName(column) && mentions(other.generated.expression, column),
    )
  )
    return 'a generated column';
  const trigger = schema.triggers.find((each) => mentions(each.body, column) && sameName(each.table, table.name));
  if (trigger) return `trigger ${trigger.name}`;
  const view = schema.views.find((each) => mentions(each.select, column) && mentions(each.select, table.name));
  return view ? `view ${view.name}` : null;
}

const dropColumnUsed: Rule = {
  code: 'lint/drop-column-used',
  level: 'stop',
  title: 'A column that something still uses is dropped',
  doc: `ALTER TABLE … DROP COLUMN fails while the column is in the primary key, a UNIQUE constraint, a foreign key, an index, a generated
column, a trigger or a view.

Drop the index, trigger or view first and create it again without the column; constraints need a rebuild, which "schema.sync" plans.`,
  examples: {
    bad: [
      { sql: 'ALTER TABLE t DROP COLUMN a', schema: T },
      { sql: 'ALTER TABLE t DROP COLUMN b', schema: T },
      { sql: 'ALTER TABLE t DROP COLUMN id', schema: T },
    ],
    good: [{ sql: 'DROP INDEX ta; ALTER TABLE t DROP COLUMN a', schema: T }],
  },
  check: ({ statement: { what }, before }) => {
    if (what.kind !== 'alter' || what.action.kind !== 'drop') return [];
    const table = tableNamed(before, lastOf(what.path));
    const { column } = what.action;
    const user = table && userOf(before, table, column);
    if (!table || !user) return [];
    return [
      {
        message: `${table.name}.${column} is used by ${user}.`,
        hint: `Drop ${user} first, or plan a rebuild.`,
        table: table.name,
        column,
      },
    ];
  },
};

export const ALTER: readonly Rule[] = [notNullWithoutDefault, movingDefault, addColumnRefused, dropColumnUsed];
