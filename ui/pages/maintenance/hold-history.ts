import '@awesome.me/webawesome/dist/components/button/button.js';
import { html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { Hold } from '../../../worker/protocol/maintenance.ts';
import '../../components/badge.ts';
import { base, layout, tables } from '../../components/styles.ts';
import '../../components/time.ts';
import { MODE_NAMES, MODE_TONES } from '../../components/words.ts';
import type { HoldList } from '../../store/hold-list.ts';
import type { JobCache } from '../../store/job-cache.ts';
import { paths } from '../navigate.ts';
import { ownerName } from '../shell/maintenance-banner.ts';
import { maintenanceStyles } from './maintenance.styles.ts';

/** How it came to its end; the server's fixed words in plain ones, anything else is who ended it. */
export function endedBy(hold: Pick<Hold, 'endedAt' | 'endedBy'>): string {
  if (hold.endedAt === null) return 'holds now';
  switch (hold.endedBy) {
    case 'expired':
      return 'ran out';
    case 'job over':
      return 'its job ended';
    case 'replaced':
      return 'replaced by another';
    case null:
      return 'ended';
    default:
      return `ended by ${hold.endedBy}`;
  }
}

/**
 * Every hold there was, newest first.
 * @fires more - the next page is wanted
 */
@customElement('lk-hold-history')
export class LkHoldHistory extends LitElement {
  static override styles = [base, layout, tables, maintenanceStyles];
  @property() database = '';
  @property({ attribute: false }) list: HoldList = { items: [], nextCursor: null };
  @property({ attribute: false }) jobs: JobCache = {};
  @property({ type: Boolean }) loading = false;

  override render() {
    const { items, nextCursor } = this.list;
    if (items.length === 0)
      return html`<section class="panel"><header><h2>History</h2></header><lk-empty heading="No maintenance so far">Every hold, of a person, a window or a job, stays listed here with its reason.</lk-empty></section>`;
    return html`<section class="panel history">
      <header><h2>History</h2></header>
      <div class="scroller"><table aria-label="Holds, newest first">
        <thead><tr><th scope="col">Mode</th><th scope="col">Reason</th><th scope="col" class="wide-only">Who</th><th scope="col">Began</th><th scope="col" class="end wide-only">Lasted</th><th scope="col" class="wide-only">How it ended</th></tr></thead>
        <tbody>${repeat(
          items,
          ({ id }) => id,
          (hold) => this.row(hold),
        )}</tbody>
      </table></div>
      ${nextCursor === null ? nothing : html`<div class="more"><wa-button appearance="outlined" ?loading=${this.loading} @click=${() => this.dispatchEvent(new CustomEvent('more'))}>Load more</wa-button></div>`}
    </section>`;
  }

  private row(hold: Hold) {
    const active = hold.endedAt === null;
    return html`<tr>
      <td class="fit"><lk-badge tone=${active ? MODE_TONES[hold.mode] : 'neutral'}>${MODE_NAMES[hold.mode]}</lk-badge></td>
      <th scope="row" class="why">${hold.reason}<span class="narrow quiet small">${ownerName(hold, this.jobs)}, ${endedBy(hold)}</span></th>
      <td class="wide-only quiet">${hold.owner.kind === 'job' ? html`<a href=${paths.job(this.database, hold.owner.jobId)}>${ownerName(hold, this.jobs)}</a>` : ownerName(hold, this.jobs)}</td>
      <td class="fit quiet"><lk-time at=${hold.createdAt}></lk-time></td>
      <td class="fit end wide-only"><lk-elapsed .from=${hold.createdAt} .to=${hold.endedAt}></lk-elapsed></td>
      <td class="wide-only ${active ? '' : 'quiet'}">${endedBy(hold)}</td>
    </tr>`;
  }
}
