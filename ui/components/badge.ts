import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Tone } from './words.ts';

/**
 * A short state with a dot: the word carries the meaning, the colour repeats it.
 * @slot - the word
 * @property tone - which colour
 * @property pulsing - for what is going on right now; still where less motion is asked for
 */
@customElement('lk-badge')
export class LkBadge extends LitElement {
  static override styles = css`
    :host {
      display: inline-flex;
      align-items: center;
      gap: 6px;
      padding: 1px 8px 1px 7px;
      border-radius: 99px;
      font-size: 0.8125rem;
      line-height: 1.5;
      font-weight: 550;
      white-space: nowrap;
      color: var(--lk-quiet);
      background: var(--lk-sunken);
    }
    :host([tone='accent']) {
      color: var(--lk-accent);
      background: var(--lk-accent-soft);
    }
    :host([tone='good']) {
      color: var(--lk-good);
      background: var(--lk-good-soft);
    }
    :host([tone='warn']) {
      color: var(--lk-warn);
      background: var(--lk-warn-soft);
    }
    :host([tone='bad']) {
      color: var(--lk-bad);
      background: var(--lk-bad-soft);
    }
    i {
      width: 7px;
      height: 7px;
      border-radius: 50%;
      background: currentColor;
    }
    @media (prefers-reduced-motion: no-preference) {
      :host([pulsing]) i {
        animation: pulse 1.6s ease-in-out infinite;
      }
    }
    @keyframes pulse {
      50% {
        opacity: 0.35;
      }
    }
    @media (forced-colors: active) {
      :host {
        border: 1px solid;
      }
    }
  `;
  @property({ reflect: true }) tone: Tone = 'neutral';
  @property({ type: Boolean, reflect: true }) pulsing = false;

  override render() {
    return html`<i></i><slot></slot>`;
  }
}
