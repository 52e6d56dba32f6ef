import { html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { TableStats } from '../../../worker/protocol/database.ts';
import '../../components/action.ts';
import '../../components/callout.ts';
import '../../components/failure.ts';
import { figure } from '../../components/format.ts';
import { icon } from '../../components/icon.ts';
import '../../components/placeholder.ts';
import { base, controls, layout } from '../../components/styles.ts';
import { type Failure, failureFrom } from '../../store/resource.ts';
import { Subscription } from '../../store/subscription.ts';
import { navigate, paths } from '../navigate.ts';
import type { CardContext } from './cards.ts';
import { type ClearDraft, clearable, newClearDraft, planOf } from './clear-draft.ts';
import { dangerStyles } from './danger.styles.ts';
import './table-choice.ts';

/**
 * Asks which table is to be cleared and how, makes the plan, and goes to it. Nothing is touched from here.
 * @property context
 */
@customElement('lk-clear-card')
export class LkClearCard extends LitElement {
  static override styles = [base, layout, controls, dangerStyles];
  private readonly store = new Subscription(this);
  @property({ attribute: false }) context: CardContext | null = null;
  @state() private draft: ClearDraft = newClearDraft;
  @state() private complaining = false;
  @state() private busy = false;
  @state() private failure: Failure | null = null;

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('context') && changed.get('context')?.database !== this.context?.database) this.put(newClearDraft);
  }

  override render() {
    const { context } = this;
    if (context === null) return nothing;
    const off = context.denied !== null;
    return html`<form novalidate @submit=${this.submit}>
      ${off ? html`<p class="quiet">${icon('lock')} You see what can be done here, and cannot do it. ${context.denied}</p>` : nothing}
      <fieldset ?disabled=${off}><legend>Which table</legend>${this.tables(context, off)}</fieldset>
      <fieldset ?disabled=${off}><legend>Rows that depend on it</legend>
        ${this.radio('keep', 'Keep them', 'The plan says which rows are in the way, and cannot be started while there are any.')}
        ${this.radio('clear', 'Clear them too', 'Every row that refers to a removed one goes with it, through all foreign keys, whatever they say about deleting.')}
      </fieldset>
      <fieldset ?disabled=${off}><legend>How</legend>
        ${this.check('safetyBackup', 'Take a safety backup first', 'A whole backup, before the first row goes. It stays, and the job links to it.')}
        ${this.draft.safetyBackup ? nothing : html`<lk-callout class="no-backup" tone="bad" role="status" heading="Then there is no way back from here">What is removed is gone. Only an older backup, or D1’s own Time Travel in production, still has it.</lk-callout>`}
        ${this.check('resetSequence', 'Number from 1 again', 'For AUTOINCREMENT: the next row gets 1. Numbers that others still remember are given out once more.')}
        ${this.check('secondPerson', 'Another admin has to approve it', 'They see the same plan. Their approval is bound to it, and void as soon as the database changes.')}
      </fieldset>
      <lk-failure .failure=${this.failure}></lk-failure>
      <div class="row">
        ${off ? nothing : html`<lk-action variant="brand" appearance="accent" .busy=${this.busy} @act=${this.plan}>See what would go</lk-action>`}
        <span class="quiet small" role="status">${this.note()}</span>
      </div>
    </form>`;
  }

  private note(): string {
    if (this.busy) return 'Following the foreign keys and counting rows…';
    return this.complaining && this.draft.table === '' ? 'Choose a table first.' : '';
  }

  private tables({ tables, reloadTables }: CardContext, off: boolean) {
    switch (tables.state) {
      case 'idle':
      case 'loading':
        return html`<lk-loading lines="4" what="Loading the tables"></lk-loading>`;
      case 'failed':
        return html`<lk-failure .failure=${tables.failure}><wa-button appearance="outlined" @click=${reloadTables}>Try again</wa-button></lk-failure>`;
      case 'ready':
        return html`<lk-table-choice .list=${clearable(tables.value)} .chosen=${this.draft.table} ?disabled=${off} ?complaining=${this.complaining && this.draft.table === ''} @pick=${this.pick}></lk-table-choice>
          ${this.chosen(tables.value)}`;
    }
  }

  private chosen(list: readonly TableStats[]) {
    const table = list.find(({ name }) => name === this.draft.table);
    if (table === undefined) return nothing;
    return html`<p class="small">Chosen: <code>${table.name}</code>${table.rows === null ? ', not counted yet' : `, ${figure(table.rows)} rows`}. The plan counts exactly.</p>`;
  }

  private radio(value: ClearDraft['dependents'], label: string, meaning: string) {
    return html`<label class="choice"><input type="radio" name="dependents" value=${value} .checked=${this.draft.dependents === value} aria-describedby="about-${value}" @change=${() => this.put({ dependents: value })} />
      <span>${label}</span><span class="quiet small" id="about-${value}">${meaning}</span></label>`;
  }

  private check(name: 'safetyBackup' | 'resetSequence' | 'secondPerson', label: string, meaning: string) {
    return html`<label class="choice"><input type="checkbox" .checked=${this.draft[name]} aria-describedby="about-${name}" @change=${() => this.put({ [name]: !this.draft[name] })} />
      <span>${label}</span><span class="quiet small" id="about-${name}">${meaning}</span></label>`;
  }

  private put(change: Partial<ClearDraft>): void {
    this.draft = { ...this.draft, ...change };
    this.failure = null;
  }
  private pick(event: CustomEvent<string>): void {
    this.put({ table: event.detail });
  }
  private submit(event: SubmitEvent): void {
    event.preventDefault();
    void this.plan();
  }

  private async plan(): Promise<void> {
    const { context } = this;
    this.complaining = this.draft.table === '';
    if (context === null || this.complaining || this.busy || context.denied !== null) return;
    this.busy = true;
    this.failure = null;
    try {
      const plan = await this.store.console.planLoads.make(context.database, planOf(this.draft));
      navigate(paths.plan(context.database, plan.id));
    } catch (error) {
      this.failure = failureFrom(error);
    } finally {
      this.busy = false;
    }
  }
}
