import '@awesome.me/webawesome/dist/components/button/button.js';
import { html, nothing, type PropertyValues } from 'lit';
import { customElement, query } from 'lit/decorators.js';
import type { LintFinding } from '../../../worker/protocol/lint.ts';
import '../../components/code.ts';
import type { LkCode } from '../../components/code.ts';
import type { Mistake } from '../../components/editor/codemirror.ts';
import { count, plural } from '../../components/format.ts';
import { icon } from '../../components/icon.ts';
import { countsInWords, LINT_SEVERITIES } from '../../components/lint-words.ts';
import { base, layout } from '../../components/styles.ts';
import { type Checked, isBlank, isCurrent, MAX_SQL, NOTHING_TYPED, type SqlCheck, withSilence } from '../../store/lint-state.ts';
import { memoized } from '../../store/memoized.ts';
import { paths } from '../navigate.ts';
import { Page } from '../page.ts';
import { schemaStyles } from '../schema/schema.styles.ts';
import { schemaTabs } from '../schema/schema-tabs.ts';
import { EXAMPLE } from './example.ts';
import './finding-list.ts';
import type { Silencing } from './finding-list.ts';
import { lintPagesStyles } from './lint-pages.styles.ts';

/** So many marks in one text help nobody, and each costs. */
const MOST_MARKS = 1_000;
const NO_MARKS: readonly Mistake[] = [];
const marksOf = ({ findings }: Checked): readonly Mistake[] =>
  findings
    .filter(({ silenced }) => silenced === null)
    .slice(0, MOST_MARKS)
    .map(({ line, column, message, hint, level }) => ({
      line,
      column,
      message: hint === '' ? message : `${message} ${hint}`,
      severity: LINT_SEVERITIES[level],
    }));

/** Hand-written SQL, read against the live schema before anybody runs it anywhere. */
@customElement('lk-check-page')
export class LkCheckPage extends Page {
  static override styles = [base, layout, schemaStyles, lintPagesStyles];
  @query('lk-code') private code?: LkCode;
  @query('.results') private results?: HTMLElement;
  /** Those of the latest report that was of the text as it stood: since then they move along as one types. */
  private marks: readonly Mistake[] = NO_MARKS;
  private readonly marksOf = memoized(marksOf);
  private unwatch: (() => void) | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.unwatch = this.store.console.lintLoads.watch();
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.unwatch?.();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const { check } = this;
    if (changed.has('database') && !isBlank(check.sql) && !isCurrent(check)) this.run();
    if (check.report.state === 'idle') this.marks = NO_MARKS;
    else if (check.report.state === 'ready' && isCurrent(check)) this.marks = this.marksOf(check.report.value);
  }

  override render() {
    if (this.open === null) return nothing;
    const { check } = this;
    return html`<div class="stack">
      <div class="row between"><div><h1>Schema</h1><p class="quiet small">What may go wrong with SQL that you wrote, read against the live schema of <code>${this.database}</code>. <strong>Nothing is ever run.</strong></p></div></div>
      ${schemaTabs(this.database, 'check')}
      <div class="bench">
        <section class="panel" aria-labelledby="sql">
          <header><h2 id="sql" class="grow">SQL</h2><span class="quiet small">Checks by itself · now with <kbd>Ctrl</kbd> or <kbd>⌘</kbd> and <kbd>Enter</kbd></span></header>
          <lk-code class="code" language="sql" label="SQL to check" editable .text=${check.sql} .mistakes=${this.marks} @change=${this.type} @save=${this.run} @run=${this.runByKeys}></lk-code>
        </section>
        <section class="panel found" aria-labelledby="findings">
          <header><h2 id="findings" class="grow">Findings</h2><span class="quiet small" role="status">${this.standing(check)}</span></header>
          <div class="results" tabindex="-1">${this.body(check)}</div>
        </section>
      </div>
    </div>`;
  }

  /** In a few words: it is read aloud whenever it changes. */
  private standing(check: SqlCheck): string {
    const { report } = check;
    if (isBlank(check.sql)) return '';
    if (check.sql.length > MAX_SQL) return 'Not checked';
    if (report.state === 'loading' || (report.state === 'ready' && report.refreshing)) return 'Checking…';
    if (report.state === 'failed' || (report.state === 'ready' && report.failure !== null)) return 'Not checked';
    if (report.state === 'idle' || !isCurrent(check)) return 'Checked when you stop typing';
    const { findings, statements } = report.value;
    const loud = findings.filter(({ silenced }) => silenced === null);
    return `${loud.length === 0 ? 'Nothing found' : countsInWords(loud)} in ${plural(statements, 'statement')}`;
  }

  private body(check: SqlCheck) {
    if (check.sql.length > MAX_SQL)
      return html`<p class="note">The text has ${count(check.sql.length)} characters. At most ${count(MAX_SQL)} are checked at once: cut it in parts.</p>`;
    if (isBlank(check.sql))
      return html`<lk-empty heading="Nothing to check yet">Write or paste statements: a migration, a script, a query. They are read, never run.<wa-button slot="actions" appearance="outlined" @click=${() => this.begin(EXAMPLE)}>Show an example</wa-button></lk-empty>`;
    if (check.report.state === 'failed') return html`<div class="note">${this.failure(check.report.failure, this.run)}</div>`;
    if (check.report.state !== 'ready') return html`<lk-loading lines="6" what="Checking"></lk-loading>`;
    const { failure, value } = check.report;
    return html`${failure === null ? nothing : html`<div class="note">${this.failure(failure, this.run)}</div>`}${this.found(value, check)}`;
  }

  private found(report: Checked, check: SqlCheck) {
    const { findings, statements } = report;
    const quiet = findings.every(({ silenced }) => silenced !== null);
    const current = isCurrent(check);
    return html`${statements === 0 ? html`<p class="note quiet">Only comments: there is no statement in it.</p>` : quiet && current ? this.nothing(findings.length) : nothing}
      <lk-finding-list .findings=${findings} .rulesHref=${paths.lintRules(this.database)} ?current=${current} @go=${this.go} @silence=${this.silence}></lk-finding-list>`;
  }

  private nothing(silenced: number) {
    return html`<div class="nothing">${icon('check')}<div><h3>Nothing${silenced === 0 ? '' : ' else'} found</h3><p class="quiet">No <a href=${paths.lintRules(this.database)}>rule</a> has anything to say. That is no proof that it does what you mean.</p></div></div>`;
  }

  private get check(): SqlCheck {
    return this.open?.check ?? NOTHING_TYPED;
  }
  private type(event: CustomEvent<string>): void {
    this.store.console.lintLoads.write(this.database, event.detail);
  }
  private readonly run = (): void => void this.store.console.lintLoads.check(this.database);
  private runByKeys(event: Event): void {
    event.preventDefault();
    this.run();
  }
  private go({ detail }: CustomEvent<LintFinding>): void {
    this.code?.goTo(detail);
  }
  private begin(sql: string): void {
    this.store.console.lintLoads.write(this.database, sql);
    this.run();
  }
  /** The form is gone with its answer: who works by keyboard goes on at the list. */
  private silence({ detail: { finding, reason } }: CustomEvent<Silencing>): void {
    this.begin(withSilence(this.check.sql, finding, reason));
    this.results?.focus();
  }
}
