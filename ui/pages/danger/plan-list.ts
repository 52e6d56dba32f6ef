import '@awesome.me/webawesome/dist/components/button/button.js';
import { html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { PlanSummary } from '../../../worker/protocol/plan.ts';
import '../../components/badge.ts';
import { plural } from '../../components/format.ts';
import '../../components/placeholder.ts';
import { isOver, PLAN_NAMES } from '../../components/plan-words.ts';
import { base, layout, tables } from '../../components/styles.ts';
import { Ticker } from '../../components/ticker.ts';
import '../../components/time.ts';
import { paths } from '../navigate.ts';
import { dangerStyles } from './danger.styles.ts';
import { type ListedPlan, listed, lossInWords, STANDING_NAMES, STANDING_TONES, subjectOf } from './standing-words.ts';

const PAST_SHOWN = 5;

/**
 * Plans that wait for somebody, that are open, and that were.
 * @property plans - newest first
 * @property me - the subject of who is looking
 * @property mayApprove
 */
@customElement('lk-danger-plans')
export class LkDangerPlans extends LitElement {
  static override styles = [base, layout, tables, dangerStyles];
  @property() database = '';
  @property({ attribute: false }) plans: readonly PlanSummary[] = [];
  @property() me = '';
  @property({ type: Boolean }) mayApprove = false;
  @state() private all = false;

  constructor() {
    super();
    // A plan expires while it is listed.
    new Ticker(this, 30_000);
  }

  override render() {
    const list = listed(this.plans, this.me, this.mayApprove, Date.now());
    const past = list.filter(({ standing }) => isOver(standing));
    const shown = this.all ? list : list.filter((item) => !past.includes(item) || past.indexOf(item) < PAST_SHOWN);
    return html`<section class="panel" aria-labelledby="plans">
      <header><h2 id="plans">Plans</h2></header>
      ${
        list.length === 0
          ? html`<lk-empty heading="No plan yet">A plan says what would go before anything does. Plans are kept for a day, and stay listed here afterwards.</lk-empty>`
          : html`<div class="scroller"><table aria-label="Plans">
        <thead><tr><th scope="col">Plan</th><th scope="col" class="wide-only">Removes</th><th scope="col">State</th><th scope="col" class="wide-only">Made</th></tr></thead>
        <tbody>${repeat(
          shown,
          ({ plan }) => plan.id,
          (item) => this.row(item),
        )}</tbody></table></div>`
      }
      ${shown.length === list.length ? nothing : html`<div class="more"><wa-button appearance="outlined" @click=${this.showAll}>Show ${plural(list.length - shown.length, 'older plan')}</wa-button></div>`}
    </section>`;
  }

  private row({ plan, standing, asksMe }: ListedPlan) {
    return html`<tr>
      <th scope="row"><a href=${paths.plan(this.database, plan.id)}>${PLAN_NAMES[plan.kind]} <code>${subjectOf(plan)}</code></a><span class="loss quiet small">removes ${lossInWords(plan)}</span></th>
      <td class="wide-only ${isOver(standing) ? 'quiet' : ''}">${lossInWords(plan)}</td>
      <td class="fit"><lk-badge tone=${asksMe ? 'bad' : STANDING_TONES[standing]}>${asksMe ? 'Waits for you' : STANDING_NAMES[standing]}</lk-badge>
        ${plan.jobId === null ? nothing : html`<a class="small job" href=${paths.job(this.database, plan.jobId)}>its job</a>`}</td>
      <td class="wide-only quiet"><lk-time at=${plan.createdAt}></lk-time> by ${plan.createdBy}</td>
    </tr>`;
  }

  private showAll(): void {
    this.all = true;
  }
}
