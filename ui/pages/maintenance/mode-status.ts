import { html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Hold, MaintenanceStatus } from '../../../worker/protocol/maintenance.ts';
import '../../components/action.ts';
import '../../components/badge.ts';
import { exactTime } from '../../components/format.ts';
import { base, layout } from '../../components/styles.ts';
import '../../components/time.ts';
import {
  FENCE_NAMES,
  fenceWords,
  MODE_MEANINGS,
  MODE_NAMES,
  MODE_SENTENCES,
  MODE_TONES,
  UNFENCED_MEANINGS,
} from '../../components/words.ts';
import { lastsUntil } from '../../store/hold-list.ts';
import type { JobCache } from '../../store/job-cache.ts';
import { paths } from '../navigate.ts';
import { ownerName } from '../shell/maintenance-banner.ts';
import { maintenanceStyles } from './maintenance.styles.ts';

/**
 * The effective mode in one sentence, where the fence is, and the holds behind it.
 * @property status
 * @property jobs - to name the jobs that hold
 * @property denied - why this person may not change it, or null
 * @fires change - `detail` is the hold whose end or words are to change
 * @fires end - `detail` is the hold that is to end now
 */
@customElement('lk-mode-status')
export class LkModeStatus extends LitElement {
  static override styles = [base, layout, maintenanceStyles];
  @property() database = '';
  @property({ attribute: false }) status: MaintenanceStatus | null = null;
  @property({ attribute: false }) jobs: JobCache = {};
  @property({ attribute: false }) denied: string | null = null;

  override render() {
    const { status } = this;
    if (status === null) return nothing;
    const holds = status.holds.filter(({ endedAt }) => endedAt === null);
    return html`<div class="stack">
      <section class="panel status ${status.mode}" aria-labelledby="mode">
        <div><h2 id="mode" class="sentence">${MODE_SENTENCES[status.mode]}</h2><p class="meaning">${status.mode === 'off' || status.fence.state === 'up' ? MODE_MEANINGS[status.mode] : UNFENCED_MEANINGS[status.mode]}</p></div>
        ${this.facts(status)}
      </section>
      ${holds.length === 0 ? nothing : this.holds(holds)}
    </div>`;
  }

  private facts(status: MaintenanceStatus) {
    const { mode, reason, message, since, fence } = status;
    const words = fenceWords(fence, mode);
    return html`<dl class="facts">
      ${reason === null ? nothing : html`<dt>Because</dt><dd>${reason}</dd>`}
      ${since === null ? nothing : html`<dt>Since</dt><dd>${exactTime(since)}, <lk-time at=${since}></lk-time></dd>`}
      ${mode === 'off' ? nothing : html`<dt>Until</dt><dd>${this.until(status)}</dd>`}
      ${mode === 'off' ? nothing : html`<dt>Visitors read</dt><dd>${message ?? 'A general sentence: no message was given.'}</dd>`}
      <dt>Fence</dt><dd><lk-badge tone=${words.tone} ?pulsing=${fence.state === 'raising' || fence.state === 'lowering'}>${FENCE_NAMES[fence.state]}</lk-badge> ${words.text}${fence.detail === null ? nothing : html`<br /><code>${fence.detail}</code>`}</dd>
    </dl>`;
  }

  private until(status: MaintenanceStatus) {
    if (status.expiresAt !== null) return html`${exactTime(status.expiresAt)}, <b><lk-left to=${status.expiresAt}></lk-left></b>`;
    switch (lastsUntil(status)) {
      case 'job':
        return 'The job that holds it ends.';
      case 'person':
        return 'Somebody ends it.';
      case null:
        return nothing;
    }
  }

  private holds(holds: readonly Hold[]) {
    return html`<section class="panel" aria-labelledby="holds">
      <header><h2 id="holds" class="grow">Holds behind it</h2>${holds.length > 1 ? html`<span class="quiet small">The strictest decides.</span>` : nothing}</header>
      <ul class="holds">${holds.map((hold) => this.hold(hold))}</ul>
    </section>`;
  }

  private hold(hold: Hold) {
    const by =
      hold.owner.kind === 'job'
        ? html`<a href=${paths.job(this.database, hold.owner.jobId)}>${ownerName(hold, this.jobs)}</a>`
        : ownerName(hold, this.jobs);
    return html`<li>
      <div><lk-badge tone=${MODE_TONES[hold.mode]}>${MODE_NAMES[hold.mode]}</lk-badge></div>
      <div>
        <p class="reason">${hold.reason}</p>
        <p class="quiet small">By ${by}, began <lk-time at=${hold.createdAt}></lk-time>. ${this.holdUntil(hold)}</p>
        ${hold.message === null ? nothing : html`<p class="quiet small">Visitors read: “${hold.message}”</p>`}
      </div>
      ${this.actions(hold)}
    </li>`;
  }

  private holdUntil(hold: Hold) {
    if (hold.owner.kind === 'job') return 'It ends with the job, however that ends.';
    return hold.expiresAt === null ? 'It does not end by itself.' : html`<lk-left to=${hold.expiresAt}></lk-left>.`;
  }

  /** M4: a job writes under its own hold, so nobody may take that away from under it. */
  private actions(hold: Hold) {
    const { owner } = hold;
    if (owner.kind === 'job') {
      return html`<p class="quiet small nobody">Nobody’s to change or end: the job works under it. <a href=${paths.job(this.database, owner.jobId)}>Cancel the job</a> to end it early.</p>`;
    }
    const tell = (name: 'change' | 'end') => () => this.dispatchEvent(new CustomEvent(name, { detail: hold }));
    return html`<div class="row">
      ${this.denied === null ? html`<lk-action @act=${tell('change')}>Change it</lk-action>` : nothing}
      <lk-action .denied=${this.denied} @act=${tell('end')}>End it now</lk-action>
    </div>`;
  }
}
