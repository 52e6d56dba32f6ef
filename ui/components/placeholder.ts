import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { base } from './styles.ts';

/**
 * Where something will be. Appears only after a moment, so that a quick answer causes no flicker; takes the room at once, so that
 * nothing jumps.
 * @property lines - about how many lines will stand here
 */
@customElement('lk-loading')
export class LkLoading extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: grid;
        gap: 12px;
        padding: 16px;
        align-content: start;
      }
      i {
        height: 12px;
        border-radius: 4px;
        background: var(--lk-line);
        opacity: 0;
        animation: appear 200ms 250ms forwards;
      }
      i:nth-of-type(3n + 1) {
        width: 72%;
      }
      i:nth-of-type(3n + 2) {
        width: 88%;
      }
      i:nth-of-type(3n) {
        width: 54%;
      }
      @keyframes appear {
        to {
          opacity: 0.75;
        }
      }
    `,
  ];
  @property({ type: Number }) lines = 3;
  @property() what = 'Loading';

  override render() {
    return html`<span class="sr-only" role="status">${this.what}…</span>${Array.from({ length: this.lines }, () => html`<i></i>`)}`;
  }
}

/**
 * Nothing here, and what to do about it.
 * @slot - the explanation
 * @slot actions - the way forward
 */
@customElement('lk-empty')
export class LkEmpty extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: grid;
        justify-items: start;
        gap: 6px;
        padding: 28px 16px 32px;
        max-width: 62ch;
      }
      .text {
        color: var(--lk-quiet);
      }
      slot[name='actions']::slotted(*) {
        margin-top: 8px;
      }
    `,
  ];
  @property() heading = '';

  override render() {
    return html`<h2>${this.heading}</h2><div class="text"><slot></slot></div><slot name="actions"></slot>`;
  }
}
