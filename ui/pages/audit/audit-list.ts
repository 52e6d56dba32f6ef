import '@awesome.me/webawesome/dist/components/button/button.js';
import { html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { AuditBreach, AuditEntry } from '../../../worker/protocol/audit.ts';
import { ACTION_NAMES, BREACH_MARKS, OUTCOME_NAMES, OUTCOME_TONES } from '../../components/audit-words.ts';
import '../../components/badge.ts';
import { count, duration, exactTime } from '../../components/format.ts';
import { icon } from '../../components/icon.ts';
import { base, controls, layout, tables } from '../../components/styles.ts';
import '../../components/time.ts';
import { type AuditPage, groupOf } from '../../store/audit-trail.ts';
import { fieldName, fieldText } from '../jobs/fields.ts';
import { paths } from '../navigate.ts';
import { auditStyles } from './audit.styles.ts';

/** The page of what an entry is about, where there is one. It may have been deleted since. */
function pageOf({ action, database, target }: AuditEntry): string | null {
  if (database === null) return null;
  switch (groupOf(action)) {
    case 'job':
      return paths.job(database, target);
    case 'backup':
      return paths.backup(database, target);
    case 'hold':
    case 'fence':
    case 'maintenance':
      return paths.maintenance(database);
    default:
      return null;
  }
}

/**
 * Entries, newest first; each opens to all that is recorded of it.
 * @property page
 * @property breach - what the last check found, to mark the entry
 * @fires more - the next page is wanted
 * @fires narrow - `detail` is `{actor}` or `{target}`
 */
@customElement('lk-audit-list')
export class LkAuditList extends LitElement {
  static override styles = [base, layout, tables, controls, auditStyles];
  @property({ attribute: false }) page: AuditPage = { items: [], nextCursor: null };
  @property({ attribute: false }) breach: AuditBreach | null = null;
  @property({ type: Boolean }) loading = false;
  @state() private opened: ReadonlySet<number> = new Set();

  override render() {
    const { items, nextCursor } = this.page;
    return html`<section class="panel">
      <div class="scroller"><table aria-label="Audit entries, newest first">
        <thead><tr><th scope="col">When</th><th scope="col">What</th><th scope="col" class="wide-only">Who</th><th scope="col" class="wide-only">On what</th><th scope="col">Outcome</th></tr></thead>
        <tbody>${repeat(
          items,
          ({ n }) => n,
          (entry) => this.entry(entry),
        )}</tbody>
      </table></div>
      ${nextCursor === null ? nothing : html`<div class="more"><wa-button appearance="outlined" ?loading=${this.loading} @click=${() => this.dispatchEvent(new CustomEvent('more'))}>Load more</wa-button></div>`}
    </section>`;
  }

  private entry(entry: AuditEntry) {
    const open = this.opened.has(entry.n);
    const broken = this.breach?.n === entry.n ? this.breach : null;
    return html`<tr class="${open ? 'open' : ''} ${broken === null ? '' : 'broken'}">
        <td class="fit quiet"><lk-time at=${entry.at}></lk-time></td>
        <th scope="row"><button type="button" class="plain entry" aria-expanded=${open} @click=${() => this.toggle(entry.n)}>${icon('right')}<span>${ACTION_NAMES[entry.action] ?? entry.action}</span></button>
          ${broken === null ? nothing : html`<lk-badge tone="bad">${BREACH_MARKS[broken.kind]}</lk-badge>`}
          <span class="narrow quiet small">${entry.actor} <code>${entry.target}</code></span></th>
        <td class="wide-only who">${entry.actor}</td>
        <td class="wide-only"><div class="target quiet" title=${entry.target}><code>${entry.target}</code></div></td>
        <td class="fit"><lk-badge tone=${OUTCOME_TONES[entry.outcome]}>${OUTCOME_NAMES[entry.outcome]}</lk-badge></td>
      </tr>
      ${open ? html`<tr class="details"><td colspan="5">${this.details(entry)}</td></tr>` : nothing}`;
  }

  private details(entry: AuditEntry) {
    const page = pageOf(entry);
    const fact = (name: string, value: unknown) =>
      value === null || value === '' ? nothing : html`<dt>${name}</dt><dd>${value}</dd>`;
    return html`<dl class="facts">
      ${fact('Entry', html`${count(entry.n)}, ${exactTime(entry.at)}`)}
      ${fact('Actor', html`${entry.actor}${this.only('actor', entry.actor)}`)}
      ${fact('From', html`<code>${entry.address}</code>`)}
      ${fact('Target', html`${page === null ? html`<code>${entry.target}</code>` : html`<a href=${page}><code>${entry.target}</code></a>`}${this.only('target', entry.target)}`)}
      ${fact('Database', entry.database)}
      ${fact('Request', entry.requestId === '' ? null : html`<code>${entry.requestId}</code>`)}
      ${fact('Took', entry.durationMs === null ? null : duration(entry.durationMs))}
      ${fact('Plan', entry.planHash === null ? null : html`<code class="hash">${entry.planHash}</code>`)}
      ${fact('SQL digest', entry.sqlDigest === null ? null : html`<code class="hash">${entry.sqlDigest}</code>`)}
      ${Object.entries(entry.detail).map(([key, value]) => fact(fieldName(key), fieldText(key, value)))}
      ${fact('Hash', html`<code class="hash">${entry.hash}</code>`)}
      ${fact('Follows', html`<code class="hash">${entry.prevHash}</code>`)}
    </dl>`;
  }

  private only(name: 'actor' | 'target', value: string) {
    const tell = () => this.dispatchEvent(new CustomEvent('narrow', { detail: { [name]: value } }));
    return html`<button type="button" class="plain" aria-label="Show only entries of this ${name}" @click=${tell}>Only this</button>`;
  }

  private toggle(n: number): void {
    const next = new Set(this.opened);
    if (!next.delete(n)) next.add(n);
    this.opened = next;
  }
}
