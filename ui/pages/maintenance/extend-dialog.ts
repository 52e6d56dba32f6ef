import '@awesome.me/webawesome/dist/components/button/button.js';
import '@awesome.me/webawesome/dist/components/dialog/dialog.js';
import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Hold } from '../../../worker/protocol/maintenance.ts';
import type { Failure } from '../../store/resource.ts';
import '../../components/callout.ts';
import '../../components/failure.ts';
import { exactTime } from '../../components/format.ts';
import { base } from '../../components/styles.ts';
import { MODE_NAMES } from '../../components/words.ts';
import { failureFrom } from '../../store/resource.ts';
import { Subscription } from '../../store/subscription.ts';
import { type Ending, endOf, expiresAtOf, USUAL_ENDING } from './ending.ts';
import './ending-picker.ts';

/**
 * Gives a person's hold another end; mode, reason and message stay.
 * @property hold - the one to change, or null: closed
 * @property over - the hold has ended meanwhile: changing it now would begin maintenance anew
 * @fires dismiss - the owner sets `hold` to null
 */
@customElement('lk-extend-dialog')
export class LkExtendDialog extends LitElement {
  static override styles = [
    base,
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
  @state() private ending: Ending = USUAL_ENDING;
  @state() private complaining = false;
  @state() private busy = false;
  @state() private failure: Failure | null = null;

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('hold') || this.hold === null) return;
    this.ending = USUAL_ENDING;
    this.complaining = false;
    this.failure = null;
  }

  override render() {
    const { hold } = this;
    return html`<wa-dialog label="When does it end?" ?open=${hold !== null} @wa-hide=${this.hide}>
      <div class="body">
        ${hold === null ? nothing : html`<p>${MODE_NAMES[hold.mode]}: ${hold.reason}. ${hold.expiresAt === null ? 'So far it does not end by itself.' : `So far it ends at ${exactTime(hold.expiresAt)}.`}</p>`}
        ${this.over ? html`<lk-callout tone="warn" role="alert" heading="This hold is over">Another end would begin maintenance anew. Close this, and begin it on the page if it is still wanted.</lk-callout>` : nothing}
        ${hold === null ? nothing : html`<lk-ending-picker legend="From now on" .value=${this.ending} .complaining=${this.complaining} ?disabled=${this.over} @pick=${this.pick}></lk-ending-picker>`}
        <lk-failure .failure=${this.failure}></lk-failure>
      </div>
      <wa-button slot="footer" appearance="outlined" @click=${this.dismiss}>Leave it</wa-button>
      <wa-button slot="footer" variant="brand" appearance="accent" ?disabled=${this.over} ?loading=${this.busy} @click=${this.change}>Change the end</wa-button>
    </wa-dialog>`;
  }

  private pick(event: CustomEvent<Ending>): void {
    this.ending = event.detail;
  }

  private async change(): Promise<void> {
    const { hold } = this;
    const expiresAt = expiresAtOf(endOf(this.ending, Date.now()));
    this.complaining = expiresAt === undefined;
    if (hold === null || expiresAt === undefined || this.busy || this.over) return;
    this.busy = true;
    this.failure = null;
    const { mode, reason, message } = hold;
    try {
      await this.store.console.commands.setMaintenance(this.database, { mode, reason, message, expiresAt });
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
