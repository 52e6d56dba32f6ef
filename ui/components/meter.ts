import { css, html, LitElement, type PropertyValues } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';

/**
 * A bar: progress while something runs (`role="progressbar"`), or how full something is (`kind="level"`).
 * The width is set through the CSSOM, because the Content-Security-Policy forbids style attributes.
 * @property value - 0 to 1, or null while nobody can know
 * @property label - what it measures, for screen readers
 * @property text - the value in words, for screen readers
 */
@customElement('lk-meter')
export class LkMeter extends LitElement {
  static override styles = css`
    :host {
      display: block;
      height: 8px;
    }
    :host([thin]) {
      height: 4px;
    }
    .track {
      height: 100%;
      border-radius: 99px;
      overflow: hidden;
      background: light-dark(oklch(90% 0.013 208), oklch(32% 0.02 222));
    }
    .fill {
      height: 100%;
      width: 100%;
      border-radius: inherit;
      background: var(--lk-accent-fill);
      transform-origin: left;
      transform: scaleX(var(--part, 0));
    }
    :host([tone='warn']) .fill {
      background: var(--lk-warn);
    }
    :host([tone='good']) .fill {
      background: var(--lk-good);
    }
    :host([tone='bad']) .fill {
      background: var(--lk-bad-fill);
    }
    .unknown .fill {
      width: 30%;
      transform: none;
    }
    @media (prefers-reduced-motion: no-preference) {
      .fill {
        transition: transform 250ms linear;
      }
      .unknown .fill {
        animation: sweep 1.8s ease-in-out infinite alternate;
      }
    }
    @keyframes sweep {
      to {
        transform: translateX(234%);
      }
    }
    @media (forced-colors: active) {
      .track {
        border: 1px solid;
      }
      .fill {
        background: Highlight;
      }
    }
  `;
  @property({ type: Number }) value: number | null = 0;
  @property() label = '';
  @property() text = '';
  @property() kind: 'progress' | 'level' = 'progress';
  @property({ reflect: true }) tone: 'accent' | 'good' | 'warn' | 'bad' = 'accent';
  @property({ type: Boolean, reflect: true }) thin = false;
  @query('.fill') private fill?: HTMLElement;

  override render() {
    const known = this.value !== null;
    const percent = known ? Math.round(this.ratio * 100) : undefined;
    return html`<div
      class="track ${known ? '' : 'unknown'}"
      role=${this.kind === 'progress' ? 'progressbar' : 'meter'}
      aria-label=${this.label}
      aria-valuemin="0"
      aria-valuemax="100"
      aria-valuenow=${percent ?? ''}
      aria-valuetext=${this.text || (percent === undefined ? 'unknown' : `${percent}%`)}
    ><div class="fill"></div></div>`;
  }

  protected override updated(_changed: PropertyValues): void {
    this.fill?.style.setProperty('--part', String(this.ratio));
    if (this.value === null) this.renderRoot.querySelector('.track')?.removeAttribute('aria-valuenow');
  }

  private get ratio(): number {
    return Math.min(1, Math.max(0, this.value ?? 0));
  }
}
