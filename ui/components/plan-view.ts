import '@awesome.me/webawesome/dist/components/button/button.js';
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Plan } from '../../worker/protocol/plan.ts';
import './badge.ts';
import './callout.ts';
import './consequences.ts';
import type { ShownFailure } from './failure.ts';
import { duration, exactTime, plural } from './format.ts';
import './hazard-list.ts';
import './plan-start.ts';
import { effectsInWords, standingOf, worstFirst } from './plan-words.ts';
import './statement-list.ts';
import { base, controls, layout, tables } from './styles.ts';
import { Ticker } from './ticker.ts';
import './time.ts';

/**
 * What a plan will do, before anything is touched: in words and numbers, with its hazards, its SQL and how its rehearsal went. Below it
 * `lk-plan-start`, which starts it; its events and those of `lk-hazard-list` come through here.
 * @slot - what a kind of plan has to add, between the hazards and the SQL
 * @property plan
 * @property sqlHref - where its SQL can be downloaded, or empty
 * @property rulesHref - where the linter's rules are, or empty
 * @property jobHref - the page of the job that ran it, or empty
 * @property me - the subject of who is looking, so that nobody is offered to approve their own plan
 * @property denied - why this person may not start it, or null
 * @property decideDenied - why this person may not approve, or null
 * @property stale - the database has changed since, as far as the page knows
 * @property editable - offers what makes another plan of it (fill, silence)
 * @property busy - an order is on its way
 * @property failure - why the last order failed
 * @fires start - `detail` is what was typed, or null when nothing had to be
 * @fires remake - the same again, on the database as it is now
 * @fires decide - `detail` is `request-approval`, `approve` or `decline`
 * @fires fill, silence - see `lk-hazard-list`
 */
@customElement('lk-plan-view')
export class LkPlanView extends LitElement {
  static override styles = [
    base,
    layout,
    tables,
    controls,
    css`
      .effects {
        list-style: none;
        display: grid;
        gap: 3px;
      }
      .effects li:first-child {
        font-size: 1.0625rem;
        font-weight: 600;
      }
      .meta {
        display: flex;
        flex-wrap: wrap;
        gap: 2px 16px;
        margin-top: 10px;
      }
      .findings {
        margin-top: 8px;
        padding-left: 1.2em;
      }
      lk-plan-start {
        position: sticky;
        bottom: var(--lk-strip, 0px);
        z-index: 3;
      }
    `,
  ];
  @property({ attribute: false }) plan: Plan | null = null;
  @property() sqlHref = '';
  @property() rulesHref = '';
  @property() jobHref = '';
  @property() me = '';
  @property({ attribute: false }) denied: string | null = null;
  @property({ attribute: false }) decideDenied: string | null = null;
  @property({ type: Boolean }) stale = false;
  @property({ type: Boolean }) editable = false;
  @property({ type: Boolean }) busy = false;
  @property({ attribute: false }) failure: ShownFailure | null = null;

  constructor() {
    super();
    // A plan expires while one reads it.
    new Ticker(this, 5_000);
  }

  override render() {
    const { plan } = this;
    if (plan === null) return nothing;
    const standing = standingOf(plan, Date.now());
    return html`<div class="stack">
      ${this.effects(plan)} ${this.hazards(plan)}
      <slot></slot>
      <lk-consequences .tables=${plan.predicted.tables}></lk-consequences>
      ${this.rehearsal(plan)}
      <lk-statement-list .statements=${plan.statements} .sqlHref=${this.sqlHref}></lk-statement-list>
      <lk-plan-start .plan=${plan} .standing=${standing} .stale=${this.stale} .me=${this.me} .denied=${this.denied} .decideDenied=${this.decideDenied} .jobHref=${this.jobHref} .busy=${this.busy} .failure=${this.failure}
        @start=${this.pass} @remake=${this.pass} @decide=${this.pass}></lk-plan-start>
    </div>`;
  }

  private effects(plan: Plan) {
    return html`<section class="panel" aria-labelledby="effects"><header><h2 id="effects">What will happen</h2></header><div class="body">
      <ul class="effects">${effectsInWords(plan).map((sentence) => html`<li>${sentence}</li>`)}</ul>
      <p class="meta quiet small"><span>made <lk-time at=${plan.createdAt}></lk-time> by ${plan.createdBy}</span>
        <span title=${exactTime(plan.expiresAt)}>good until ${exactTime(plan.expiresAt)}</span>
        <span>hash <code title=${plan.hash}>${plan.hash.slice(0, 12)}</code></span></p>
    </div></section>`;
  }

  private hazards({ hazards, params }: Plan) {
    if (hazards.length === 0) return nothing;
    const worst = worstFirst(hazards)[0]?.level;
    const record = (value: unknown) => (typeof value === 'object' && value !== null ? value : {});
    return html`<section class="panel" aria-labelledby="hazards">
      <header><h2 id="hazards" class="grow">${plural(hazards.length, 'remark')}</h2>${worst === 'stop' ? html`<lk-badge tone="bad">It cannot be started like this</lk-badge>` : nothing}</header>
      <div class="body"><lk-hazard-list .rulesHref=${this.rulesHref} .hazards=${hazards} .fills=${record(params.fill)} .silenced=${record(params.silence)} ?editable=${this.editable} @fill=${this.pass} @silence=${this.pass}></lk-hazard-list></div>
    </section>`;
  }

  private rehearsal({ rehearsal }: Plan) {
    if (rehearsal === null || rehearsal.state === 'not-needed') return nothing;
    const passed = rehearsal.state === 'passed';
    const back = {
      true: 'The way back was tried too, and led to the start.',
      false: 'The way back was tried, and did not lead to the start.',
      null: 'There is no complete way back but a backup.',
    }[`${rehearsal.inverseProven}`];
    return html`<lk-callout tone=${passed ? 'good' : 'bad'} heading=${passed ? 'Rehearsed in scratch: it worked' : 'The rehearsal in scratch failed'}>
      <p>${passed ? 'The result is what was wanted.' : 'It cannot be started like this. Nothing was touched.'} ${plural(rehearsal.rows, 'row')}, ${duration(rehearsal.tookMs)}. ${back}</p>
      ${rehearsal.findings.length === 0 ? nothing : html`<ul class="findings">${rehearsal.findings.map(({ code, message }) => html`<li>${message} <code class="quiet small">${code}</code></li>`)}</ul>`}
    </lk-callout>`;
  }

  /** Events do not cross a shadow root by themselves unless composed; these are told once, by this element. */
  private pass(event: Event): void {
    event.stopPropagation();
    this.dispatchEvent(new CustomEvent(event.type, { detail: (event as CustomEvent).detail }));
  }
}
