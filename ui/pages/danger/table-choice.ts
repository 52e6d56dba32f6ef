import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { TableStats } from '../../../worker/protocol/database.ts';
import { bytes, figure, figureOrigin, plural } from '../../components/format.ts';
import { base, controls } from '../../components/styles.ts';
import { searched, totalFigure } from '../../components/table-order.ts';

/**
 * Chooses one table by name, with its rows and size beside it. Radio buttons: arrow keys go from one to the next.
 * @property list
 * @property chosen - its name, or empty
 * @fires pick - `detail` is the name
 */
@customElement('lk-table-choice')
export class LkTableChoice extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      :host {
        display: grid;
        gap: 8px;
      }
      .list {
        max-height: 15.5rem;
        overflow-y: auto;
        border: 1px solid var(--lk-line);
        border-radius: var(--lk-radius);
      }
      .list[aria-invalid='true'] {
        border-color: var(--lk-bad);
      }
      label {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr) minmax(8ch, auto) minmax(8ch, auto);
        align-items: center;
        gap: 10px;
        padding: 5px 12px;
        cursor: pointer;
      }
      label:hover {
        background: var(--lk-sunken);
      }
      label:has(:checked) {
        background: var(--lk-accent-soft);
      }
      .num {
        text-align: end;
        color: var(--lk-quiet);
        font-size: 0.8125rem;
        white-space: nowrap;
      }
      .none {
        padding: 12px;
      }
      @media (max-width: 480px) {
        label {
          grid-template-columns: auto minmax(0, 1fr) auto;
        }
        .size {
          display: none;
        }
      }
    `,
  ];
  @property({ attribute: false }) list: readonly TableStats[] = [];
  @property() chosen = '';
  @property({ type: Boolean }) disabled = false;
  @property({ type: Boolean }) complaining = false;
  @state() private search = '';

  override render() {
    const found = searched(this.list, this.search);
    return html`<input type="search" placeholder="Find a table" aria-label="Find a table" autocomplete="off" ?disabled=${this.disabled} .value=${this.search} @input=${this.type} @keydown=${this.key} />
      <div class="list" role="radiogroup" aria-label="Tables" aria-invalid=${this.complaining}>
        ${repeat(
          found,
          ({ name }) => name,
          (table) => this.item(table),
        )}
        ${found.length === 0 ? html`<p class="none quiet">${this.search === '' ? 'The database has no table of its own.' : `No table is called like “${this.search}”.`}</p>` : nothing}
      </div>
      <span class="sr-only" role="status">${this.search === '' ? '' : plural(found.length, 'table')}</span>`;
  }

  private item(table: TableStats) {
    const size = totalFigure(table);
    return html`<label>
      <input type="radio" name="table" value=${table.name} ?disabled=${this.disabled} .checked=${this.chosen === table.name} @change=${() => this.tell(table.name)} />
      <code>${table.name}</code>
      <span class="num" title=${figureOrigin(table.rows)}>${figure(table.rows)} rows</span>
      <span class="num size" title=${figureOrigin(size)}>${figure(size, bytes)}</span>
    </label>`;
  }

  private type(event: InputEvent): void {
    this.search = (event.target as HTMLInputElement).value;
  }
  /** Enter in the search takes the only table that is left, and sends nothing. */
  private key(event: KeyboardEvent): void {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    const [only, ...others] = searched(this.list, this.search);
    if (only !== undefined && others.length === 0) this.tell(only.name);
  }
  private tell(name: string): void {
    this.dispatchEvent(new CustomEvent('pick', { detail: name }));
  }
}
