import '@awesome.me/webawesome/dist/components/button/button.js';
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Hazard } from '../../worker/protocol/plan.ts';
import './badge.ts';
import { plural } from './format.ts';
import { ruleLink } from './lint-words.ts';
import { canSilence, fillIds, HAZARD_NAMES, HAZARD_TONES, remarksOf } from './plan-words.ts';
import { base, controls, layout, tables } from './styles.ts';

/** `detail` of the events. A changed answer makes a new plan: plans never change. */
export interface Fill {
  /** As `SyncParams.fill` names it. */
  readonly id: string;
  readonly expression: string;
}
export interface Silence {
  readonly code: string;
  readonly reason: string;
}

/** What stands between backticks, as code. */
const inCode = (text: string) => text.split('`').map((part, i) => (i % 2 === 0 ? part : html`<code>${part}</code>`));

/**
 * What a plan's makers should know before they start it, worst first, with rows that show it and ways forward.
 * @property hazards
 * @property fills - expressions given already: column id to SQL
 * @property silenced - reasons given already: hazard code to text
 * @property rulesHref - where the linter's rules are; empty: their codes are no links
 * @property editable - offers the ways forward
 * @fires fill - `detail` is a `Fill`
 * @fires silence - `detail` is a `Silence`
 */
@customElement('lk-hazard-list')
export class LkHazardList extends LitElement {
  static override styles = [
    base,
    layout,
    tables,
    controls,
    css`
      .remarks {
        list-style: none;
        display: grid;
        gap: 10px;
      }
      .remarks > li {
        padding: 12px 14px;
        border: 1px solid var(--lk-line);
        border-left: 3px solid var(--lk-line-strong);
        border-radius: var(--lk-radius);
        display: grid;
        gap: 8px;
        min-width: 0;
        background: var(--lk-surface);
      }
      .remarks > .bad {
        border-left-color: var(--lk-bad);
      }
      .remarks > .warn {
        border-left-color: var(--lk-warn);
      }
      .message {
        font-weight: 550;
        overflow-wrap: anywhere;
      }
      ul.message {
        padding-left: 1.2em;
        display: grid;
        gap: 4px;
      }
      .scroller {
        border: 1px solid var(--lk-line);
        border-radius: var(--lk-radius);
        max-height: 15rem;
        overflow: auto;
      }
      th,
      td {
        padding: 4px 12px;
        white-space: nowrap;
        max-width: 32ch;
        overflow: hidden;
        text-overflow: ellipsis;
      }
      form {
        display: flex;
        flex-wrap: wrap;
        align-items: end;
        gap: 8px;
      }
      form label {
        display: grid;
        gap: 4px;
        flex: 1 1 16rem;
        min-width: 0;
        font-size: 0.8125rem;
        font-weight: 550;
      }
      form input.sql {
        font-family: var(--lk-mono);
        font-size: 0.8125rem;
      }
      button.plain {
        color: var(--lk-accent);
        text-decoration: underline;
        text-underline-offset: 2px;
        font-size: 0.8125rem;
      }
    `,
  ];
  @property({ attribute: false }) hazards: readonly Hazard[] = [];
  @property({ attribute: false }) fills: Readonly<Record<string, string>> = {};
  @property({ attribute: false }) silenced: Readonly<Record<string, string>> = {};
  @property() rulesHref = '';
  @property({ type: Boolean }) editable = false;
  @state() private silencing: string | null = null;

  override render() {
    // An expression that was refused and the rows that want one ask for the same: once is enough.
    const asked = new Set<string>();
    return html`<ul class="remarks">${remarksOf(this.hazards).map((same) => {
      const ids = fillIds(same[0], Object.keys(this.fills)).filter((id) => !asked.has(id));
      for (const id of ids) asked.add(id);
      return this.item(same, ids);
    })}</ul>`;
  }

