import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { Figure, TableStats } from '../../worker/protocol/database.ts';
import { bytes, count, figure, figureOrigin, plural } from './format.ts';
import { icon } from './icon.ts';
import './meter.ts';
import { base, controls, layout, tables } from './styles.ts';
import {
  countedOnce,
  hiddenInWords,
  indexFigure,
  isPickable,
  nextOrder,
  ordered,
  searched,
  sumFigures,
  type TableColumn,
  type TableOrder,
  totalFigure,
} from './table-order.ts';

const HEADINGS: Record<TableColumn, { label: string; className: string }> = {
  name: { label: 'Table', className: '' },
  rows: { label: 'Rows', className: 'end' },
  bytes: { label: 'Data', className: 'end wide-only' },
  indexes: { label: 'Indexes', className: 'end wide-only' },
  total: { label: 'Total', className: 'end' },
  columns: { label: 'Columns', className: 'end wide-only' },
};
/** What stands at the foot for rows; the same tables as on the overview. */
const ROWS_COUNTED = 'Rows of ordinary tables: those of virtual, shadow and internal tables would count copies and bookkeeping';
const KINDS: Record<TableStats['kind'], string> = { table: '', virtual: 'virtual', shadow: 'shadow', internal: 'internal' };

/**
 * Tables with rows and estimated bytes; searched and sorted here.
 * @property list - any order
 * @slot actions - buttons beside the search
 */
@customElement('lk-table-list')
export class LkTableList extends LitElement {
  static override styles = [
    base,
    layout,
    tables,
    controls,
    css`
      input {
        width: 15rem;
        max-width: 100%;
      }
      th button {
        display: inline-flex;
        align-items: baseline;
        gap: 4px;
      }
      th.end button {
        flex-direction: row-reverse;
      }
      th .icon {
        align-self: center;
        width: 12px;
        opacity: 0;
      }
      th[aria-sort] button {
        color: var(--lk-ink);
        font-weight: 600;
      }
      th[aria-sort] .icon,
      th button:hover .icon {
        opacity: 1;
      }
      .tag {
        margin-left: 8px;
        font-size: 0.75rem;
        color: var(--lk-quiet);
      }
      .bar {
        width: 110px;
        vertical-align: middle;
      }
      .none {
        padding: 20px 16px;
      }
      tfoot th,
      tfoot td {
        border-top: 1px solid var(--lk-line);
        border-bottom: 0;
        color: var(--lk-quiet);
        font-weight: 500;
      }
    `,
  ];
  @property({ attribute: false }) list: readonly TableStats[] = [];
  @state() private order: TableOrder = { by: 'total', direction: 'descending' };
  @state() private search = '';
  /** Tables of the platform, of Lockkeeper, and those behind an FTS5 table: seldom of interest, and not counted on the overview. */
  @state() private withInternal = false;

  override render() {
    const own = this.list.filter(isPickable);
    const hidden = this.list.filter((table) => !isPickable(table));
    const listed = this.withInternal ? this.list : own;
    const found = ordered(searched(listed, this.search), this.order);
    const largest = Math.max(1, ...listed.map((table) => totalFigure(table)?.value ?? 0));
    return html`<section class="panel" aria-labelledby="title">
      <header>
        <h2 id="title" class="grow">Tables <span class="quiet num">${count(own.length)}${this.withInternal && hidden.length > 0 ? ` and ${hiddenInWords(hidden)}` : ''}</span></h2>
        <input type="search" placeholder="Find a table" aria-label="Find a table" .value=${this.search} @input=${this.type} />
        ${this.internalSwitch(hidden)}
        <slot name="actions"></slot>
      </header>
      <div class="scroller"><table aria-labelledby="title">
        <thead><tr>${(Object.keys(HEADINGS) as TableColumn[]).map((column) => this.heading(column))}<th class="fit wide-only"><span class="sr-only">Share of the largest</span></th></tr></thead>
        <tbody>${repeat(
          found,
          ({ name }) => name,
          (table) => this.row(table, largest),
        )}</tbody>
        ${found.length > 1 ? this.foot(found, hidden) : nothing}
      </table></div>
      ${found.length === 0 ? html`<p class="none quiet">${this.search === '' ? 'The database has no table of its own yet.' : `No table is called like “${this.search}”.`}</p>` : nothing}
      <span class="sr-only" role="status">${this.search === '' ? '' : plural(found.length, 'table')}</span>
    </section>`;
  }

