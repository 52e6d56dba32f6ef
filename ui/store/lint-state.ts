/** Hand-written SQL and what the linter says of it. Pure. */
import type { LintFinding, LintReport } from '../../worker/protocol/lint.ts';
import { idle, type Resource } from './resource.ts';

/** As `LintRequest` says. */
export const MAX_SQL = 500_000;

/** A report says of which text it is: its lines mean nothing in another. */
export interface Checked extends LintReport {
  readonly sql: string;
}
export interface SqlCheck {
  /** What is typed. It outlives the page that it was typed on. */
  readonly sql: string;
  readonly report: Resource<Checked>;
}
export const NOTHING_TYPED: SqlCheck = { sql: '', report: idle };

export const isBlank = (sql: string): boolean => sql.trim() === '';
/** Whether what is shown is of the text as it is now. */
export const isCurrent = ({ sql, report }: SqlCheck): boolean => report.state === 'ready' && report.value.sql === sql;

/** What D1 refuses cannot be talked away. */
export const canBeSilenced = ({ level, silenced }: Pick<LintFinding, 'level' | 'silenced'>): boolean =>
  level !== 'stop' && silenced === null;

/**
 * The text with a line above the finding's statement that says why the rule does not matter there. The linter reads such lines between the
 * end of one statement and the beginning of the next, and a reason ends with its line.
 */
export function withSilence(sql: string, { code, begins }: Pick<LintFinding, 'code' | 'begins'>, reason: string): string {
  const lines = sql.split('\n');
  const line = lines[begins.line - 1] ?? '';
  const before = line.slice(0, begins.column - 1);
  const comment = `-- lint-silence ${code}: ${reason.trim().replaceAll(/\s+/g, ' ')}`;
  const put = before.trim() === '' ? [`${before}${comment}`, line] : [before.trimEnd(), comment, line.slice(begins.column - 1)];
  return [...lines.slice(0, begins.line - 1), ...put, ...lines.slice(begins.line)].join('\n');
}
