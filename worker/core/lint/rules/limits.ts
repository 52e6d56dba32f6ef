/** What D1 refuses because it is too large: limits of the platform, measured in FACTS 1.1. */
import type { Expr } from '../../schema/ddl/ast.ts';
import { unquoted } from '../../sql/tokens.ts';
import type { Rule } from '../rule.ts';
import { lastOf, tableNamed } from '../state.ts';
import type { Statement } from '../statement.ts';
import { count, everythingIn } from './shared.ts';

const MAX_STATEMENT_BYTES = 100_000;
const MAX_COLUMNS = 100;
const MAX_PARAMETERS = 100;
const MAX_PATTERN_BYTES = 50;
const MAX_COMPOUND_TERMS = 5;
const MAX_ARGUMENTS = 32;
const MAX_DEPTH = 100;

const bytesOf = (text: string): number => new TextEncoder().encode(text).length;
const columns = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => `c${from + n} INT`).join(', ');

const statementTooLong: Rule = {
  code: 'lint/statement-too-long',
  level: 'stop',
  title: 'A statement of more than 100,000 bytes',
  doc: `D1 takes at most 100,000 bytes (UTF-8) for one statement, in a batch, too.

Split an INSERT into several with fewer rows. A value that is larger by itself is sent as a bound parameter, or written in parts:
INSERT the first part, then \`UPDATE … SET column = column || 'next part'\`.`,
  examples: {
    bad: [{ sql: `INSERT INTO t VALUES ('${'x'.repeat(100_000)}')` }],
    good: [{ sql: `INSERT INTO t VALUES ('${'x'.repeat(90_000)}')` }],
  },
  check: ({ statement: { sql } }) => {
    const bytes = sql.length > MAX_STATEMENT_BYTES / 4 ? bytesOf(sql) : 0;
    if (bytes <= MAX_STATEMENT_BYTES) return [];
    return [{ message: `The statement has ${count(bytes)} bytes; D1 takes 100,000.`, hint: 'Split it, or bind large values.' }];
  },
};

const tooManyColumns: Rule = {
  code: 'lint/too-many-columns',
  level: 'stop',
  title: 'More than 100 columns',
  doc: `A table on D1 has at most 100 columns, and so has a result. CREATE TABLE and ALTER TABLE … ADD beyond that are refused.

Move columns that belong together into a table of their own with the same key, or keep rarely used ones as JSON.`,
  examples: {
    bad: [
      { sql: `CREATE TABLE wide (${columns(1, 101)}, PRIMARY KEY (c1))` },
      { sql: 'ALTER TABLE wide ADD more INT', schema: `CREATE TABLE wide (${columns(1, 100)})` },
    ],
    good: [{ sql: `CREATE TABLE wide (${columns(1, 100)}, PRIMARY KEY (c1))` }],
  },
  check: ({ statement, before }) => {
    const { what } = statement;
    let has = 0;
    let table: string | null = null;
    if (what.kind === 'create' && what.created.kind === 'table') {
      table = what.created.def.name;
      has = what.created.def.columns.length;
    } else if (what.kind === 'alter' && what.action.kind === 'add') {
      table = lastOf(what.path);
      has = (tableNamed(before, table)?.columns.length ?? 0) + 1;
    }
    const selects = everythingIn(statement).selects.flatMap(({ cores, at }) =>
      cores.map(({ core }) => ({ at, width: core.kind === 'select' ? core.columns.length : (core.rows[0]?.length ?? 0) })),
    );
    const wide = selects.filter(({ width }) => width > MAX_COLUMNS);
    const hint = 'Split the table, or keep rarely used columns as JSON.';
    return [
      ...(has > MAX_COLUMNS ? [{ message: `${table} would have ${has} columns; D1 takes 100.`, hint, table }] : []),
      ...wide.map(({ at, width }) => ({
        message: `A result of ${width} columns; D1 takes 100.`,
        hint: 'Select fewer columns.',
        offset: at,
      })),
    ];
  },
};

/** As SQLite numbers them: `?` takes the next number, `?5` makes at least five, a name that was there before counts once. */
function parametersOf({ lexemes }: Statement): number {
  const named = new Set<string>();
  let highest = 0;
  for (const { kind, text } of lexemes) {
    if (kind !== 'placeholder') continue;
    if (text === '?') highest += 1;
    else if (text.startsWith('?')) highest = Math.max(highest, Number(text.slice(1)));
    else if (!named.has(text)) {
      named.add(text);
      highest += 1;
    }
  }
  return highest;
}

const tooManyParameters: Rule = {
  code: 'lint/too-many-parameters',
  level: 'stop',
  title: 'More than 100 bound parameters',
  doc: `D1 binds at most 100 parameters to a statement, so a multi-row INSERT of 20 columns ends at five rows.

Send the rows as one JSON parameter and read them with \`json_each(?)\`: one parameter carries thousands of rows and keeps integers and
reals apart.`,
  examples: {
    bad: [{ sql: `SELECT * FROM t WHERE id IN (${Array.from({ length: 101 }, () => '?').join(', ')})` }],
    good: [{ sql: 'SELECT * FROM t WHERE id IN (SELECT value FROM json_each(?))' }],
  },
  check: ({ statement }) => {
    const parameters = parametersOf(statement);
    if (parameters <= MAX_PARAMETERS) return [];
    return [{ message: `${parameters} bound parameters; D1 takes 100.`, hint: 'Send a list as one JSON parameter: json_each(?).' }];
  },
};

