import { html, nothing, type PropertyValues } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { Hold, MaintenanceStatus } from '../../../worker/protocol/maintenance.ts';
import type { Failure } from '../../store/resource.ts';
import '../../components/confirm.ts';
import { plural } from '../../components/format.ts';
import { base, layout } from '../../components/styles.ts';
import { MODE_NAMES } from '../../components/words.ts';
import { othersThan } from '../../store/hold-list.ts';
import { failureFrom } from '../../store/resource.ts';
import { Page } from '../page.ts';
import './hold-dialog.ts';
import './hold-history.ts';
import './mode-form.ts';
import './mode-status.ts';
import './window-list.ts';

/** The mode of a database: what it is and why, the switch, what comes by itself each week, and what was. */
@customElement('lk-maintenance-page')
export class LkMaintenancePage extends Page {
  static override styles = [base, layout];
  @state() private changing: Hold | null = null;
  @state() private ending: Hold | null = null;
  @state() private busy = false;
  @state() private problem: Failure | null = null;

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('database') || this.database === '') return;
    this.stop();
    this.load();
  }

  override render() {
    const { open } = this;
    if (open === null) return nothing;
    const denied = this.denied('maintenance');
    return html`<div class="stack">
      <h1>Maintenance</h1>
      ${
        open.maintenance === null
          ? nothing
          : html`<lk-mode-status .database=${this.database} .status=${open.maintenance} .jobs=${open.jobs} .denied=${denied} @change=${this.change} @end=${this.end}></lk-mode-status>
            <lk-mode-form .database=${this.database} .status=${open.maintenance} .denied=${denied}></lk-mode-form>`
      }
      ${this.shown(open.windows, {
        lines: 3,
        what: 'the weekly windows',
        retry: () => this.loadWindows(),
        draw: (list) =>
          html`<lk-window-list .database=${this.database} .list=${list} .status=${open.maintenance} .denied=${denied}></lk-window-list>`,
      })}
      ${this.shown(open.holds, {
        lines: 6,
        what: 'maintenance',
        retry: () => this.load(),
        draw: (list) =>
          html`<lk-hold-history .database=${this.database} .list=${list} .jobs=${open.jobs} .loading=${open.holds.state === 'ready' && open.holds.refreshing} @more=${this.more}></lk-hold-history>`,
      })}
    </div>
    <lk-hold-dialog .database=${this.database} .hold=${this.changing} .over=${this.changing !== null && !this.stands(this.changing)} @dismiss=${this.stop}></lk-hold-dialog>
    ${this.endDialog(open.maintenance)}`;
  }

  private endDialog(status: MaintenanceStatus | null) {
    const hold = this.ending;
    const staying = status === null || hold === null ? [] : othersThan(hold.id, status);
    const strictest = staying.find(({ mode }) => mode === 'closed') ?? staying[0];
    return html`<lk-confirm heading="End it now?" confirmLabel="End it" dismissLabel="Keep it" variant="brand" .open=${hold !== null} .busy=${this.busy} .failure=${this.problem} @dismiss=${this.stop} @confirm=${this.endNow}>
      <p>${
        strictest === undefined
          ? 'The fence comes down and the database serves again. Workers with the guard open as soon as their cached answer is old.'
          : `${plural(staying.length, 'other hold')} ${staying.length === 1 ? 'stays' : 'stay'}: the database is ${MODE_NAMES[strictest.mode].toLowerCase()} until ${staying.length === 1 ? 'that ends' : 'they end'}.`
      }</p>
      ${hold?.owner.kind === 'window' ? html`<p>The weekly window comes again at its next time.</p>` : nothing}
    </lk-confirm>`;
  }

  /** Whether the hold is still there: it may have run out, or been replaced by another person, while a dialog stood open. */
  private stands(hold: Hold): boolean {
    return this.open?.maintenance?.holds.some(({ id, endedAt }) => id === hold.id && endedAt === null) ?? false;
  }

  private load(): void {
    void this.store.console.loads.maintenance(this.database);
    this.loadWindows();
  }
  private loadWindows(): void {
    void this.store.console.windowLoads.list(this.database);
  }
  private more(): void {
    void this.store.console.loads.moreHolds(this.database);
  }
  private change(event: CustomEvent<Hold>): void {
    this.changing = event.detail;
  }
  private end(event: CustomEvent<Hold>): void {
    this.problem = null;
    this.ending = event.detail;
  }
  private stop(): void {
    this.changing = null;
    this.ending = null;
  }

  private async endNow(): Promise<void> {
    const hold = this.ending;
    if (hold === null || this.busy) return;
    this.busy = true;
    this.problem = null;
    try {
      // Over meanwhile: that is what was wanted.
      if (this.stands(hold)) await this.store.console.commands.endHold(this.database, hold.id);
      this.stop();
    } catch (error) {
      this.problem = failureFrom(error);
    } finally {
      this.busy = false;
    }
  }
}
