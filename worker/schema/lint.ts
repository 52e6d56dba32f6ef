/** The linter with what only the database knows: its schema and how many rows its tables have. */
import { beginOf, type Finding, lintAll } from '../core/lint/index.ts';
import { statements as cut } from '../core/sql/split.ts';
import type { LintFinding, LintReport, LintRequest } from '../protocol/lint.ts';
import type { Hazard, PlanStatement } from '../protocol/plan.ts';
import { Refusal } from '../protocol/problem.ts';
import type { SchemaDef } from '../protocol/schema.ts';

/** The rules keep a schema in mind that grows with each statement: 12,000 of them would take a Worker's 30 seconds of CPU. */
const MAX_STATEMENTS = 2_000;

export function report({ sql, silence }: LintRequest, schema: SchemaDef, rows: Readonly<Record<string, number>>): LintReport {
  const pieces = [...cut(sql)];
  if (pieces.length > MAX_STATEMENTS)
    throw new Refusal('bad_request', `The text has ${pieces.length} statements; at most ${MAX_STATEMENTS} are read at once.`);
  const { findings, silenced } = lintAll(sql, schema, { silence, rows });
  const lines = lineStarts(sql);
  const begins = pieces.map((piece) => placeOf(beginOf(sql, piece), lines));
  const shown = (finding: Finding, reason: string | null): LintFinding => {
    const { code, level, message, hint, statement, table, offset } = finding;
    return {
      code,
      level,
      message,
      hint,
      statement,
      table,
      silenced: reason,
      ...placeOf(offset, lines),
      begins: begins[statement] as Place,
    };
  };
  const all = [...findings.map((finding) => shown(finding, null)), ...silenced.map((finding) => shown(finding, finding.reason))];
  return { findings: all.sort((a, b) => a.line - b.line || a.column - b.column), statements: begins.length };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

type Place = LintFinding['begins'];

function placeOf(offset: number, starts: readonly number[]): Place {
  const line = starts.findLastIndex((start) => start <= offset);
  return { line: line + 1, column: offset - (starts[line] ?? 0) + 1 };
}

/** Our tables, by which a rebuild carries rows over and counts them: they are gone at the end of its batch. */
const OWN_SCAFFOLD = /(?<![\w"'`])_lk_\w/i;

/**
 * What the linter says of a plan's statements. Not of those that are only safe together with others: a rebuild drops a table that is made
 * again in the same batch, and is proven in another way.
 */
export function lintPlan(
  statements: readonly PlanStatement[],
  schema: SchemaDef,
  rows: Readonly<Record<string, number>>,
  silence: Readonly<Record<string, string>>,
): Hazard[] {
  const whole = statements.filter(
    ({ risk, sql, slice }) =>
      (risk === 'safe' || risk === 'slow') && !OWN_SCAFFOLD.test(sql) && (!slice || slice.part === 'finish'),
  );
  const { findings } = lintAll(whole.map(({ sql }) => `${sql}\n;`).join('\n'), schema, { rows, silence });
  const hazards = findings.map(
    ({ code, level, message, hint, table, column }): Hazard => ({ code, level, message, hint, table, column, samples: [] }),
  );
  return [...new Map(hazards.map((hazard) => [JSON.stringify(hazard), hazard])).values()];
}
