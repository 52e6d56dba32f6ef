import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { TableStats } from '../../worker/protocol/database.ts';
import { count, figure, plural } from './format.ts';
import { base, controls, layout } from './styles.ts';
import { searched } from './table-order.ts';

/**
 * Picks tables by name.
 * @property list - what can be picked
 * @property picked - names
 * @fires pick - `detail` is the new list of names
 */
@customElement('lk-table-picker')
export class LkTablePicker extends LitElement {
  static override styles = [
    base,
    layout,
    controls,
    css`
      :host {
        display: grid;
        gap: 8px;
      }
      input[type='search'] {
        flex: 1 1 10rem;
      }
      ul {
        list-style: none;
        height: 13.5rem;
        overflow-y: auto;
        border: 1px solid var(--lk-line);
        border-radius: var(--lk-radius);
        background: var(--lk-surface);
      }
      label {
        display: flex;
        align-items: center;
        gap: 10px;
        padding: 5px 12px;
        cursor: pointer;
      }
      label:hover {
        background: var(--lk-sunken);
      }
      .empty {
        padding: 12px;
      }
      button.plain {
        color: var(--lk-accent);
        text-decoration: underline;
        text-underline-offset: 2px;
      }
    `,
  ];
  @property({ attribute: false }) list: readonly TableStats[] = [];
  @property({ attribute: false }) picked: readonly string[] = [];
  @state() private search = '';

  override render() {
    const found = searched(this.list, this.search);
    return html`<div class="row">
        <input type="search" placeholder="Find a table" aria-label="Find a table to export" .value=${this.search} @input=${this.type} />
        <button type="button" class="plain" @click=${() => this.all(found, true)}>${this.search === '' ? 'Select all' : 'Select found'}</button>
        <button type="button" class="plain" @click=${() => this.all(found, false)}>Clear</button>
      </div>
      <ul aria-label="Tables">
        ${repeat(
          found,
          ({ name }) => name,
          (table) => this.item(table),
        )}
        ${found.length === 0 ? html`<li class="empty quiet">No table is called like “${this.search}”.</li>` : nothing}
      </ul>
      <p class="quiet small num" role="status">${plural(this.picked.length, 'table')} of ${count(this.list.length)} selected</p>`;
  }

  private item(table: TableStats) {
    return html`<li><label>
      <input type="checkbox" .checked=${this.picked.includes(table.name)} @change=${(event: Event) => this.toggle(table.name, (event.target as HTMLInputElement).checked)} />
      <code class="grow">${table.name}</code><span class="quiet small num">${figure(table.rows)}${table.rows === null ? '' : ' rows'}</span>
    </label></li>`;
  }

  private type(event: InputEvent): void {
    this.search = (event.target as HTMLInputElement).value;
  }
  private toggle(name: string, on: boolean): void {
    this.tell(on ? [...this.picked, name] : this.picked.filter((picked) => picked !== name));
  }
  private all(found: readonly TableStats[], on: boolean): void {
    const names = new Set(found.map(({ name }) => name));
    const rest = this.picked.filter((name) => !names.has(name));
    this.tell(on ? [...rest, ...names] : rest);
  }
  private tell(names: readonly string[]): void {
    this.dispatchEvent(new CustomEvent('pick', { detail: names }));
  }
}
