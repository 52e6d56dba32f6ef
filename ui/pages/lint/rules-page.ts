import '@awesome.me/webawesome/dist/components/button/button.js';
import { html, nothing, type PropertyValues } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { LintRule } from '../../../worker/protocol/lint.ts';
import { count, plural } from '../../components/format.ts';
import { lintStyles } from '../../components/lint.styles.ts';
import { levelMark, ruleHref, rulesMatching } from '../../components/lint-words.ts';
import { base, controls, layout } from '../../components/styles.ts';
import { memoized } from '../../store/memoized.ts';
import { paths } from '../navigate.ts';
import { Page } from '../page.ts';
import { schemaStyles } from '../schema/schema.styles.ts';
import { schemaTabs } from '../schema/schema-tabs.ts';
import { lintPagesStyles } from './lint-pages.styles.ts';

/** Every rule of the linter, to be searched. */
@customElement('lk-rules-page')
export class LkRulesPage extends Page {
  static override styles = [base, layout, controls, schemaStyles, lintStyles, lintPagesStyles];
  @state() private search = '';
  private readonly matching = memoized(rulesMatching);

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('database') || this.database === '') return;
    this.search = new URLSearchParams(location.search).get('q') ?? '';
    this.load();
  }

  override render() {
    return html`<div class="stack">
      <div><h1>Schema</h1><p class="quiet small">What the linter looks for, in plans and in the SQL check: what goes wrong, and what to do instead.</p></div>
      ${schemaTabs(this.database, 'rules')}
      ${this.shown(this.store.state.lintRules, { lines: 12, what: 'the rules', retry: () => this.load(), draw: (rules) => this.body(rules) })}
    </div>`;
  }

  private body(rules: readonly LintRule[]) {
    const found = this.matching(rules, this.search);
    return html`<section class="panel" aria-label="Rules">
      <header><input type="search" aria-label="Search the rules" placeholder="Search: a code, a word of its page" autocomplete="off" spellcheck="false" .value=${this.search} @input=${this.narrow} />
        <span class="quiet small num" role="status">${found.length === rules.length ? plural(rules.length, 'rule') : `${count(found.length)} of ${plural(rules.length, 'rule')}`}</span></header>
      ${found.length === 0 ? html`<lk-empty heading="No rule matches">No rule speaks of all of this.<wa-button slot="actions" appearance="outlined" @click=${() => this.look('')}>Show every rule</wa-button></lk-empty>` : html`<ul class="rules">${found.map((rule) => this.item(rule))}</ul>`}
    </section>`;
  }

  private item({ code, level, title }: LintRule) {
    const href = ruleHref(paths.lintRules(this.database), code);
    return html`<li><a href=${href ?? nothing}>${levelMark(level)}<span class="title">${title}</span><code class="quiet small">${code}</code></a></li>`;
  }

  private narrow(event: InputEvent): void {
    this.look((event.target as HTMLInputElement).value);
  }
  private look(search: string): void {
    this.search = search;
    const asked = search.trim() === '' ? '' : `?${new URLSearchParams({ q: search.trim() })}`;
    history.replaceState({}, '', location.pathname + asked);
  }
  private load(): void {
    void this.store.console.lintLoads.rules();
  }
}
