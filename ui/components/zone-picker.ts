import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { base, controls } from './styles.ts';
import { allZones, clockIn, isTimeZone, matchingZones } from './time-zones.ts';

const MOST_SHOWN = 60;

/**
 * A field for an IANA time zone, with search.
 * @property value - a name like `Europe/Berlin`, or what was typed so far
 * @property problem - why the value cannot be, or empty
 * @fires pick - `detail` is the new value; it may be no zone yet
 */
@customElement('lk-zone-picker')
export class LkZonePicker extends LitElement {
  static override shadowRootOptions: ShadowRootInit = { ...LitElement.shadowRootOptions, delegatesFocus: true };
  static override styles = [
    base,
    controls,
    css`
      :host {
        display: grid;
        gap: 6px;
        position: relative;
        min-width: 0;
      }
      label {
        font-weight: 600;
      }
      ul {
        list-style: none;
        position: absolute;
        z-index: 4;
        inset: calc(100% - 20px) 0 auto;
        max-height: 13rem;
        overflow-y: auto;
        background: var(--lk-raised);
        border: 1px solid var(--lk-line-strong);
        border-radius: var(--lk-radius);
        box-shadow: var(--wa-shadow-m);
      }
      li {
        display: flex;
        justify-content: space-between;
        gap: 12px;
        padding: 5px 10px;
        cursor: pointer;
      }
      li[aria-selected='true'] {
        background: var(--lk-accent-soft);
      }
      .wrong {
        color: var(--lk-bad);
      }
    `,
  ];
  @property() value = '';
  @property() problem = '';
  /** What the list is narrowed by; null while it is closed. */
  @state() private filter: string | null = null;
  @state() private at = 0;
  @query('input') private field?: HTMLInputElement;

  override render() {
    const found = this.found();
    const open = found.length > 0;
    return html`<label for="zone">Time zone</label>
      <input id="zone" type="text" role="combobox" autocomplete="off" spellcheck="false" aria-expanded=${open} aria-controls="zones" aria-autocomplete="list"
        aria-activedescendant=${open ? `zone-${this.at}` : nothing} aria-invalid=${this.problem !== ''} aria-describedby="zone-hint"
        .value=${this.value} @input=${this.type} @click=${this.begin} @keydown=${this.press} @blur=${this.close} />
      <p class="small ${this.problem === '' ? 'quiet' : 'wrong'}" id="zone-hint">${this.problem === '' ? this.hint() : this.problem}</p>
      <ul id="zones" role="listbox" aria-label="Matching zones" ?hidden=${!open}>${found.map((zone, i) => this.option(zone, i))}</ul>`;
  }

  private found(): string[] {
    return this.filter === null ? [] : matchingZones(this.filter, allZones()).slice(0, MOST_SHOWN);
  }

  private hint(): string {
    return isTimeZone(this.value) ? `There it is ${clockIn(this.value, Date.now())} now.` : 'Search by a city: Berlin, New York.';
  }

  private option(zone: string, i: number) {
    // The field keeps the focus, because leaving it closes the list: a press must not take it away first.
    const keep = (event: Event) => event.preventDefault();
    return html`<li id="zone-${i}" role="option" aria-selected=${i === this.at} @pointerdown=${keep} @click=${() => this.choose(zone)}><span>${zone}</span><span class="quiet small num">${clockIn(zone, Date.now())}</span></li>`;
  }

  /** All of them are offered until something is typed: the name that stands there would find only itself. */
  private begin(): void {
    if (this.filter !== null) return;
    this.field?.select();
    this.search('');
  }
  private type(event: Event): void {
    const { value } = event.target as HTMLInputElement;
    this.search(value);
    this.tell(value);
  }
  private search(text: string): void {
    this.filter = text;
    this.at = 0;
  }

  private press(event: KeyboardEvent): void {
    const found = this.found();
    const chosen = found[this.at];
    if (event.key === 'ArrowDown' && this.filter === null) this.search('');
    else if (event.key === 'ArrowDown') this.at = Math.min(Math.max(0, found.length - 1), this.at + 1);
    else if (event.key === 'ArrowUp') this.at = Math.max(0, this.at - 1);
    else if (event.key === 'Enter' && chosen !== undefined) this.choose(chosen);
    else if (event.key === 'Escape' && this.filter !== null) {
      this.close();
      // The dialog around it would close with everything that was typed.
      event.stopPropagation();
    } else return;
    event.preventDefault();
    void this.updateComplete.then(() =>
      this.renderRoot.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' }),
    );
  }

  private choose(zone: string): void {
    this.close();
    this.tell(zone);
  }
  private close(): void {
    this.filter = null;
  }
  private tell(value: string): void {
    this.value = value;
    this.dispatchEvent(new CustomEvent('pick', { detail: value }));
  }
}