  private internalSwitch(hidden: readonly TableStats[]) {
    if (hidden.length === 0) return nothing;
    return html`<label class="row small"
      ><input type="checkbox" .checked=${this.withInternal} @change=${this.toggleInternal} />With ${hiddenInWords(hidden)}</label
    >`;
  }

  private heading(column: TableColumn) {
    const { label, className } = HEADINGS[column];
    const sorted = this.order.by === column;
    return html`<th scope="col" class=${className} aria-sort=${sorted ? this.order.direction : nothing}>
      <button type="button" class="plain" @click=${() => this.sort(column)}>${label}${icon(sorted && this.order.direction === 'ascending' ? 'ascending' : 'descending')}</button>
    </th>`;
  }

  private row(table: TableStats, largest: number) {
    const total = totalFigure(table);
    return html`<tr>
      <th scope="row"><code>${table.name}</code>${KINDS[table.kind] === '' ? nothing : html`<span class="tag">${KINDS[table.kind]}</span>`}</th>
      ${this.cell(table.rows, count)}${this.cell(table.bytes, bytes, 'wide-only')}
      ${table.indexes.length === 0 ? html`<td class="end wide-only quiet">none</td>` : this.cell(indexFigure(table), bytes, 'wide-only', plural(table.indexes.length, 'index', 'indexes'))}
      ${this.cell(total, bytes)}
      <td class="end wide-only">${count(table.columns)}</td>
      <td class="fit wide-only"><lk-meter class="bar" thin kind="level" label="Share of the largest table" .value=${(total?.value ?? 0) / largest}></lk-meter></td>
    </tr>`;
  }

  private cell(value: Figure | null, as: (value: number) => string, className = '', more = '') {
    return html`<td class="end ${className}" title=${more === '' ? figureOrigin(value) : `${more}. ${figureOrigin(value)}`}>${figure(value, as)}</td>`;
  }

  /** The sum of what is listed; and, so that nothing is missing from the whole, what is not. */
  private foot(found: readonly TableStats[], hidden: readonly TableStats[]) {
    const whole = this.search === '';
    // What the virtual tables above already contain is not hidden.
    const apart = this.withInternal || !whole ? [] : countedOnce(this.list).filter((table) => hidden.includes(table));
    return html`<tfoot>
      <tr><th scope="row">${whole ? 'All' : 'Found'}</th>${this.sums(found, true)}</tr>
      ${apart.length === 0 ? nothing : html`<tr><th scope="row">Not listed: ${hiddenInWords(apart)}</th>${this.sums(apart, false)}</tr>`}
    </tfoot>`;
  }

  private sums(list: readonly TableStats[], withRows: boolean) {
    const once = countedOnce(list);
    const rows = list.filter(({ kind }) => kind === 'table').map((table) => table.rows);
    return html`${withRows ? this.cell(sumFigures(rows), count, '', ROWS_COUNTED) : html`<td></td>`}
      ${this.cell(sumFigures(once.map(({ bytes: data }) => data)), bytes, 'wide-only')}
      ${this.cell(sumFigures(once.map(indexFigure).filter((known) => known !== null)), bytes, 'wide-only')}
      ${this.cell(sumFigures(once.map(totalFigure)), bytes)}
      <td class="wide-only"></td><td class="wide-only"></td>`;
  }

  private type(event: InputEvent): void {
    this.search = (event.target as HTMLInputElement).value;
  }
  private toggleInternal(event: Event): void {
    this.withInternal = (event.target as HTMLInputElement).checked;
  }
  private sort(column: TableColumn): void {
    this.order = nextOrder(this.order, column);
  }
}
