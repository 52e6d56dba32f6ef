import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { ago, exactTime, localInput } from '../../components/format.ts';
import { base, controls } from '../../components/styles.ts';
import { Ticker } from '../../components/ticker.ts';
import { type Ending, endOf, PRESETS, type Preset, timeZoneName, USUAL_ENDING } from './ending.ts';

const HOUR_MS = 3_600_000;

/**
 * Asks when a hold ends, and says which moment that is.
 * @property value - the choice
 * @property legend - the question
 * @property complaining - whether a choice that cannot be is called one
 * @fires pick - `detail` is the new `Ending`
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
  @property({ attribute: false }) value: Ending = USUAL_ENDING;
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
      <div class="choices">${(Object.keys(PRESETS) as Preset[]).map(
        (preset) =>
          html`<label><input type="radio" name="preset" value=${preset} .checked=${this.value.preset === preset} @change=${() => this.choose(preset)} /><span>${PRESETS[preset].label}</span></label>`,
      )}</div>
      ${this.value.preset === 'time' ? this.moment() : nothing}
      <p class="small" id="outcome">${this.outcome()}</p>
    </fieldset>`;
  }

  private moment() {
    return html`<div class="moment">
      <input type="datetime-local" aria-label="Ends at" aria-describedby="zone outcome" aria-invalid=${this.complaining && endOf(this.value, Date.now()).state === 'wrong'}
        min=${localInput(Date.now())} .value=${this.value.localTime} @input=${this.type} />
      <span class="quiet small" id="zone">your clock, ${timeZoneName()}</span>
    </div>`;
  }

  private outcome() {
    const now = Date.now();
    const ends = endOf(this.value, now);
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
    const suggested = preset === 'time' && this.value.localTime === '' ? localInput(Date.now() + HOUR_MS) : this.value.localTime;
    this.tell({ preset, localTime: suggested });
  }
  private type(event: Event): void {
    this.tell({ ...this.value, localTime: (event.target as HTMLInputElement).value });
  }
  private tell(value: Ending): void {
    this.dispatchEvent(new CustomEvent('pick', { detail: value }));
  }
}
