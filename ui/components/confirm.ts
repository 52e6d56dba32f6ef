import '@awesome.me/webawesome/dist/components/button/button.js';
import '@awesome.me/webawesome/dist/components/dialog/dialog.js';
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import './failure.ts';
import type { ShownFailure } from './failure.ts';
import { base, controls } from './styles.ts';

/**
 * Asks before something happens; for what cannot be undone it wants the name typed.
 * @slot - what will happen
 * @property open
 * @property variant - `danger` for what cannot be undone or what others feel
 * @property phrase - what must be typed, or empty
 * @property failure - why the last try failed
 * @fires confirm - yes
 * @fires dismiss - no: the owner sets `open` to false
 */
@customElement('lk-confirm')
export class LkConfirm extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      .body {
        display: grid;
        gap: 12px;
      }
      label {
        display: grid;
        gap: 6px;
      }
      input {
        font-family: var(--lk-mono);
      }
    `,
  ];
  @property({ type: Boolean }) open = false;
  @property() heading = '';
  @property() confirmLabel = 'Confirm';
  @property() dismissLabel = 'Keep it';
  @property() variant: 'danger' | 'brand' = 'danger';
  @property() phrase = '';
  @property({ type: Boolean }) busy = false;
  @property({ attribute: false }) failure: ShownFailure | null = null;
  @state() private typed = '';

  override render() {
    const ready = this.phrase === '' || this.typed.trim() === this.phrase;
    return html`<wa-dialog label=${this.heading} ?open=${this.open} @wa-hide=${this.hide} @wa-after-hide=${this.clear}>
      <form class="body" @submit=${(event: SubmitEvent) => this.submit(event, ready)}>
        <slot></slot>
        ${
          this.phrase === ''
            ? nothing
            : html`<label
                ><span>Type <code>${this.phrase}</code> to confirm</span
                ><input type="text" autofocus autocomplete="off" spellcheck="false" .value=${this.typed} @input=${this.type}
              /></label>`
        }
        <lk-failure .failure=${this.failure}></lk-failure>
      </form>
      <wa-button slot="footer" appearance="outlined" ?autofocus=${this.phrase === ''} @click=${this.dismiss}>${this.dismissLabel}</wa-button>
      <wa-button slot="footer" variant=${this.variant} appearance="accent" ?disabled=${!ready} ?loading=${this.busy} @click=${() => this.confirm(ready)}
        >${this.confirmLabel}</wa-button
      >
    </wa-dialog>`;
  }

  private type(event: InputEvent): void {
    this.typed = (event.target as HTMLInputElement).value;
  }
  private submit(event: SubmitEvent, ready: boolean): void {
    event.preventDefault();
    this.confirm(ready);
  }
  private confirm(ready: boolean): void {
    if (ready && !this.busy) this.dispatchEvent(new CustomEvent('confirm'));
  }
  /** Escape and the cross: the owner closes, so that `open` has one truth. */
  private hide(event: Event): void {
    if (event.target !== event.currentTarget) return;
    if (this.busy) event.preventDefault();
    else if (this.open) this.dismiss();
  }
  private dismiss(): void {
    this.dispatchEvent(new CustomEvent('dismiss'));
  }
  private clear(): void {
    this.typed = '';
  }
}
