import '@awesome.me/webawesome/dist/components/button/button.js';
import '@awesome.me/webawesome/dist/components/dialog/dialog.js';
import { html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { HoldMode, MaintenanceWindow } from '../../../worker/protocol/maintenance.ts';
import type { Failure } from '../../store/resource.ts';
import '../../components/failure.ts';
import { base, controls, layout } from '../../components/styles.ts';
import { MODE_MEANINGS, MODE_NAMES } from '../../components/words.ts';
import '../../components/zone-picker.ts';
import { failureFrom } from '../../store/resource.ts';
import { Subscription } from '../../store/subscription.ts';
import { timeZoneName } from './ending.ts';
import { modeFormStyles } from './mode-form.styles.ts';
import { windowDialogStyles } from './window-dialog.styles.ts';
import {
  DAYS,
  type DraftProblems,
  daysInWords,
  draftOf,
  newDraft,
  problemsOf,
  requestOf,
  spanInWords,
  type WindowDraft,
} from './window-words.ts';

/** What is being made or changed: `new`, a window, or nothing. */
export type Editing = 'new' | MaintenanceWindow | null;
const MODES: readonly HoldMode[] = ['read-only', 'closed'];

/**
 * Makes a weekly window, or changes one.
 * @property editing - null: closed
 * @fires dismiss - the owner sets `editing` to null
 */
@customElement('lk-window-dialog')
export class LkWindowDialog extends LitElement {
  static override styles = [base, layout, controls, modeFormStyles, windowDialogStyles];
  private readonly store = new Subscription(this);
  @property() database = '';
  @property({ attribute: false }) editing: Editing = null;
  @state() private draft: WindowDraft = newDraft('UTC');
  @state() private complaining = false;
  @state() private busy = false;
  @state() private failure: Failure | null = null;

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('editing') || this.editing === null) return;
    this.draft = this.editing === 'new' ? newDraft(timeZoneName()) : draftOf(this.editing);
    this.complaining = false;
    this.failure = null;
  }

  override render() {
    const isNew = this.editing === 'new';
    const problems = this.complaining ? problemsOf(this.draft) : {};
    return html`<wa-dialog label=${isNew ? 'New weekly window' : 'Change this window'} ?open=${this.editing !== null} @wa-hide=${this.hide}>
      ${
        this.editing === null
          ? nothing
          : html`<form novalidate @submit=${this.submit}>
        ${this.days(problems)} ${this.times(problems)}
        <lk-zone-picker .value=${this.draft.timeZone} .problem=${problems.timeZone ?? ''} @pick=${this.pickZone}></lk-zone-picker>
        <p class="quote" role="status">${this.summary()}</p>
        ${this.modes()} ${this.texts(problems)}
        <lk-failure .failure=${this.failure}></lk-failure>
        <button type="submit" hidden></button>
      </form>`
      }
      <wa-button slot="footer" appearance="outlined" @click=${this.dismiss}>${isNew ? 'Not now' : 'Leave it'}</wa-button>
      <wa-button slot="footer" variant="brand" appearance="accent" ?loading=${this.busy} @click=${this.save}>${isNew ? 'Make the window' : 'Save'}</wa-button>
    </wa-dialog>`;
  }

  private days({ days: problem }: DraftProblems) {
    return html`<fieldset aria-describedby="days-hint"><legend>Days</legend>
      <div class="chips">${DAYS.map(
        ({ day, short, long }) =>
          html`<button type="button" class="chip" aria-pressed=${this.draft.days.includes(day)} aria-label=${long} @click=${() => this.toggle(day)}>${short}</button>`,
      )}</div>
      ${problem === undefined ? nothing : html`<p class="small wrong" id="days-hint">${problem}</p>`}
    </fieldset>`;
  }

  private times(problems: DraftProblems) {
    return html`<div class="times">
      <div class="field"><label for="from">From</label>
        <input id="from" type="time" aria-invalid=${problems.from !== undefined} .value=${this.draft.from} @input=${this.type('from')} />
        ${problems.from === undefined ? nothing : html`<p class="small wrong">${problems.from}</p>`}</div>
      <div class="field"><label for="minutes">For how many minutes</label>
        <input id="minutes" type="number" inputmode="numeric" min="1" max="1440" step="1" aria-invalid=${problems.minutes !== undefined} .value=${this.draft.minutes} @input=${this.type('minutes')} />
        ${problems.minutes === undefined ? nothing : html`<p class="small wrong">${problems.minutes}</p>`}</div>
    </div>`;
  }

  /** The form read back, so that a window over midnight is not one by mistake. */
  private summary() {
    const { days, from, timeZone, minutes } = this.draft;
    const { reason: _reason, ...wrong } = problemsOf(this.draft);
    const [missing] = Object.values(wrong);
    if (missing !== undefined) return missing;
    return `${daysInWords(days)}, ${spanInWords(from, Number(minutes))}, ${timeZone}.`;
  }

  private modes() {
    return html`<fieldset><legend>Mode</legend>${MODES.map(
      (mode) =>
        html`<label class="choice"><input type="radio" name="mode" value=${mode} .checked=${this.draft.mode === mode} @change=${() => this.put({ mode })} /><span>${MODE_NAMES[mode]}</span><span class="quiet small">${MODE_MEANINGS[mode]}</span></label>`,
    )}</fieldset>`;
  }

  private texts(problems: DraftProblems) {
    const wrong = problems.reason;
    return html`<div class="field"><label for="reason">Reason</label>
        <input id="reason" type="text" maxlength="500" autocomplete="off" aria-invalid=${wrong !== undefined} aria-describedby="reason-hint" .value=${this.draft.reason} @input=${this.type('reason')} />
        <p class="small ${wrong === undefined ? 'quiet' : 'wrong'}" id="reason-hint">${wrong ?? 'For admins: in the banner, the history and the audit.'}</p></div>
      <div class="field"><label for="message">Message for visitors <span class="quiet optional">optional</span></label>
        <textarea id="message" rows="2" maxlength="500" .value=${this.draft.message} @input=${this.type('message')}></textarea></div>`;
  }

  private put(change: Partial<WindowDraft>): void {
    this.draft = { ...this.draft, ...change };
    this.failure = null;
  }
  private toggle(day: number): void {
    const { days } = this.draft;
    this.put({ days: days.includes(day) ? days.filter((one) => one !== day) : [...days, day] });
  }
  private type(name: 'from' | 'minutes' | 'reason' | 'message') {
    return (event: Event) => this.put({ [name]: (event.target as HTMLInputElement).value });
  }
  private pickZone(event: CustomEvent<string>): void {
    this.put({ timeZone: event.detail });
  }
  private submit(event: SubmitEvent): void {
    event.preventDefault();
    void this.save();
  }

  private async save(): Promise<void> {
    const { editing } = this;
    this.complaining = Object.keys(problemsOf(this.draft)).length > 0;
    if (editing === null || this.complaining || this.busy) {
      await this.updateComplete;
      this.firstWrong()?.focus();
      return;
    }
    this.busy = true;
    this.failure = null;
    const { windowLoads } = this.store.console;
    const request = requestOf(this.draft);
    try {
      if (editing === 'new') await windowLoads.create(this.database, { ...request, enabled: true });
      else await windowLoads.change(this.database, editing.id, request);
      this.dismiss();
    } catch (error) {
      this.failure = failureFrom(error);
    } finally {
      this.busy = false;
    }
  }

  private firstWrong(): HTMLElement | null {
    const problems = problemsOf(this.draft);
    const find = (selector: string): HTMLElement | null => this.renderRoot.querySelector(selector);
    if (problems.days !== undefined) return find('.chip');
    if (problems.from !== undefined || problems.minutes !== undefined) return find('.times [aria-invalid="true"]');
    return problems.timeZone === undefined ? find('#reason[aria-invalid="true"]') : find('lk-zone-picker');
  }

  private hide(event: Event): void {
    if (event.target !== event.currentTarget) return;
    if (this.busy) event.preventDefault();
    else if (this.editing !== null) this.dismiss();
  }
  private dismiss(): void {
    this.dispatchEvent(new CustomEvent('dismiss'));
  }
}
