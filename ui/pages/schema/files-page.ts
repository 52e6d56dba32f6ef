import '@awesome.me/webawesome/dist/components/button/button.js';
import { html, nothing, type PropertyValues } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { SchemaDiff, SchemaFile } from '../../../worker/protocol/schema.ts';
import '../../components/action.ts';
import '../../components/badge.ts';
import { plural } from '../../components/format.ts';
import { icon } from '../../components/icon.ts';
import { bringInSight } from '../../components/in-sight.ts';
import { base, controls, layout } from '../../components/styles.ts';
import { draftKey } from '../../store/draft-buffer.ts';
import { memoized } from '../../store/memoized.ts';
import { type Failure, failureFrom } from '../../store/resource.ts';
import { differing, groupsOf, type MatrixFilter, NO_MATRIX_FILTER } from '../../store/schema-matrix.ts';
import { fileState } from '../../store/schema-state.ts';
import { navigate, paths } from '../navigate.ts';
import { Page } from '../page.ts';
import { saveText } from '../save.ts';
import './file-editor.ts';
import { fileWords } from './file-words.ts';
import { filesStyles } from './files.styles.ts';
import './matrix.ts';
import './migration-dialog.ts';
import { schemaStyles } from './schema.styles.ts';
import { schemaTabs } from './schema-tabs.ts';

const ONLY_DIFFERENCES: MatrixFilter = { ...NO_MATRIX_FILTER, states: ['mismatch', 'missing', 'extra'] };

/** The files of the Drizzle schema, to be changed as drafts: read as data, never run, and never written into a checkout from here. */
@customElement('lk-schema-files-page')
export class LkSchemaFilesPage extends Page {
  static override styles = [base, layout, controls, schemaStyles, filesStyles];
  @state() private path = '';
  @state() private migrating = false;
  @state() private comparing = false;
  @state() private busy = false;
  @state() private problem: Failure | null = null;
  private readonly groups = memoized(groupsOf);
  private readonly leaves: (() => void)[] = [];
  /** The file whose name was scrolled to last. */
  private inSight = '';

  override connectedCallback(): void {
    super.connectedCallback();
    const { schemaLoads } = this.store.console;
    this.leaves.push(schemaLoads.watch('files'), schemaLoads.watch('draftDiff'));
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const leave of this.leaves.splice(0)) leave();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('database') || this.database === '') return;
    this.path = new URLSearchParams(location.search).get('file') ?? '';
    this.comparing = false;
    this.load();
  }

  protected override updated(): void {
    const current = this.renderRoot.querySelector<HTMLElement>('.files [aria-current="true"]');
    if (current === null || current.title === this.inSight) return;
    this.inSight = current.title;
    // On a phone the files stand in a row that is wider than the page.
    const list = current.closest('.files');
    if (list !== null) bringInSight(list, current);
  }

  override render() {
    const { open } = this;
    if (open === null) return nothing;
    return html`<div class="stack">
      <div class="row between top"><div><h1>Schema</h1><p class="quiet small">Changed here as drafts. They are read as data and never run; your checkout stays as it is until you pull.</p></div>${this.orders(open.schema.files.state === 'ready' ? open.schema.files.value : [])}</div>
      ${schemaTabs(this.database, 'files')}
      <lk-failure .failure=${this.problem}></lk-failure>
      ${this.shown(open.schema.files, { lines: 14, what: 'the schema files', retry: () => this.load(), draw: (files) => this.body(files) })}
      ${this.comparing ? this.comparison() : nothing}
    </div>
    <lk-migration-dialog .database=${this.database} .open=${this.migrating} @dismiss=${() => this.migrate(false)}></lk-migration-dialog>`;
  }

  private orders(files: readonly SchemaFile[]) {
    const drafts = files.some((file) => fileState(file) !== 'file');
    const denied = drafts ? null : '';
    return html`<div class="row">
      <lk-action .denied=${denied} @act=${this.compare}>Drafts against database</lk-action>
      <lk-action .denied=${drafts ? this.denied('edit-schema') : ''} @act=${() => this.migrate(true)}>Make migration…</lk-action>
      <lk-action .denied=${denied} .busy=${this.busy} @act=${this.download}><span slot="start">${icon('download')}</span>Patch</lk-action>
    </div>`;
  }

  private body(files: readonly SchemaFile[]) {
    const [first] = files;
    if (first === undefined)
      return html`<div class="panel"><lk-empty heading="No schema file">The Drizzle schema that <code>db/databases.ts</code> names has no file. The generated code is a way to begin.<p slot="actions"><a href=${paths.schemaCode(this.database)}>See the generated code</a></p></lk-empty></div>`;
    const current = files.find(({ path }) => path === this.path) ?? files.find((file) => fileState(file) !== 'file') ?? first;
    return html`<div class="workbench">
      <ul class="files panel" aria-label="Schema files">${files.map((file) => this.file(file, file === current))}</ul>
      <lk-file-editor .database=${this.database} .file=${current} .denied=${this.denied('edit-schema')} .mayNotAccept=${this.denied('accept-draft')}></lk-file-editor>
    </div>`;
  }

  private file(file: SchemaFile, current: boolean) {
    const { tone, text } = fileWords(file);
    const name = file.path.split('/').at(-1) ?? file.path;
    const isUnsaved = draftKey(this.database, file.path) in this.store.state.drafts;
    return html`<li><a href=${paths.schemaFiles(this.database, file.path)} aria-current=${current} title=${file.path} @click=${(event: MouseEvent) => this.choose(event, file.path)}><code>${name}</code>
      ${fileState(file) === 'file' ? html`<span class="quiet small">${text}</span>` : html`<span><lk-badge tone=${tone}>${text}</lk-badge></span>`}
      ${isUnsaved && !current ? html`<span><lk-badge tone="warn">not saved</lk-badge></span>` : nothing}</a></li>`;
  }

  private comparison() {
    const diff = this.open?.schema.draftDiff ?? { state: 'idle' as const };
    return html`<section class="panel" aria-labelledby="against">
      <header><h2 id="against" class="grow">Drafts against the database</h2><wa-button appearance="plain" @click=${this.compare}>Close</wa-button></header>
      ${this.shown(diff, { lines: 6, what: 'the comparison', retry: () => void this.store.console.schemaLoads.draftDiff(this.database), draw: (value) => this.differences(value) })}
    </section>`;
  }

  private differences({ rows, counts }: SchemaDiff) {
    if (differing(counts) === 0)
      return html`<lk-empty heading="They say the same">With the drafts, code and database match in all ${plural(counts.match, 'definition')}.</lk-empty>`;
    return html`<lk-schema-matrix .groups=${this.groups(rows)} .filter=${ONLY_DIFFERENCES}></lk-schema-matrix>`;
  }

  private choose(event: MouseEvent, path: string): void {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    this.path = path;
    navigate(paths.schemaFiles(this.database, path), { replace: true });
  }
  private migrate(on: boolean): void {
    this.migrating = on;
  }
  private compare(): void {
    this.comparing = !this.comparing;
    if (this.comparing) void this.store.console.schemaLoads.draftDiff(this.database);
  }
  private load(): void {
    void this.store.console.schemaLoads.files(this.database);
  }

  private async download(): Promise<void> {
    this.busy = true;
    this.problem = null;
    try {
      const { patch } = await this.store.console.schemaLoads.patch(this.database);
      saveText(`${this.database}-schema.patch`, patch);
    } catch (error) {
      this.problem = failureFrom(error);
    } finally {
      this.busy = false;
    }
  }
}
