import '@awesome.me/webawesome/dist/components/button/button.js';
import { html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { MaintenanceStatus, MaintenanceWindow } from '../../../worker/protocol/maintenance.ts';
import '../../components/action.ts';
import '../../components/badge.ts';
import '../../components/confirm.ts';
import '../../components/failure.ts';
import { icon } from '../../components/icon.ts';
import '../../components/placeholder.ts';
import { base, layout } from '../../components/styles.ts';
import { Ticker } from '../../components/ticker.ts';
import '../../components/time.ts';
import { MODE_NAMES, MODE_TONES } from '../../components/words.ts';
import { type Failure, failureFrom } from '../../store/resource.ts';
import { Subscription } from '../../store/subscription.ts';
import { timeZoneName } from './ending.ts';
import { maintenanceStyles } from './maintenance.styles.ts';
import './window-dialog.ts';
import type { Editing } from './window-dialog.ts';
import { daysInWords, inZone, sameClock, spanInWords } from './window-words.ts';

/**
 * The weekly windows of a database: when each comes next, on whose clock; made, changed, switched and deleted here.
 * @property list
 * @property status - to say which of them holds now
 * @property denied - why this person may not change them, or null
 */
@customElement('lk-window-list')
export class LkWindowList extends LitElement {
  static override styles = [base, layout, maintenanceStyles];
  private readonly store = new Subscription(this);
  @property() database = '';
  @property({ attribute: false }) list: readonly MaintenanceWindow[] = [];
  @property({ attribute: false }) status: MaintenanceStatus | null = null;
  @property({ attribute: false }) denied: string | null = null;
  @state() private editing: Editing = null;
  @state() private deleting: MaintenanceWindow | null = null;
  /** The window that an order is under way for. */
  @state() private busy: string | null = null;
  @state() private failure: Failure | null = null;

  constructor() {
    super();
    new Ticker(this, 30_000);
  }

  override render() {
    return html`<section class="panel" aria-labelledby="windows">
        <header><h2 id="windows" class="grow">Weekly windows</h2><lk-action .denied=${this.denied} @act=${this.make}><span slot="start">${icon('plus')}</span>New window</lk-action></header>
        ${this.deleting === null && this.failure !== null ? html`<div class="body"><lk-failure .failure=${this.failure}></lk-failure></div>` : nothing}
        ${this.list.length === 0 ? html`<lk-empty heading="No weekly window">A window is maintenance that comes by itself: “Sundays 02:00 to 03:00, Europe/Berlin”. It ends by itself, too.</lk-empty>` : this.items()}
      </section>
      <lk-window-dialog .database=${this.database} .editing=${this.editing} @dismiss=${this.stop}></lk-window-dialog>
      ${this.confirmation()}`;
  }

  private items() {
    return html`<ul class="holds">${repeat(
      this.list,
      ({ id }) => id,
      (window) => this.item(window),
    )}</ul>`;
  }

  private item(window: MaintenanceWindow) {
    const { days, from, minutes, timeZone, mode, reason, message, enabled } = window;
    return html`<li id=${window.id}>
      <div><lk-badge tone=${enabled ? MODE_TONES[mode] : 'neutral'}>${enabled ? MODE_NAMES[mode] : 'Off'}</lk-badge></div>
      <div>
        <p class="reason">${daysInWords(days)}, ${spanInWords(from, minutes)}, ${timeZone}</p>
        <p>${reason}</p>
        <p class="quiet small">${this.next(window)}</p>
        <p class="quiet small">${enabled ? nothing : html`${MODE_NAMES[mode]} when it is on. `}Made <lk-time at=${window.createdAt}></lk-time> by ${window.createdBy}.${message === null ? nothing : html` Visitors read: “${message}”`}</p>
      </div>
      ${this.actions(window)}
    </li>`;
  }

  private next({ next, timeZone, enabled, id }: MaintenanceWindow) {
    if (next === null) return enabled ? 'It does not come again.' : 'It does not come while it is off.';
    const holding =
      this.status?.holds.some(({ owner, endedAt }) => endedAt === null && owner.kind === 'window' && owner.windowId === id) ??
      false;
    if (holding) return html`<b>Holds now</b>, <lk-left to=${next.to}></lk-left>.`;
    const started = Date.parse(next.from) <= Date.now();
    const here = timeZoneName();
    const elsewhere = sameClock(Date.parse(next.from), here, timeZone)
      ? nothing
      : html` (${inZone(next.from, timeZone)} in ${timeZone})`;
    return started
      ? html`It was ended early this time, until ${inZone(next.to)} on your clock.`
      : html`Next <b>${inZone(next.from)}</b> on your clock${elsewhere}, <lk-time at=${next.from}></lk-time>.`;
  }

  private actions(window: MaintenanceWindow) {
    // The button's own label does not reach the control inside it, so what it is about stands in its text, for ears only.
    const about = html`<span class="sr-only"> ${daysInWords(window.days)}, ${window.from}</span>`;
    if (this.denied !== null) return html`<div></div>`;
    return html`<div class="row">
      <wa-button appearance="outlined" @click=${() => this.edit(window)}>Change${about}</wa-button>
      <wa-button appearance="outlined" ?loading=${this.busy === window.id} @click=${() => this.toggle(window)}>${window.enabled ? 'Switch off' : 'Switch on'}${about}</wa-button>
      <wa-button appearance="plain" variant="danger" @click=${() => this.ask(window)}>Delete${about}</wa-button>
    </div>`;
  }

  private confirmation() {
    const window = this.deleting;
    return html`<lk-confirm heading="Delete this window?" confirmLabel="Delete it" .open=${window !== null} .busy=${this.busy !== null} .failure=${this.failure} @dismiss=${this.stop} @confirm=${this.delete}>
      ${window === null ? nothing : html`<p><b>${daysInWords(window.days)}, ${spanInWords(window.from, window.minutes)}, ${window.timeZone}</b></p>`}
      <p>It does not come again. If it holds the database now, that ends at once; the history stays.</p>
    </lk-confirm>`;
  }

  private make(): void {
    this.failure = null;
    this.editing = 'new';
  }
  private edit(window: MaintenanceWindow): void {
    this.failure = null;
    this.editing = window;
  }
  private ask(window: MaintenanceWindow): void {
    this.failure = null;
    this.deleting = window;
  }
  private stop(): void {
    this.editing = null;
    this.deleting = null;
    this.failure = null;
  }

  private async toggle({ id, enabled }: MaintenanceWindow): Promise<void> {
    await this.order(id, () => this.store.console.windowLoads.change(this.database, id, { enabled: !enabled }));
  }
  private async delete(): Promise<void> {
    const window = this.deleting;
    if (window === null) return;
    if (await this.order(window.id, () => this.store.console.windowLoads.delete(this.database, window.id))) this.deleting = null;
  }

  private async order(id: string, send: () => Promise<void>): Promise<boolean> {
    if (this.busy !== null) return false;
    this.busy = id;
    this.failure = null;
    try {
      await send();
      return true;
    } catch (error) {
      this.failure = failureFrom(error);
      return false;
    } finally {
      this.busy = null;
    }
  }
}
