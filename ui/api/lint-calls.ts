/** The calls about the linter: a check of hand-written SQL, and its rules. */
import type { LintReport, LintRule } from '../../worker/protocol/lint.ts';
import type { Page } from '../../worker/protocol/list.ts';
import type { Call } from './client.ts';

export function lintCalls(call: Call, at: (database: string, rest: string) => string, base: string) {
  return {
    lint: (database: string, sql: string) => call<LintReport>('POST', at(database, '/lint'), { sql }),
    lintRules: () => call<Page<LintRule>>('GET', `${base}/lint/rules`),
  };
}
