import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Job } from '../../../worker/protocol/job.ts';
import { bytes, count, NONE, share, timeLeft } from '../../components/format.ts';
import { icon } from '../../components/icon.ts';
import '../../components/meter.ts';
import { base } from '../../components/styles.ts';
import '../../components/time.ts';
import { KIND_NAMES, phaseName } from '../../components/words.ts';
import { isFinished } from '../../store/job-cache.ts';
import { type JobPage, stepCount } from '../../store/job-page.ts';
import { type PhaseState, phasesOf } from './phases.ts';

const TONES: Record<Job['status'], 'accent' | 'good' | 'warn' | 'bad'> = {
  queued: 'accent',
  running: 'accent',
  cancelling: 'warn',
  succeeded: 'good',
  failed: 'bad',
  cancelled: 'warn',
};
const STATE_WORDS: Record<PhaseState, string> = { done: 'done', now: 'now', stopped: 'stopped here', ahead: 'to come' };

/** Null after a retry: what was done counts from the first attempt, the time only from the last. */
function averageRate({ attempt, startedAt, finishedAt, progress, result }: Job): number | null {
  // The job's own measure leaves out what is no row: the safety backup, the checks.
  if (typeof result?.rowsPerSecond === 'number') return result.rowsPerSecond;
  if (attempt > 1 || startedAt === null || finishedAt === null || progress.done === 0) return null;
  const seconds = (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000;
  return seconds > 0 ? progress.done / seconds : null;
}

/** How far a job is. Every figure keeps its place and its width, so that nothing moves while numbers run; what has ended shows those it has. */
@customElement('lk-job-progress')
export class LkJobProgress extends LitElement {
  static override styles = [
    base,
    css`
      section {
        display: grid;
        gap: 14px;
        padding: 16px;
        background: var(--lk-surface);
        border: 1px solid var(--lk-line);
        border-radius: var(--lk-radius-large);
      }
      ol {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 22px;
        list-style: none;
        min-height: 1.5em;
      }
      li {
        display: inline-flex;
        align-items: center;
        gap: 7px;
        color: var(--lk-quiet);
      }
      li::before {
        content: '';
        width: 9px;
        height: 9px;
        border-radius: 50%;
        border: 2px solid var(--lk-line-strong);
      }
      li.done::before {
        background: var(--lk-good);
        border-color: var(--lk-good);
      }
      li.now {
        color: var(--lk-ink);
        font-weight: 600;
      }
      li.now::before {
        border-color: var(--lk-accent);
        background: var(--lk-accent);
      }
      li.stopped {
        color: var(--lk-bad);
        font-weight: 600;
      }
      li.stopped::before {
        border-color: var(--lk-bad);
        background: var(--lk-bad);
      }
      .cancelled li.stopped {
        color: var(--lk-warn);
      }
      .cancelled li.stopped::before {
        border-color: var(--lk-warn);
        background: var(--lk-warn);
      }
      .bar {
        display: grid;
        grid-template-columns: minmax(0, 1fr) 6ch;
        align-items: center;
        gap: 14px;
        font-weight: 600;
      }
      .bar span {
        text-align: end;
      }
      dl {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(118px, 1fr));
        gap: 10px 20px;
      }
      dt {
        color: var(--lk-quiet);
        font-size: 0.8125rem;
      }
      dd {
        font-size: 1.0625rem;
        font-weight: 600;
        font-variant-numeric: tabular-nums;
        white-space: nowrap;
        overflow: hidden;
        text-overflow: ellipsis;
      }
    `,
  ];
  @property({ attribute: false }) job: Job | null = null;
  @property({ attribute: false }) page: JobPage | null = null;

  override render() {
    const { job, page } = this;
    if (job === null || page === null) return nothing;
    const { done, total, unit, bytes: size, ratePerSecond, secondsLeft } = job.progress;
    const ended = isFinished(job);
    const known = job.status === 'succeeded' ? 1 : total === null || total === 0 ? null : done / total;
    // A bar that moves without end is for what runs; what ended, or has not begun, stands still.
    const part = known ?? (ended || job.status === 'queued' ? 0 : null);
    const rate = ended ? averageRate(job) : (ratePerSecond ?? null);
    return html`<section aria-label="Progress" class=${job.status}>
      <ol aria-label="Phases">${phasesOf(job, page.phases).map(({ name, state }) => html`<li class=${state} aria-current=${state === 'now' ? 'step' : nothing}>${phaseName(name)}<span class="sr-only">, ${STATE_WORDS[state]}</span></li>`)}</ol>
      <div class="bar num"><lk-meter tone=${TONES[job.status]} .value=${part} label="${KIND_NAMES[job.kind]} progress" .text=${`${count(done)}${total === null ? '' : ` of ${count(total)}`} ${unit}`}></lk-meter><span>${known === null ? NONE : share(known, 1)}</span></div>
      <dl>
        ${this.figure(unit === '' ? 'Done' : unit.charAt(0).toUpperCase() + unit.slice(1), total === null || ended ? count(done) : html`${count(done)} <span class="quiet small">of ${count(total)}</span>`)}
        ${unit === 'steps' ? nothing : this.figure(`${unit === '' ? 'Done' : unit.charAt(0).toUpperCase() + unit.slice(1)} per second`, rate === null ? NONE : count(rate))}
        ${ended && size === undefined ? nothing : this.figure('Written', size === undefined ? NONE : bytes(size))}
        ${this.figure(ended ? (job.attempt > 1 ? 'Last attempt took' : 'Took') : 'Elapsed', html`<lk-elapsed .from=${job.startedAt} .to=${job.finishedAt}></lk-elapsed>`)}
        ${ended ? nothing : this.figure('Time left', secondsLeft === null || secondsLeft === undefined ? NONE : timeLeft(secondsLeft))}
        ${this.figure('Steps committed', count(stepCount(page)))}
      </dl>
      ${job.status === 'queued' ? html`<p class="quiet">${icon('clock')} Waiting for its turn: exclusive jobs of a database run one at a time, in order.</p>` : nothing}
    </section>`;
  }

  private figure(name: string, value: unknown) {
    return html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
  }
}
