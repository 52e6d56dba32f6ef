import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Overview } from '../../../worker/protocol/database.ts';
import { bytes, count, exactBytes, figure, figureOrigin, NONE, share } from '../../components/format.ts';
import '../../components/meter.ts';
import { base } from '../../components/styles.ts';
import '../../components/time.ts';

/** From here on the limit deserves a colour: D1's size limit cannot be raised. */
const NEAR_LIMIT = 0.8;
const latency = (ms: number): string => (ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`);

/** The few numbers that an admin looks at first, in one line. */
@customElement('lk-figures')
export class LkFigures extends LitElement {
  static override styles = [
    base,
    css`
      dl {
        display: grid;
        grid-template-columns: 1.15fr 1.5fr 0.8fr 1.2fr 1.35fr;
        background: var(--lk-surface);
        border: 1px solid var(--lk-line);
        border-radius: var(--lk-radius-large);
        overflow: hidden;
      }
      div {
        padding: 12px 16px 13px;
        min-width: 0;
        border-left: 1px solid var(--lk-line);
        margin-left: -1px;
      }
      dt {
        color: var(--lk-quiet);
        font-size: 0.8125rem;
      }
      .value {
        font-size: 1.3125rem;
        line-height: 1.35;
        font-weight: 600;
        letter-spacing: -0.01em;
        font-variant-numeric: tabular-nums;
        white-space: nowrap;
        overflow: hidden;
        text-overflow: ellipsis;
      }
      .more {
        color: var(--lk-quiet);
        font-size: 0.8125rem;
      }
      .up {
        color: var(--lk-good);
      }
      .down {
        color: var(--lk-bad);
      }
      lk-meter {
        margin: 4px 0 3px;
      }
      @media (max-width: 1000px) {
        dl {
          grid-template-columns: repeat(6, 1fr);
        }
        div {
          grid-column: span 2;
          border-top: 1px solid var(--lk-line);
          margin-top: -1px;
        }
        div:nth-of-type(1),
        div:nth-of-type(2) {
          grid-column: span 3;
        }
      }
      @media (max-width: 520px) {
        div,
        div:nth-of-type(1),
        div:nth-of-type(2) {
          grid-column: span 3;
        }
        div:nth-of-type(5) {
          grid-column: span 6;
        }
      }
    `,
  ];
  @property({ attribute: false }) overview: Overview | null = null;

  override render() {
    const { overview } = this;
    if (overview === null) return nothing;
    const { rows, lastBackup } = overview;
    return html`<dl>
      ${this.connectivity(overview)} ${this.size(overview)}
      <div><dt>Tables</dt><dd><p class="value">${overview.tables === null ? NONE : count(overview.tables)}</p></dd></div>
      <div><dt>Rows</dt><dd><p class="value" title=${figureOrigin(rows)}>${figure(rows)}</p>
        <p class="more">${rows === null ? 'not counted yet' : html`${rows.exact ? 'exact' : 'estimated'}, <lk-time at=${rows.takenAt}></lk-time>`}</p></dd></div>
      <div><dt>Last backup</dt><dd>${
        lastBackup === null
          ? html`<p class="value">None</p><p class="more">export to make one</p>`
          : html`<p class="value"><lk-time at=${lastBackup.createdAt}></lk-time></p><p class="more">${bytes(lastBackup.gzipBytes)} compressed, ${count(lastBackup.rows)} rows</p>`
      }</dd></div>
    </dl>`;
  }

  private connectivity({ connection }: Overview) {
    return connection.state === 'up'
      ? html`<div><dt>Connection</dt><dd><p class="value up">${latency(connection.latencyMs)}</p><p class="more">one query, there and back</p></dd></div>`
      : html`<div><dt>Connection</dt><dd><p class="value down">Down</p><p class="more"><code>${connection.code}</code></p></dd></div>`;
  }

  private size({ sizeBytes, sizeLimitBytes }: Overview) {
    if (sizeBytes === null)
      return html`<div><dt>Size</dt><dd><p class="value">${NONE}</p><p class="more">not known while it is down</p></dd></div>`;
    const part = sizeLimitBytes > 0 ? sizeBytes / sizeLimitBytes : 0;
    return html`<div><dt>Size, exact</dt><dd>
      <p class="value" title=${exactBytes(sizeBytes)}>${bytes(sizeBytes)}</p>
      <lk-meter thin kind="level" label="Size of the limit" tone=${part >= NEAR_LIMIT ? 'warn' : 'accent'} .value=${part}></lk-meter>
      <p class="more num">${share(sizeBytes, sizeLimitBytes)} of ${bytes(sizeLimitBytes)}</p>
    </dd></div>`;
  }
}
