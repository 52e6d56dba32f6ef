/**
 * The linter: what may go wrong with a script on D1, said before it runs. Plans and hand-written SQL go through the same rules; each rule
 * stands in `rules/` with its page of documentation.
 */
import type { SchemaDef } from '../../protocol/schema.ts';
import { foldName } from '../schema/names.ts';
import { type Piece, statements } from '../sql/split.ts';
import type { HazardLevel, Rule } from './rule.ts';
import { RULES } from './rules/index.ts';
import { advance, tableNamed } from './state.ts';
import { readStatement, type Statement } from './statement.ts';

/** `statement` counts from 0; `offset` is the place in the whole script, in UTF-16 units. */
export interface Finding {
  readonly code: string;
  readonly level: HazardLevel;
  readonly message: string;
  readonly hint: string;
  readonly statement: number;
  readonly offset: number;
  readonly table: string | null;
  readonly column: string | null;
}

export interface LintOptions {
  /** Code to the reason why it does not matter here. What D1 refuses (`stop`) cannot be silenced. */
  readonly silence?: Readonly<Record<string, string>>;
  /** Rows for each table, where somebody counted them: rules about large tables need it. */
  readonly rows?: Readonly<Record<string, number>>;
}

export interface LintResult {
  readonly findings: Finding[];
  /** What was found and silenced, with the reason. */
  readonly silenced: (Finding & { readonly reason: string })[];
}

export const lint = (sql: string, schema: SchemaDef, options: LintOptions = {}): Finding[] =>
  lintAll(sql, schema, options).findings;

/**
 * A reason may stand in the script, too, in a line before the statement: `-- lint-silence lint/drop-table: the old shop is closed`.
 */
export function lintAll(sql: string, schema: SchemaDef, options: LintOptions = {}): LintResult {
  const { script, befores, final, silences } = read(sql, schema);
  const rows = new Map(Object.entries(options.rows ?? {}).map(([table, count]) => [foldName(table), count]));
  const result: LintResult = { findings: [], silenced: [] };
  for (const statement of script) {
    const before = befores[statement.n] as SchemaDef;
    const context = { statement, statements: script, before, final, rowsOf: (table: string) => rows.get(foldName(table)) ?? null };
    for (const rule of RULES) {
      for (const report of rule.check(context)) {
        const finding = findingOf(rule, report, statement);
        const reason = silences[statement.n]?.get(finding.code) ?? options.silence?.[finding.code];
        if (reason === undefined || finding.level === 'stop') result.findings.push(finding);
        else result.silenced.push({ ...finding, reason });
      }
    }
  }
  return result;
}

function findingOf(rule: Rule, report: ReturnType<Rule['check']>[number], statement: Statement): Finding {
  return {
    code: rule.code,
    level: report.level ?? rule.level,
    message: report.message,
    hint: report.hint,
    statement: statement.n,
    offset: statement.offset + (report.offset ?? 0),
    table: report.table ?? null,
    column: report.column ?? null,
  };
}

interface Script {
  readonly script: Statement[];
  /** The schema before each statement, and after the last. */
  readonly befores: SchemaDef[];
  readonly final: SchemaDef;
  /** Code to reason, for each statement. */
  readonly silences: Map<string, string>[];
}

function read(sql: string, schema: SchemaDef): Script {
  const script: Statement[] = [];
  const befores: SchemaDef[] = [];
  const silences: Map<string, string>[] = [];
  let current = schema;
  let from = 0;
  for (const piece of statements(sql)) {
    const offset = beginOf(sql, piece);
    const statement = readStatement(piece.sql, script.length, offset, (name) => tableNamed(current, name));
    silences.push(silencesIn(sql.slice(from, offset)));
    script.push(statement);
    befores.push(current);
    current = advance(current, statement);
    from = piece.end;
  }
  return { script, befores, final: current, silences };
}

/** A piece begins after the comments before it, and its text is not searched for anywhere else. */
export const beginOf = (sql: string, piece: Piece): number => sql.lastIndexOf(piece.sql, piece.end - piece.sql.length);

const SILENCE = /--[ \t]*lint-silence[ \t]+([a-z/-]+)[ \t]*:[ \t]*(\S[^\n]{2,})/g;

const silencesIn = (comments: string): Map<string, string> =>
  new Map(
    [...comments.matchAll(SILENCE)].map(([, code = '', reason = '']) => [
      code.startsWith('lint/') ? code : `lint/${code}`,
      reason.trim(),
    ]),
  );
