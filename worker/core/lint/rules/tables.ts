/** How a table is shaped: what is legal and regretted later. */
import type { IndexTerm, TableDef } from '../../../protocol/schema.ts';
import { isRowid } from '../../schema/ddl/table-def.ts';
import { foldName, sameName } from '../../schema/names.ts';
import type { Rule } from '../rule.ts';
import { columnNamed, tableNamed } from '../state.ts';
import { hasIndexOn, keysBrought, shapedTable } from './shared.ts';

const PARENT = 'CREATE TABLE p (id INTEGER PRIMARY KEY, code TEXT);';

const missingIndex: Rule = {
  code: 'lint/missing-index',
  level: 'warning',
  title: 'A foreign key without an index',
  doc: `SQLite makes no index for the columns of a foreign key. Each time a row of the parent is deleted or its key changes, the whole
child table is read to see who refers to it, and on D1 every row read is counted and paid.

Create an index that begins with the columns of the foreign key.`,
  examples: {
    bad: [{ sql: 'CREATE TABLE c (id INTEGER PRIMARY KEY, p_id INTEGER REFERENCES p(id))', schema: PARENT }],
    good: [
      {
        sql: 'CREATE TABLE c (id INTEGER PRIMARY KEY, p_id INTEGER REFERENCES p(id)); CREATE INDEX c_p ON c (p_id)',
        schema: PARENT,
      },
      { sql: 'CREATE TABLE c (p_id INTEGER REFERENCES p(id), n INTEGER, PRIMARY KEY (p_id, n))', schema: PARENT },
    ],
  },
  check: (context) => {
    const table = shapedTable(context);
    if (!table) return [];
    return keysBrought(context, table)
      .filter(({ columns }) => !hasIndexOn(context.final, table, columns))
      .map(({ columns, table: parent }) => ({
        message: `No index begins with ${table.name} (${columns.join(', ')}), which refers to ${parent}.`,
        hint: `CREATE INDEX on ${table.name} (${columns.join(', ')}).`,
        table: table.name,
        column: columns.length === 1 ? (columns[0] as string) : null,
      }));
  },
};

const foreignKeyParent: Rule = {
  code: 'lint/foreign-key-parent',
  level: 'danger',
  title: 'A foreign key to nothing',
  doc: `SQLite checks the parent of a foreign key only when rows are written. If the table is not there, every INSERT into the child
fails with \`no such table\`, even of a row whose key is NULL; if the columns are neither the primary key nor UNIQUE (without a
WHERE), it fails with \`foreign key mismatch\`.

Create the parent first, and give the columns that are referred to a UNIQUE constraint or index.`,
  examples: {
    bad: [
      { sql: 'CREATE TABLE c (id INTEGER PRIMARY KEY, x INTEGER REFERENCES gone(id) UNIQUE)' },
      { sql: 'CREATE TABLE c (id INTEGER PRIMARY KEY, x TEXT UNIQUE REFERENCES p(code))', schema: PARENT },
    ],
    good: [
      { sql: 'CREATE TABLE c (id INTEGER PRIMARY KEY, x INTEGER UNIQUE REFERENCES p)', schema: PARENT },
      {
        sql: 'CREATE UNIQUE INDEX pc ON p (code); CREATE TABLE c (id INTEGER PRIMARY KEY, x TEXT UNIQUE REFERENCES p(code))',
        schema: PARENT,
      },
    ],
  },
  check: (context) => {
    const table = shapedTable(context);
    const { final } = context;
    return (table ? keysBrought(context, table) : []).flatMap(({ columns, table: parentName, references }) => {
      const about = { table: table?.name ?? null, column: columns.length === 1 ? (columns[0] as string) : null };
      const parent = tableNamed(final, parentName);
      if (!parent) {
        if (final.virtualTables.some(({ name }) => sameName(name, parentName))) return [];
        return [{ ...about, message: `${parentName} is not there.`, hint: 'Create it, or correct the name.' }];
      }
      const wanted = new Set(references.map(foldName));
      const lists = [
        ...(parent.primaryKey ? [parent.primaryKey.columns] : []),
        ...parent.uniques.map((unique) => unique.columns),
        ...final.indexes
          .filter((index) => index.unique && index.where === null && sameName(index.table, parent.name))
          .map(({ terms }) => terms),
      ];
      const isUnique =
        references.length === 0
          ? parent.primaryKey?.columns.length === columns.length
          : lists.some(
              (terms) =>
                terms.length === wanted.size && terms.every(({ column }) => column !== null && wanted.has(foldName(column))),
            );
      const said = references.length === 0 ? 'its primary key' : references.join(', ');
      return isUnique
        ? []
        : [{ ...about, message: `${parent.name} (${said}) is not unique.`, hint: `Make ${said} of ${parent.name} UNIQUE.` }];
    });
  },
};

