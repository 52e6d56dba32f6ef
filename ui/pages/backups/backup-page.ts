import '@awesome.me/webawesome/dist/components/button/button.js';
import { html, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { BackupDetails } from '../../../worker/protocol/backup.ts';
import { downloadPath } from '../../store/download.ts';
import type { Failure } from '../../store/resource.ts';
import '../../components/action.ts';
import '../../components/callout.ts';
import '../../components/confirm.ts';
import '../../components/copy.ts';
import { bytes, count, duration, exactBytes, exactTime, plural } from '../../components/format.ts';
import { icon } from '../../components/icon.ts';
import { base, layout } from '../../components/styles.ts';
import { CONSISTENCY_MEANINGS, CONSISTENCY_NAMES } from '../../components/words.ts';
import { newIdempotencyKey } from '../../store/commands.ts';
import { isFinished } from '../../store/job-cache.ts';
import { failureFrom } from '../../store/resource.ts';
import { navigate, paths } from '../navigate.ts';
import { Page } from '../page.ts';
import { backupStyles } from './backup.styles.ts';
import { fileName, loadCommands } from './load-commands.ts';
import './manifest-tables.ts';
import { verificationBadge, verificationText } from './verification.ts';

/** One backup: what is in it, how far it can be trusted, how to get it and load it. */
@customElement('lk-backup-page')
export class LkBackupPage extends Page {
  static override styles = [base, layout, backupStyles];
  @property() backupId = '';
  @state() private asking = false;
  @state() private busy: 'none' | 'verify' | 'delete' = 'none';
  @state() private problem: Failure | null = null;
  private verifyKey = '';

  protected override willUpdate(changed: PropertyValues<this>): void {
    if ((!changed.has('database') && !changed.has('backupId')) || this.database === '' || this.backupId === '') return;
    this.problem = null;
    this.asking = false;
    this.verifyKey = newIdempotencyKey();
    this.load();
  }

  override render() {
    const page = this.open?.backupPage ?? null;
    if (page === null || page.id !== this.backupId) return nothing;
    const { details } = page;
    const gone = page.deleted || (details.state === 'failed' && details.failure.code === 'backup_not_found');
    return html`<div class="stack">
      <a class="back small" href=${paths.backups(this.database)}>${icon('left')}Backups</a>
      ${gone ? this.gone(page.deleted) : this.shown(details, { lines: 9, what: 'the backup', retry: () => this.load(), draw: (backup) => this.body(backup) })}
    </div>`;
  }

  private body(backup: BackupDetails) {
    const { manifest } = backup;
    return html`
      <div class="row between head">
        <div><div class="row"><h1>Backup of ${exactTime(backup.createdAt)}</h1>${verificationBadge(backup.verification)}</div>
          <p class="row quiet id"><code>${backup.id}</code><lk-copy .text=${backup.id} what="backup id"></lk-copy></p></div>
        <div class="row">${this.verify(backup)}<lk-action variant="danger" .denied=${this.denied('delete-backup')} @act=${this.ask}><span slot="start">${icon('trash')}</span>Delete</lk-action></div>
      </div>
      <lk-failure .failure=${this.asking ? null : this.problem}></lk-failure>
      ${backup.verification.state === 'damaged' ? html`<lk-callout tone="bad" heading="This backup is damaged">${backup.verification.message} Use another backup, and make a new one. <code>${backup.verification.code}</code></lk-callout>` : nothing}
      ${backup.warnings.length === 0 ? nothing : html`<lk-callout tone="warn" heading=${plural(backup.warnings.length, 'warning')}><ul>${backup.warnings.map((warning) => html`<li>${warning}</li>`)}</ul></lk-callout>`}
      <div class="columns">
        <section class="panel" aria-labelledby="facts"><header><h2 id="facts">What it is</h2></header><div class="body">${this.facts(backup)}</div></section>
        <section class="panel" aria-labelledby="get"><header><h2 id="get">Get it and load it</h2></header><div class="body get">${this.downloads(backup)}</div></section>
      </div>
      ${manifest.notExported.length === 0 ? nothing : html`<section class="panel" aria-labelledby="left-out"><header><h2 id="left-out">Not in it</h2></header><dl class="facts body">${manifest.notExported.map(({ name, reason }) => html`<dt><code>${name}</code></dt><dd>${reason}</dd>`)}</dl></section>`}
      <lk-manifest-tables .manifest=${manifest}></lk-manifest-tables>
      ${this.deleteDialog(backup)}`;
  }

  private verify(backup: BackupDetails) {
    const running = Object.values(this.open?.jobs ?? {}).find(
      (job) => job.kind === 'backup.verify' && job.params.backupId === backup.id && !isFinished(job),
    );
    if (running !== undefined) return html`<a href=${paths.job(this.database, running.id)}>Being verified${icon('right')}</a>`;
    return html`<lk-action .denied=${this.denied('verify')} .busy=${this.busy === 'verify'} @act=${this.startVerify}><span slot="start">${icon('check')}</span>${backup.verification.state === 'unverified' ? 'Verify' : 'Verify again'}</lk-action>`;
  }

  private facts(backup: BackupDetails) {
    const { manifest } = backup;
    return html`<dl class="facts">
      <dt>Proof</dt><dd>${verificationText(backup.verification)}</dd>
      <dt>Consistency</dt><dd><b>${CONSISTENCY_NAMES[backup.consistency]}.</b> ${CONSISTENCY_MEANINGS[backup.consistency]}</dd>
      <dt>Contents</dt><dd class="num">${count(backup.rows)} rows in ${plural(backup.tables, 'table')}${backup.partial ? ', a selection' : ''}</dd>
      <dt>Read</dt><dd>${exactTime(manifest.startedAt)}, in ${duration(backup.tookMs)}</dd>
      <dt>Stored</dt><dd class="num" title=${exactBytes(backup.gzipBytes)}>${bytes(backup.gzipBytes)} in ${plural(backup.chunks, 'chunk')}, from ${bytes(backup.sqlBytes)} of SQL</dd>
      ${manifest.ledgers.length === 0 ? nothing : html`<dt>Ledgers</dt><dd>${manifest.ledgers.map(({ name, rows }) => html`<div><code>${name}</code>, ${plural(rows, 'migration')}</div>`)}</dd>`}
      <dt>Schema hash</dt><dd><code>${manifest.schemaHash}</code></dd>
      <dt>Made by</dt><dd><a href=${paths.job(this.database, backup.jobId)}>its job</a></dd>
    </dl>`;
  }

  private downloads(backup: BackupDetails) {
    const link = (format: 'sql' | 'sql.gz', size: number, primary: boolean) =>
      html`<wa-button variant=${primary ? 'brand' : 'neutral'} appearance=${primary ? 'accent' : 'outlined'} href=${downloadPath(this.database, backup.id, format)} download=${fileName(backup.database, backup.createdAt, format)}><span slot="start">${icon('download')}</span>${format} <span class="num">(${bytes(size)})</span></wa-button>`;
    return html`<div class="row">${link('sql.gz', backup.gzipBytes, true)}${link('sql', backup.sqlBytes, false)}</div>
      ${loadCommands(backup, location.origin).map(({ title, command }) => html`<div><h3>${title}</h3><lk-command .command=${command} what="command: ${title}"></lk-command></div>`)}`;
  }

  private gone(deleted: boolean) {
    return html`<h1>Backup</h1><div class="panel"><lk-empty heading=${deleted ? 'This backup was deleted' : 'No such backup'}>${deleted ? 'Its manifest is gone, and it cannot be downloaded or restored any more.' : 'It may have been deleted, or belong to another database.'}
      <p slot="actions"><a href=${paths.backups(this.database)}>See every backup</a></p></lk-empty></div>`;
  }

  private deleteDialog(backup: BackupDetails) {
    return html`<lk-confirm heading="Delete this backup?" confirmLabel="Delete for ever" .open=${this.asking} .phrase=${backup.id} .busy=${this.busy === 'delete'} .failure=${this.problem} @dismiss=${this.dismiss} @confirm=${this.deleteForEver}>
      <p>${count(backup.rows)} rows of ${exactTime(backup.createdAt)} go for ever. This cannot be undone.</p>
    </lk-confirm>`;
  }

  private load(): void {
    void this.store.console.loads.backup(this.database, this.backupId);
  }
  private ask(): void {
    this.problem = null;
    this.asking = true;
  }
  private dismiss(): void {
    this.asking = false;
    this.problem = null;
  }

  private async startVerify(): Promise<void> {
    const { commands } = this.store.console;
    const request = { kind: 'backup.verify', params: { backupId: this.backupId } } as const;
    const job = await this.attempt('verify', () => commands.submit(this.database, request, this.verifyKey));
    if (job !== null) navigate(paths.job(job.database, job.id));
  }

  private async deleteForEver(): Promise<void> {
    const done = await this.attempt('delete', async () => {
      await this.store.console.commands.deleteBackup(this.database, this.backupId);
      return true;
    });
    if (done !== null) navigate(paths.backups(this.database), { replace: true });
  }

  private async attempt<T>(busy: 'verify' | 'delete', act: () => Promise<T>): Promise<T | null> {
    this.busy = busy;
    this.problem = null;
    try {
      return await act();
    } catch (error) {
      this.problem = failureFrom(error);
      return null;
    } finally {
      this.busy = 'none';
    }
  }
}
