import '@awesome.me/webawesome/dist/components/button/button.js';
import '@awesome.me/webawesome/dist/components/dialog/dialog.js';
import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Hold } from '../../../worker/protocol/maintenance.ts';
import type { Failure } from '../../store/resource.ts';
import '../../components/callout.ts';
import '../../components/failure.ts';
import { exactTime } from '../../components/format.ts';
import { base, controls } from '../../components/styles.ts';
import { MODE_NAMES } from '../../components/words.ts';
import { holdChange } from '../../store/hold-list.ts';
import { failureFrom } from '../../store/resource.ts';
import { Subscription } from '../../store/subscription.ts';
import { type Ending, endOf, expiresAtOf } from './ending.ts';
import './ending-picker.ts';
import { modeFormStyles } from './mode-form.styles.ts';

/**
 * Gives a hold of a person or of a window another end or other words. Since when it holds stays, and so does what is not touched.
 * @property hold - the one to change, or null: closed
 * @property over - the hold has ended meanwhile: there is nothing left to change
 * @fires dismiss - the owner sets `hold` to null
 */
@customElement('lk-hold-dialog')
export class LkHoldDialog extends LitElement {
  static override styles = [
    base,
    controls,
    modeFormStyles,
    css`
      .body {
        display: grid;
        gap: 16px;
      }
    `,
  ];
  private readonly store = new Subscription(this);
  @property() database = '';
  @property({ attribute: false }) hold: Hold | null = null;
  @property({ type: Boolean }) over = false;
  /** Null: the end stays. */
  @state() private ending: Ending | null = null;
  @state() private reason = '';
  @state() private message = '';
  @state() private complaining = false;
  @state() private busy = false;
  @state() private failure: Failure | null = null;

  protected override willUpdate(changed: PropertyValues<this>): void {
    // The same hold in a newer copy must not wipe what is being typed.
    if (!changed.has('hold') || this.hold === null || changed.get('hold')?.id === this.hold.id) return;
    this.ending = null;
    this.reason = this.hold.reason;
    this.message = this.hold.message ?? '';
    this.complaining = false;
    this.failure = null;
  }

  override render() {
    const { hold, over } = this;
    const keep =
      hold === null ? '' : hold.expiresAt === null ? 'As it is: somebody ends it' : `As it is: ${exactTime(hold.expiresAt)}`;
    return html`<wa-dialog label="Change this hold" ?open=${hold !== null} @wa-hide=${this.hide}>
      <form class="body" novalidate @submit=${this.submit}>
        ${hold === null ? nothing : html`<p>${MODE_NAMES[hold.mode]} since ${exactTime(hold.createdAt)}. That stays; another mode is begun on the page.</p>`}
        ${over ? html`<lk-callout tone="warn" role="alert" heading="This hold is over">There is nothing left to change. Close this, and begin maintenance on the page if it is still wanted.</lk-callout>` : nothing}
        ${hold === null ? nothing : html`<lk-ending-picker legend="When it ends, from now on" .keep=${keep} .value=${this.ending} .complaining=${this.complaining} ?disabled=${over} @pick=${this.pick}></lk-ending-picker>`}
        ${hold === null ? nothing : this.texts()}
        <lk-failure .failure=${this.failure}></lk-failure>
        <button type="submit" hidden></button>
      </form>
      <wa-button slot="footer" appearance="outlined" @click=${this.dismiss}>Leave it</wa-button>
      <wa-button slot="footer" variant="brand" appearance="accent" ?disabled=${over || this.nothingToSend()} ?loading=${this.busy} @click=${this.change}>Change it</wa-button>
    </wa-dialog>`;
  }

  private texts() {
    const missing = this.reason.trim() === '';
    return html`<div class="field"><label for="reason">Reason</label>
        <input id="reason" type="text" maxlength="500" autocomplete="off" required ?disabled=${this.over} aria-invalid=${missing} aria-describedby="reason-hint" .value=${this.reason} @input=${this.typeReason} />
        <p class="small ${missing ? 'wrong' : 'quiet'}" id="reason-hint">${missing ? 'Say why: everybody who meets it will ask.' : 'For admins: in the banner, the history and the audit.'}</p></div>
      <div class="field"><label for="message">Message for visitors <span class="quiet optional">optional</span></label>
        <textarea id="message" rows="2" maxlength="500" ?disabled=${this.over} .value=${this.message} @input=${this.typeMessage}></textarea></div>`;
  }

  private nothingToSend(): boolean {
    if (this.hold === null || this.reason.trim() === '') return true;
    return this.ending === null && holdChange(this.hold, { reason: this.reason, message: this.message }) === null;
  }

  private pick(event: CustomEvent<Ending | null>): void {
    this.ending = event.detail;
  }
  private typeReason(event: Event): void {
    this.reason = (event.target as HTMLInputElement).value;
  }
  private typeMessage(event: Event): void {
    this.message = (event.target as HTMLTextAreaElement).value;
  }
  private submit(event: SubmitEvent): void {
    event.preventDefault();
    void this.change();
  }

  private async change(): Promise<void> {
    const { hold, ending } = this;
    const expiresAt = ending === null ? undefined : expiresAtOf(endOf(ending, Date.now()));
    this.complaining = ending !== null && expiresAt === undefined;
    if (hold === null || this.complaining || this.busy || this.over || this.nothingToSend()) return;
    const wanted = { reason: this.reason, message: this.message, ...(expiresAt === undefined ? {} : { expiresAt }) };
    const change = holdChange(hold, wanted);
    if (change === null) return;
    this.busy = true;
    this.failure = null;
    try {
      await this.store.console.commands.changeHold(this.database, hold.id, change);
      this.dismiss();
    } catch (error) {
      this.failure = failureFrom(error);
    } finally {
      this.busy = false;
    }
  }

  private hide(event: Event): void {
    if (event.target !== event.currentTarget) return;
    if (this.busy) event.preventDefault();
    else if (this.hold !== null) this.dismiss();
  }
  private dismiss(): void {
    this.dispatchEvent(new CustomEvent('dismiss'));
  }
}
