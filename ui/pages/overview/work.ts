import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Overview } from '../../../worker/protocol/database.ts';
import type { Job } from '../../../worker/protocol/job.ts';
import '../../components/badge.ts';
import { count, plural } from '../../components/format.ts';
import '../../components/meter.ts';
import { base, layout } from '../../components/styles.ts';
import '../../components/time.ts';
import { KIND_NAMES, phaseName, STATUS_NAMES, STATUS_TONES } from '../../components/words.ts';
import { currentWork, foundDamage, isFinished, type JobCache, newestFirst } from '../../store/job-cache.ts';
import { paths } from '../navigate.ts';
import { partDone } from '../shell/job-strip.ts';

const LATEST = 4;

/** What runs, what waits, and what ended lately. */
@customElement('lk-work')
export class LkWork extends LitElement {
  static override styles = [
    base,
    layout,
    css`
      :host {
        display: grid;
      }
      .now {
        display: grid;
        gap: 8px;
        padding: 14px 16px;
        border-bottom: 1px solid var(--lk-line);
      }
      ul {
        list-style: none;
      }
      li a {
        display: flex;
        align-items: center;
        gap: 10px;
        padding: 8px 16px;
        color: inherit;
        text-decoration: none;
      }
      li a:hover {
        background: var(--lk-sunken);
      }
      li .grow {
        overflow-wrap: anywhere;
      }
      li lk-time {
        display: inline-block;
        white-space: nowrap;
      }
      .none {
        padding: 14px 16px;
      }
    `,
  ];
  @property({ attribute: false }) overview: Overview | null = null;
  @property({ attribute: false }) jobs: JobCache = {};
  @property({ type: Boolean }) synced = false;

  override render() {
    const { overview } = this;
    if (overview === null) return nothing;
    const { running, queued } = currentWork(this.jobs);
    const waiting = this.synced ? queued : overview.queuedJobs;
    const latest = Object.values(this.jobs).filter(isFinished).sort(newestFirst).slice(0, LATEST);
    return html`<section class="panel" aria-labelledby="work">
      <header><h2 id="work" class="grow">Work</h2><a class="small" href=${paths.jobs(overview.database.name)}>All jobs</a></header>
      ${running === null ? nothing : this.now(running)}
      ${running === null && waiting === 0 ? html`<p class="none quiet">Nothing runs and nothing waits.</p>` : nothing}
      ${waiting > 0 ? html`<p class="none quiet">${plural(waiting, 'job')} waiting.</p>` : nothing}
      <ul>${latest.map((job) => html`<li><a href=${paths.job(job.database, job.id)}><span class="grow">${KIND_NAMES[job.kind]} <lk-time class="quiet small" at=${job.finishedAt ?? job.createdAt}></lk-time></span>${foundDamage(job) ? html`<lk-badge tone="bad">Damage found</lk-badge>` : html`<lk-badge tone=${STATUS_TONES[job.status]}>${STATUS_NAMES[job.status]}</lk-badge>`}</a></li>`)}</ul>
    </section>`;
  }

  private now(job: Job) {
    const { done, total, unit, phase } = job.progress;
    return html`<div class="now">
      <div class="row between"><a href=${paths.job(job.database, job.id)}><b>${KIND_NAMES[job.kind]}</b></a><lk-badge pulsing tone=${STATUS_TONES[job.status]}>${STATUS_NAMES[job.status]}</lk-badge></div>
      <lk-meter label="${KIND_NAMES[job.kind]} progress" .value=${partDone(job.progress)}></lk-meter>
      <p class="row between small num"><span class="quiet">${phaseName(phase)}, <lk-elapsed .from=${job.startedAt} .to=${null}></lk-elapsed></span><span>${total === null ? count(done) : `${count(done)} of ${count(total)}`} ${unit}</span></p>
    </div>`;
  }
}
