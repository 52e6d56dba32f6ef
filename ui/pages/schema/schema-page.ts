import '@awesome.me/webawesome/dist/components/button/button.js';
import { html, nothing, type PropertyValues } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { DiffRow, SchemaDiff, SyncParams } from '../../../worker/protocol/schema.ts';
import '../../components/action.ts';
import { count, plural } from '../../components/format.ts';
import { icon } from '../../components/icon.ts';
import { base, layout } from '../../components/styles.ts';
import { memoized } from '../../store/memoized.ts';
import { type Failure, failureFrom, type Resource } from '../../store/resource.ts';
import { answered, type Choice, type Chosen, chosenOf, flip, NOTHING_CHOSEN, syncParams } from '../../store/schema-choice.ts';
import {
  type Counts,
  countStates,
  differing,
  groupsOf,
  isNoteworthy,
  type MatrixFilter,
  matrixFilterFrom,
  matrixSearch,
  NO_MATRIX_FILTER,
  rowMatcher,
} from '../../store/schema-matrix.ts';
import { navigate, paths } from '../navigate.ts';
import { Page } from '../page.ts';
import './adopt-dialog.ts';
import './matrix.ts';
import './matrix-filters.ts';
import './rename-questions.ts';
import type { RenameDecision } from './rename-questions.ts';
import { schemaStyles } from './schema.styles.ts';
import { schemaTabs } from './schema-tabs.ts';

/** What the code says beside what the database is: every difference, what to do about it, and one button for the safe ones. */
@customElement('lk-schema-page')
export class LkSchemaPage extends Page {
  static override styles = [base, layout, schemaStyles];
  @state() private filter: MatrixFilter = NO_MATRIX_FILTER;
  @state() private linked = '';
  @state() private adopting: readonly string[] = [];
  @state() private busy = false;
  @state() private problem: Failure | null = null;
  private unwatch: (() => void) | null = null;
  private readonly hashChanged = () => this.readHash();
  private readonly groups = memoized(groupsOf);
  private readonly chosen = memoized((diff: SchemaDiff, choice: Choice) => chosenOf(diff, choice));
  private readonly counts = memoized(
    (rows: readonly DiffRow[], filter: MatrixFilter): Counts => countStates(rows.filter(rowMatcher(filter, 'states'))),
  );
  private readonly kinds = memoized((rows: readonly DiffRow[]) => new Set(rows.map(({ kind }) => kind)));

