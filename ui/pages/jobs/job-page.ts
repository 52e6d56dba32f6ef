import { html, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Job } from '../../../worker/protocol/job.ts';
import type { Failure } from '../../store/resource.ts';
import '../../components/action.ts';
import '../../components/badge.ts';
import '../../components/callout.ts';
import '../../components/confirm.ts';
import '../../components/copy.ts';
import { icon } from '../../components/icon.ts';
import { base, layout, tables } from '../../components/styles.ts';
import { KIND_NAMES, STATUS_NAMES, STATUS_TONES } from '../../components/words.ts';
import { foundDamage, isFinished } from '../../store/job-cache.ts';
import type { JobPage } from '../../store/job-page.ts';
import { failureFrom } from '../../store/resource.ts';
import { paths } from '../navigate.ts';
import { Page } from '../page.ts';
import { valueRows } from './details.ts';
import './job-log.ts';
import { jobStyles } from './job.styles.ts';
import './progress.ts';
import { safetyBackupOf } from './safety-backup.ts';

/** One job: how far it is, what it did, what came of it, and what can be done about it. */
@customElement('lk-job-page')
export class LkJobPage extends Page {
  static override styles = [base, layout, tables, jobStyles];
  @property() jobId = '';
  @state() private asking = false;
  @state() private busy = false;
  @state() private problem: Failure | null = null;

  protected override willUpdate(changed: PropertyValues<this>): void {
    if ((!changed.has('database') && !changed.has('jobId')) || this.database === '' || this.jobId === '') return;
    this.problem = null;
    this.asking = false;
    this.load();
  }

  override render() {
    const page = this.open?.jobPage ?? null;
    if (page === null || page.id !== this.jobId) return nothing;
    const job = this.open?.jobs[this.jobId];
    return html`<div class="stack">
      <a class="back small" href=${paths.jobs(this.database)}>${icon('left')}Jobs</a>
      ${job === undefined ? html`<h1>Job</h1>` : this.head(job)}
      <lk-failure .failure=${this.asking ? null : this.problem}></lk-failure>
      ${page.details.state === 'failed' && page.details.failure.code === 'job_not_found' ? this.missing() : this.shown(page.details, { lines: 8, what: 'the job', retry: () => this.load(), draw: () => (job === undefined ? nothing : this.body(job, page)) })}
    </div>
    ${job === undefined ? nothing : this.cancelDialog(job)}`;
  }

  private head(job: Job) {
    return html`<div class="row between head">
      <div>
        <div class="row"><h1>${KIND_NAMES[job.kind]}</h1>${foundDamage(job) ? html`<lk-badge tone="bad">Damage found</lk-badge>` : html`<lk-badge tone=${STATUS_TONES[job.status]} ?pulsing=${job.status === 'running'}>${STATUS_NAMES[job.status]}</lk-badge>`}</div>
        ${job.reason === job.error?.message || foundDamage(job) ? nothing : html`<p class="quiet reason">${job.reason}</p>`}
      </div>
      ${this.controls(job)}
    </div>`;
  }

  private controls(job: Job) {
    switch (job.status) {
      case 'queued':
      case 'running':
        return html`<lk-action .denied=${this.denied('cancel')} @act=${this.ask}><span slot="start">${icon('stop')}</span>Cancel</lk-action>`;
      case 'cancelling':
        return html`<lk-action .denied=${'It stops at the next safe point.'}><span slot="start">${icon('stop')}</span>Cancelling</lk-action>`;
      case 'failed':
      case 'cancelled':
        return html`<lk-action variant="brand" .denied=${this.retryDenied(job)} .busy=${this.busy} @act=${() => this.retry(job)}><span slot="start">${icon('refresh')}</span>Retry</lk-action>`;
      case 'succeeded':
        return nothing;
    }
  }

  private retryDenied(job: Job): string | null {
    if (job.error !== null && !job.error.retryable) return 'Trying the same again would fail again.';
    // What only an admin may start, only an admin may start again.
    return this.denied(job.kind === 'table.clear' ? 'run-danger' : 'retry');
  }

  private body(job: Job, page: JobPage) {
    return html`
      ${job.error === null ? nothing : html`<lk-callout tone="bad" .heading=${job.error.message}><p>${job.error.hint}</p><p class="quiet small"><code>${job.error.code}</code>${job.error.retryable ? ' · can be retried; it goes on from the last committed step' : ''}</p></lk-callout>`}
      ${this.finding(job)}
      <lk-job-progress .job=${job} .page=${page}></lk-job-progress>
      ${this.synced(job)} ${this.safety(job, page)} ${job.result === null ? nothing : this.result(job)}
      <div class="columns">
        <section class="panel" aria-labelledby="about"><header><h2 id="about">About this job</h2></header><div class="body">${this.about(job)}</div></section>
        <section class="panel" aria-labelledby="params"><header><h2 id="params">Asked for</h2></header><div class="body">${valueRows(job.params, 'Nothing in particular: the defaults.')}</div></section>
      </div>
      <lk-job-log .page=${page} @more=${(event: CustomEvent<'steps' | 'events'>) => this.more(event.detail)}></lk-job-log>`;
  }