  private item(same: readonly [Hazard, ...Hazard[]], ids: readonly string[]) {
    const [hazard] = same;
    const { level, hint, code, table, column } = hazard;
    const about = same.length > 1 ? null : column === null ? table : `${table}.${column}`;
    const reason = this.silenced[code];
    return html`<li class=${HAZARD_TONES[level]}>
      <div class="row"><lk-badge tone=${HAZARD_TONES[level]}>${HAZARD_NAMES[level]}</lk-badge>${about === null ? nothing : html`<code>${about}</code>`}${ruleLink(this.rulesHref, code)}</div>
      ${same.length === 1 ? html`<p class="message">${inCode(hazard.message)}</p>` : html`<ul class="message">${same.map(({ message }) => html`<li>${inCode(message)}</li>`)}</ul>`}
      ${hint === '' ? nothing : html`<p class="quiet">${inCode(hint)}</p>`} ${this.samples(hazard)}
      ${reason === undefined ? nothing : html`<p class="small quiet">Answered: “${reason}”</p>`}
      ${this.editable ? html`${ids.map((id) => this.fillField(id))}${reason === undefined ? this.silenceForm(hazard) : nothing}` : nothing}
    </li>`;
  }

  private samples({ samples }: Hazard) {
    const [first] = samples;
    if (first === undefined) return nothing;
    const columns = [...new Set(samples.flatMap((row) => Object.keys(row)))];
    return html`<div class="scroller" tabindex="0" role="region" aria-label="Rows that show it"><table aria-label="Rows that show it">
      <thead><tr>${columns.map((name) => html`<th scope="col"><code>${name}</code></th>`)}</tr></thead>
      <tbody>${samples.map((row) => html`<tr>${columns.map((name) => html`<td title=${row[name] ?? ''}><code>${row[name] ?? '–'}</code></td>`)}</tr>`)}</tbody>
    </table></div><p class="quiet small">${plural(samples.length, 'row')} shown as an example.</p>`;
  }

  private fillField(id: string) {
    const table = id.replace(/^column:/, '').split('.')[0];
    return html`<form @submit=${(event: SubmitEvent) => this.fill(event, id)}>
      <label>Give these rows a value: a SQL expression over columns of ${table}
        <input type="text" name="answer" class="sql" required maxlength="2000" autocomplete="off" spellcheck="false" placeholder="'unknown', or lower(name)" .value=${this.fills[id] ?? ''} /></label>
      <wa-button type="submit" appearance="outlined">Plan with it</wa-button>
    </form>`;
  }

  private silenceForm(hazard: Hazard) {
    if (!canSilence(hazard)) return nothing;
    const { code } = hazard;
    if (this.silencing !== code) {
      return html`<div><button type="button" class="plain" @click=${() => this.ask(code)}>It does not matter here…</button></div>`;
    }
    return html`<form @submit=${(event: SubmitEvent) => this.silence(event, code)}>
      <label>Why it does not matter here<input type="text" name="answer" required minlength="3" maxlength="500" autocomplete="off" /></label>
      <wa-button type="submit" appearance="outlined">Plan without this remark</wa-button>
    </form>`;
  }

  private answer(event: SubmitEvent): string {
    event.preventDefault();
    return String(new FormData(event.target as HTMLFormElement).get('answer') ?? '').trim();
  }
  private fill(event: SubmitEvent, id: string): void {
    const expression = this.answer(event);
    if (expression !== '') this.dispatchEvent(new CustomEvent<Fill>('fill', { detail: { id, expression } }));
  }
  private silence(event: SubmitEvent, code: string): void {
    const reason = this.answer(event);
    if (reason.length < 3) return;
    this.silencing = null;
    this.dispatchEvent(new CustomEvent<Silence>('silence', { detail: { code, reason } }));
  }
  private async ask(code: string): Promise<void> {
    this.silencing = code;
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLInputElement>('form input[minlength]')?.focus();
  }
}
