import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { ago, duration, exactTime, stopwatch } from './format.ts';
import { Ticker } from './ticker.ts';

/**
 * A moment as "3 minutes ago", with the exact time on hover. It keeps itself current.
 * @property at - ISO 8601, or null for a dash
 */
@customElement('lk-time')
export class LkTime extends LitElement {
  static override styles = css`
    :host {
      display: inline;
    }
    time {
      font-variant-numeric: tabular-nums;
    }
  `;
  @property() at: string | null = null;

  constructor() {
    super();
    new Ticker(this, 5_000);
  }

  override render() {
    if (this.at === null || this.at === '') return html`<span>–</span>`;
    return html`<time datetime=${this.at} title=${exactTime(this.at)}>${ago(Date.parse(this.at), Date.now())}</time>`;
  }
}

/**
 * How long something took, or a running clock while it has no end.
 * @property from - ISO 8601, or null for a dash
 * @property to - ISO 8601, or null while it runs
 */
@customElement('lk-elapsed')
export class LkElapsed extends LitElement {
  static override styles = css`
    :host {
      display: inline;
      font-variant-numeric: tabular-nums;
    }
  `;
  @property() from: string | null = null;
  @property() to: string | null = null;

  constructor() {
    super();
    new Ticker(this, 1_000);
  }

  override render() {
    if (this.from === null) return html`–`;
    const start = Date.parse(this.from);
    return this.to === null ? html`${stopwatch(Date.now() - start)}` : html`${duration(Date.parse(this.to) - start)}`;
  }
}
