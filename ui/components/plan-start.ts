import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Plan } from '../../worker/protocol/plan.ts';
import './action.ts';
import './failure.ts';
import type { ShownFailure } from './failure.ts';
import { count, plural } from './format.ts';
import { icon } from './icon.ts';
import type { Standing } from './plan-words.ts';
import { base, controls, layout } from './styles.ts';
import './time.ts';

type Decision = 'request-approval' | 'approve' | 'decline';
/** What a refusal of the server says about the plan itself: only a new one helps. */
const OUTRUN: readonly string[] = ['plan_stale', 'plan_expired', 'plan_used', 'count_mismatch'];

/**
 * Starts a plan, or says what is in the way: a word to type, another person to ask, a plan that is too old.
 * @property plan, standing, stale, me, denied, decideDenied, jobHref, busy, failure - see `lk-plan-view`
 * @fires start - `detail` is what was typed, or null
 * @fires remake
 * @fires decide - `detail` is a `Decision`
 */
@customElement('lk-plan-start')
export class LkPlanStart extends LitElement {
  static override styles = [
    base,
    layout,
    controls,
    css`
      .panel {
        padding: 14px 16px;
        display: grid;
        gap: 12px;
        border-color: var(--lk-line-strong);
        box-shadow: 0 -6px 20px light-dark(rgb(16 40 48 / 0.07), rgb(0 0 0 / 0.3));
      }
      .panel.danger {
        border-color: var(--lk-bad);
      }
      .text {
        display: grid;
        gap: 2px;
        flex: 1 1 20rem;
        min-width: 0;
      }
      .text p {
        overflow-wrap: anywhere;
      }
      label.type {
        display: grid;
        gap: 6px;
        flex: 1 1 18rem;
        min-width: 0;
      }
      label.type input {
        font-family: var(--lk-mono);
      }
    `,
  ];
  @property({ attribute: false }) plan: Plan | null = null;
  @property() standing: Standing = 'ready';
  @property({ type: Boolean }) stale = false;
  @property() me = '';
  @property({ attribute: false }) denied: string | null = null;
  @property({ attribute: false }) decideDenied: string | null = null;
  @property() jobHref = '';
  @property({ type: Boolean }) busy = false;
  @property({ attribute: false }) failure: ShownFailure | null = null;
  @state() private typed = '';

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('plan') && changed.get('plan')?.id !== this.plan?.id) this.typed = '';
  }

  override render() {
    const { plan, failure } = this;
    if (plan === null) return nothing;
    const danger = plan.confirm !== null && this.standing === 'ready';
    const outrun = failure !== null && OUTRUN.includes(failure.code);
    return html`<section class="panel ${danger ? 'danger' : ''}" aria-label="Start">
      <lk-failure .failure=${outrun ? null : failure}></lk-failure>
      <div class="row" role=${outrun ? 'alert' : nothing}>${outrun ? this.again('Something has changed since this plan was made', html`${failure.detail} Nothing was touched.`) : this.body(plan)}</div>
    </section>`;
  }

  private body(plan: Plan) {
    switch (this.standing) {
      case 'used':
        return html`${this.text('This plan has been run', 'A plan runs once.')}${this.jobHref === '' ? nothing : html`<a href=${this.jobHref}>Open its job</a>`}`;
      case 'expired':
        return this.again('This plan has expired', 'Too much may have happened since.');
      case 'void':
        return this.again('The database has changed since this plan was made', 'Its approval counts no more. Nothing was touched.');
      case 'declined':
        return this.again(`Declined by ${plan.approval.decidedBy ?? 'another admin'}`, 'This plan will not run.');
      case 'stopped':
        return this.again('It cannot be started like this', 'See the remarks above for the way forward.', false);
      case 'unproven':
        return this.again('It cannot be started: its rehearsal failed', 'See above what the rehearsal found.', false);
      case 'wanted':
        return html`${this.text('Another admin has to approve this plan', 'Ask for it here; they see exactly this page.')}${this.decision('request-approval', 'Ask for approval', 'brand', this.denied)}`;
      case 'requested':
        return this.requested(plan);
      case 'ready':
        return this.stale
          ? this.again('The schema has changed since this plan was made', 'Nothing was touched.')
          : this.ready(plan);
    }
  }

  private requested(plan: Plan) {
    const { approval } = plan;
    const own = approval.requestedBy === this.me;
    const since = html`Asked for by ${approval.requestedBy ?? 'somebody'} <lk-time .at=${approval.requestedAt}></lk-time>.`;
    if (own)
      return html`${this.text('Waiting for another admin', html`${since} Nobody approves their own plan. This page changes by itself.`)}
        ${this.decideDenied === null ? this.decision('decline', 'Take it back', 'neutral', null) : nothing}`;
    if (this.decideDenied !== null)
      return this.text('Waiting for another admin', html`${since} ${this.decideDenied} This page changes by itself.`);
    return html`${this.text('Your approval is asked for', html`${since} ${this.approved(plan)}`)}
      ${this.decision('decline', 'Decline', 'neutral', null)} ${this.decision('approve', 'Approve', 'brand', null)}`;
  }

  /** What a yes is bound to, so that nobody can be shown one thing and have agreed to another. */
  private approved({ hash, predicted }: Plan) {
    const { rowsRemoved, rowsChanged, tables } = predicted;
    return html`You approve exactly this: ${plural(rowsRemoved, 'row')} removed and ${count(rowsChanged)} changed in ${plural(tables.length, 'table')}, by
      the plan <code>${hash}</code>. It is void when the database changes.`;
  }

  private ready(plan: Plan) {
    const { confirm, approval } = plan;
    const by = approval.state === 'approved' ? `Approved by ${approval.decidedBy ?? 'another admin'}.` : '';
    const label = confirm === null ? 'Start' : 'Start, knowing this';
    const button = html`<lk-action variant=${confirm === null ? 'brand' : 'danger'} appearance="accent" .denied=${this.notYet(confirm)} .busy=${this.busy} @act=${this.start}>${label}</lk-action>`;
    if (confirm === null) return html`${this.text('Ready to start', `${by} You can follow it live, and cancel it.`)}${button}`;
    return html`<label class="type"><span>Type <code>${confirm}</code> to confirm. ${by}</span>
      <input type="text" autocomplete="off" spellcheck="false" .value=${this.typed} ?disabled=${this.denied !== null} @input=${this.type} @keydown=${this.key} /></label>${button}`;
  }

  private notYet(confirm: string | null): string | null {
    if (this.denied !== null) return this.denied;
    return confirm === null || this.typed === confirm ? null : this.typed === '' ? '' : 'Not the same yet.';
  }

  /** `helps`: whether the same once more is the way forward. */
  private again(heading: string, what: unknown, helps = true) {
    return html`${this.text(heading, what)}<lk-action variant=${helps ? 'brand' : 'neutral'} appearance=${helps ? 'accent' : 'outlined'} .denied=${this.denied} .busy=${this.busy} @act=${() => this.tell('remake', null)}><span slot="start">${icon('refresh')}</span>Make it again</lk-action>`;
  }

  private text(heading: string, what: unknown) {
    return html`<div class="text"><h3>${heading}</h3><p class="quiet small">${what}</p></div>`;
  }

  private decision(decision: Decision, label: string, variant: 'neutral' | 'brand', denied: string | null) {
    return html`<lk-action variant=${variant} appearance=${variant === 'brand' ? 'accent' : 'outlined'} .denied=${denied} .busy=${this.busy} @act=${() => this.tell('decide', decision)}>${label}</lk-action>`;
  }

  private type(event: InputEvent): void {
    this.typed = (event.target as HTMLInputElement).value;
  }
  private key(event: KeyboardEvent): void {
    if (event.key === 'Enter') this.start();
  }
  private start(): void {
    const confirm = this.plan?.confirm ?? null;
    if (this.busy || this.notYet(confirm) !== null) return;
    this.tell('start', confirm === null ? null : this.typed);
  }
  private tell(name: 'start' | 'remake' | 'decide', detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
