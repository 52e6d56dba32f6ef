import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { type IconName, icon } from './icon.ts';
import { base } from './styles.ts';

const ICONS: Record<'info' | 'warn' | 'bad' | 'good', IconName> = { info: 'info', warn: 'warning', bad: 'warning', good: 'check' };

/**
 * A remark set apart.
 * @slot - the text
 * @slot actions - what can be done about it
 * @property heading - one line, or empty
 */
@customElement('lk-callout')
export class LkCallout extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 2px 10px;
        padding: 10px 14px;
        border-radius: var(--lk-radius);
        background: var(--lk-sunken);
        border: 1px solid var(--lk-line);
      }
      :host([tone='warn']) {
        background: var(--lk-warn-soft);
        border-color: transparent;
      }
      :host([tone='bad']) {
        background: var(--lk-bad-soft);
        border-color: transparent;
      }
      :host([tone='good']) {
        background: var(--lk-good-soft);
        border-color: transparent;
      }
      .sign {
        padding-top: 1px;
        color: var(--lk-accent);
      }
      :host([tone='warn']) .sign {
        color: var(--lk-warn);
      }
      :host([tone='bad']) .sign {
        color: var(--lk-bad);
      }
      :host([tone='good']) .sign {
        color: var(--lk-good);
      }
      .text {
        grid-column: 2;
        min-width: 0;
        overflow-wrap: anywhere;
      }
      h3 + .rest {
        margin-top: 2px;
      }
      slot[name='actions']::slotted(*) {
        margin-top: 10px;
      }
    `,
  ];
  @property({ reflect: true }) tone: 'info' | 'warn' | 'bad' | 'good' = 'info';
  @property() heading = '';

  override render() {
    return html`<div class="sign">${icon(ICONS[this.tone])}</div>
      <div class="text">
        ${this.heading === '' ? '' : html`<h3>${this.heading}</h3>`}
        <div class="rest"><slot></slot></div>
        <slot name="actions"></slot>
      </div>`;
  }
}
