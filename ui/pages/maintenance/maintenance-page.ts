import '@awesome.me/webawesome/dist/components/input/input.js';
import { html, nothing, type PropertyValues } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { Hold, MaintenanceStatus } from '../../../worker/protocol/maintenance.ts';
import type { Failure } from '../../store/resource.ts';
import '../../components/confirm.ts';
import { plural } from '../../components/format.ts';
import { base, layout } from '../../components/styles.ts';
import { MODE_NAMES } from '../../components/words.ts';
import { jobHolds } from '../../store/hold-list.ts';
import { failureFrom } from '../../store/resource.ts';
import { Page } from '../page.ts';
import './extend-dialog.ts';
import './hold-history.ts';
import './mode-form.ts';
import './mode-status.ts';

/** The API wants a reason for ending, too; this one is true whoever presses. */
const USUAL_REASON = 'Maintenance is over.';

/** The mode of a database: what it is and why, the switch, and what was. */
@customElement('lk-maintenance-page')
export class LkMaintenancePage extends Page {
  static override styles = [base, layout];
  @state() private extending: Hold | null = null;
  @state() private ending: Hold | null = null;
  @state() private endReason = USUAL_REASON;
  @state() private busy = false;
  @state() private problem: Failure | null = null;

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('database') || this.database === '') return;
    this.extending = null;
    this.ending = null;
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
          : html`<lk-mode-status .database=${this.database} .status=${open.maintenance} .jobs=${open.jobs} .denied=${denied} @extend=${this.extend} @end=${this.end}></lk-mode-status>
            <lk-mode-form .database=${this.database} .status=${open.maintenance} .denied=${denied}></lk-mode-form>`
      }
      ${this.shown(open.holds, {
        lines: 6,
        what: 'maintenance',
        retry: () => this.load(),
        draw: (list) =>
          html`<lk-hold-history .database=${this.database} .list=${list} .jobs=${open.jobs} .loading=${open.holds.state === 'ready' && open.holds.refreshing} @more=${this.more}></lk-hold-history>`,
      })}
    </div>
    <lk-extend-dialog .database=${this.database} .hold=${this.extending} .over=${this.extending !== null && !this.stands(this.extending)} @dismiss=${this.stop}></lk-extend-dialog>
    ${this.endDialog(open.maintenance)}`;
  }

  private endDialog(status: MaintenanceStatus | null) {
    const staying = status === null ? [] : jobHolds(status);
    const strictest = staying.find(({ mode }) => mode === 'closed') ?? staying[0];
    return html`<lk-confirm heading="End it now?" confirmLabel="End it" dismissLabel="Keep it" variant="brand" .open=${this.ending !== null} .busy=${this.busy} .failure=${this.problem} @dismiss=${this.stop} @confirm=${this.endNow}>
      <p>${
        strictest === undefined
          ? 'The fence comes down and the database serves again. Workers with the guard open as soon as their cached answer is old.'
          : `${plural(staying.length, 'job')} still ${staying.length === 1 ? 'holds' : 'hold'} the database: it stays ${MODE_NAMES[strictest.mode].toLowerCase()} until ${staying.length === 1 ? 'that ends' : 'they end'}.`
      }</p>
      <wa-input label="What to note" hint="For the record of who ended it and why." maxlength="500" autocomplete="off" .value=${this.endReason} @input=${this.typeReason}></wa-input>
    </lk-confirm>`;
  }

  /** Whether the hold is still there: it may have run out, or been replaced by another person, while a dialog stood open. */
  private stands(hold: Hold): boolean {
    return this.open?.maintenance?.holds.some(({ id, endedAt }) => id === hold.id && endedAt === null) ?? false;
  }

  private readonly load = (): void => {
    void this.store.console.loads.maintenance(this.database);
  };
  private more(): void {
    void this.store.console.loads.moreHolds(this.database);
  }
  private extend(event: CustomEvent<Hold>): void {
    this.extending = event.detail;
  }
  private end(event: CustomEvent<Hold>): void {
    this.problem = null;
    this.endReason = USUAL_REASON;
    this.ending = event.detail;
  }
  private stop(): void {
    this.extending = null;
    this.ending = null;
  }
  private typeReason(event: Event): void {
    this.endReason = (event.target as HTMLInputElement).value;
  }

  private async endNow(): Promise<void> {
    const hold = this.ending;
    if (hold === null || this.busy) return;
    // Over already: `off` would end whatever another person has begun since.
    if (!this.stands(hold)) {
      this.stop();
      return;
    }
    this.busy = true;
    this.problem = null;
    const reason = this.endReason.trim() === '' ? USUAL_REASON : this.endReason.trim();
    try {
      await this.store.console.commands.setMaintenance(this.database, { mode: 'off', reason, message: null, expiresAt: null });
      this.stop();
    } catch (error) {
      this.problem = failureFrom(error);
    } finally {
      this.busy = false;
    }
  }
}
