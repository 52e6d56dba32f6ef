import { html, nothing, type PropertyValues } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { PlanKind, PlanSummary } from '../../../worker/protocol/plan.ts';
import '../../components/callout.ts';
import { plural } from '../../components/format.ts';
import { icon } from '../../components/icon.ts';
import { base, layout } from '../../components/styles.ts';
import { paths } from '../navigate.ts';
import { Page } from '../page.ts';
import { type CardContext, DANGER_CARDS, type DangerCard, isDangerKind } from './cards.ts';
import { dangerStyles } from './danger.styles.ts';
import './plan-list.ts';
import { listed } from './standing-words.ts';

/** What destroys data: each job begins with a plan that is read before anything goes. */
@customElement('lk-danger-page')
export class LkDangerPage extends Page {
  static override styles = [base, layout, dangerStyles];
  @state() private opened: PlanKind | null = DANGER_CARDS[0]?.kind ?? null;

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('database') || this.database === '') return;
    this.loadTables();
    this.loadPlans();
  }

  override render() {
    const { open } = this;
    if (open === null) return nothing;
    const context: CardContext = {
      database: this.database,
      tables: open.tables,
      denied: this.denied('run-danger'),
      reloadTables: () => this.loadTables(),
    };
    return html`<div class="stack">
      <div><h1>Danger zone</h1><p class="quiet lead">What is here destroys data. Nothing goes before you have read a plan that says what, in numbers, and typed its name.</p></div>
      ${open.plans.state === 'ready' ? this.asked(open.plans.value) : nothing}
      ${DANGER_CARDS.map((card) => this.card(card, context))}
      ${this.shown(open.plans, {
        lines: 3,
        what: 'the plans',
        retry: () => this.loadPlans(),
        draw: (plans) =>
          html`<lk-danger-plans .database=${this.database} .plans=${ofDanger(plans)} .me=${this.me} .mayApprove=${this.denied('approve') === null}></lk-danger-plans>`,
      })}
    </div>`;
  }

  private card(card: DangerCard, context: CardContext) {
    const open = this.opened === card.kind;
    return html`<section class="panel card" aria-labelledby=${card.kind}>
      <header><button type="button" class="fold" aria-expanded=${open} @click=${() => this.fold(card.kind)}>
        ${icon(open ? 'down' : 'right')}<span><b id=${card.kind}>${card.title}</b><span class="quiet small">${card.what}</span></span></button></header>
      ${open ? html`<div class="body">${card.draw(context)}</div>` : nothing}
    </section>`;
  }

  /** Somebody waits for this person: that must not be found by chance. */
  private asked(plans: readonly PlanSummary[]) {
    const mine = listed(ofDanger(plans), this.me, this.denied('approve') === null, Date.now()).filter(({ asksMe }) => asksMe);
    const [first] = mine;
    if (first === undefined) return nothing;
    const { requestedBy, requestedAt } = first.plan.approval;
    return html`<lk-callout tone="warn" role="status" heading="${plural(mine.length, 'plan waits', 'plans wait')} for your approval">
      ${requestedBy ?? 'Somebody'} asked <lk-time .at=${requestedAt}></lk-time>. Read it before you decide.
      <a slot="actions" href=${paths.plan(this.database, first.plan.id)}>Open ${mine.length === 1 ? 'the plan' : 'the newest'}</a>
    </lk-callout>`;
  }

  private get me(): string {
    const { session } = this.store.state;
    return session.state === 'signed-in' ? session.me.subject : '';
  }
  private fold(kind: PlanKind): void {
    this.opened = this.opened === kind ? null : kind;
  }
  private loadTables(): void {
    void this.store.console.loads.tables(this.database);
  }
  private loadPlans(): void {
    void this.store.console.planLoads.list(this.database);
  }
}

const ofDanger = (plans: readonly PlanSummary[]): PlanSummary[] => plans.filter(({ kind }) => isDangerKind(kind));
