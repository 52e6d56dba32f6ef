import '@awesome.me/webawesome/dist/components/button/button.js';
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { icon } from './icon.ts';
import { base } from './styles.ts';

/**
 * A button that one may be denied: then it is off, and the reason stands beside it where everybody can read it.
 * @slot - the label
 * @slot start - an icon
 * @property denied - why not, or null; empty where the reason is plain to see
 * @fires act - pressed, and allowed
 */
@customElement('lk-action')
export class LkAction extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: inline-flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px 10px;
      }
      .why {
        display: inline-flex;
        align-items: baseline;
        gap: 5px;
        color: var(--lk-quiet);
        font-size: 0.8125rem;
        max-width: 34ch;
      }
    `,
  ];
  @property({ attribute: false }) denied: string | null = null;
  @property() variant: 'neutral' | 'brand' | 'danger' = 'neutral';
  @property() appearance: 'accent' | 'outlined' | 'plain' = 'outlined';
  @property({ type: Boolean }) busy = false;

  override render() {
    return html`<wa-button
        variant=${this.variant}
        appearance=${this.appearance}
        ?disabled=${this.denied !== null}
        ?loading=${this.busy}
        @click=${this.press}
        ><slot name="start" slot="start"></slot><slot></slot></wa-button
      >${this.denied === null || this.denied === '' ? nothing : html`<span class="why">${icon('lock')}${this.denied}</span>`}`;
  }

  private press(event: MouseEvent): void {
    event.stopPropagation();
    if (this.denied === null && !this.busy) this.dispatchEvent(new CustomEvent('act', { bubbles: true, composed: true }));
  }
}
