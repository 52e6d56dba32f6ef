import '@awesome.me/webawesome/dist/components/button/button.js';
import '@awesome.me/webawesome/dist/components/dialog/dialog.js';
import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { TableStats } from '../../../worker/protocol/database.ts';
import type { Failure } from '../../store/resource.ts';
import '../../components/failure.ts';
import { bytes, plural } from '../../components/format.ts';
import { base, controls, layout } from '../../components/styles.ts';
import { isPickable } from '../../components/table-order.ts';
import '../../components/table-picker.ts';
import { CONSISTENCY_MEANINGS } from '../../components/words.ts';
import { newIdempotencyKey } from '../../store/commands.ts';
import { failureFrom } from '../../store/resource.ts';
import { Subscription } from '../../store/subscription.ts';
import { navigate, paths } from '../navigate.ts';

type Scope = 'all' | 'some';
type Choice = 'default' | 'snapshot' | 'fuzzy';
const CHOICES: Record<Choice, { readonly label: string; readonly meaning: string }> = {
  default: {
    label: 'Strongest possible',
    meaning:
      'A snapshot of a small database; a larger one is read-only for as long as it is copied. The backup states which it became.',
  },
  snapshot: {
    label: 'Snapshot, or not at all',
    meaning: `${CONSISTENCY_MEANINGS.snapshot} Refused for a database too large for that.`,
  },
  fuzzy: { label: 'Fuzzy', meaning: CONSISTENCY_MEANINGS.fuzzy },
};

/**
 * Asks what to export, starts the job and goes to its page.
 * @fires dismiss - the owner sets `open` to false
 */
@customElement('lk-export-dialog')
export class LkExportDialog extends LitElement {
  static override styles = [
    base,
    layout,
    controls,
    css`
      wa-dialog {
        --width: 36rem;
      }
      form {
        display: grid;
        gap: 18px;
      }
      fieldset {
        border: 0;
        margin: 0;
        padding: 0;
        display: grid;
        gap: 8px;
        min-width: 0;
      }
      legend {
        padding: 0;
        margin-bottom: 6px;
        font-weight: 600;
      }
      .choice {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 0 10px;
        cursor: pointer;
      }
      .choice input {
        margin-top: 2px;
      }
      .choice .meaning {
        grid-column: 2;
        color: var(--lk-quiet);
        font-size: 0.8125rem;
      }
      lk-table-picker {
        margin-left: 26px;
      }
      @media (max-width: 520px) {
        lk-table-picker {
          margin-left: 0;
        }
      }
    `,
  ];
  private readonly store = new Subscription(this);
  @property() database = '';
  @property({ type: Boolean }) open = false;
  @property({ attribute: false }) tables: readonly TableStats[] = [];
  @property({ attribute: false }) sizeBytes: number | null = null;
  @state() private scope: Scope = 'all';
  @state() private picked: readonly string[] = [];
  @state() private choice: Choice = 'default';
  @state() private busy = false;
  @state() private failure: Failure | null = null;
  private key = '';

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('open') || !this.open) return;
    this.scope = 'all';
    this.picked = [];
    this.choice = 'default';
    this.failure = null;
    this.key = newIdempotencyKey();
  }

  override render() {
    const list = this.tables.filter(isPickable);
    const ready = this.scope === 'all' || this.picked.length > 0;
    return html`<wa-dialog label="Export" ?open=${this.open} @wa-hide=${this.hide}>
      <form id="export" @submit=${this.submit}>
        <fieldset>
          <legend>What</legend>
          ${this.radio('scope', 'all', this.scope === 'all', 'The whole database', this.sizeBytes === null ? 'Every table, index, view and trigger.' : `Every table, index, view and trigger: ${bytes(this.sizeBytes)}.`, () => this.pickScope('all'), true)}
          ${this.radio('scope', 'some', this.scope === 'some', 'Only some tables', 'With their indexes and triggers; views stay out.', () => this.pickScope('some'))}
          ${this.scope === 'some' ? html`<lk-table-picker .list=${list} .picked=${this.picked} @pick=${this.pick}></lk-table-picker>` : nothing}
        </fieldset>
        <fieldset>
          <legend>Consistency</legend>
          ${(Object.keys(CHOICES) as Choice[]).map((choice) =>
            this.radio('consistency', choice, this.choice === choice, CHOICES[choice].label, CHOICES[choice].meaning, () =>
              this.pickChoice(choice),
            ),
          )}
        </fieldset>
        <lk-failure .failure=${this.failure}></lk-failure>
      </form>
      <wa-button slot="footer" appearance="outlined" @click=${this.dismiss}>Not now</wa-button>
      <wa-button slot="footer" variant="brand" appearance="accent" ?disabled=${!ready} ?loading=${this.busy} @click=${this.start}
        >${this.scope === 'all' || !ready ? 'Start export' : `Export ${plural(this.picked.length, 'table')}`}</wa-button
      >
    </wa-dialog>`;
  }

  private radio(name: string, value: string, checked: boolean, label: string, meaning: string, choose: () => void, first = false) {
    return html`<label class="choice"
      ><input type="radio" name=${name} value=${value} .checked=${checked} ?autofocus=${first} aria-describedby="${name}-${value}" @change=${choose} /><span>${label}</span
      ><span class="meaning" id="${name}-${value}">${meaning}</span></label
    >`;
  }

  /** Another wish is another request: J7 would answer the same key with the first job, or refuse it. */
  private changedWish(): void {
    this.key = newIdempotencyKey();
    this.failure = null;
  }
  private pickScope(scope: Scope): void {
    this.scope = scope;
    this.changedWish();
  }
  private pickChoice(choice: Choice): void {
    this.choice = choice;
    this.changedWish();
  }
  private pick(event: CustomEvent<string[]>): void {
    this.picked = event.detail;
    this.changedWish();
  }

  private submit(event: SubmitEvent): void {
    event.preventDefault();
    void this.start();
  }

  private async start(): Promise<void> {
    if (this.busy || (this.scope === 'some' && this.picked.length === 0)) return;
    this.busy = true;
    this.failure = null;
    const params = {
      ...(this.scope === 'some' ? { tables: [...this.picked] } : {}),
      ...(this.choice === 'default' ? {} : { consistency: this.choice }),
    };
    try {
      const job = await this.store.console.commands.submit(this.database, { kind: 'database.export', params }, this.key);
      this.dismiss();
      navigate(paths.job(job.database, job.id));
    } catch (error) {
      this.failure = failureFrom(error);
    } finally {
      this.busy = false;
    }
  }

  private hide(event: Event): void {
    if (event.target !== event.currentTarget) return;
    if (this.busy) event.preventDefault();
    else if (this.open) this.dismiss();
  }
  private dismiss(): void {
    this.dispatchEvent(new CustomEvent('dismiss'));
  }
}
