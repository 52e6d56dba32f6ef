import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Job } from '../../../worker/protocol/job.ts';
import '../../components/badge.ts';
import { Edge } from '../../components/edge.ts';
import { count, plural, share, timeLeft } from '../../components/format.ts';
import '../../components/meter.ts';
import { base } from '../../components/styles.ts';
import { KIND_NAMES, phaseName, STATUS_NAMES, STATUS_TONES } from '../../components/words.ts';
import { currentWork, type JobCache } from '../../store/job-cache.ts';
import { paths } from '../navigate.ts';

/** 0 to 1, or null while nobody can know. */
export const partDone = ({ done, total }: Job['progress']): number | null => (total === null || total === 0 ? null : done / total);

/** The work of the open database, on every page. Stands at the bottom edge, so that its coming and going moves nothing. */
@customElement('lk-job-strip')
export class LkJobStrip extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: block;
        position: sticky;
        bottom: 0;
        z-index: 5;
      }
      a {
        display: grid;
        grid-template-columns: auto auto minmax(60px, 1fr) auto auto;
        align-items: center;
        gap: 0 16px;
        padding: 9px 28px;
        color: inherit;
        text-decoration: none;
        background: var(--lk-raised);
        border-top: 1px solid var(--lk-line);
        box-shadow: 0 -4px 16px light-dark(rgb(16 40 48 / 0.06), rgb(0 0 0 / 0.3));
        font-size: 0.8125rem;
      }
      a:focus-visible {
        outline-offset: -2px;
      }
      .name {
        font-weight: 600;
        white-space: nowrap;
      }
      .numbers {
        min-width: 15ch;
        text-align: end;
        white-space: nowrap;
      }
      .left {
        min-width: 11ch;
      }
      @media (max-width: 640px) {
        a {
          grid-template-columns: auto minmax(0, 1fr) auto;
          gap: 6px 12px;
          padding: 8px 16px 10px;
        }
        .left {
          display: none;
        }
        lk-meter {
          grid-row: 2;
          grid-column: 1 / -1;
        }
        .numbers {
          min-width: 0;
        }
      }
    `,
  ];
  @property({ attribute: false }) jobs: JobCache = {};

  constructor() {
    super();
    new Edge(this, '--lk-strip');
  }

  override render() {
    const { running, others, queued } = currentWork(this.jobs);
    if (running === null) return nothing;
    const { progress } = running;
    const part = partDone(progress);
    const more = [others > 0 ? `${others} more running` : '', queued > 0 ? `${count(queued)} queued` : '']
      .filter((text) => text !== '')
      .join(', ');
    return html`<a href=${paths.job(running.database, running.id)} aria-label="${KIND_NAMES[running.kind]}: open the running job">
      <lk-badge tone=${STATUS_TONES[running.status]} pulsing>${STATUS_NAMES[running.status]}</lk-badge>
      <span class="name">${KIND_NAMES[running.kind]} <span class="quiet">${phaseName(progress.phase)}${more === '' ? '' : ` · ${more}`}</span></span>
      <lk-meter .value=${part} label="${KIND_NAMES[running.kind]} progress"></lk-meter>
      <span class="numbers num">${progress.total === null ? plural(progress.done, progress.unit.replace(/s$/, '')) : `${count(progress.done)} of ${count(progress.total)} ${progress.unit}`}</span>
      <span class="left num quiet">${progress.secondsLeft === null || progress.secondsLeft === undefined ? (part === null ? '' : share(progress.done, progress.total ?? 0)) : timeLeft(progress.secondsLeft)}</span>
    </a>`;
  }
}
