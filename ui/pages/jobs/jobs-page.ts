import '@awesome.me/webawesome/dist/components/button/button.js';
import { css, html, nothing, type PropertyValues } from 'lit';
import { customElement } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { Job, JobKind, JobStatus } from '../../../worker/protocol/job.ts';
import '../../components/badge.ts';
import { count, share } from '../../components/format.ts';
import '../../components/meter.ts';
import { RowKeys } from '../../components/row-keys.ts';
import { base, controls, layout, tables } from '../../components/styles.ts';
import { KIND_NAMES, phaseName, STATUS_NAMES, STATUS_TONES } from '../../components/words.ts';
import { foundDamage, isFinished } from '../../store/job-cache.ts';
import {
  filterFromSearch,
  filterToSearch,
  type JobFilter,
  type JobList,
  KINDS,
  NO_FILTER,
  STATUSES,
  visibleJobs,
} from '../../store/job-list.ts';
import { paths } from '../navigate.ts';
import { Page } from '../page.ts';
import { partDone } from '../shell/job-strip.ts';

/** Every job of a database, newest first, live. The filter stands in the address. */
@customElement('lk-jobs-page')
export class LkJobsPage extends Page {
  static override styles = [
    base,
    layout,
    tables,
    controls,
    css`
      .filters {
        gap: 10px 20px;
      }
      .chips {
        display: flex;
        flex-wrap: wrap;
        gap: 6px;
        border: 0;
        margin: 0;
        padding: 0;
      }
      .chips button {
        font: inherit;
        font-size: 0.8125rem;
        font-weight: 500;
        height: 30px;
        padding: 0 11px;
        color: var(--lk-quiet);
        background: var(--lk-surface);
        border: 1px solid var(--lk-line);
        border-radius: 99px;
        cursor: pointer;
      }
      .chips button:hover {
        border-color: var(--lk-line-strong);
        color: var(--lk-ink);
      }
      .chips button[aria-pressed='true'] {
        color: var(--lk-accent);
        background: var(--lk-accent-soft);
        border-color: var(--lk-accent);
      }
      .state {
        width: 130px;
      }
      .progress {
        min-width: 150px;
      }
      .progress lk-meter {
        margin-top: 3px;
      }
      .reason {
        max-width: 44ch;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .reason.bad {
        color: var(--lk-bad);
      }
      .more {
        padding: 12px 16px;
        border-top: 1px solid var(--lk-line);
      }
      @media (max-width: 640px) {
        .state {
          width: auto;
        }
      }
    `,
  ];
  private readonly rowKeys = new RowKeys(this);

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('database') && this.database !== '') this.load(filterFromSearch(location.search));
  }

  override render() {
    const { open } = this;
    if (open === null) return nothing;
    const list = open.jobList;
    return html`<div class="stack">
      <h1>Jobs</h1>
      ${this.filters(list.filter)} ${this.body(list, visibleJobs(list, open.jobs))}
    </div>`;
  }

  private filters(filter: JobFilter) {
    return html`<div class="row filters">
      <div class="chips" role="group" aria-label="Status">
        ${STATUSES.map(
          (status) =>
            html`<button type="button" aria-pressed=${filter.statuses.includes(status)} @click=${() => this.toggle(filter, status)}>${STATUS_NAMES[status]}</button>`,
        )}
      </div>
      <select aria-label="Kind" @change=${(event: Event) => this.choose(filter, (event.target as HTMLSelectElement).value)}>
        <option value="" ?selected=${filter.kinds.length === 0}>Every kind</option>
        ${KINDS.map((kind) => html`<option value=${kind} ?selected=${filter.kinds.includes(kind)}>${KIND_NAMES[kind]}</option>`)}
      </select>
      ${filter.statuses.length + filter.kinds.length > 0 ? html`<wa-button appearance="plain" @click=${() => this.load(NO_FILTER)}>Clear</wa-button>` : nothing}
    </div>`;
  }

  private body(list: JobList, jobs: readonly Job[]) {
    const again = () => this.load(list.filter);
    if (list.state === 'loading') return html`<div class="panel"><lk-loading lines="8" what="Loading jobs"></lk-loading></div>`;
    if (list.state === 'failed' && list.failure !== null) return this.failure(list.failure, again);
    if (jobs.length === 0 && list.failure === null) return this.empty(list);
    return html`${list.failure === null ? nothing : this.failure(list.failure, again)}
      <section class="panel">
        <div class="scroller"><table aria-label="Jobs, newest first">
          <thead><tr><th scope="col">Status</th><th scope="col">Job</th><th scope="col" class="wide-only">What happened</th><th scope="col" class="wide-only">By</th><th scope="col">Started</th><th scope="col" class="end wide-only">Took</th></tr></thead>
          <tbody @keydown=${this.rowKeys.move}>${repeat(
            jobs,
            ({ id }) => id,
            (job) => this.row(job),
          )}</tbody>
        </table></div>
        ${list.nextCursor === null ? nothing : html`<div class="more"><wa-button appearance="outlined" ?loading=${list.loadingMore} @click=${this.more}>Load more</wa-button></div>`}
      </section>`;
  }

  private row(job: Job) {
    return html`<tr>
      <td class="state">${foundDamage(job) ? html`<lk-badge tone="bad">Damage found</lk-badge>` : html`<lk-badge tone=${STATUS_TONES[job.status]} ?pulsing=${job.status === 'running'}>${STATUS_NAMES[job.status]}</lk-badge>`}</td>
      <th scope="row"><a href=${paths.job(job.database, job.id)}>${KIND_NAMES[job.kind]}</a>${job.attempt > 1 ? html` <span class="quiet small">attempt ${job.attempt}</span>` : nothing}</th>
      <td class="wide-only progress">${this.progress(job)}</td>
      <td class="wide-only quiet">${job.actor}</td>
      <td class="fit quiet"><lk-time at=${job.startedAt ?? job.createdAt}></lk-time></td>
      <td class="fit end wide-only"><lk-elapsed .from=${job.startedAt} .to=${job.finishedAt}></lk-elapsed></td>
    </tr>`;
  }

  private progress(job: Job) {
    if (foundDamage(job)) return html`<div class="reason bad">The backup is damaged.</div>`;
    if (isFinished(job) || job.status === 'queued')
      return html`<div class="reason quiet" title=${job.reason}>${job.error?.message ?? job.reason}</div>`;
    const { done, total, unit, phase } = job.progress;
    return html`<span class="small">${phaseName(phase)}, ${total === null ? `${count(done)} ${unit}` : share(done, total)}</span>
      <lk-meter thin label="${KIND_NAMES[job.kind]} progress" .value=${partDone(job.progress)}></lk-meter>`;
  }

  private empty({ filter }: JobList) {
    const filtered = filter.statuses.length + filter.kinds.length > 0;
    return html`<div class="panel"><lk-empty heading=${filtered ? 'No job matches' : 'No job yet'}>
      ${filtered ? 'No job has these statuses and this kind.' : 'Exports, verifications and everything else that changes something appear here, and stay.'}
      ${
        filtered
          ? html`<wa-button slot="actions" appearance="outlined" @click=${() => this.load(NO_FILTER)}>Show every job</wa-button>`
          : html`<p slot="actions"><a href=${paths.overview(this.database)}>Start with an export on the overview</a></p>`
      }
    </lk-empty></div>`;
  }

  private toggle(filter: JobFilter, status: JobStatus): void {
    const statuses = filter.statuses.includes(status)
      ? filter.statuses.filter((other) => other !== status)
      : [...filter.statuses, status];
    this.load({ ...filter, statuses });
  }
  private choose(filter: JobFilter, kind: string): void {
    this.load({ ...filter, kinds: KINDS.filter((known): known is JobKind => known === kind) });
  }
  private load(filter: JobFilter): void {
    history.replaceState({}, '', location.pathname + filterToSearch(filter));
    void this.store.console.loads.jobs(this.database, filter);
  }
  private readonly more = (): void => {
    void this.store.console.loads.moreJobs(this.database);
  };
}
