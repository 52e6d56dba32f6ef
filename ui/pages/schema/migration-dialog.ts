import '@awesome.me/webawesome/dist/components/button/button.js';
import '@awesome.me/webawesome/dist/components/dialog/dialog.js';
import { html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { MigrationFiles } from '../../../worker/protocol/schema.ts';
import '../../components/action.ts';
import '../../components/code.ts';
import '../../components/copy.ts';
import '../../components/failure.ts';
import { base, controls, layout } from '../../components/styles.ts';
import { type Failure, failureFrom } from '../../store/resource.ts';
import { Subscription } from '../../store/subscription.ts';
import { saveText } from '../save.ts';
import { schemaStyles } from './schema.styles.ts';

/**
 * Makes a migration of the drafts, in drizzle's own layout, to be taken into the checkout.
 * @property open
 * @fires dismiss - the owner sets `open` to false
 */
@customElement('lk-migration-dialog')
export class LkMigrationDialog extends LitElement {
  static override styles = [base, layout, controls, schemaStyles];
  private readonly store = new Subscription(this);
  @property() database = '';
  @property({ type: Boolean }) open = false;
  @state() private name = '';
  @state() private made: MigrationFiles | null = null;
  @state() private failure: Failure | null = null;
  @state() private busy = false;

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('open') || !this.open) return;
    this.made = null;
    this.failure = null;
    this.name = '';
  }

  override render() {
    const { made } = this;
    return html`<wa-dialog label="Make a migration" ?open=${this.open} @wa-hide=${this.hide}>
      <form class="dialog" @submit=${this.submit}>
        <p class="quiet">From what the drafts change, in the layout of your migrations folder: the SQL, the journal and the snapshot. Nothing is written into your checkout, and nothing is run.</p>
        <label class="field"><span>Name</span><input type="text" maxlength="80" autocomplete="off" spellcheck="false" placeholder="made from the changes, if left empty" .value=${this.name} @input=${this.type} /></label>
        <lk-failure .failure=${this.failure}></lk-failure>
        ${made === null ? nothing : this.result(made)}
      </form>
      <wa-button slot="footer" appearance="outlined" @click=${this.dismiss}>Close</wa-button>
      ${made === null ? nothing : html`<wa-button slot="footer" appearance="outlined" @click=${() => saveText(`${made.tag}.patch`, made.patch)}>Download patch</wa-button>`}
      <lk-action slot="footer" variant="brand" appearance="accent" .busy=${this.busy} @act=${this.make}>${made === null ? 'Make it' : 'Make it again'}</lk-action>
    </wa-dialog>`;
  }

  private result({ tag, files }: MigrationFiles) {
    return html`<h3>${tag}</h3>${files.map(
      ({
        path,
        text,
      }) => html`<div><div class="row"><code class="grow">${path}</code><lk-copy .text=${text} what=${path}></lk-copy></div>
        <lk-code class="patch" .language=${path.endsWith('.sql') ? 'sql' : 'typescript'} label=${path} .text=${text}></lk-code></div>`,
    )}`;
  }

  private type(event: InputEvent): void {
    // A file's name, as drizzle writes them.
    this.name = (event.target as HTMLInputElement).value.toLowerCase().replaceAll(/[^a-z0-9_]/g, '_');
  }
  private submit(event: SubmitEvent): void {
    event.preventDefault();
    void this.make();
  }
  private async make(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.failure = null;
    try {
      this.made = await this.store.console.schemaLoads.migration(this.database, this.name.trim());
    } catch (error) {
      this.failure = failureFrom(error);
    } finally {
      this.busy = false;
    }
  }
  private hide(event: Event): void {
    if (event.target !== event.currentTarget) return;
    if (this.open) this.dismiss();
  }
  private dismiss(): void {
    this.dispatchEvent(new CustomEvent('dismiss'));
  }
}
