import '@awesome.me/webawesome/dist/components/button/button.js';
import '@awesome.me/webawesome/dist/components/dialog/dialog.js';
import { html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { SourcePatch } from '../../../worker/protocol/schema.ts';
import '../../components/action.ts';
import '../../components/code.ts';
import '../../components/copy.ts';
import '../../components/failure.ts';
import '../../components/placeholder.ts';
import { base, layout } from '../../components/styles.ts';
import { type Failure, failureFrom } from '../../store/resource.ts';
import { Subscription } from '../../store/subscription.ts';
import { navigate, paths } from '../navigate.ts';
import { schemaStyles } from './schema.styles.ts';

/**
 * "The database is right": shows what that changes in the schema files, and saves it as drafts.
 * @property rows - ids; empty: closed
 * @property denied - why this person may not save drafts, or null
 * @fires dismiss - the owner empties `rows`
 */
@customElement('lk-adopt-dialog')
export class LkAdoptDialog extends LitElement {
  static override styles = [base, layout, schemaStyles];
  private readonly store = new Subscription(this);
  @property() database = '';
  @property({ attribute: false }) rows: readonly string[] = [];
  @property({ attribute: false }) denied: string | null = null;
  @state() private patch: SourcePatch | null = null;
  @state() private failure: Failure | null = null;
  @state() private busy = false;

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('rows') || this.rows.length === 0) return;
    this.patch = null;
    void this.ask(false);
  }

  override render() {
    return html`<wa-dialog label="The database is right" ?open=${this.rows.length > 0} @wa-hide=${this.hide}>
      <div class="dialog">
        <p class="quiet">This is what it changes in the Drizzle schema. Nothing is written into your checkout: it becomes a draft, which you can edit, accept and pull.</p>
        <lk-failure .failure=${this.failure}></lk-failure>
        ${this.patch === null ? (this.failure === null ? html`<lk-loading lines="5" what="Writing the change"></lk-loading>` : nothing) : this.preview(this.patch)}
      </div>
      <wa-button slot="footer" appearance="outlined" @click=${this.dismiss}>Not now</wa-button>
      <lk-action slot="footer" variant="brand" appearance="accent" .denied=${this.denied ?? (this.patch === null || this.patch.patch === '' ? '' : null)} .busy=${this.busy} @act=${() => this.ask(true)}>Save as draft</lk-action>
    </wa-dialog>`;
  }

  private preview({ patch, files }: SourcePatch) {
    if (patch === '') return html`<p>Nothing has to change: Drizzle has no words for this, so the code cannot say it.</p>`;
    return html`<div class="row"><span class="grow quiet small">${files.join(', ')}</span><lk-copy .text=${patch} what="patch"></lk-copy></div>
      <lk-code class="patch" language="diff" label="Change of the schema files" .text=${patch}></lk-code>`;
  }

  private async ask(save: boolean): Promise<void> {
    const { rows } = this;
    if (this.busy && save) return;
    this.failure = null;
    this.busy = save;
    try {
      const patch = await this.store.console.schemaLoads.adopt(this.database, { rows: [...rows], save });
      if (this.rows !== rows) return;
      this.patch = patch;
      if (!save) return;
      this.dismiss();
      this.store.console.schemaLoads.refresh(this.database);
      navigate(paths.schemaFiles(this.database, patch.files[0]));
    } catch (error) {
      if (this.rows === rows) this.failure = failureFrom(error);
    } finally {
      this.busy = false;
    }
  }

  private hide(event: Event): void {
    if (event.target !== event.currentTarget) return;
    if (this.busy) event.preventDefault();
    else if (this.rows.length > 0) this.dismiss();
  }
  private dismiss(): void {
    this.dispatchEvent(new CustomEvent('dismiss'));
  }
}
