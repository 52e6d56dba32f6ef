import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { ago, duration, exactTime, remaining, stopwatch } from './format.ts';
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

/**
 * How long until a moment, as a running clock: `12:45 left`. At the moment itself, and while its event is still on the way: `ending now`.
 * @property to - ISO 8601
 */
@customElement('lk-left')
export class LkLeft extends LitElement {
  static override styles = css`
    :host {
      display: inline;
      font-variant-numeric: tabular-nums;
      white-space: nowrap;
    }
  `;
  @property() to = '';

  constructor() {
    super();
    new Ticker(this, 1_000);
  }

  override render() {
    if (this.to === '') return html`–`;
    return html`<time datetime=${this.to} title=${exactTime(this.to)}>${remaining(Date.parse(this.to) - Date.now())}</time>`;
  }
}
