import '@awesome.me/webawesome/dist/components/button/button.js';
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { DiffState, ObjectKind } from '../../../worker/protocol/schema.ts';
import { count } from '../../components/format.ts';
import { icon } from '../../components/icon.ts';
import {
  CAUSE_MEANINGS,
  CAUSE_NAMES,
  KIND_WORDS,
  STATE_ICONS,
  STATE_MEANINGS,
  STATE_NAMES,
  STATE_TONES,
} from '../../components/schema-words.ts';
import { base, controls, layout } from '../../components/styles.ts';
import { CAUSES, type Counts, isAnyRow, KINDS, type MatrixFilter, NO_MATRIX_FILTER, STATES } from '../../store/schema-matrix.ts';

/** Grouping thousands of rows for each letter would make typing stutter. */
const TYPING_MS = 150;
const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
const flipped = <T>(list: readonly T[], one: T): T[] =>
  list.includes(one) ? list.filter((other) => other !== one) : [...list, one];

/**
 * Narrows the matrix; each state carries how many rows it would show.
 * @property filter
 * @property counts
 * @property kinds - what there is
 * @fires filter - `detail` is the new `MatrixFilter`
 */
@customElement('lk-matrix-filters')
export class LkMatrixFilters extends LitElement {
  static override styles = [
    base,
    layout,
    controls,
    css`
      .filters {
        display: grid;
        gap: 10px;
      }
      .bar {
        gap: 8px 16px;
      }
      .chips {
        display: flex;
        flex-wrap: wrap;
        gap: 6px;
      }
      button.chip {
        font: inherit;
        font-size: 0.8125rem;
        font-weight: 500;
        display: inline-flex;
        align-items: center;
        gap: 6px;
        height: 30px;
        padding: 0 11px;
        color: var(--lk-quiet);
        background: var(--lk-surface);
        border: 1px solid var(--lk-line);
        border-radius: 99px;
        cursor: pointer;
      }
      button.chip:hover {
        border-color: var(--lk-line-strong);
        color: var(--lk-ink);
      }
      button.chip[aria-pressed='true'] {
        color: var(--lk-accent);
        background: var(--lk-accent-soft);
        border-color: var(--lk-accent);
      }
      .warn svg {
        color: var(--lk-warn);
      }
      .good svg {
        color: var(--lk-good);
      }
      .bad svg {
        color: var(--lk-bad);
      }
      .accent svg {
        color: var(--lk-accent);
      }
      b {
        font-weight: 600;
        color: var(--lk-ink);
      }
      input[type='search'] {
        flex: 1 1 11rem;
      }
    `,
  ];
  @property({ attribute: false }) filter: MatrixFilter = NO_MATRIX_FILTER;
  @property({ attribute: false }) counts: Counts = { match: 0, mismatch: 0, missing: 0, extra: 0 };
  @property({ attribute: false }) kinds: ReadonlySet<ObjectKind> = new Set();
  private typing: ReturnType<typeof setTimeout> | null = null;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    if (this.typing !== null) clearTimeout(this.typing);
  }

  override render() {
    const { filter } = this;
    const [kind] = filter.kinds;
    return html`<div class="filters" role="search"><div class="row">
      <input type="search" maxlength="200" placeholder="Find a table, column, type" aria-label="Find in the schema" .value=${filter.text} @input=${this.type} />
      <select aria-label="Kind" @change=${this.choose}>
        <option value="" ?selected=${kind === undefined}>Every kind</option>
        ${KINDS.filter((one) => this.kinds.has(one)).map((one) => html`<option value=${one} ?selected=${one === kind}>${KIND_WORDS[one]}</option>`)}
      </select>
      ${isAnyRow(filter) ? nothing : html`<wa-button appearance="plain" @click=${() => this.tell(NO_MATRIX_FILTER)}>Clear</wa-button>`}
    </div><div class="row bar">
      <div class="chips" role="group" aria-label="State">${STATES.map((state) => this.stateChip(state))}</div>
      <div class="chips" role="group" aria-label="Cause">${CAUSES.map((cause) => html`<button type="button" class="chip" title=${CAUSE_MEANINGS[cause]} aria-pressed=${filter.causes.includes(cause)} @click=${() => this.tell({ ...filter, causes: flipped(filter.causes, cause) })}>${capital(CAUSE_NAMES[cause])}</button>`)}</div>
    </div></div>`;
  }

  private stateChip(state: DiffState) {
    const { filter, counts } = this;
    return html`<button type="button" class="chip ${STATE_TONES[state]}" title=${STATE_MEANINGS[state]} aria-pressed=${filter.states.includes(state)} @click=${() => this.tell({ ...filter, states: flipped(filter.states, state) })}>${icon(STATE_ICONS[state])}${STATE_NAMES[state]} <b class="num">${count(counts[state])}</b></button>`;
  }

  private type(event: InputEvent): void {
    const text = (event.target as HTMLInputElement).value;
    if (this.typing !== null) clearTimeout(this.typing);
    this.typing = setTimeout(() => this.tell({ ...this.filter, text }), TYPING_MS);
  }
  private choose(event: Event): void {
    const value = (event.target as HTMLSelectElement).value;
    this.tell({ ...this.filter, kinds: KINDS.filter((kind) => kind === value) });
  }
  private tell(filter: MatrixFilter): void {
    this.dispatchEvent(new CustomEvent('filter', { detail: filter }));
  }
}
