import '@awesome.me/webawesome/dist/components/button/button.js';
import { html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { LintFinding } from '../../../worker/protocol/lint.ts';
import { count, plural } from '../../components/format.ts';
import { lintStyles } from '../../components/lint.styles.ts';
import { LINT_TONES, levelMark, ruleLink } from '../../components/lint-words.ts';
import { base, controls, layout } from '../../components/styles.ts';
import { canBeSilenced } from '../../store/lint-state.ts';
import { findingListStyles } from './finding-list.styles.ts';

/** A script of half a megabyte can have tens of thousands. */
const PAGE = 100;

export interface Silencing {
  readonly finding: LintFinding;
  readonly reason: string;
}

/**
 * What the linter found in a script, in the order of the text; below it, folded, what was silenced and why.
 * @property findings
 * @property rulesHref - where the pages of the rules are
 * @property current - whether the text still is the one that was checked: only then a place in it means something
 * @fires go - to a place in the text; `detail` is the `LintFinding`
 * @fires silence - `detail` is a `Silencing`
 */
@customElement('lk-finding-list')
export class LkFindingList extends LitElement {
  static override styles = [base, layout, controls, lintStyles, findingListStyles];
  @property({ attribute: false }) findings: readonly LintFinding[] = [];
  @property() rulesHref = '';
  @property({ type: Boolean }) current = false;
  @state() private most = PAGE;
  @state() private silencing: LintFinding | null = null;
  @query('form input') private field?: HTMLInputElement;

  /** Another report: the finding that a reason is being written for may stand elsewhere now, or be gone. */
  protected override willUpdate(changed: PropertyValues<this>): void {
    const { silencing } = this;
    if (!changed.has('findings') || silencing === null) return;
    const same = ({ code, statement, message }: LintFinding) =>
      code === silencing.code && statement === silencing.statement && message === silencing.message;
    this.silencing = this.findings.find(same) ?? null;
  }

  override render() {
    const loud = this.findings.filter(({ silenced }) => silenced === null);
    const silenced = this.findings.filter((finding) => finding.silenced !== null);
    return html`<ol class="list" aria-label="Findings">${loud.slice(0, this.most).map((finding) => this.item(finding))}</ol>
      ${loud.length > this.most ? html`<div class="more"><wa-button appearance="outlined" @click=${this.more}>Show more (${count(loud.length - this.most)} left)</wa-button></div>` : nothing}
      ${silenced.length === 0 ? nothing : this.folded(silenced)}`;
  }

  private folded(silenced: readonly LintFinding[]) {
    return html`<details><summary>${plural(silenced.length, 'finding')} silenced</summary>
      <ol class="list" aria-label="Silenced">${silenced.slice(0, this.most).map((finding) => this.item(finding))}</ol></details>`;
  }

  private item(finding: LintFinding) {
    const { level, line, column, message, hint, code, table, silenced } = finding;
    return html`<li data-tone=${silenced === null ? LINT_TONES[level] : 'neutral'}>
      <div class="row head">${levelMark(level)}<button type="button" class="plain place num" title="Go there" @click=${() => this.go(finding)}>Line ${count(line)}<span class="sr-only">, column ${count(column)}</span></button>
        ${table === null ? nothing : html`<code class="small">${table}</code>`}<span class="rule">${ruleLink(this.rulesHref, code)}</span></div>
      <p class="message">${message}</p>
      ${silenced === null ? html`${hint === '' ? nothing : html`<p class="quiet">${hint}</p>`}${this.silence(finding)}` : html`<p class="quiet">Silenced: “${silenced}”</p>`}
    </li>`;
  }

  private silence(finding: LintFinding) {
    if (!canBeSilenced(finding)) return nothing;
    if (this.silencing !== finding)
      return html`<div><button type="button" class="plain ask" ?disabled=${!this.current} @click=${() => this.ask(finding)}>Silence with a reason…</button></div>`;
    return html`<form @submit=${(event: SubmitEvent) => this.submit(event, finding)} @keydown=${this.escape}>
      <label>Why it does not matter here<input type="text" name="reason" required minlength="3" maxlength="500" autocomplete="off" /></label>
      <div class="row"><wa-button type="submit" appearance="outlined" variant="brand" ?disabled=${!this.current}>Silence it</wa-button><wa-button appearance="plain" @click=${this.dismiss}>Leave it</wa-button></div>
      <p class="quiet small">A comment with the reason is written above the statement.</p>
    </form>`;
  }

  private go(finding: LintFinding): void {
    this.dispatchEvent(new CustomEvent<LintFinding>('go', { detail: finding }));
  }
  private more(): void {
    this.most += PAGE;
  }
  private async ask(finding: LintFinding): Promise<void> {
    this.silencing = finding;
    await this.updateComplete;
    this.field?.focus();
  }
  private submit(event: SubmitEvent, finding: LintFinding): void {
    event.preventDefault();
    const reason = String(new FormData(event.target as HTMLFormElement).get('reason') ?? '').trim();
    if (reason.length < 3 || !this.current) return;
    this.silencing = null;
    this.dispatchEvent(new CustomEvent<Silencing>('silence', { detail: { finding, reason } }));
  }
  private dismiss(): void {
    this.silencing = null;
  }
  private escape(event: KeyboardEvent): void {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    this.dismiss();
  }
}
