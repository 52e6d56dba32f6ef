/** The linter's findings in words, colours and signs. Pure; exhaustive: a new level fails to compile here. */
import { html, type TemplateResult } from 'lit';
import type { LintFinding, LintRule } from '../../worker/protocol/lint.ts';
import { plural } from './format.ts';
import { type IconName, icon } from './icon.ts';

export type LintLevel = LintFinding['level'];
/** Worst first. */
export const LINT_LEVELS: readonly LintLevel[] = ['stop', 'danger', 'warning', 'note'];
/** Of hand-written SQL, which nobody starts here: `stop` stops no plan, D1 refuses it. */
export const LINT_NAMES: Record<LintLevel, string> = { stop: 'Refused', danger: 'Danger', warning: 'Warning', note: 'Note' };
export const LINT_MEANINGS: Record<LintLevel, string> = {
  stop: 'D1 refuses the statement.',
  danger: 'It loses rows or values, or fails on a table with rows.',
  warning: 'It probably does something else than was meant, or costs much.',
  note: 'Good to know.',
};
export const LINT_TONES: Record<LintLevel, 'bad' | 'warn' | 'neutral'> = {
  stop: 'bad',
  danger: 'bad',
  warning: 'warn',
  note: 'neutral',
};
const ICONS: Record<LintLevel, IconName> = { stop: 'stop', danger: 'danger', warning: 'warning', note: 'info' };
/** How an editor marks it. */
export const LINT_SEVERITIES: Record<LintLevel, 'error' | 'warning' | 'info'> = {
  stop: 'error',
  danger: 'error',
  warning: 'warning',
  note: 'info',
};

/** Colour, sign and word. Whoever uses it has `lintStyles`. */
export const levelMark = (level: LintLevel): TemplateResult =>
  html`<span class="level" data-tone=${LINT_TONES[level]} title=${LINT_MEANINGS[level]}>${icon(ICONS[level])}${LINT_NAMES[level]}</span>`;

const PREFIX = 'lint/';
/** The last part of the address of a rule's page. */
export const slugOf = (code: string): string => (code.startsWith(PREFIX) ? code.slice(PREFIX.length) : code);
/** Null: the code is of no rule of the linter. */
export const ruleHref = (rulesHref: string, code: string): string | null =>
  code.startsWith(PREFIX) && rulesHref !== '' ? `${rulesHref}/${encodeURIComponent(slugOf(code))}` : null;

/** A code; of the linter, it leads to the page of its rule. */
export function ruleLink(rulesHref: string, code: string): TemplateResult {
  const href = ruleHref(rulesHref, code);
  const text = html`<code class="quiet small">${code}</code>`;
  return href === null ? text : html`<a href=${href} title="What the rule is about"><code class="small">${code}</code></a>`;
}

/** How many of each level, worst first, for example `1 refusal, 2 warnings`. */
export function countsInWords(findings: readonly Pick<LintFinding, 'level'>[]): string {
  const one: Record<LintLevel, [string, string]> = {
    stop: ['refusal', 'refusals'],
    danger: ['danger', 'dangers'],
    warning: ['warning', 'warnings'],
    note: ['note', 'notes'],
  };
  return LINT_LEVELS.flatMap((level) => {
    const n = findings.filter((finding) => finding.level === level).length;
    return n === 0 ? [] : [plural(n, ...one[level])];
  }).join(', ');
}

/** The rules in which every word is found, in code, title or page, in the order given. */
export function rulesMatching(rules: readonly LintRule[], search: string): LintRule[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return rules.filter(({ code, title, page }) => {
    const text = `${code}\n${title}\n${page}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** A rule's page without its head: title, code and level are drawn by the console. */
export const bodyOf = ({ page }: Pick<LintRule, 'page'>): string =>
  page.replace(/^#[^\n]*\n+/, '').replace(/^`lint\/[a-z-]+` \(\w+\)\s*\n/, '');
