/** Statements that read or write many rows. They need to know how many there are. */
import type { SchemaDef, TableDef } from '../../../protocol/schema.ts';
import type { Expr, From, Select } from '../../schema/ddl/ast.ts';
import { isRowid } from '../../schema/ddl/table-def.ts';
import { foldName, sameName } from '../../schema/names.ts';
import type { Context, Report, Rule } from '../rule.ts';
import { lastOf, tableNamed } from '../state.ts';
import { count, dmlOf, everythingIn } from './shared.ts';

const MANY_ROWS = 10_000;
const BIG = {
  schema: 'CREATE TABLE big (id INTEGER PRIMARY KEY, a TEXT, b INT); CREATE INDEX big_a ON big (a);',
  rows: { big: 50_000 },
};

/** Columns that a condition narrows down: what stands between its ANDs and compares a bare column. Folded. */
function narrowed(condition: Expr | null): string[] {
  if (condition === null) return [];
  switch (condition.kind) {
    case 'binary': {
      if (condition.op === 'AND') return [...narrowed(condition.left), ...narrowed(condition.right)];
      if (condition.op === 'OR') {
        const right = new Set(narrowed(condition.right));
        return narrowed(condition.left).filter((name) => right.has(name));
      }
      return ['=', '<', '<=', '>', '>=', 'IS'].includes(condition.op)
        ? [...columnOf(condition.left), ...columnOf(condition.right)]
        : [];
    }
    case 'in':
    case 'between':
      return condition.not ? [] : columnOf(condition.operand);
    case 'null-test':
      return condition.not ? [] : columnOf(condition.operand);
    case 'like':
      // GLOB and MATCH can use an index or the full-text one; LIKE only with a NOCASE column.
      return condition.not || condition.op === 'LIKE' ? [] : columnOf(condition.operand);
    default:
      return [];
  }
}

const columnOf = (expression: Expr): string[] => {
  const bare = expression.kind === 'collate' ? expression.operand : expression;
  return bare.kind === 'column' ? [foldName(lastOf(bare.path))] : [];
};

/** Whether one of the columns is where an index begins. */
function canSeek(schema: SchemaDef, table: TableDef, columns: readonly string[]): boolean {
  const leading = [
    table.primaryKey?.columns[0],
    ...table.uniques.map((unique) => unique.columns[0]),
    ...schema.indexes.filter((index) => sameName(index.table, table.name)).map((index) => index.terms[0]),
  ];
  const names = leading.flatMap((term) => (term?.column ? [foldName(term.column)] : []));
  if (!table.withoutRowid) names.push('rowid', '_rowid_', 'oid');
  return columns.some((column) => names.includes(column));
}

function scanReport(context: Context, name: string, condition: Expr | null, offset: number): Report[] {
  const table = tableNamed(context.before, name);
  const rows = context.rowsOf(name);
  if (!table || rows === null || rows < MANY_ROWS || canSeek(context.before, table, narrowed(condition))) return [];
  return [
    {
      message: `All ${count(rows)} rows of ${table.name} are read.`,
      hint: 'Add an index on a column that the condition compares, or narrow the condition.',
      table: table.name,
      offset,
    },
  ];
}

/** The first table is the one that is read through; the others are looked up by the join, where they have an index for it. */
function selectReports(context: Context, { cores, limit, orderBy }: Select): Report[] {
  return cores.flatMap(({ core }) => {
    if (core.kind !== 'select' || !core.from) return [];
    // A few rows from the beginning are no scan, unless all have to be sorted or grouped first.
    if (limit !== null && orderBy.length === 0 && core.groupBy.length === 0 && core.where === null) return [];
    return fromReports(context, core.from, core.where);
  });
}

function fromReports(context: Context, from: From, where: Expr | null): Report[] {
  const conditions = [where, ...from.map(({ on }) => on)].filter((condition) => condition !== null);
  const all = conditions.reduce<Expr | null>(
    (left, right) => (left === null ? right : { kind: 'binary', op: 'AND', left, right }),
    null,
  );
  const joinedBy = (using: readonly string[] | null): Expr | null =>
    (using ?? []).reduce<Expr | null>((_, name) => {
      const column: Expr = { kind: 'column', path: [name], quote: '', at: 0 };
      return { kind: 'binary', op: '=', left: column, right: column };
    }, null);
  return from.flatMap(({ source, using }) =>
    source.kind === 'table' ? scanReport(context, lastOf(source.path), joinedBy(using) ?? all, source.at) : [],
  );
}

const tableScan: Rule = {
  code: 'lint/table-scan',
  level: 'warning',
  title: 'A large table is read from end to end',
  doc: `No index helps with the condition, so every row of a table with at least 10,000 is read. D1 counts and bills each row read, and a
database does one thing at a time: everybody else waits.

Create an index that begins with a column that the condition compares by \`=\`, \`<\`, \`>\`, IN or BETWEEN. A function around the
column needs an index on that expression. \`EXPLAIN QUERY PLAN\` says what SQLite does in the end.`,
  examples: {
    bad: [
      { ...BIG, sql: 'SELECT * FROM big WHERE b = 1' },
      { ...BIG, sql: "UPDATE big SET b = 1 WHERE lower(a) = 'x'" },
    ],
    good: [
      { ...BIG, sql: "SELECT * FROM big WHERE a = 'x' AND b = 1" },
      { ...BIG, sql: 'SELECT * FROM big LIMIT 10' },
    ],
  },
  check: (context) => {
    const dml = dmlOf(context.statement);
    if (dml === null) return [];
    const reports = everythingIn(context.statement).selects.flatMap((select) => selectReports(context, select));
    if ((dml.kind === 'update' || dml.kind === 'delete') && dml.where !== null)
      reports.push(...scanReport(context, lastOf(dml.target.path), dml.where, dml.target.at));
    return reports;
  },
};

