import '@awesome.me/webawesome/dist/components/button/button.js';
import { html, nothing, type PropertyValues } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { Overview } from '../../../worker/protocol/database.ts';
import type { Failure } from '../../store/resource.ts';
import '../../components/action.ts';
import '../../components/badge.ts';
import '../../components/chart.ts';
import '../../components/copy.ts';
import { icon } from '../../components/icon.ts';
import { base, layout } from '../../components/styles.ts';
import '../../components/table-list.ts';
import { isPickable } from '../../components/table-order.ts';
import { MODE_MEANINGS, MODE_NAMES, MODE_TONES } from '../../components/words.ts';
import { newIdempotencyKey } from '../../store/commands.ts';
import { currentWork } from '../../store/job-cache.ts';
import { failureFrom } from '../../store/resource.ts';
import type { OpenDatabase } from '../../store/state.ts';
import { navigate, paths } from '../navigate.ts';
import { Page } from '../page.ts';
import './export-dialog.ts';
import './figures.ts';
import './notes.ts';
import { overviewStyles } from './overview.styles.ts';
import './work.ts';

/** Sizes and counts come with each job; between jobs they are asked for again at this pace while the page is in view. */
const REFRESH_EVERY_MS = 30_000;

@customElement('lk-overview-page')
export class LkOverviewPage extends Page {
  static override styles = [base, layout, overviewStyles];
  @state() private exporting = false;
  @state() private seeding = false;
  @state() private counting = false;
  @state() private problem: Failure | null = null;
  private seedKey = '';
  private timer: ReturnType<typeof setInterval> | null = null;
  private readonly visible = () => this.refresh();

