import { html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { DiffCell, DiffRow, SchemaSide } from '../../../worker/protocol/schema.ts';
import { plural } from '../../components/format.ts';
import { icon } from '../../components/icon.ts';
import { RowWindow } from '../../components/row-window.ts';
import {
  CAUSE_MEANINGS,
  CAUSE_NAMES,
  KIND_WORDS,
  SIDE_NAMES,
  STATE_ICONS,
  STATE_MEANINGS,
  STATE_NAMES,
  STATE_TONES,
} from '../../components/schema-words.ts';
import { base, controls, layout } from '../../components/styles.ts';
import { type Chosen, canChoose } from '../../store/schema-choice.ts';
import {
  type Counts,
  itemsOf,
  type MatrixFilter,
  type MatrixItem,
  NO_MATRIX_FILTER,
  NOTHING_OPENED,
  type Opening,
  openedTo,
  STATES,
  type TableGroup,
} from '../../store/schema-matrix.ts';
import { matrixStyles } from './matrix.styles.ts';
import { keyMove } from './matrix-keys.ts';
import './row-details.ts';

/** Drizzle has no words for everything; of migrations that do not replay nobody knows. */
const absent = (presence: DiffCell['presence'], side: SchemaSide): string =>
  presence === 'absent' ? 'not there' : side === 'schema' ? 'cannot say' : 'not known';

/**
 * Code, database and migrations side by side, row by row. Only what is on screen is in the page, so ten thousands of rows scroll like
 * ten. One stop for the keyboard: arrows move, Space chooses, Enter opens.
 * @property groups
 * @property filter
 * @property chosen - null: nothing can be chosen here
 * @property linked - id of the row that the address names, or empty
 * @property resolvable - offers the two ways out of a difference
 * @property planDenied, adoptDenied - why this person may not, or null
 * @fires flip - `detail` is a row's id
 * @fires link - `detail` is the id of the row whose address is wanted
 * @fires adopt, plan - `detail` is the id of the row to adopt, or to plan by itself
 */
@customElement('lk-schema-matrix')
export class LkSchemaMatrix extends LitElement {
  static override styles = [base, layout, controls, matrixStyles];
  @property({ attribute: false }) groups: readonly TableGroup[] = [];
  @property({ attribute: false }) filter: MatrixFilter = NO_MATRIX_FILTER;
  @property({ attribute: false }) chosen: Chosen | null = null;
  @property() linked = '';
  @property({ attribute: false }) planDenied: string | null = null;
  @property({ attribute: false }) adoptDenied: string | null = null;
  @property({ type: Boolean }) resolvable = false;
  @state() private opening: Opening = NOTHING_OPENED;
  @state() private detailed: ReadonlySet<string> = new Set();
  @state() private active = '';
  @query('#list') private list?: HTMLElement;
  private readonly rows = new RowWindow<MatrixItem>(this, () => this.list ?? null, {
    key: ({ key }) => key,
    kind: ({ kind }) => kind,
  });
  private items: readonly MatrixItem[] = [];
  /** The row of the address is gone to once: afterwards the reader scrolls. */
  private wanted = '';

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('linked') && this.linked !== '') this.wanted = this.linked;
    if (this.wanted !== '' && this.groups.length > 0) this.openTo(this.wanted);
    if (changed.has('groups') || changed.has('filter') || changed.has('opening'))
      this.items = itemsOf(this.groups, this.filter, this.opening);
    this.rows.show(this.items);
  }

  protected override updated(): void {
    if (this.wanted === '' || this.groups.length === 0) return;
    const id = this.wanted;
    this.wanted = '';
    void this.show(this.items.findIndex((item) => idOf(item) === id));
  }

  override render() {
    const { items } = this;
    const { first, end } = this.rows;
    return html`<div class="grid" role="treegrid" tabindex="0" aria-label="Differences between code and database" aria-rowcount=${this.items.length} aria-multiselectable="true"
        aria-activedescendant=${this.active === '' ? nothing : domId(this.active)} @keydown=${this.key} @focus=${this.focused}>
      <div class="head" role="row" aria-hidden="true"><span></span><span>Name</span><span>${SIDE_NAMES.schema}</span><span>${SIDE_NAMES.live}</span><span>${SIDE_NAMES.migrations}</span><span>State</span></div>
      <div id="list" role="rowgroup">${repeat(
        items.slice(first, end),
        ({ key }) => key,
        (item, i) => this.item(item, first + i),
      )}</div>
    </div>`;
  }

  private item(item: MatrixItem, i: number) {
    const mark = `${item.key === this.active ? 'active' : ''} ${idOf(item) === this.linked && this.linked !== '' ? 'linked' : ''}`;
    switch (item.kind) {
      case 'group':
        return this.group(item, mark, i);
      case 'row':
        return this.row(item.row, mark, i);
      case 'rest':
        return html`<div class="item rest ${mark}" id=${domId(item.key)} role="row" aria-level="2" aria-rowindex=${i + 1}><div role="gridcell"><button type="button" class="plain" tabindex="-1" @click=${() => this.showWhole(item.group)}>Show ${plural(item.count, 'more row')} that ${item.count === 1 ? 'matches' : 'match'}</button></div></div>`;
    }
  }

  private group({ group, open }: Extract<MatrixItem, { kind: 'group' }>, mark: string, i: number) {
    const { head, name, counts } = group;
    const details = head !== null && this.detailed.has(head.id);
    const leaf = group.rows.length === 0;
    const opened = leaf ? details : open;
    return html`<div class="item group ${head?.state ?? ''} ${opened ? 'open' : ''} ${mark}" id=${domId(`group:${name}`)} role="row" aria-level="1" aria-expanded=${opened} aria-rowindex=${i + 1} aria-selected=${this.selected(head)}>
      <div class="line" @click=${() => this.toggle(group)}>
        ${this.tick(head)}
        <div class="name" role="rowheader"><span class="chevron">${icon('right')}</span><code title=${name}>${name}</code>${head === null || head.kind === 'table' ? nothing : html`<span class="kind">${KIND_WORDS[head.kind]}</span>`}</div>
        ${head !== null && leaf ? this.whole(head) : this.tallies(head, counts)}
      </div>
      ${details ? this.details(head) : nothing}
    </div>`;
  }

  /** Of a view: it has no rows of its own, so it is one itself. */
  private whole(head: DiffRow) {
    return html`${this.cell(head, 'schema')} ${this.cell(head, 'live')} ${this.cell(head, 'migrations')}
      <div class="how" role="gridcell">${this.opener(head, '')}</div>`;
  }

  private tallies(head: DiffRow | null, counts: Counts) {
    const own = head === null || head.state === 'match' ? null : head;
    return html`<div class="tallies" role="gridcell">
      ${own === null ? nothing : this.opener(own, `whole ${KIND_WORDS[own.kind]}`)}
      ${own !== null && own.state !== 'mismatch' ? nothing : STATES.map((key) => (counts[key] === 0 ? nothing : html`<span class="state ${STATE_TONES[key]}" title=${STATE_MEANINGS[key]}>${icon(STATE_ICONS[key])}<span class="num">${counts[key]}</span><span class="sr-only">${STATE_NAMES[key]}</span></span>`))}
    </div>`;
  }

  private opener(head: DiffRow, what: string) {
    if (head.state === 'match') return this.state(head, what);
    return html`<button type="button" class="plain" tabindex="-1" @click=${(event: Event) => this.open(event, head)}>${this.state(head, what)}</button>`;
  }

  private row(row: DiffRow, mark: string, i: number) {
    const open = this.detailed.has(row.id);
    return html`<div class="item object ${row.state} ${open ? 'open' : ''} ${mark}" id=${domId(row.id)} role="row" aria-level="2" aria-expanded=${open} aria-rowindex=${i + 1} aria-selected=${this.selected(row)}>
      <div class="line" @click=${() => this.flipDetails(row)}>
        ${this.tick(row)}
        <div class="name" role="rowheader"><span class="chevron">${icon('right')}</span><code title=${row.name}>${row.name}</code><span class="kind">${row.kind === 'column' ? '' : KIND_WORDS[row.kind]}</span></div>
        ${this.cell(row, 'schema')} ${this.cell(row, 'live')} ${this.cell(row, 'migrations')}
        <div class="how" role="gridcell">${this.state(row, '')}</div>
      </div>
      ${open ? this.details(row) : nothing}
    </div>`;
  }

  private details(row: DiffRow) {
    return html`<lk-row-details class="details" .row=${row} ?resolvable=${this.resolvable} .planDenied=${this.planDenied} .adoptDenied=${this.adoptDenied}></lk-row-details>`;
  }

  /** What the database would have to become is the code; so it is the database's cell that is marked. */
  private cell({ cells, state: how }: DiffRow, side: SchemaSide) {
    const { presence, text } = cells[side];
    const off =
      (how === 'mismatch' && side === 'live') || (how === 'missing' && side === 'live') || (how === 'extra' && side === 'schema');
    return html`<div class="cell ${presence} ${off ? 'off' : ''}" role="gridcell" title=${text ?? ''}><span class="side">${SIDE_NAMES[side]}</span>${presence === 'present' ? html`<code>${text ?? 'there'}</code>` : html`<span>${absent(presence, side)}</span>`}</div>`;
  }

  private state({ state: how, cause }: DiffRow, what: string) {
    return html`<span class="state ${STATE_TONES[how]}" title="${STATE_MEANINGS[how]} ${CAUSE_MEANINGS[cause]}">${icon(STATE_ICONS[how])}<span>${what === '' ? STATE_NAMES[how] : `${what} ${STATE_NAMES[how].toLowerCase()}`}${cause === 'none' ? nothing : html`<span class="cause">, ${CAUSE_NAMES[cause]}</span>`}</span></span>`;
  }

  private selected(row: DiffRow | null) {
    return row === null || this.chosen === null || !canChoose(row) ? nothing : this.chosen.ids.has(row.id);
  }

  private tick(row: DiffRow | null) {
    const { chosen } = this;
    if (row === null || chosen === null || !canChoose(row)) return html`<span></span>`;
    const asked = chosen.asked.has(row.id);
    const why = asked
      ? 'Answer the question about the name first'
      : chosen.bound.has(row.id)
        ? 'Comes and goes with what it belongs to'
        : '';
    return html`<span class="tick" title=${why}><input type="checkbox" tabindex="-1" aria-label="Choose ${KIND_WORDS[row.kind]} ${row.name}" .checked=${chosen.ids.has(row.id)} ?disabled=${why !== ''} @click=${(event: Event) => this.flip(event, row)} /></span>`;
  }

  private key(event: KeyboardEvent): void {
    // Controls inside the details have keys of their own.
    if (event.target !== event.currentTarget) return;
    const at = this.items.findIndex(({ key }) => key === this.active);
    const move = keyMove(event.key, at, this.items);
    if (move === null) return;
    event.preventDefault();
    switch (move.kind) {
      case 'go':
        void this.show(move.to);
        break;
      case 'choose':
        if (
          this.chosen !== null &&
          canChoose(move.row) &&
          !this.chosen.asked.has(move.row.id) &&
          !this.chosen.bound.has(move.row.id)
        )
          this.tell('flip', move.row.id);
        break;
      case 'open':
        if (move.item.kind === 'group') this.toggle(move.item.group);
        else if (move.item.kind === 'row') this.flipDetails(move.item.row);
        else this.showWhole(move.item.group);
        break;
    }
  }

  private focused(): void {
    if (this.active === '') this.active = this.items[0]?.key ?? '';
  }

  /** Makes it the current one and scrolls to it; rows far off are not in the page until then. */
  private async show(index: number): Promise<void> {
    const item = this.items[index];
    if (item === undefined) return;
    this.active = item.key;
    await this.updateComplete;
    if (this.drawn(item.key) === null) {
      this.rows.reach(index);
      await this.updateComplete;
    }
    this.drawn(item.key)?.scrollIntoView({ block: 'nearest' });
  }

  private drawn(key: string): Element | null {
    return this.renderRoot.querySelector(`#${CSS.escape(domId(key))}`);
  }

  private openTo(id: string): void {
    this.opening = openedTo(this.groups, id, this.opening) ?? this.opening;
    this.detailed = new Set([...this.detailed, id]);
  }

  private toggle(group: TableGroup): void {
    if (group.rows.length === 0 && group.head !== null) {
      this.flipDetails(group.head);
      this.active = `group:${group.name}`;
      return;
    }
    this.active = `group:${group.name}`;
    const toggled = new Set(this.opening.toggled);
    if (!toggled.delete(group.name)) toggled.add(group.name);
    this.opening = { ...this.opening, toggled };
  }
  private showWhole(group: TableGroup): void {
    this.active = `group:${group.name}`;
    this.opening = { ...this.opening, whole: new Set([...this.opening.whole, group.name]) };
  }
  private flipDetails({ id }: DiffRow): void {
    const next = new Set(this.detailed);
    if (!next.delete(id)) next.add(id);
    this.detailed = next;
    this.active = id;
  }
  private open(event: Event, row: DiffRow): void {
    event.stopPropagation();
    this.flipDetails(row);
    this.active = `group:${row.table}`;
  }
  private flip(event: Event, row: DiffRow): void {
    event.stopPropagation();
    this.tell('flip', row.id);
  }
  private tell(name: string, id: string): void {
    this.dispatchEvent(new CustomEvent(name, { detail: id }));
  }
}

/** Of the row that an item stands for, or empty. */
function idOf(item: MatrixItem): string {
  switch (item.kind) {
    case 'group':
      return item.group.head?.id ?? '';
    case 'row':
      return item.row.id;
    case 'rest':
      return '';
  }
}
const domId = (key: string): string => `item-${encodeURIComponent(key)}`;
