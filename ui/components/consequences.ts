import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { PredictedTable } from '../../worker/protocol/plan.ts';
import { type TreeRow, treeOf } from './consequence-tree.ts';
import { count } from './format.ts';
import { base, layout, tables as tableStyles } from './styles.ts';

/** A deeper chain is drawn at this depth: the words beside it say where it comes from. */
const DEEPEST = 5;

/**
 * What a plan does to the rows of each table, as a tree of which table pulls which along.
 * @property tables - as the plan predicts them
 */
@customElement('lk-consequences')
export class LkConsequences extends LitElement {
  static override styles = [
    base,
    layout,
    tableStyles,
    css`
      .removed {
        color: var(--lk-bad);
        font-weight: 600;
      }
      .branch {
        display: grid;
        gap: 1px;
        position: relative;
      }
      .branch::before {
        content: '';
        position: absolute;
        left: -14px;
        top: -7px;
        width: 10px;
        height: calc(0.8em + 7px);
        border: 1px solid var(--lk-line-strong);
        border-width: 0 0 1px 1px;
        border-bottom-left-radius: 4px;
      }
      .d0::before {
        display: none;
      }
      .d1 {
        margin-left: 18px;
      }
      .d2 {
        margin-left: 38px;
      }
      .d3 {
        margin-left: 58px;
      }
      .d4 {
        margin-left: 78px;
      }
      .d5 {
        margin-left: 98px;
      }
      tfoot th,
      tfoot td {
        border-top: 1px solid var(--lk-line-strong);
        border-bottom: 0;
        font-weight: 600;
      }
      @media (max-width: 640px) {
        .branch {
          min-width: 11ch;
          overflow-wrap: anywhere;
        }
        .d2,
        .d3,
        .d4,
        .d5 {
          margin-left: 28px;
        }
      }
    `,
  ];
  @property({ attribute: false }) tables: readonly PredictedTable[] = [];

  override render() {
    const rows = treeOf(this.tables);
    if (rows.length === 0) return nothing;
    return html`<section class="panel" aria-labelledby="rows">
      <header><h2 id="rows">What becomes of the rows</h2></header>
      <div class="scroller"><table aria-label="Rows of each table">
        <thead><tr><th scope="col">Table</th><th scope="col" class="end wide-only">Before</th><th scope="col" class="end">Removed</th><th scope="col" class="end wide-only">Changed</th><th scope="col" class="end">After</th></tr></thead>
        <tbody>${rows.map((row) => this.row(row))}</tbody>
        ${rows.length > 1 ? this.foot() : nothing}
      </table></div></section>`;
  }

  private row({ table: { table, before, removed, changed, after, via }, depth }: TreeRow) {
    return html`<tr>
      <th scope="row"><div class="branch d${Math.min(DEEPEST, depth)}"><code>${table}</code>${via === null ? nothing : html`<span class="quiet small">${via}</span>`}</div></th>
      <td class="end wide-only">${count(before)}</td>
      <td class="end ${removed > 0 ? 'removed' : 'quiet'}">${count(removed)}</td>
      <td class="end wide-only ${changed > 0 ? '' : 'quiet'}">${count(changed)}</td>
      <td class="end">${count(after)}</td>
    </tr>`;
  }

  private foot() {
    const sum = (pick: (table: PredictedTable) => number): string =>
      count(this.tables.reduce((all, table) => all + pick(table), 0));
    return html`<tfoot><tr><th scope="row">All</th>
      <td class="end wide-only">${sum(({ before }) => before)}</td><td class="end">${sum(({ removed }) => removed)}</td>
      <td class="end wide-only">${sum(({ changed }) => changed)}</td><td class="end">${sum(({ after }) => after)}</td></tr></tfoot>`;
  }
}
