import '@awesome.me/webawesome/dist/components/button/button.js';
import { html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { AuditAction, AuditOutcome } from '../../../worker/protocol/audit.ts';
import { ACTION_NAMES, ACTIONS, groupName, OUTCOME_NAMES, OUTCOMES } from '../../components/audit-words.ts';
import { localInput, zoneOf } from '../../components/format.ts';
import { icon } from '../../components/icon.ts';
import { base, controls, layout } from '../../components/styles.ts';
import { type AuditFilter, groupOf, isAnyEntry, NO_AUDIT_FILTER } from '../../store/audit-trail.ts';
import { auditStyles } from './audit.styles.ts';

/** Each letter would be a question to the server. */
const TYPING_MS = 300;
const GROUPS = [...new Set(ACTIONS.map(groupOf))];
const inGroup = (group: string): AuditAction[] => ACTIONS.filter((action) => groupOf(action) === group);
const local = (iso: string): string => (iso === '' ? '' : localInput(Date.parse(iso)));

/**
 * Narrows the trail.
 * @property filter
 * @fires filter - `detail` is the new `AuditFilter`
 */
@customElement('lk-audit-filters')
export class LkAuditFilters extends LitElement {
  static override styles = [base, layout, controls, auditStyles];
  @property({ attribute: false }) filter: AuditFilter = NO_AUDIT_FILTER;
  private typing: ReturnType<typeof setTimeout> | null = null;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    if (this.typing !== null) clearTimeout(this.typing);
  }

  override render() {
    const { filter } = this;
    return html`<div class="filters" role="search">
      <div class="row">
        <input type="search" maxlength="200" placeholder="Actor, address, request, target, detail" aria-label="Find in the audit trail" .value=${filter.text} @input=${this.type} @search=${this.search} />
        ${this.actions(filter)}
        <select aria-label="Outcome" @change=${this.chooseOutcome}>
          <option value="" ?selected=${filter.outcome === ''}>Every outcome</option>
          ${OUTCOMES.map((outcome) => html`<option value=${outcome} ?selected=${filter.outcome === outcome}>${OUTCOME_NAMES[outcome]}</option>`)}
        </select>
      </div>
      <div class="row moments">
        <label>From <input type="datetime-local" .value=${local(filter.from)} @change=${(event: Event) => this.moment('from', event)} /></label>
        <label>Before <input type="datetime-local" .value=${local(filter.to)} @change=${(event: Event) => this.moment('to', event)} /></label>
        <span class="quiet small">on your clock, ${zoneOf(Date.now())}</span>
        ${this.chip('actor', filter.actor)} ${this.chip('target', filter.target)}
        ${isAnyEntry(filter) ? nothing : html`<wa-button appearance="plain" @click=${() => this.tell(NO_AUDIT_FILTER)}>Clear</wa-button>`}
      </div>
    </div>`;
  }

  private actions({ actions }: AuditFilter) {
    const [only] = actions;
    const group = only === undefined ? '' : groupOf(only);
    const whole =
      only !== undefined && actions.length === inGroup(group).length && actions.every((action) => groupOf(action) === group);
    const several = actions.length > 1 && !whole;
    return html`<select aria-label="Action" @change=${this.chooseActions}>
      <option value="" ?selected=${actions.length === 0}>Every action</option>
      ${several ? html`<option value="several" selected>${actions.length} actions</option>` : nothing}
      ${GROUPS.map(
        (name) => html`<optgroup label=${groupName(name)}>
          ${inGroup(name).length > 1 ? html`<option value="${name}.*" ?selected=${whole && group === name}>${groupName(name)}: all</option>` : nothing}
          ${inGroup(name).map((action) => html`<option value=${action} ?selected=${actions.length === 1 && only === action}>${ACTION_NAMES[action]}</option>`)}
        </optgroup>`,
      )}
    </select>`;
  }

  /** What was chosen from an entry and has no field of its own. */
  private chip(name: 'actor' | 'target', value: string) {
    if (value === '') return nothing;
    return html`<button type="button" class="chip" aria-label="Remove: ${name} ${value}" @click=${() => this.tell({ ...this.filter, [name]: '' })}>${name} <code>${value}</code>${icon('cross')}</button>`;
  }

  private type(event: Event): void {
    const text = (event.target as HTMLInputElement).value;
    if (this.typing !== null) clearTimeout(this.typing);
    this.typing = setTimeout(() => this.find(text), TYPING_MS);
  }
  /** Enter, and the cross in the field. */
  private search(event: Event): void {
    if (this.typing !== null) clearTimeout(this.typing);
    this.find((event.target as HTMLInputElement).value);
  }
  private find(text: string): void {
    this.typing = null;
    if (text.trim() !== this.filter.text) this.tell({ ...this.filter, text: text.trim() });
  }

  private chooseActions(event: Event): void {
    const { value } = event.target as HTMLSelectElement;
    if (value === 'several') return;
    const actions = ACTIONS.filter((action) => action === value || `${groupOf(action)}.*` === value);
    this.tell({ ...this.filter, actions });
  }
  private chooseOutcome(event: Event): void {
    this.tell({ ...this.filter, outcome: (event.target as HTMLSelectElement).value as AuditOutcome | '' });
  }
  private moment(name: 'from' | 'to', event: Event): void {
    const at = Date.parse((event.target as HTMLInputElement).value);
    this.tell({ ...this.filter, [name]: Number.isNaN(at) ? '' : new Date(at).toISOString() });
  }
  private tell(filter: AuditFilter): void {
    this.dispatchEvent(new CustomEvent('filter', { detail: filter }));
  }
}
