/** Statements after which something is gone. */
import { sameName } from '../../schema/names.ts';
import type { Context, Report, Rule } from '../rule.ts';
import { lastOf, tableNamed } from '../state.ts';
import { count, dmlOf, meansAll, referencesTo } from './shared.ts';

const SHOP = `CREATE TABLE customers (id INTEGER PRIMARY KEY, email TEXT);
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers(id) ON DELETE CASCADE);
CREATE INDEX orders_customer ON orders (customer_id);`;

const howMany = ({ rowsOf }: Context, table: string): string => {
  const rows = rowsOf(table);
  return rows === null ? 'all its rows' : `its ${count(rows)} rows`;
};

/** The table that takes this one's name further on: then the drop is one half of a rebuild. */
function rebuiltFrom({ statement, statements }: Context, table: string): string | null {
  for (const { what } of statements.slice(statement.n + 1)) {
    if (what.kind === 'alter' && what.action.kind === 'rename' && sameName(what.action.to, table)) return lastOf(what.path);
    if (what.kind === 'create' && what.created.kind === 'table' && sameName(what.created.def.name, table)) return table;
  }
  return null;
}

/** Whether rows of the table were copied somewhere before. */
const wasCopied = ({ statement, statements }: Context, table: string): boolean =>
  statements.slice(0, statement.n).some((earlier) => {
    if (earlier.what.kind !== 'create-as' && dmlOf(earlier)?.kind !== 'insert') return false;
    return earlier.lexemes.some(({ text }) => sameName(text.replace(/^["`[]([\s\S]*)["`\]]$/, '$1'), table));
  });

/** Whether the script itself took the child's rows away before: they are put back by it, or it means to lose them. */
const wasCleared = ({ statement, statements }: Context, table: string): boolean =>
  statements.slice(0, statement.n).some((earlier) => {
    const dml = dmlOf(earlier);
    return dml?.kind === 'delete' && meansAll(dml.where) && sameName(lastOf(dml.target.path), table);
  });

const dropTable: Rule = {
  code: 'lint/drop-table',
  level: 'danger',
  title: 'A table is dropped',
  doc: `DROP TABLE takes the rows, the indexes and the triggers of the table with it, and there is no way back but a backup.
Because D1 always enforces foreign keys, it first deletes every row, so that rows of other tables that refer to them with
ON DELETE CASCADE or SET NULL are deleted or changed as well.

Take a backup, or rename the table first and drop it when nobody has missed it for a while.`,
  examples: {
    bad: [{ sql: 'DROP TABLE orders', schema: SHOP }],
    good: [
      { sql: 'DROP INDEX orders_customer', schema: SHOP },
      {
        sql: 'CREATE TABLE n (id INTEGER PRIMARY KEY); INSERT INTO n SELECT id FROM orders; DROP TABLE orders; ALTER TABLE n RENAME TO orders',
        schema: SHOP,
      },
    ],
  },
  check: (context) => {
    const { what } = context.statement;
    if (what.kind !== 'drop' || what.object !== 'table') return [];
    const table = lastOf(what.path);
    if (rebuiltFrom(context, table) !== null && wasCopied(context, table)) return [];
    return [
      {
        message: `${table} is dropped with ${howMany(context, table)}.`,
        hint: 'Take a backup first, or rename the table and drop it later.',
        table,
      },
    ];
  },
};

const dropColumn: Rule = {
  code: 'lint/drop-column',
  level: 'danger',
  title: 'A column is dropped',
  doc: `ALTER TABLE … DROP COLUMN rewrites every row without the column's value. There is no way back but a backup, and code that
still names the column fails from that moment on.

Deploy code that no longer uses the column first, and take a backup.`,
  examples: {
    bad: [{ sql: 'ALTER TABLE customers DROP COLUMN email', schema: SHOP }],
    good: [{ sql: 'ALTER TABLE customers RENAME COLUMN email TO mail', schema: SHOP }],
  },
  check: ({ statement: { what } }) => {
    if (what.kind !== 'alter' || what.action.kind !== 'drop') return [];
    const table = lastOf(what.path);
    const { column } = what.action;
    const message = `The values of ${table}.${column} are gone afterwards.`;
    return [{ message, hint: 'Take a backup first, and make sure that no deployed code names the column.', table, column }];
  },
};

const deleteAll: Rule = {
  code: 'lint/delete-all',
  level: 'danger',
  title: 'DELETE without WHERE',
  doc: `A DELETE without a WHERE empties the table, and whatever refers to its rows with ON DELETE CASCADE.

If that is meant, "table.clear" does it in slices, with a preview, a backup and an audit entry. Otherwise the WHERE was forgotten.`,
  examples: {
    bad: [{ sql: 'DELETE FROM orders', schema: SHOP }],
    good: [{ sql: 'DELETE FROM orders WHERE id = 1', schema: SHOP }],
  },
  check: (context) => {
    const dml = dmlOf(context.statement);
    if (dml?.kind !== 'delete' || dml.where !== null || dml.limit !== null) return [];
    const table = lastOf(dml.target.path);
    return [
      {
        message: `${table} loses ${howMany(context, table)}.`,
        hint: 'Say which rows, or clear the table by a job.',
        table,
        offset: dml.target.at,
      },
    ];
  },
};

const updateAll: Rule = {
  code: 'lint/update-all',
  level: 'warning',
  title: 'UPDATE without WHERE',
  doc: `An UPDATE without a WHERE changes every row. The old values are gone, and every row counts as written, once more for each index
on a changed column.

Say which rows. If every row is meant, write \`WHERE true\`, or take the rows that still need it, so that it can be run in parts.`,
  examples: {
    bad: [{ sql: "UPDATE customers SET email = ''", schema: SHOP }],
    good: [{ sql: "UPDATE customers SET email = '' WHERE email IS NULL", schema: SHOP }],
  },
  check: (context) => {
    const dml = dmlOf(context.statement);
    if (dml?.kind !== 'update' || dml.where !== null || dml.from !== null || dml.limit !== null) return [];
    const table = lastOf(dml.target.path);
    const message = `Every row of ${table} is changed: ${howMany(context, table)}.`;
    return [{ message, hint: 'Say which rows; `WHERE true` says that all are meant.', table, offset: dml.target.at }];
  },
};

const insertOrReplace: Rule = {
  code: 'lint/insert-or-replace',
  level: 'warning',
  title: 'OR REPLACE deletes rows',
  doc: `INSERT OR REPLACE, REPLACE and UPDATE OR REPLACE delete the rows that are in the way and put a new one there. Columns that the
statement does not name get their defaults, the rowid changes, and with ON DELETE CASCADE or SET NULL the rows that refer to the old
one are deleted or cut loose.

Write an upsert: \`INSERT … ON CONFLICT (key) DO UPDATE SET column = excluded.column\`.`,
  examples: {
    bad: [
      { sql: "INSERT OR REPLACE INTO customers (id, email) VALUES (1, 'a@b.c')", schema: SHOP },
      { sql: 'REPLACE INTO orders (id) VALUES (1)', schema: SHOP },
    ],
    good: [
      {
        sql: "INSERT INTO customers (id, email) VALUES (1, 'a') ON CONFLICT (id) DO UPDATE SET email = excluded.email",
        schema: SHOP,
      },
    ],
  },
  check: ({ statement, before }) => {
    const dml = dmlOf(statement);
    if ((dml?.kind !== 'insert' && dml?.kind !== 'update') || dml.or !== 'REPLACE') return [];
    const table = lastOf(dml.target.path);
    const [loser] = referencesTo(before, table).filter(({ onDelete }) => onDelete !== 'NO ACTION' && onDelete !== 'RESTRICT');
    const also = loser ? ` Rows of ${loser.child} that refer to them: ${loser.onDelete}.` : '';
    return [
      {
        message: `Rows of ${table} that are in the way are deleted, not changed.${also}`,
        hint: 'Use INSERT … ON CONFLICT (…) DO UPDATE.',
        level: loser ? 'danger' : 'warning',
        table,
        offset: dml.target.at,
      },
    ];
  },
};

const rebuildDependents: Rule = {
  code: 'lint/rebuild-dependents',
  level: 'danger',
  title: 'A rebuild empties the tables that refer to it',
  doc: `The usual recipe (create \`__new_x\`, copy, DROP x, rename) comes from databases where foreign keys can be switched off meanwhile.
On D1 they cannot: \`PRAGMA foreign_keys=OFF\` has no effect, and \`defer_foreign_keys\` does not help. DROP deletes the rows of the old
table, and every row that refers to one with ON DELETE CASCADE is deleted with it, SET NULL and SET DEFAULT lose their values, and
with NO ACTION or RESTRICT the batch fails.

Let "schema.sync" plan the change: it stashes the rows of the referring tables and puts them back in the same batch.`,
  examples: {
    bad: [
      {
        sql: 'CREATE TABLE __new_customers (id INTEGER PRIMARY KEY, email TEXT NOT NULL); INSERT INTO __new_customers SELECT id, email FROM customers; DROP TABLE customers; ALTER TABLE __new_customers RENAME TO customers',
        schema: SHOP,
      },
    ],
    good: [
      {
        sql: 'CREATE TABLE __new_orders (id INTEGER PRIMARY KEY, customer_id INTEGER); INSERT INTO __new_orders SELECT id, customer_id FROM orders; DROP TABLE orders; ALTER TABLE __new_orders RENAME TO orders',
        schema: SHOP,
      },
    ],
  },
  check: (context) => {
    const { statement, before } = context;
    const { what } = statement;
    if (what.kind !== 'drop' || what.object !== 'table') return [];
    const table = lastOf(what.path);
    if (!tableNamed(before, table) || rebuiltFrom(context, table) === null) return [];
    return referencesTo(before, table)
      .filter(({ child }) => !wasCleared(context, child))
      .map((key) => dependentReport(key, table));
  },
};

function dependentReport({ child, onDelete, columns }: ReturnType<typeof referencesTo>[number], table: string): Report {
  const hint = 'Let schema.sync plan the rebuild: it keeps the rows of the tables that refer to this one.';
  const fails = onDelete === 'NO ACTION' || onDelete === 'RESTRICT';
  const what =
    onDelete === 'CASCADE'
      ? `every row of ${child} that refers to it is deleted`
      : `${child}.${columns.join(', ')} loses its values (${onDelete})`;
  const message = fails
    ? `Dropping ${table} fails as soon as a row of ${child} refers to it (${onDelete}).`
    : `When ${table} is dropped, ${what}.`;
  return { message, hint, table: child, column: columns.length === 1 ? (columns[0] as string) : null };
}

export const DESTRUCTIVE: readonly Rule[] = [dropTable, dropColumn, deleteAll, updateAll, insertOrReplace, rebuildDependents];
