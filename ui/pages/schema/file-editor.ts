import '@awesome.me/webawesome/dist/components/button/button.js';
import { html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { SchemaFile, SourceProblem } from '../../../worker/protocol/schema.ts';
import '../../components/action.ts';
import '../../components/badge.ts';
import '../../components/callout.ts';
import '../../components/code.ts';
import type { LkCode } from '../../components/code.ts';
import '../../components/confirm.ts';
import '../../components/failure.ts';
import { base, controls, layout } from '../../components/styles.ts';
import '../../components/time.ts';
import {
  type DraftBuffer,
  draftKey,
  isDirty,
  isOvertaken,
  newBuffer,
  onTop,
  rebased,
  refreshed,
  saveRequest,
} from '../../store/draft-buffer.ts';
import { type Failure, failureFrom } from '../../store/resource.ts';
import { fileState, type SchemaState, textOf } from '../../store/schema-state.ts';
import { Subscription } from '../../store/subscription.ts';
import './draft-history.ts';
import { fileWords } from './file-words.ts';
import { filesStyles } from './files.styles.ts';

type View = 'edit' | 'changes' | 'history';
const VIEWS: Record<View, string> = { edit: 'Edit', changes: 'Against the file', history: 'History' };

/**
 * One schema file: its draft, how that differs, who saved what. What is typed is kept while the server's copy changes underneath.
 * @property database
 * @property file
 * @property denied - why this person may not save, or null
 * @property mayNotAccept - why this person may not accept, or null
 */
@customElement('lk-file-editor')
export class LkFileEditor extends LitElement {
  static override styles = [base, layout, controls, filesStyles];
  private readonly store = new Subscription(this);
  @property() database = '';
  @property({ attribute: false }) file: SchemaFile | null = null;
  @property({ attribute: false }) denied: string | null = null;
  @property({ attribute: false }) mayNotAccept: string | null = null;
  @state() private buffer: DraftBuffer | null = null;
  @state() private view: View = 'edit';
  @state() private message = '';
  @state() private busy: 'save' | 'accept' | 'discard' | null = null;
  @state() private discarding = false;
  @state() private failure: Failure | null = null;
  @query('lk-code.code') private code?: LkCode;

  protected override willUpdate(changed: PropertyValues<this>): void {
    const { file, buffer } = this;
    if (!changed.has('file') || file === null) return;
    if (buffer?.path === file.path) this.buffer = refreshed(buffer, file);
    else {
      this.buffer = this.store.state.drafts[draftKey(this.database, file.path)] ?? newBuffer(file);
      this.view = 'edit';
      this.message = '';
      this.failure = null;
    }
    if (this.view === 'history') this.loadHistory();
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('buffer') && this.buffer !== null) this.store.console.schemaLoads.keep(this.database, this.buffer);
  }

  override render() {
    const { file, buffer } = this;
    if (file === null || buffer === null) return nothing;
    const words = fileWords(file);
    return html`<section class="panel editor" aria-label=${file.path}>
      <header><code class="path">${file.path}</code><lk-badge tone=${words.tone}>${words.text}</lk-badge>${isDirty(buffer) ? html`<lk-badge tone="warn">not saved</lk-badge>` : nothing}
        <span class="grow"></span><div class="views" role="group" aria-label="View">${(Object.keys(VIEWS) as View[]).map((view) => html`<button type="button" aria-pressed=${view === this.view} @click=${() => this.look(view)}>${VIEWS[view]}</button>`)}</div></header>
      ${this.notes(file, buffer)} ${this.shown(file, buffer)}
    </section>
    <lk-confirm heading="Discard this draft?" confirmLabel="Discard it" dismissLabel="Keep it" .open=${this.discarding} .busy=${this.busy === 'discard'} .failure=${this.discarding ? this.failure : null} @dismiss=${() => this.askDiscard(false)} @confirm=${() => this.end('discard')}
      ><p>The file goes on as in the code. The text stays in the history, and can be brought back.</p></lk-confirm>`;
  }

  private notes(file: SchemaFile, buffer: DraftBuffer) {
    if (isOvertaken(buffer, file)) {
      return html`<lk-callout class="note" tone="warn" heading="Somebody else has saved this file meanwhile">
        ${file.draft === null ? '' : html`${file.draft.savedBy}, <lk-time at=${file.draft.savedAt}></lk-time>${file.draft.message === '' ? '' : `: ${file.draft.message}`}.`} Below, your text against theirs.
        <div slot="actions" class="row"><wa-button appearance="outlined" @click=${() => this.put(onTop(buffer, file))}>Go on with mine, on top of theirs</wa-button><wa-button appearance="outlined" @click=${() => this.put(newBuffer(file))}>Take theirs</wa-button></div>
      </lk-callout>`;
    }
    if (fileState(file) === 'outrun' && buffer.basedOn !== file.sha256) {
      return html`<lk-callout class="note" tone="warn" heading="The file in the code has changed since this draft was begun">Compare the two; then say that the draft fits.
        <div slot="actions" class="row"><wa-button appearance="outlined" @click=${() => this.look('changes')}>Compare</wa-button><wa-button appearance="outlined" ?disabled=${this.denied !== null} @click=${() => this.put(rebased(buffer, file))}>The draft fits the file as it is now</wa-button></div></lk-callout>`;
    }
    return nothing;
  }

  private shown(file: SchemaFile, buffer: DraftBuffer) {
    switch (this.view) {
      case 'edit':
        return html`${this.editor(file, buffer)}${this.problems(file, buffer)}${this.saveBar(file, buffer)}`;
      case 'changes':
        return buffer.text === file.text
          ? html`<p class="note quiet">The draft says the same as the file.</p>`
          : html`<lk-code class="code read" language="typescript" label="Draft against the file" .text=${buffer.text} .original=${file.text}></lk-code>`;
      case 'history':
        return this.history(file);
    }
  }

  private editor(file: SchemaFile, buffer: DraftBuffer) {
    const theirs = isOvertaken(buffer, file) ? textOf(file) : null;
    return html`<lk-code class="code" language="typescript" label="Text of ${file.path}" ?editable=${this.denied === null} .text=${buffer.text} .original=${theirs} .mistakes=${this.mistakes(file, buffer)} @change=${this.type} @save=${this.save}></lk-code>`;
  }

  /** They are of the saved text: what is typed since may have mended them. */
  private mistakes({ draft }: SchemaFile, { from }: DraftBuffer): readonly SourceProblem[] {
    return draft !== null && draft.state === 'open' && draft.text === from ? draft.problems : NO_MISTAKES;
  }

  private problems(file: SchemaFile, buffer: DraftBuffer) {
    const list = this.mistakes(file, buffer);
    if (list.length === 0) return nothing;
    return html`<ul class="problems" aria-label="Mistakes">${list.map((problem) => html`<li><button type="button" class="plain" @click=${() => this.code?.goTo(problem)}><span class="num">${problem.line}:${problem.column}</span><span>${problem.message}</span></button></li>`)}</ul>`;
  }

  private saveBar(file: SchemaFile, buffer: DraftBuffer) {
    const { draft } = file;
    const dirty = isDirty(buffer);
    const overtaken = isOvertaken(buffer, file);
    const isDraft = draft !== null && draft.state === 'open';
    return html`<div class="save">
      <lk-failure .failure=${this.discarding ? null : this.failure}></lk-failure>
      <input type="text" maxlength="500" placeholder="What this changes, for the history" aria-label="Message" autocomplete="off" .value=${this.message} ?disabled=${this.denied !== null} @input=${this.note} />
      <lk-action variant=${dirty ? 'brand' : 'neutral'} appearance=${dirty ? 'accent' : 'outlined'} .denied=${this.denied ?? (dirty && !overtaken ? null : '')} .busy=${this.busy === 'save'} @act=${this.save}>Save draft</lk-action>
      ${isDraft && this.denied === null ? html`<lk-action .denied=${this.acceptDenied(file, dirty) ?? this.mayNotAccept} .busy=${this.busy === 'accept'} @act=${() => this.end('accept')}>Accept</lk-action><lk-action appearance="plain" .denied=${null} @act=${() => this.askDiscard(true)}>Discard…</lk-action>` : nothing}
    </div>`;
  }

  private acceptDenied(file: SchemaFile, dirty: boolean): string | null {
    if (dirty) return 'Save it first.';
    switch (fileState(file)) {
      case 'broken':
        return 'It has mistakes.';
      case 'outrun':
        return 'The file has changed since.';
      case 'file':
      case 'open':
      case 'accepted':
        return null;
    }
  }

  private history(file: SchemaFile) {
    const known: SchemaState['history'] = this.store.state.open?.schema.history ?? null;
    const versions = known?.path === file.path ? known.versions : null;
    if (versions === null || versions.state === 'idle' || versions.state === 'loading')
      return html`<lk-loading lines="5" what="Loading the history"></lk-loading>`;
    if (versions.state === 'failed')
      return html`<lk-failure class="note" .failure=${versions.failure}><wa-button appearance="outlined" @click=${this.loadHistory}>Try again</wa-button></lk-failure>`;
    return html`<lk-draft-history .versions=${versions.value} .original=${file.text} ?editable=${this.denied === null} @restore=${this.restore}></lk-draft-history>`;
  }

  private put(buffer: DraftBuffer): void {
    this.failure = null;
    this.buffer = buffer;
  }
  private type(event: CustomEvent<string>): void {
    if (this.buffer !== null) this.put({ ...this.buffer, text: event.detail });
  }
  private restore(event: CustomEvent<string>): void {
    if (this.buffer !== null) this.put({ ...this.buffer, text: event.detail });
    this.view = 'edit';
  }
  private note(event: InputEvent): void {
    this.message = (event.target as HTMLInputElement).value;
  }
  private look(view: View): void {
    this.view = view;
    if (view === 'history') this.loadHistory();
  }
  private readonly loadHistory = (): void => {
    if (this.file !== null) void this.store.console.schemaLoads.history(this.database, this.file.path);
  };
  private askDiscard(on: boolean): void {
    this.failure = null;
    this.discarding = on;
  }

  private async save(): Promise<void> {
    const { buffer, file } = this;
    if (
      buffer === null ||
      file === null ||
      this.busy !== null ||
      this.denied !== null ||
      !isDirty(buffer) ||
      isOvertaken(buffer, file)
    )
      return;
    await this.attempt('save', async () => {
      const saved = await this.store.console.schemaLoads.saveDraft(this.database, saveRequest(buffer, this.message));
      this.message = '';
      const typed = this.buffer?.path === saved.path ? this.buffer.text : buffer.text;
      // What was typed while the answer was on its way stays typed.
      if (this.buffer?.path === saved.path)
        this.buffer = { ...newBuffer(saved), text: typed === buffer.text ? textOf(saved) : typed };
    });
  }

  private async end(how: 'accept' | 'discard'): Promise<void> {
    const { file } = this;
    const n = file?.draft?.n;
    if (file === null || n === undefined || this.busy !== null) return;
    await this.attempt(how, async () => {
      const ended = await this.store.console.schemaLoads.endDraft(this.database, file.path, n, how);
      this.discarding = false;
      if (how === 'discard') this.buffer = newBuffer(ended);
    });
  }

  private async attempt(what: 'save' | 'accept' | 'discard', act: () => Promise<void>): Promise<void> {
    this.busy = what;
    this.failure = null;
    try {
      await act();
    } catch (error) {
      const failure = failureFrom(error);
      // The note above the editor tells it better, as soon as their text is here.
      if (failure.code === 'draft_conflict') await this.store.console.schemaLoads.files(this.database);
      else this.failure = failure;
    } finally {
      this.busy = null;
    }
  }
}

/** One and the same, so that drawing again does not take the marks for new ones. */
const NO_MISTAKES: readonly SourceProblem[] = [];