const largeWrite: Rule = {
  code: 'lint/large-write',
  level: 'warning',
  title: 'More than 10,000 rows in one statement',
  doc: `A statement has 30 seconds on D1, and meanwhile nobody else is served. An UPDATE or DELETE of a whole table with more than 10,000
rows may not end in time; then it is rolled back, and nothing is done.

Run it in parts, for example \`… WHERE id BETWEEN ? AND ?\`, or let a job do it: "table.clear" works in slices.`,
  examples: {
    bad: [
      { ...BIG, sql: 'UPDATE big SET b = 0 WHERE true' },
      { ...BIG, sql: 'DELETE FROM big' },
    ],
    good: [{ ...BIG, sql: 'UPDATE big SET b = 0 WHERE id BETWEEN 1 AND 1000' }],
  },
  check: (context) => {
    const dml = dmlOf(context.statement);
    if ((dml?.kind !== 'update' && dml?.kind !== 'delete') || dml.limit !== null) return [];
    const table = lastOf(dml.target.path);
    const rows = context.rowsOf(table) ?? 0;
    if (rows <= MANY_ROWS || narrowed(dml.where).length > 0) return [];
    const verb = dml.kind === 'update' ? 'changed' : 'deleted';
    return [
      {
        message: `Up to ${count(rows)} rows of ${table} are ${verb} in one statement.`,
        hint: 'Work in parts by ranges of the key.',
        table,
        offset: dml.target.at,
      },
    ];
  },
};

const largeIndex: Rule = {
  code: 'lint/large-index',
  level: 'note',
  title: 'An index on a large table',
  doc: `CREATE INDEX reads the whole table and writes an entry for each row, in one statement, and D1 bills both. Afterwards each INSERT and
DELETE, and each UPDATE of its columns, writes one more row.

Create it in a quiet hour. If only some rows are ever looked for, a partial index (\`WHERE …\`) is smaller.`,
  examples: {
    bad: [{ ...BIG, sql: 'CREATE INDEX big_b ON big (b)' }],
    good: [{ ...BIG, sql: 'CREATE INDEX big_b ON big (b)', rows: { big: 100 } }],
  },
  check: ({ statement: { what }, rowsOf }) => {
    if (what.kind !== 'create' || what.created.kind !== 'index') return [];
    const { table } = what.created.def;
    const rows = rowsOf(table) ?? 0;
    return rows < MANY_ROWS
      ? []
      : [
          {
            message: `${count(rows)} rows of ${table} are read, and as many entries written.`,
            hint: 'Create it in a quiet hour.',
            table,
          },
        ];
  },
};

const redundantIndex: Rule = {
  code: 'lint/redundant-index',
  level: 'note',
  title: 'An index that another one covers',
  doc: `An index whose columns another index of the table begins with answers no question that the other does not, and every write pays for
both.

Leave it out, or drop the shorter one.`,
  examples: {
    bad: [
      { ...BIG, rows: {}, sql: 'CREATE INDEX again ON big (a)' },
      { ...BIG, rows: {}, sql: 'CREATE INDEX by_id ON big (id)' },
    ],
    good: [
      { ...BIG, rows: {}, sql: 'CREATE INDEX both ON big (b, a)' },
      { ...BIG, rows: {}, sql: 'CREATE UNIQUE INDEX one ON big (a)' },
    ],
  },
  check: ({ statement: { what }, before }) => {
    if (what.kind !== 'create' || what.created.kind !== 'index' || what.created.def.unique || what.created.def.where !== null)
      return [];
    const { def } = what.created;
    const table = tableNamed(before, def.table);
    if (!table) return [];
    const texts = (terms: typeof def.terms) =>
      terms.map(({ column, ...rest }) => JSON.stringify({ ...rest, column: column && foldName(column) }));
    const own = texts(def.terms);
    const covers = (terms: typeof def.terms) => own.every((text, n) => text === texts(terms)[n]);
    const other = before.indexes.find(
      (index) => index.where === null && sameName(index.table, def.table) && !sameName(index.name, def.name) && covers(index.terms),
    );
    const key =
      table.primaryKey && covers(table.primaryKey.columns)
        ? isRowid(table.primaryKey, table.columns, table)
          ? 'the rowid'
          : 'the primary key'
        : null;
    const by = other?.name ?? key ?? (table.uniques.some(({ columns }) => covers(columns)) ? 'a UNIQUE constraint' : null);
    return by === null ? [] : [{ message: `${by} covers what ${def.name} does.`, hint: 'Leave it out.', table: table.name }];
  },
};

export const SCANS: readonly Rule[] = [tableScan, largeWrite, largeIndex, redundantIndex];