  override connectedCallback(): void {
    super.connectedCallback();
    this.timer = setInterval(() => this.refresh(), REFRESH_EVERY_MS);
    document.addEventListener('visibilitychange', this.visible);
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback();
    if (this.timer !== null) clearInterval(this.timer);
    document.removeEventListener('visibilitychange', this.visible);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('database') || this.database === '') return;
    this.problem = null;
    this.exporting = false;
    this.seedKey = newIdempotencyKey();
    void this.store.console.loads.overview(this.database);
    void this.store.console.loads.tables(this.database);
  }

  override render() {
    const { open } = this;
    if (open === null) return nothing;
    return html`<div class="stack">
      ${this.head(open.overview.state === 'ready' ? open.overview.value : null)}
      <lk-failure .failure=${this.problem}></lk-failure>
      ${this.shown(open.overview, { lines: 9, what: 'the overview', retry: () => this.load(), draw: (overview) => this.body(overview) })}
      ${open.overview.state === 'failed' ? nothing : this.tables()}
      ${open.overview.state === 'ready' ? html`<lk-notes .notes=${open.overview.value.notes}></lk-notes>` : nothing}
    </div>
    <lk-export-dialog
      .database=${this.database}
      .open=${this.exporting}
      .sizeBytes=${open.overview.state === 'ready' ? open.overview.value.sizeBytes : null}
      .tables=${open.tables.state === 'ready' ? open.tables.value : []}
      @dismiss=${() => {
        this.exporting = false;
      }}
    ></lk-export-dialog>`;
  }

  private head(overview: Overview | null) {
    const mode = this.open?.maintenance?.mode ?? overview?.mode ?? 'off';
    const name = this.databases.find(({ name: binding }) => binding === this.database)?.displayName ?? this.database;
    return html`<div class="row between head">
      <div>
        <h1>${name}</h1>
        <p class="row quiet small">
          <code>${this.database}</code>
          ${overview === null ? nothing : html`<lk-badge tone=${MODE_TONES[mode]} title=${MODE_MEANINGS[mode]}>${MODE_NAMES[mode]}</lk-badge><span>measured <lk-time at=${overview.takenAt}></lk-time></span>`}
        </p>
      </div>
      <lk-action variant="brand" appearance="accent" .denied=${this.denied('export')} @act=${this.startExport}
        ><span slot="start">${icon('download')}</span>Export</lk-action
      >
    </div>`;
  }

  private body(overview: Overview) {
    const { open } = this;
    const work = currentWork(open?.jobs ?? {});
    // The figures of the overview may be older than the list below it: what is listed is there.
    const listed = open?.tables.state === 'ready' && open.tables.value.some(isPickable);
    const empty = overview.database.sample && overview.tables === 0 && !listed && work.running === null && work.queued === 0;
    const { connection } = overview;
    return html`
      ${connection.state === 'down' ? html`<lk-failure .failure=${{ ...connection, title: 'The database does not answer', detail: connection.message, requestId: null }}><wa-button appearance="outlined" @click=${this.load}>Try again</wa-button></lk-failure>` : nothing}
      ${empty ? this.seedOffer() : nothing}
      <lk-figures .overview=${overview}></lk-figures>
      <div class="two">
        <section class="panel" aria-labelledby="history">
          <header><h2 id="history">Size and rows</h2></header>
          <div class="body">${overview.history.length < 2 ? this.noHistory(overview) : html`<lk-history-chart .points=${overview.history}></lk-history-chart>`}</div>
        </section>
        <lk-work .overview=${overview} .jobs=${open?.jobs ?? {}} .synced=${open?.synced ?? false}></lk-work>
      </div>`;
  }

  private noHistory(overview: Overview) {
    return html`<p class="quiet history-none">${overview.history.length === 0 ? 'No measurement yet.' : 'One measurement so far.'} The chart begins with the second; one is taken when tables are counted.</p>`;
  }

  private seedOffer() {
    return html`<section class="panel seed" aria-labelledby="seed">
      <div class="grow">
        <h2 id="seed">This sample database is empty</h2>
        <p class="quiet">Fill it with a shop of about 50,000 rows to try everything on. It is the same data every time.</p>
      </div>
      <lk-action variant="brand" appearance="accent" .denied=${this.denied('seed')} .busy=${this.seeding} @act=${this.seed}>Fill with sample data</lk-action>
    </section>`;
  }

  /** When nothing gets through, the note above speaks for both. */
  private tablesToShow(): OpenDatabase['tables'] {
    const { overview, tables } = this.open ?? {};
    const said = overview?.state === 'ready' && overview.failure !== null;
    return tables?.state === 'ready' && said ? { ...tables, failure: null } : (tables ?? { state: 'idle' });
  }

  private tables() {
    return this.shown(this.tablesToShow(), {
      lines: 6,
      what: 'the tables',
      retry: () => void this.store.console.loads.tables(this.database),
      draw: (list) =>
        html`<lk-table-list .list=${list}>
              <lk-action slot="actions" .denied=${this.denied('refresh-counts')} .busy=${this.counting} @act=${this.count}
                ><span slot="start">${icon('refresh')}</span>Count again</lk-action
              >
            </lk-table-list>`,
    });
  }

  private get databases() {
    const { databases } = this.store.state;
    return databases.state === 'ready' ? databases.value : [];
  }

  private readonly load = (): void => {
    void this.store.console.loads.overview(this.database);
  };
  private refresh(): void {
    if (document.visibilityState === 'visible') this.store.console.loads.refreshOverview(this.database);
  }
  private startExport(): void {
    this.exporting = true;
  }

  private async count(): Promise<void> {
    this.counting = true;
    await this.attempt(() => this.store.console.commands.refreshCounts(this.database));
    this.counting = false;
  }

  private async seed(): Promise<void> {
    this.seeding = true;
    const job = await this.attempt(() => this.store.console.commands.submit(this.database, { kind: 'sample.seed' }, this.seedKey));
    this.seeding = false;
    if (job !== null) navigate(paths.job(job.database, job.id));
  }

  private async attempt<T>(act: () => Promise<T>): Promise<T | null> {
    this.problem = null;
    try {
      return await act();
    } catch (error) {
      this.problem = failureFrom(error);
      return null;
    }
  }
}
