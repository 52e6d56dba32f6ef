import '@awesome.me/webawesome/dist/components/button/button.js';
import { html, LitElement, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { HoldMode, MaintenanceStatus } from '../../../worker/protocol/maintenance.ts';
import type { Failure } from '../../store/resource.ts';
import '../../components/confirm.ts';
import '../../components/failure.ts';
import { exactTime } from '../../components/format.ts';
import { icon } from '../../components/icon.ts';
import { base, controls, layout } from '../../components/styles.ts';
import { MODE_EFFECTS, MODE_NAMES } from '../../components/words.ts';
import { personsHold } from '../../store/hold-list.ts';
import { failureFrom } from '../../store/resource.ts';
import { Subscription } from '../../store/subscription.ts';
import { type Ending, endOf, expiresAtOf, USUAL_ENDING } from './ending.ts';
import './ending-picker.ts';
import { modeFormStyles } from './mode-form.styles.ts';

const MOST_CHARACTERS = 500;
const MODES = Object.keys(MODE_EFFECTS) as HoldMode[];
const ORDERS: Record<HoldMode, string> = { 'read-only': 'Make it read-only', closed: 'Close the database' };

/**
 * Begins a hold of a person's, or replaces the one that is there. Closing is asked for once more.
 * @property status - what holds now
 * @property denied - why this person may not, or null
 */
@customElement('lk-mode-form')
export class LkModeForm extends LitElement {
  static override styles = [base, layout, controls, modeFormStyles];
  private readonly store = new Subscription(this);
  @property() database = '';
  @property({ attribute: false }) status: MaintenanceStatus | null = null;
  @property({ attribute: false }) denied: string | null = null;
  @state() private mode: HoldMode = 'read-only';
  @state() private reason = '';
  @state() private message = '';
  @state() private ending: Ending = USUAL_ENDING;
  /** Pressed once with something missing: from then on it is marked. */
  @state() private complaining = false;
  @state() private confirming = false;
  @state() private busy = false;
  @state() private failure: Failure | null = null;
  @query('#reason') private reasonField?: HTMLInputElement;

  override render() {
    const replaced = this.status === null ? null : personsHold(this.status);
    const off = this.denied !== null;
    return html`<section class="panel" aria-labelledby="title">
      <header><h2 id="title">${replaced === null ? 'Begin maintenance' : 'Change the mode'}</h2></header>
      <form class="body" @submit=${this.submit} novalidate>
        ${replaced === null ? nothing : html`<p class="quiet">It takes the place of the hold that ${replaced.owner.kind === 'person' ? replaced.owner.actor : ''} began: “${replaced.reason}”.</p>`}
        <fieldset ?disabled=${off}><legend>Mode</legend><div class="modes">${MODES.map((mode) => this.choice(mode))}</div></fieldset>
        <div class="texts">${this.reasonInput(off)} ${this.messageInput(off)}</div>
        <lk-ending-picker .value=${this.ending} .complaining=${this.complaining} ?disabled=${off} @pick=${this.pickEnding}></lk-ending-picker>
        <lk-failure .failure=${this.confirming ? null : this.failure}></lk-failure>
        <div class="row">
          <wa-button type="submit" variant=${this.mode === 'closed' ? 'danger' : 'brand'} appearance="accent" ?disabled=${off} ?loading=${this.busy}>${ORDERS[this.mode]}${this.mode === 'closed' ? '…' : ''}</wa-button>
          ${off ? html`<span class="denied">${icon('lock')}${this.denied}</span>` : nothing}
        </div>
      </form>
    </section>
    ${this.confirmation()}`;
  }

  private choice(mode: HoldMode) {
    const { visitors, writers } = MODE_EFFECTS[mode];
    return html`<label class="mode"><input type="radio" name="mode" value=${mode} .checked=${this.mode === mode} aria-describedby="effects-${mode}" @change=${() => this.chooseMode(mode)} />
      <b>${MODE_NAMES[mode]}</b>
      <span class="effects" id="effects-${mode}"><span><span class="who">Visitors</span> ${visitors}</span><span><span class="who">Writers</span> ${writers}</span></span></label>`;
  }

  private reasonInput(off: boolean) {
    const missing = this.complaining && this.reason.trim() === '';
    return html`<div class="field"><label for="reason">Reason</label>
      <input id="reason" type="text" maxlength=${MOST_CHARACTERS} autocomplete="off" required ?disabled=${off} aria-invalid=${missing} aria-describedby="reason-hint" .value=${this.reason} @input=${this.typeReason} />
      <p class="small ${missing ? 'wrong' : 'quiet'}" id="reason-hint">${missing ? 'Say why: everybody who meets it will ask.' : 'For admins: in the banner, the history and the audit.'}</p></div>`;
  }

  private messageInput(off: boolean) {
    return html`<div class="field"><label for="message">Message for visitors <span class="quiet optional">optional</span></label>
      <textarea id="message" rows="2" maxlength=${MOST_CHARACTERS} ?disabled=${off} aria-describedby="message-hint" .value=${this.message} @input=${this.typeMessage}></textarea>
      <p class="small quiet" id="message-hint">Stands on the 503 page. Without one, visitors read a general sentence.</p></div>`;
  }

  private confirmation() {
    const ends = endOf(this.ending, Date.now());
    return html`<lk-confirm heading="Close the database?" confirmLabel="Close it" dismissLabel="Not now" .open=${this.confirming} .busy=${this.busy} .failure=${this.failure} @dismiss=${this.stopConfirming} @confirm=${this.send}>
      <p><b>${this.database}</b> stops serving, ${ends.state === 'at' ? `until ${exactTime(ends.atMs)}` : 'until somebody opens it again'}.</p>
      <p><span class="who">Visitors</span> ${MODE_EFFECTS.closed.visitors}</p>
      <p class="quote">${this.message.trim() === '' ? 'Without a message of yours, they read a general sentence.' : `“${this.message.trim()}”`}</p>
      <p><span class="who">Writers</span> ${MODE_EFFECTS.closed.writers}</p>
    </lk-confirm>`;
  }

  private chooseMode(mode: HoldMode): void {
    this.mode = mode;
    this.failure = null;
  }
  private typeReason(event: Event): void {
    this.reason = (event.target as HTMLInputElement).value;
    this.failure = null;
  }
  private typeMessage(event: Event): void {
    this.message = (event.target as HTMLTextAreaElement).value;
  }
  private pickEnding(event: CustomEvent<Ending>): void {
    this.ending = event.detail;
  }
  private stopConfirming(): void {
    this.confirming = false;
  }

  private submit(event: SubmitEvent): void {
    event.preventDefault();
    if (this.denied !== null || this.busy) return;
    this.failure = null;
    const reasonMissing = this.reason.trim() === '';
    this.complaining = reasonMissing || endOf(this.ending, Date.now()).state === 'wrong';
    if (reasonMissing) this.reasonField?.focus();
    if (this.complaining) return;
    if (this.mode === 'closed') this.confirming = true;
    else void this.send();
  }

  private async send(): Promise<void> {
    // Asked again: the confirmation may have stood open past the chosen time.
    const expiresAt = expiresAtOf(endOf(this.ending, Date.now()));
    if (this.busy) return;
    if (expiresAt === undefined) {
      this.confirming = false;
      this.complaining = true;
      return;
    }
    this.busy = true;
    this.failure = null;
    const message = this.message.trim() === '' ? null : this.message.trim();
    try {
      await this.store.console.commands.setMaintenance(this.database, {
        mode: this.mode,
        reason: this.reason.trim(),
        message,
        expiresAt,
      });
      this.clear();
    } catch (error) {
      this.failure = failureFrom(error);
    } finally {
      this.busy = false;
    }
  }

  private clear(): void {
    this.confirming = false;
    this.complaining = false;
    this.mode = 'read-only';
    this.reason = '';
    this.message = '';
    this.ending = USUAL_ENDING;
  }
}