const placeholderStyle: Rule = {
  code: 'lint/placeholder-style',
  level: 'stop',
  title: 'Named placeholders',
  doc: `D1 knows \`?\` and \`?1\`. SQLite's named placeholders (\`:name\`, \`@name\`, \`$name\`) cannot be bound.

Number them: \`?1\` may stand in several places and is bound once.`,
  examples: { bad: [{ sql: 'SELECT * FROM t WHERE id = :id' }], good: [{ sql: 'SELECT * FROM t WHERE id = ?1 OR parent = ?1' }] },
  check: ({ statement: { lexemes } }) =>
    lexemes
      .filter(({ kind, text }) => kind === 'placeholder' && !text.startsWith('?'))
      .slice(0, 1)
      .map(({ text, start }) => ({ message: `${text} cannot be bound on D1.`, hint: 'Use ?1, ?2 …', offset: start })),
};

const patternTooLong: Rule = {
  code: 'lint/pattern-too-long',
  level: 'stop',
  title: 'A LIKE or GLOB pattern of more than 50 bytes',
  doc: `D1 refuses patterns of LIKE and GLOB longer than 50 bytes (\`LIKE or GLOB pattern too complex\`).

Look for a fixed text with \`instr(column, 'text') > 0\`, or use an FTS5 table.`,
  examples: {
    bad: [{ sql: `SELECT * FROM t WHERE a LIKE '%${'long '.repeat(12)}%'` }],
    good: [{ sql: "SELECT * FROM t WHERE a LIKE '%short%'" }],
  },
  check: ({ statement }) =>
    everythingIn(statement).expressions.flatMap((expression) => {
      if (expression.kind !== 'like' || (expression.op !== 'LIKE' && expression.op !== 'GLOB')) return [];
      if (expression.right.kind !== 'literal' || expression.right.type !== 'text') return [];
      const bytes = bytesOf(unquoted(expression.right.text));
      if (bytes <= MAX_PATTERN_BYTES) return [];
      const message = `The pattern has ${bytes} bytes; D1 takes 50.`;
      return [{ message, hint: 'Use instr(), or full-text search.', offset: expression.at }];
    }),
};

const compoundSelect: Rule = {
  code: 'lint/compound-select',
  level: 'stop',
  title: 'A compound SELECT of more than 5 terms',
  doc: `D1 takes at most five SELECTs joined by UNION, UNION ALL, INTERSECT or EXCEPT. Rows of VALUES do not count.

Write rows as \`VALUES (…), (…)\`, read them from \`json_each(?)\`, or nest: \`SELECT * FROM (… five …) UNION ALL SELECT * FROM (…)\`.`,
  examples: {
    bad: [{ sql: Array.from({ length: 6 }, (_, n) => `SELECT ${n}`).join(' UNION ALL ') }],
    good: [{ sql: `VALUES ${Array.from({ length: 50 }, (_, n) => `(${n})`).join(', ')}` }],
  },
  check: ({ statement }) =>
    everythingIn(statement)
      .selects.filter(({ cores }) => cores.length > MAX_COMPOUND_TERMS)
      .map(({ cores, at }) => ({
        message: `${cores.length} SELECTs in one compound; D1 takes 5.`,
        hint: 'Use VALUES, json_each, or nested compounds.',
        offset: at,
      })),
};

const tooManyArguments: Rule = {
  code: 'lint/too-many-arguments',
  level: 'warning',
  title: 'A function with more than 32 arguments',
  doc: `D1 documents at most 32 arguments of a function. A local database takes more, so the mistake shows only in production.

Nest calls: \`json_array\` and \`coalesce\` of parts, or \`json_patch\` for wide objects.`,
  examples: {
    bad: [{ sql: `SELECT json_array(${Array.from({ length: 33 }, (_, n) => n).join(', ')})` }],
    good: [{ sql: 'SELECT json_array(1, 2, 3)' }],
  },
  check: ({ statement }) =>
    everythingIn(statement).expressions.flatMap((expression) => {
      if (expression.kind !== 'call' || expression.args === '*' || expression.args.length <= MAX_ARGUMENTS) return [];
      const message = `${expression.name} has ${expression.args.length} arguments; D1 documents 32.`;
      return [{ message, hint: 'Nest several calls.', offset: expression.at }];
    }),
};

function depthOf(expression: Expr): number {
  switch (expression.kind) {
    case 'binary':
      return 1 + Math.max(depthOf(expression.left), depthOf(expression.right));
    case 'unary':
    case 'collate':
    case 'cast':
      return 1 + depthOf(expression.operand);
    default:
      return 1;
  }
}

const tooDeep: Rule = {
  code: 'lint/expression-too-deep',
  level: 'stop',
  title: 'An expression more than 100 deep',
  doc: `D1 refuses expressions whose tree is deeper than 100, and a chain such as \`a = 1 OR a = 2 OR …\` is as deep as it is long.

Write \`a IN (1, 2, …)\`, or compare with a list from \`json_each(?)\`.`,
  examples: {
    bad: [{ sql: `SELECT * FROM t WHERE ${Array.from({ length: 101 }, (_, n) => `a = ${n}`).join(' OR ')}` }],
    good: [{ sql: `SELECT * FROM t WHERE a IN (${Array.from({ length: 101 }, (_, n) => n).join(', ')})` }],
  },
  check: ({ statement }) => {
    const deepest = Math.max(0, ...everythingIn(statement).expressions.slice(0, 1000).map(depthOf));
    if (deepest <= MAX_DEPTH) return [];
    return [{ message: `An expression is ${deepest} deep; D1 takes 100.`, hint: 'Use IN (…) instead of a chain of OR.' }];
  },
};

export const LIMITS: readonly Rule[] = [
  statementTooLong,
  tooManyColumns,
  tooManyParameters,
  placeholderStyle,
  patternTooLong,
  compoundSelect,
  tooManyArguments,
  tooDeep,
];
