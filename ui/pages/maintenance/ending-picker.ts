import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { ago, exactTime, localInput } from '../../components/format.ts';
import { base, controls } from '../../components/styles.ts';
import { Ticker } from '../../components/ticker.ts';
import { type Ending, endOf, PRESETS, type Preset, timeZoneName, USUAL_ENDING } from './ending.ts';

const HOUR_MS = 3_600_000;

/**
 * Asks when a hold ends, and says which moment that is.
 * @property value - the choice; null: it stays as it is, where that is offered
 * @property keep - the label of that choice; empty: it is not offered
 * @property legend - the question
 * @property complaining - whether a choice that cannot be is called one
 * @fires pick - `detail` is the new `Ending`, or null
 */
@customElement('lk-ending-picker')
export class LkEndingPicker extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      :host {
        display: block;
      }
      fieldset {
        border: 0;
        margin: 0;
        padding: 0;
        min-width: 0;
        display: grid;
        gap: 8px;
      }
      legend {
        padding: 0;
        margin-bottom: 8px;
        font-weight: 600;
      }
      .choices {
        display: flex;
        flex-wrap: wrap;
        gap: 8px 20px;
      }
      label {
        display: inline-flex;
        align-items: center;
        gap: 8px;
        min-height: 24px;
        cursor: pointer;
      }
      .moment {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 6px 12px;
      }
      .wrong {
        color: var(--lk-bad);
      }
    `,
  ];
  @property({ attribute: false }) value: Ending | null = USUAL_ENDING;
  @property() keep = '';
  @property() legend = 'How long';
  @property({ type: Boolean }) complaining = false;
  @property({ type: Boolean }) disabled = false;

  constructor() {
    super();
    new Ticker(this, 5_000);
  }

  override render() {
    return html`<fieldset ?disabled=${this.disabled}>
      <legend>${this.legend}</legend>
      <div class="choices">${this.keep === '' ? nothing : this.radio('keep', this.keep, this.value === null, () => this.tell(null))}${(
        Object.keys(PRESETS) as Preset[]
      ).map((preset) => this.radio(preset, PRESETS[preset].label, this.value?.preset === preset, () => this.choose(preset)))}</div>
      ${this.value?.preset === 'time' ? this.moment(this.value) : nothing}
      ${this.value === null ? nothing : html`<p class="small" id="outcome">${this.outcome(this.value)}</p>`}
    </fieldset>`;
  }

  private radio(value: string, label: string, checked: boolean, choose: () => void) {
    return html`<label><input type="radio" name="preset" value=${value} .checked=${checked} @change=${choose} /><span>${label}</span></label>`;
  }

  private moment(ending: Ending) {
    return html`<div class="moment">
      <input type="datetime-local" aria-label="Ends at" aria-describedby="zone outcome" aria-invalid=${this.complaining && endOf(ending, Date.now()).state === 'wrong'}
        min=${localInput(Date.now())} .value=${ending.localTime} @input=${this.type} />
      <span class="quiet small" id="zone">your clock, ${timeZoneName()}</span>
    </div>`;
  }

  private outcome(ending: Ending) {
    const now = Date.now();
    const ends = endOf(ending, now);
    switch (ends.state) {
      case 'at':
        return html`<span class="quiet">Ends by itself at ${exactTime(ends.atMs)}, ${ago(ends.atMs, now)}.</span>`;
      case 'open':
        return html`<span class="quiet">It does not end by itself: somebody has to end it.</span>`;
      case 'wrong':
        return html`<span class=${this.complaining ? 'wrong' : 'quiet'}>${ends.why}</span>`;
    }
  }

  private choose(preset: Preset): void {
    const typed = this.value?.localTime ?? '';
    this.tell({ preset, localTime: preset === 'time' && typed === '' ? localInput(Date.now() + HOUR_MS) : typed });
  }
  private type(event: Event): void {
    this.tell({ preset: 'time', localTime: (event.target as HTMLInputElement).value });
  }
  private tell(value: Ending | null): void {
    this.dispatchEvent(new CustomEvent('pick', { detail: value }));
  }
}
