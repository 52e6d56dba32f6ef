import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Hold, MaintenanceStatus } from '../../../worker/protocol/maintenance.ts';
import { Edge } from '../../components/edge.ts';
import { plural } from '../../components/format.ts';
import { icon } from '../../components/icon.ts';
import { base } from '../../components/styles.ts';
import '../../components/time.ts';
import { fenceWords, KIND_NAMES, LASTS_UNTIL, MODE_NAMES } from '../../components/words.ts';
import { decidingHolds, lastsUntil } from '../../store/hold-list.ts';
import type { JobCache } from '../../store/job-cache.ts';
import { paths } from '../navigate.ts';

/** Who asked for a hold, in words: a job by what it does, where that is known. */
export function ownerName({ owner }: Pick<Hold, 'owner'>, jobs: JobCache): string {
  switch (owner.kind) {
    case 'person':
      return owner.actor;
    case 'window':
      return 'a weekly window';
    case 'job': {
      const job = jobs[owner.jobId];
      return job === undefined ? 'a job' : `the job ${KIND_NAMES[job.kind]}`;
    }
  }
}

/**
 * On every page while a database does not serve as usual: which mode, why, by whom, for how long. It stays at the top edge while the
 * page is scrolled, because nobody may work in a closed database without knowing it.
 * @property status - or null while it is not known
 * @property database - the binding's name
 * @property jobs - to name the job that holds it
 */
@customElement('lk-maintenance-banner')
export class LkMaintenanceBanner extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: block;
        position: sticky;
        top: 0;
        z-index: 6;
      }
      .bar {
        display: grid;
        grid-template-columns: auto auto minmax(0, 1fr) auto auto;
        align-items: center;
        gap: 2px 14px;
        padding: 9px 28px;
        color: var(--lk-warn-on-fill);
        background: var(--lk-warn-fill);
      }
      .bar.closed,
      .bar.failed {
        color: white;
        background: var(--lk-bad-fill);
      }
      .bar > .icon {
        width: 20px;
        height: 20px;
      }
      .mode {
        font-size: 1.0625rem;
        font-weight: 700;
        white-space: nowrap;
      }
      .why {
        min-width: 0;
        display: -webkit-box;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 2;
        overflow: hidden;
        overflow-wrap: anywhere;
      }
      .why b {
        font-weight: 600;
      }
      .until {
        font-weight: 600;
        white-space: nowrap;
        font-variant-numeric: tabular-nums;
      }
      a {
        color: inherit;
        font-weight: 600;
        padding: 4px 2px;
      }
      a:focus-visible {
        outline-color: currentColor;
      }
      .word + .icon {
        display: none;
      }
      @media (max-width: 820px) {
        .bar {
          grid-template-columns: auto auto minmax(0, 1fr) auto;
          gap: 2px 10px;
          padding: 8px 8px 8px 16px;
        }
        .until {
          grid-area: 1 / 3;
        }
        .why {
          grid-area: 2 / 1 / auto / 4;
        }
        a {
          grid-area: 1 / 4 / 3;
          display: grid;
          place-items: center;
          min-width: 40px;
          min-height: 44px;
        }
        .word {
          display: none;
        }
        .word + .icon {
          display: block;
          width: 20px;
          height: 20px;
        }
      }
      @media (forced-colors: active) {
        .bar {
          border-bottom: 3px solid;
        }
      }
    `,
  ];
  @property({ attribute: false }) status: MaintenanceStatus | null = null;
  @property() database = '';
  @property() displayName = '';
  @property({ attribute: false }) jobs: JobCache = {};

  constructor() {
    super();
    new Edge(this, '--lk-banner');
  }

  override render() {
    const { status } = this;
    // The clock is for eyes: a live region that counts seconds would never be silent.
    return html`<span class="sr-only" role="status">${status === null ? '' : this.spoken(status)}</span>
      ${status === null ? nothing : this.bar(status)}`;
  }

  private spoken({ mode, reason, fence }: MaintenanceStatus): string {
    if (mode === 'off') return fence.state === 'failed' ? `${this.displayName}: the write fence failed.` : '';
    return `${this.displayName}: ${MODE_NAMES[mode]}. ${reason ?? ''}`;
  }

  private bar(status: MaintenanceStatus) {
    const { mode, fence } = status;
    const failed = fence.state === 'failed';
    if (mode === 'off' && !failed) return nothing;
    return html`<section class="bar ${failed ? 'failed' : mode}" aria-label="Maintenance">
      ${icon(mode === 'off' ? 'warning' : 'lock')}
      <span class="mode">${mode === 'off' ? 'The fence failed' : MODE_NAMES[mode]}</span>
      <span class="why">${this.why(status)}</span>
      <span class="until">${mode === 'off' ? nothing : this.until(status)}</span>
      <a href=${paths.maintenance(this.database)} aria-label="Open the maintenance page"><span class="word">Maintenance</span>${icon('right')}</a>
    </section>`;
  }

  private why({ mode, reason, fence, holds }: MaintenanceStatus) {
    const [first, ...others] = decidingHolds({ mode, holds });
    const by = first === undefined ? '' : `by ${ownerName(first, this.jobs)}`;
    const more = others.length === 0 ? '' : ` and ${plural(others.length, 'other hold')}`;
    return html`<b>${this.displayName}</b>${reason === null || mode === 'off' ? nothing : html`: ${reason}`}
      ${by === '' ? nothing : html`<span>(${by}${more})</span>`}
      ${fence.state === 'failed' ? html`<b>${mode === 'off' ? '' : 'The fence failed: '}</b>${fenceWords(fence, mode).text} ${fence.detail ?? ''}` : nothing}`;
  }

  private until(status: MaintenanceStatus) {
    if (status.expiresAt !== null) return html`<lk-left to=${status.expiresAt}></lk-left>`;
    const ender = lastsUntil(status);
    return ender === null ? nothing : LASTS_UNTIL[ender];
  }
}