const noPrimaryKey: Rule = {
  code: 'lint/no-primary-key',
  level: 'warning',
  title: 'A table without a primary key',
  doc: `Without a primary key nothing names a row for good: the hidden rowid may change when the table is rebuilt or restored. Row capture,
page by page export and editing all go by the key.

Add \`id INTEGER PRIMARY KEY\`, which is the rowid itself and costs nothing, or a key of the columns that name the row.`,
  examples: {
    bad: [{ sql: 'CREATE TABLE t (a TEXT, b TEXT)' }],
    good: [{ sql: 'CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT)' }],
  },
  check: ({ statement: { what } }) => {
    if (what.kind !== 'create' || what.created.kind !== 'table' || what.created.def.primaryKey !== null) return [];
    const { name } = what.created.def;
    return [{ message: `${name} has no primary key.`, hint: 'Add id INTEGER PRIMARY KEY.', table: name }];
  },
};

const created = (context: Parameters<Rule['check']>[0]): TableDef | null =>
  context.statement.what.kind === 'create' ? shapedTable(context) : null;

const nullable = (table: TableDef, terms: readonly IndexTerm[]): string[] =>
  terms.flatMap(({ column }) => (column !== null && !columnNamed(table, column)?.notNull ? [column] : []));

const nullablePrimaryKey: Rule = {
  code: 'lint/nullable-primary-key',
  level: 'warning',
  title: 'A primary key that takes NULL',
  doc: `By an old mistake that SQLite keeps, columns of a primary key may be NULL, any number of times, unless the key is \`INTEGER
PRIMARY KEY\` or the table is STRICT or WITHOUT ROWID.

Write NOT NULL beside each column of the key.`,
  examples: {
    bad: [{ sql: 'CREATE TABLE t (id TEXT PRIMARY KEY)' }, { sql: 'CREATE TABLE t (a TEXT NOT NULL, b INT, PRIMARY KEY (a, b))' }],
    good: [
      { sql: 'CREATE TABLE t (id TEXT PRIMARY KEY NOT NULL)' },
      { sql: 'CREATE TABLE t (id TEXT PRIMARY KEY) WITHOUT ROWID' },
      { sql: 'CREATE TABLE t (id INTEGER PRIMARY KEY)' },
    ],
  },
  check: (context) => {
    const table = created(context);
    if (!table?.primaryKey) return [];
    return nullable(table, table.primaryKey.columns).map((column) => ({
      message: `${table.name}.${column} is in the primary key and takes NULL.`,
      hint: 'Write NOT NULL.',
      table: table.name,
      column,
    }));
  },
};

const uniqueNullable: Rule = {
  code: 'lint/unique-nullable',
  level: 'note',
  title: 'UNIQUE does not count NULLs',
  doc: `Two NULLs are never equal, so a UNIQUE column that takes NULL holds any number of rows without a value, and of a UNIQUE of several
columns any number of rows that agree in all the others.

Write NOT NULL if each row must have its own value; otherwise all is well.`,
  examples: {
    bad: [{ sql: 'CREATE TABLE t (id INTEGER PRIMARY KEY, email TEXT UNIQUE)' }],
    good: [{ sql: 'CREATE TABLE t (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE)' }],
  },
  check: (context) => {
    const table = created(context);
    return (table?.uniques ?? []).flatMap(({ columns }) =>
      nullable(table as TableDef, columns).map((column) => ({
        message: `${table?.name}.${column} is UNIQUE, and takes NULL in any number of rows.`,
        hint: 'Write NOT NULL if each row must have its own value.',
        table: table?.name ?? null,
        column,
      })),
    );
  },
};

