import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { clockTime } from '../../components/format.ts';
import { base } from '../../components/styles.ts';
import { Ticker } from '../../components/ticker.ts';
import { type Connection, isStale, secondsUntil } from '../../store/connection.ts';

interface Words {
  readonly tone: 'good' | 'warn' | 'bad' | 'quiet';
  readonly text: string;
  readonly canTry: boolean;
}

function words(connection: Connection, nowMs: number): Words {
  switch (connection.state) {
    case 'live':
      return { tone: 'good', text: 'Live', canTry: false };
    case 'connecting':
      return { tone: connection.lastLiveMs === null ? 'quiet' : 'warn', text: 'Connecting…', canTry: false };
    case 'waiting': {
      const seconds = secondsUntil(connection.retryAtMs, nowMs);
      return { tone: 'warn', text: seconds === 0 ? 'Reconnecting…' : `Reconnecting in ${seconds} s`, canTry: seconds > 1 };
    }
    case 'offline':
      return { tone: 'bad', text: 'Offline', canTry: false };
    case 'refused':
      return { tone: 'bad', text: 'Live updates refused', canTry: true };
  }
}

/**
 * Whether what is on screen is current.
 * @property connection
 * @fires try-now
 */
@customElement('lk-connection')
export class LkConnection extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 2px 8px;
        font-size: 0.8125rem;
        min-height: 1.5em;
      }
      i {
        width: 8px;
        height: 8px;
        border-radius: 50%;
        flex: none;
        background: var(--lk-quiet);
      }
      .good i {
        background: var(--lk-good);
      }
      .warn i {
        background: var(--lk-warn);
      }
      .bad i {
        background: var(--lk-bad);
      }
      .state {
        display: inline-flex;
        align-items: center;
        gap: 8px;
        white-space: nowrap;
        font-variant-numeric: tabular-nums;
      }
      button {
        font: inherit;
        border: 0;
        padding: 0;
        background: none;
        color: var(--lk-accent);
        text-decoration: underline;
        text-underline-offset: 2px;
        cursor: pointer;
      }
    `,
  ];
  @property({ attribute: false }) connection: Connection | null = null;

  constructor() {
    super();
    new Ticker(this, 1_000);
  }

  override render() {
    if (this.connection === null) return nothing;
    const { tone, text, canTry } = words(this.connection, Date.now());
    // The countdown is for eyes; the live region hears only the state.
    return html`<span class="state ${tone}" aria-hidden="true"><i></i>${text}</span>
      ${canTry ? html`<button type="button" @click=${() => this.dispatchEvent(new CustomEvent('try-now'))}>Try now</button>` : nothing}
      <span class="sr-only" role="status">Connection: ${this.connection.state === 'waiting' ? 'reconnecting' : this.connection.state}</span>`;
  }
}

/** Marks everything below it as old while the connection is away for longer than a blink. */
@customElement('lk-stale-note')
export class LkStaleNote extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: block;
      }
      p {
        padding: 7px 16px;
        margin-bottom: 16px;
        border-radius: var(--lk-radius);
        color: var(--lk-warn);
        background: var(--lk-warn-soft);
        font-size: 0.8125rem;
        font-weight: 550;
      }
    `,
  ];
  @property({ attribute: false }) connection: Connection | null = null;

  constructor() {
    super();
    new Ticker(this, 1_000);
  }

  override render() {
    const { connection } = this;
    if (connection === null || connection.state === 'live' || !isStale(connection, Date.now())) return nothing;
    const last = connection.lastLiveMs;
    return html`<p role="status">Not live${last === null ? '' : ` since ${clockTime(last)}`}: what you see may have changed. It catches up by itself.</p>`;
  }
}