  private finding(job: Job) {
    const { kind, result } = job;
    if (kind !== 'backup.verify' || result === null || typeof result.verified !== 'boolean') return nothing;
    return !foundDamage(job)
      ? html`<lk-callout tone="good" heading="The backup is sound">It was restored into a scratch database and compared equal.</lk-callout>`
      : html`<lk-callout tone="bad" heading="The backup is damaged">${typeof result.message === 'string' ? result.message : ''} Use another backup, and make a new one.</lk-callout>`;
  }

  /** The way back, from the moment that it is there: whoever regrets must not have to wait for the end of the job. */
  private safety(job: Job, page: JobPage) {
    const id = safetyBackupOf(job, page.events.items);
    if (id === null) return nothing;
    return html`<lk-callout tone="good" heading="The safety backup is taken">It holds the database as it was before this job touched it, and stays whatever becomes of the job.
      <a slot="actions" href=${paths.backup(this.database, id)}>Open the safety backup${icon('right')}</a></lk-callout>`;
  }

  private synced({ kind, status }: Job) {
    if (kind !== 'schema.sync' || status !== 'succeeded') return nothing;
    return html`<lk-callout tone="good" heading="The database is as the plan said"><a href=${paths.schema(this.database)}>See the schema</a></lk-callout>`;
  }

  private result(job: Job) {
    const { backupId, safetyBackupId: _linkedAbove, rowsPerSecond: _shownAbove, ...rest } = job.result ?? {};
    const { message: _saidAbove, ...unsaid } = rest;
    const id = typeof backupId === 'string' ? backupId : null;
    return html`<section class="panel" aria-labelledby="result">
      <header><h2 id="result" class="grow">Result</h2>${id === null ? nothing : html`<a href=${paths.backup(this.database, id)}>Open the backup${icon('right')}</a>`}</header>
      <div class="body">${valueRows(foundDamage(job) ? unsaid : rest, 'It left no more than its effect.')}</div>
    </section>`;
  }

  private about(job: Job) {
    return html`<dl class="facts">
      <dt>Id</dt><dd class="row id"><code>${job.id}</code><lk-copy .text=${job.id} what="job id"></lk-copy></dd>
      <dt>Submitted by</dt><dd>${job.actor}</dd>
      <dt>Submitted</dt><dd><lk-time at=${job.createdAt}></lk-time></dd>
      <dt>Started</dt><dd><lk-time .at=${job.startedAt}></lk-time></dd>
      <dt>Ended</dt><dd>${isFinished(job) ? html`<lk-time .at=${job.finishedAt}></lk-time>` : 'not yet'}</dd>
      <dt>Attempt</dt><dd class="num">${job.attempt}</dd>
      <dt>Lane</dt><dd>${job.lane === 'exclusive' ? 'exclusive: one at a time for this database' : 'background: runs beside others'}</dd>
    </dl>`;
  }

  private missing() {
    return html`<div class="panel"><lk-empty heading="No such job">It may belong to another database, or its history was pruned.<p slot="actions"><a href=${paths.jobs(this.database)}>See every job</a></p></lk-empty></div>`;
  }

  private cancelDialog(job: Job) {
    return html`<lk-confirm
      heading="Cancel this job?"
      confirmLabel="Cancel the job"
      dismissLabel="Let it run"
      .open=${this.asking && !isFinished(job)}
      .busy=${this.busy}
      .failure=${this.problem}
      @dismiss=${this.dismiss}
      @confirm=${() => this.cancel(job)}
      ><p>It stops at the next safe point. The database is left as before the job, or in a state that the job states and that a retry goes on from.</p></lk-confirm
    >`;
  }

  private load(): void {
    void this.store.console.loads.job(this.database, this.jobId);
  }
  private more(what: 'steps' | 'events'): void {
    void this.store.console.loads.more(this.database, this.jobId, what);
  }
  private ask(): void {
    this.problem = null;
    this.asking = true;
  }
  private dismiss(): void {
    this.asking = false;
    this.problem = null;
  }
  private async cancel(job: Job): Promise<void> {
    if (await this.attempt(() => this.store.console.commands.cancel(job))) this.asking = false;
  }
  private async retry(job: Job): Promise<void> {
    await this.attempt(() => this.store.console.commands.retry(job));
  }

  private async attempt(act: () => Promise<unknown>): Promise<boolean> {
    this.busy = true;
    this.problem = null;
    try {
      await act();
      return true;
    } catch (error) {
      this.problem = failureFrom(error);
      return false;
    } finally {
      this.busy = false;
    }
  }
}
