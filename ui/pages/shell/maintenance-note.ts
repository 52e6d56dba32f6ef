import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { MaintenanceStatus } from '../../../worker/protocol/maintenance.ts';
import '../../components/callout.ts';
import { base } from '../../components/styles.ts';
import '../../components/time.ts';
import { MODE_MEANINGS, MODE_NAMES } from '../../components/words.ts';
import { paths } from '../navigate.ts';

const FENCE_WORDS: Record<MaintenanceStatus['fence']['state'], string> = {
  down: '',
  raising: 'The fence against writes is being put up.',
  up: 'A fence in the database refuses writes from every client.',
  lowering: 'The fence against writes is being taken down.',
  failed: 'The fence is not as it should be; it is tried again by itself.',
};

/**
 * On every page while a database does not serve as usual: which mode, why, for how long, and who holds it.
 * @property status - or null while it is not known
 * @property database - the binding's name
 */
@customElement('lk-maintenance-note')
export class LkMaintenanceNote extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: block;
      }
      lk-callout {
        margin-bottom: 16px;
      }
    `,
  ];
  @property({ attribute: false }) status: MaintenanceStatus | null = null;
  @property() database = '';

  override render() {
    const { status } = this;
    if (status === null || (status.mode === 'off' && status.fence.state !== 'failed')) return nothing;
    const { mode, fence } = status;
    const tone = mode === 'closed' || fence.state === 'failed' ? 'bad' : 'warn';
    return html`<lk-callout tone=${tone} role="status" heading=${mode === 'off' ? 'The write fence failed' : `Maintenance: ${MODE_NAMES[mode]}`}>
      ${status.reason === null ? nothing : html`<p>${status.reason}</p>`}
      <p class="quiet small">
        ${mode === 'off' ? nothing : MODE_MEANINGS[mode]}
        ${FENCE_WORDS[fence.state]} ${fence.detail ?? ''} ${this.times(status)}
      </p>
      ${this.jobs(status)}
    </lk-callout>`;
  }

  private times({ since, expiresAt }: MaintenanceStatus) {
    return html`${since === null ? nothing : html`Since <lk-time at=${since}></lk-time>.`}
    ${expiresAt === null ? nothing : html`Ends by itself <lk-time at=${expiresAt}></lk-time>.`}`;
  }

  private jobs({ holds }: MaintenanceStatus) {
    const ids = holds.flatMap(({ owner, endedAt }) => (owner.kind === 'job' && endedAt === null ? [owner.jobId] : []));
    if (ids.length === 0) return nothing;
    return html`<p class="small">${ids.map((id) => html`<a href=${paths.job(this.database, id)}>The job that asked for it</a> `)}</p>`;
  }
}
