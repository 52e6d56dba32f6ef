import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { AspectDiff, DiffRow } from '../../../worker/protocol/schema.ts';
import '../../components/action.ts';
import '../../components/copy.ts';
import { CAUSE_MEANINGS, changeInWords, SIDE_NAMES, STATE_MEANINGS } from '../../components/schema-words.ts';
import { base, layout, tables } from '../../components/styles.ts';

const SIDES = ['schema', 'live', 'migrations'] as const;

/**
 * One difference, aspect by aspect, and who can be right about it.
 * @property row
 * @property resolvable - offers the two ways out
 * @property planDenied, adoptDenied - why this person may not, or null
 * @fires adopt - the database is right; `detail` is the row's id, bubbling
 * @fires plan - the code is right; `detail` is the row's id, bubbling
 */
@customElement('lk-row-details')
export class LkRowDetails extends LitElement {
  static override styles = [
    base,
    layout,
    tables,
    css`
      .all {
        display: grid;
        gap: 10px;
        padding-top: 8px;
      }
      table {
        width: auto;
        min-width: min(100%, 34rem);
        background: var(--lk-surface);
        border: 1px solid var(--lk-line);
        border-radius: var(--lk-radius);
      }
      th,
      td {
        padding: 5px 14px;
        vertical-align: top;
      }
      td {
        max-width: 30rem;
      }
      td.off {
        background: var(--lk-warn-soft);
      }
      code {
        white-space: pre-wrap;
        overflow-wrap: break-word;
      }
      .ways {
        display: flex;
        flex-wrap: wrap;
        gap: 8px 12px;
        align-items: center;
      }
    `,
  ];
  @property({ attribute: false }) row: DiffRow | null = null;
  @property({ type: Boolean }) resolvable = false;
  @property({ attribute: false }) planDenied: string | null = null;
  @property({ attribute: false }) adoptDenied: string | null = null;

  override render() {
    const { row } = this;
    if (row === null) return nothing;
    return html`<div class="all">
      <p>${STATE_MEANINGS[row.state]} <span class="quiet">${CAUSE_MEANINGS[row.cause]} ${changeInWords(row)}</span></p>
      ${row.differences.length === 0 ? this.texts(row) : this.aspects(row.differences)}
      ${row.state === 'match' ? nothing : this.ways(row)}
      <div class="row quiet small"><code>${row.id}</code><lk-copy .text=${this.link(row)} what="link to this row"></lk-copy></div>
    </div>`;
  }

  private aspects(differences: readonly AspectDiff[]) {
    return html`<div class="scroller"><table aria-label="What differs">
      <thead><tr><th scope="col">Aspect</th>${SIDES.map((side) => html`<th scope="col">${SIDE_NAMES[side]}</th>`)}</tr></thead>
      <tbody>${differences.map(
        (difference) =>
          html`<tr><th scope="row">${difference.aspect}</th>${SIDES.map((side) => html`<td class=${side === 'live' && difference.live !== difference.schema ? 'off' : ''}>${difference[side] === null ? html`<span class="quiet">–</span>` : html`<code>${difference[side]}</code>`}</td>`)}</tr>`,
      )}</tbody>
    </table></div>`;
  }

  private texts({ cells }: DiffRow) {
    const there = SIDES.filter((side) => cells[side].text !== null);
    if (there.length === 0) return nothing;
    return html`<dl class="facts">${there.map((side) => html`<dt>${SIDE_NAMES[side]}</dt><dd><code>${cells[side].text}</code></dd>`)}</dl>`;
  }

  private ways(row: DiffRow) {
    if (!this.resolvable) return nothing;
    const fixed = row.change === 'none' || row.change === null;
    return html`<div class="ways">
      <lk-action .denied=${fixed ? 'No plan can change this.' : this.planDenied} @act=${() => this.tell('plan', row)}>Code is right: plan it</lk-action>
      <lk-action .denied=${this.adoptDenied} @act=${() => this.tell('adopt', row)}>Database is right: change the code</lk-action>
    </div>`;
  }

  private link({ id }: DiffRow): string {
    return `${location.origin}${location.pathname}#${encodeURIComponent(id)}`;
  }
  private tell(name: 'adopt' | 'plan', { id }: DiffRow): void {
    this.dispatchEvent(new CustomEvent(name, { detail: id, bubbles: true, composed: true }));
  }
}