  override connectedCallback(): void {
    super.connectedCallback();
    this.unwatch = this.store.console.schemaLoads.watch('diff');
    window.addEventListener('hashchange', this.hashChanged);
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.unwatch?.();
    window.removeEventListener('hashchange', this.hashChanged);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('database') || this.database === '') return;
    this.filter = matrixFilterFrom(location.search);
    this.problem = null;
    this.readHash();
    void this.store.console.schemaLoads.diff(this.database);
  }

  override render() {
    const { open } = this;
    if (open === null) return nothing;
    const { diff } = open.schema;
    return html`<div class="stack">
      <div class="row between"><div><h1>Schema</h1><p class="quiet small">${this.about(diff)}</p></div>
        <wa-button appearance="outlined" ?loading=${diff.state === 'ready' && diff.refreshing} @click=${this.again}><span slot="start">${icon('refresh')}</span>Compare again</wa-button></div>
      ${schemaTabs(this.database, 'differences')}
      ${this.shown(diff, { lines: 12, what: 'the differences', retry: () => this.load(), draw: (value) => this.body(value) })}
    </div>
    <lk-adopt-dialog .database=${this.database} .rows=${this.adopting} .denied=${this.denied('edit-schema')} @dismiss=${() => this.adopt([])}></lk-adopt-dialog>`;
  }

  private about(diff: Resource<SchemaDiff>) {
    if (diff.state !== 'ready') return 'What the Drizzle code says, beside what the database is.';
    const { counts, takenAt } = diff.value;
    const total = differing(counts) + counts.match;
    return html`${differing(counts) === 0 ? `All ${count(total)} definitions match` : `${plural(differing(counts), 'difference')} in ${plural(total, 'definition')}`}, compared <lk-time at=${takenAt}></lk-time>`;
  }

  private body(diff: SchemaDiff) {
    const { rows } = diff;
    if (rows.length === 0)
      return html`<div class="panel"><lk-empty heading="Nothing to compare">Neither the code nor the database has a table. Add one to the Drizzle schema that <code>db/databases.ts</code> names.</lk-empty></div>`;
    const chosen = this.chosen(diff, this.choice);
    const same = differing(diff.counts) === 0;
    return html`
      ${diff.warnings.length === 0 ? nothing : html`<lk-callout tone="warn" heading="Not everything could be compared"><ul class="warnings">${diff.warnings.map((warning) => html`<li>${warning}</li>`)}</ul></lk-callout>`}
      ${same ? this.green(diff) : nothing}
      ${diff.renames.length === 0 ? nothing : html`<lk-rename-questions .candidates=${diff.renames} .answers=${this.choice.renames} @answer=${this.answer}></lk-rename-questions>`}
      <lk-matrix-filters .filter=${this.filter} .counts=${this.counts(rows, this.filter)} .kinds=${this.kinds(rows)} @filter=${(event: CustomEvent<MatrixFilter>) => this.narrow(event.detail)}></lk-matrix-filters>
      ${this.matrix(diff, chosen)} ${same ? nothing : this.applyBar(chosen, diff)}`;
  }

  private matrix({ rows }: SchemaDiff, chosen: Chosen) {
    const found = rows.some(rowMatcher(this.filter));
    if (!found)
      return html`<div class="panel"><lk-empty heading="No row matches">Nothing in the schema is all of this.<wa-button slot="actions" appearance="outlined" @click=${() => this.narrow(NO_MATRIX_FILTER)}>Show every row</wa-button></lk-empty></div>`;
    return html`<div class="panel"><lk-schema-matrix .groups=${this.groups(rows)} .filter=${this.filter} .chosen=${this.denied('plan') === null ? chosen : null} .linked=${this.linked} resolvable .planDenied=${this.denied('plan')} .adoptDenied=${this.denied('edit-schema')}
      @flip=${(event: CustomEvent<string>) => this.flip(event.detail)} @adopt=${(event: CustomEvent<string>) => this.adopt([event.detail])} @plan=${(event: CustomEvent<string>) => this.plan({ rows: [event.detail] })}></lk-schema-matrix></div>`;
  }

  private green({ rows, counts, takenAt }: SchemaDiff) {
    const apart = rows.filter(isNoteworthy).length;
    const migrations = apart === 0 ? 'each the same on every side' : `${count(apart)} of them not as in the migrations`;
    return html`<section class="panel green" role="status"><span class="sign">${icon('check')}</span>
      <div><h2>Code and database say the same</h2><p class="quiet small">${plural(counts.match, 'definition')}, ${migrations}. Compared <lk-time at=${takenAt}></lk-time>; compared again by itself when the schema changes.</p></div></section>`;
  }

  private applyBar(chosen: Chosen, diff: SchemaDiff) {
    const size = chosen.ids.size + chosen.renames.length;
    const waiting = diff.renames.length - Object.keys(this.choice.renames).length;
    const safe = chosen.careful === 0;
    const label =
      size === 0 ? 'Nothing is chosen' : safe ? `Apply ${plural(size, 'safe change')}` : `Plan ${plural(size, 'change')}`;
    const denied = this.denied('plan') ?? (size === 0 ? '' : null);
    return html`<section class="panel apply" aria-label="Apply">
      <div class="text"><h3>${label}</h3><p class="quiet small">${this.explained(chosen, size, waiting)}</p><lk-failure .failure=${this.problem}></lk-failure></div>
      <lk-action variant="brand" appearance="accent" .denied=${denied} .busy=${this.busy} @act=${() => this.plan(syncParams(chosen))}>${size === 0 ? 'Apply' : label}…</lk-action>
    </section>`;
  }

  private explained({ careful }: Chosen, size: number, waiting: number): string {
    const questions = waiting > 0 ? ` ${plural(waiting, 'question')} about names ${waiting === 1 ? 'waits' : 'wait'} above.` : '';
    if (size === 0) return `Tick what is to be changed in the database.${questions}`;
    if (careful === 0)
      return `${size === 1 ? 'It only adds' : 'They only add'}. The dry run comes first: you see every statement before anything is touched.${questions}`;
    return `${count(careful)} of them ${careful === 1 ? 'is' : 'are'} more than an addition. The dry run comes first, with what it does to the rows.${questions}`;
  }

  private async plan(params: Partial<SyncParams>): Promise<void> {
    if (this.busy || this.denied('plan') !== null) return;
    this.busy = true;
    this.problem = null;
    try {
      const plan = await this.store.console.planLoads.make(this.database, { kind: 'schema.sync', params });
      navigate(paths.plan(this.database, plan.id));
    } catch (error) {
      this.problem = failureFrom(error);
    } finally {
      this.busy = false;
    }
  }

  private get choice(): Choice {
    return this.open?.schema.choice ?? NOTHING_CHOSEN;
  }
  private set choice(choice: Choice) {
    this.problem = null;
    this.store.console.schemaLoads.choose(this.database, choice);
  }

  private load(): void {
    void this.store.console.schemaLoads.diff(this.database);
  }
  private readonly again = (): void => {
    void this.store.console.schemaLoads.diff(this.database, true);
  };
  private flip(id: string): void {
    this.choice = flip(this.choice, id);
  }
  private answer(event: CustomEvent<RenameDecision>): void {
    this.choice = answered(this.choice, event.detail.key, event.detail.answer);
  }
  private adopt(rows: readonly string[]): void {
    this.adopting = rows;
  }
  private narrow(filter: MatrixFilter): void {
    this.filter = filter;
    history.replaceState({}, '', location.pathname + matrixSearch(filter) + location.hash);
  }
  /** The row that the address names. It must not stay hidden behind a filter. */
  private readHash(): void {
    try {
      this.linked = decodeURIComponent(location.hash.slice(1));
    } catch {
      this.linked = '';
    }
    if (this.linked !== '') this.filter = NO_MATRIX_FILTER;
  }
}
