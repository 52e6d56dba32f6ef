/** The fake server's linter: a few rules, each found by a pattern. What the real ones find is not told here. */
import { type LintFinding, type LintReport, LintRequest, type LintRule } from '../../worker/protocol/lint.ts';

interface FakeRule extends LintRule {
  /** What is found in a statement: where in it, and about what. */
  readonly found: (sql: string) => { readonly at: number; readonly table: string | null } | null;
  readonly message: (table: string | null) => string;
  readonly hint: string;
}

const page = (code: string, level: string, title: string, text: string, found: string, better: string): string =>
  `# ${title}\n\n\`${code}\` (${level})\n\n${text}\n\n## Found\n\n\`\`\`sql\n${found}\n\`\`\`\n\n## Not found\n\n\`\`\`sql\n${better}\n\`\`\`\n\n## Silence\n\n${
    level === 'stop'
      ? 'It cannot be silenced: the statement would fail.'
      : `To silence it, give a reason: in the plan, or in the script in a line before the statement:\n\n\`\`\`sql\n-- lint-silence ${code}: why it does not matter here\n\`\`\``
  }\n`;
const first = (pattern: RegExp) => (sql: string) => {
  const match = pattern.exec(sql);
  return match === null ? null : { at: match.index, table: match[1] ?? null };
};
const rule = (
  code: string,
  level: LintRule['level'],
  title: string,
  [text, bad, good]: readonly [string, string, string],
  rest: Pick<FakeRule, 'found' | 'message' | 'hint'>,
): FakeRule => ({ code, level, title, page: page(code, level, title, text, bad, good), ...rest });

const RULES: readonly FakeRule[] = [
  rule(
    'lint/transaction',
    'stop',
    'Transactions by SQL',
    [
      'D1 refuses **BEGIN** and its kin:\n\n- `BEGIN`, `COMMIT`, `ROLLBACK`\n- `SAVEPOINT` and `RELEASE`\n\nStatements that belong together go into one batch.',
      'BEGIN TRANSACTION; COMMIT',
      'SELECT 1',
    ],
    {
      found: first(/^(?:BEGIN|COMMIT|ROLLBACK)\b/i),
      message: () => 'D1 refuses transactions by SQL.',
      hint: 'Leave it out: a batch is one transaction.',
    },
  ),
  rule(
    'lint/delete-all',
    'danger',
    'DELETE without WHERE',
    ['A DELETE without a WHERE empties the table.', 'DELETE FROM orders', 'DELETE FROM orders WHERE id = 1'],
    {
      found: first(/^DELETE\s+FROM\s+(\w+)$/i),
      message: (table) => `Every row of ${table} is deleted.`,
      hint: 'Add a WHERE, or use "table.clear".',
    },
  ),
  rule(
    'lint/double-quoted-string',
    'warning',
    'Text in double quotes',
    [
      'Double quotes are for names. SQLite takes `"text"` for the text itself where no column has the name.',
      'SELECT * FROM users WHERE "emial" = 1',
      'SELECT "id" FROM users',
    ],
    {
      found: first(/(?<=DEFAULT\s*)"\w+"/i),
      message: () => 'Text in double quotes is taken for a name first.',
      hint: 'Use single quotes.',
    },
  ),
  rule(
    'lint/missing-index',
    'warning',
    'A foreign key without an index',
    [
      'SQLite makes no index for the columns of a foreign key.\n\n1. Every delete of a parent reads the whole child table.\n2. D1 counts every row read.',
      'CREATE TABLE c (p_id INTEGER REFERENCES p(id))',
      'CREATE TABLE c (p_id INTEGER REFERENCES p(id)); CREATE INDEX c_p ON c (p_id)',
    ],
    {
      found: first(/REFERENCES\s+(\w+)/i),
      message: (table) => `No index begins with the columns that refer to ${table}.`,
      hint: 'Create an index on them.',
    },
  ),
  rule(
    'lint/autoincrement',
    'note',
    'AUTOINCREMENT',
    [
      'It writes one more row for each insert.',
      'CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT)',
      'CREATE TABLE t (id INTEGER PRIMARY KEY)',
    ],
    { found: first(/AUTOINCREMENT/i), message: () => 'AUTOINCREMENT costs a written row for each insert.', hint: '' },
  ),
];

/** One whose page tries what a page must not be able to do. */
const HOSTILE: LintRule = {
  code: 'lint/syntax',
  level: 'warning',
  title: 'A statement that cannot be read',
  page: '# A statement that cannot be read\n\n`lint/syntax` (warning)\n\nBefore <img src="x" onerror="document.title=\'taken\'"> after, [a bad link](javascript:alert(1)) and [a good one](https://www.sqlite.org/lang.html).\n\n<script>document.title = "taken"</script>\n\n> Quoted, with *stress*.\n',
};

export const fakeRules: readonly LintRule[] = [
  ...RULES.map(({ code, level, title, page: text }) => ({ code, level, title, page: text })),
  HOSTILE,
];

interface Piece {
  readonly sql: string;
  readonly begins: number;
  readonly silences: ReadonlyMap<string, string>;
}

/** Knows comments, text in single quotes and `;`: no triggers. */
function pieces(sql: string): Piece[] {
  const found: Piece[] = [];
  let from = 0;
  for (const match of [...sql.matchAll(/--[^\n]*|'(?:[^']|'')*'|;|$/g)]) {
    if (match[0] !== ';' && match[0] !== '') continue;
    const text = sql.slice(from, match.index);
    const before = /^(?:\s|--[^\n]*(?:\n|$))*/.exec(text)?.[0] ?? '';
    const body = text.slice(before.length).trimEnd();
    const silences = new Map(
      [...before.matchAll(/-- lint-silence ([a-z/-]+): ([^\n]+)/g)].map(([, code = '', why = '']) => [code, why]),
    );
    if (body !== '') found.push({ sql: body, begins: from + before.length, silences });
    from = match.index + match[0].length;
  }
  return found;
}

function placeOf(sql: string, offset: number): LintFinding['begins'] {
  const before = sql.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

export function fakeLint(body: unknown): LintReport {
  const { sql } = LintRequest.parse(body);
  const statements = pieces(sql);
  const findings = statements.flatMap(({ sql: text, begins, silences }, statement) =>
    RULES.flatMap(({ code, level, found, message, hint }): LintFinding[] => {
      const hit = found(text);
      if (hit === null) return [];
      const silenced = level === 'stop' ? null : (silences.get(code) ?? null);
      const place = { ...placeOf(sql, begins + hit.at), begins: placeOf(sql, begins) };
      return [{ code, level, message: message(hit.table), hint, statement, table: hit.table, silenced, ...place }];
    }),
  );
  return { findings: findings.sort((a, b) => a.line - b.line || a.column - b.column), statements: statements.length };
}