const autoincrement: Rule = {
  code: 'lint/autoincrement',
  level: 'note',
  title: 'AUTOINCREMENT',
  doc: `\`INTEGER PRIMARY KEY\` already numbers rows by itself. AUTOINCREMENT adds only that a number is never used again after its row was
deleted, and pays for it with one more row written for each INSERT (\`sqlite_sequence\`).

Leave it out unless old numbers are known outside and must not come to mean another row.`,
  examples: {
    bad: [{ sql: 'CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT)' }],
    good: [{ sql: 'CREATE TABLE t (id INTEGER PRIMARY KEY)' }],
  },
  check: (context) => {
    const table = created(context);
    if (!table?.primaryKey?.autoincrement) return [];
    return [
      {
        message: `${table.name} writes sqlite_sequence with each INSERT.`,
        hint: 'Leave AUTOINCREMENT out unless numbers must never come again.',
        table: table.name,
      },
    ];
  },
};

const keyType: Rule = {
  code: 'lint/key-type',
  level: 'warning',
  title: 'An integer key that is not the rowid',
  doc: `Only the exact type INTEGER makes a sole primary key the rowid. \`INT\`, \`BIGINT\`, \`SERIAL\` and the like make an ordinary column
with an index of its own: it is not numbered by itself, and an INSERT that leaves it out stores NULL.

Write \`INTEGER PRIMARY KEY\`.`,
  examples: {
    bad: [{ sql: 'CREATE TABLE t (id INT PRIMARY KEY NOT NULL)' }, { sql: 'CREATE TABLE t (id SERIAL PRIMARY KEY NOT NULL)' }],
    good: [{ sql: 'CREATE TABLE t (id INTEGER PRIMARY KEY)' }, { sql: 'CREATE TABLE t (id TEXT PRIMARY KEY NOT NULL)' }],
  },
  check: (context) => {
    const table = created(context);
    const [only, more] = table?.primaryKey?.columns ?? [];
    if (!table || !only?.column || more || table.withoutRowid || isRowid(table.primaryKey, table.columns, table)) return [];
    const type = columnNamed(table, only.column)?.type ?? '';
    if (!/INT|SERIAL/.test(type)) return [];
    const wrong = type === 'INTEGER' ? 'INTEGER PRIMARY KEY DESC' : type;
    return [
      {
        message: `${table.name}.${only.column} (${wrong}) is not the rowid and is not numbered by itself.`,
        hint: 'Write INTEGER PRIMARY KEY.',
        table: table.name,
        column: only.column,
      },
    ];
  },
};

const createAs: Rule = {
  code: 'lint/create-table-as',
  level: 'note',
  title: 'CREATE TABLE AS keeps no constraints',
  doc: `CREATE TABLE … AS SELECT makes columns with names and affinities only: no primary key, no NOT NULL, no default, no CHECK, no
foreign key, not even the declared types.

Good for a copy that is dropped again. Otherwise write CREATE TABLE, and INSERT … SELECT.`,
  examples: {
    bad: [{ sql: 'CREATE TABLE copy AS SELECT * FROM p', schema: PARENT }],
    good: [{ sql: 'CREATE TABLE copy (id INTEGER PRIMARY KEY); INSERT INTO copy SELECT id FROM p', schema: PARENT }],
  },
  check: ({ statement: { what } }) =>
    what.kind === 'create-as'
      ? [
          {
            message: `${what.name} gets no key and no constraints.`,
            hint: 'Write CREATE TABLE, and INSERT … SELECT.',
            table: what.name,
          },
        ]
      : [],
};

export const TABLES: readonly Rule[] = [
  missingIndex,
  foreignKeyParent,
  noPrimaryKey,
  nullablePrimaryKey,
  uniqueNullable,
  autoincrement,
  keyType,
  createAs,
];
