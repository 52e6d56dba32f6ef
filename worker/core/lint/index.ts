/** The linter and its rules. */
export { beginOf, type Finding, type LintOptions, type LintResult, lint, lintAll } from './lint.ts';
export { pageOf } from './page.ts';
export type { Example, HazardLevel, Rule } from './rule.ts';
export { RULES } from './rules/index.ts';
