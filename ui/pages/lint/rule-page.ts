import { html, type PropertyValues } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { LintRule } from '../../../worker/protocol/lint.ts';
import { icon } from '../../components/icon.ts';
import { lintStyles } from '../../components/lint.styles.ts';
import { bodyOf, LINT_MEANINGS, levelMark, slugOf } from '../../components/lint-words.ts';
import '../../components/markdown.ts';
import { base, layout } from '../../components/styles.ts';
import { paths } from '../navigate.ts';
import { Page } from '../page.ts';
import { lintPagesStyles } from './lint-pages.styles.ts';

/** What one rule of the linter is about: what goes wrong, what to do instead, examples, how to silence it. */
@customElement('lk-rule-page')
export class LkRulePage extends Page {
  static override styles = [base, layout, lintStyles, lintPagesStyles];
  /** Its code without `lint/`. */
  @property() slug = '';

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('database') && this.database !== '') this.load();
  }

  override render() {
    return html`<div class="stack">
      <a class="back small" href=${paths.lintRules(this.database)}>${icon('left')}Rules</a>
      ${this.shown(this.store.state.lintRules, { lines: 10, what: 'the rule', retry: () => this.load(), draw: (rules) => this.body(rules) })}
    </div>`;
  }

  private body(rules: readonly LintRule[]) {
    const rule = rules.find(({ code }) => slugOf(code) === this.slug);
    if (rule === undefined)
      return html`<div class="panel"><lk-empty heading="No such rule">There is no rule <code>lint/${this.slug}</code> in this version.<p slot="actions"><a href=${paths.lintRules(this.database)}>See all rules</a></p></lk-empty></div>`;
    return html`<div><h1>${rule.title}</h1><p class="row">${levelMark(rule.level)}<code class="quiet small">${rule.code}</code><span class="quiet small">${LINT_MEANINGS[rule.level]}</span></p></div>
      <section class="panel"><div class="body"><lk-markdown .text=${bodyOf(rule)}></lk-markdown></div></section>`;
  }

  private load(): void {
    void this.store.console.lintLoads.rules();
  }
}
