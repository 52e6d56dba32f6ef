import '@awesome.me/webawesome/dist/components/button/button.js';
import { html, nothing, type PropertyValues } from 'lit';
import { customElement } from 'lit/decorators.js';
import { ACTIONS } from '../../components/audit-words.ts';
import { icon } from '../../components/icon.ts';
import { base, layout } from '../../components/styles.ts';
import {
  type AuditFilter,
  type AuditPage,
  type AuditScope,
  type AuditTrail,
  auditFilterFrom,
  auditQuery,
  auditSearch,
  isAnyEntry,
  NO_AUDIT_FILTER,
} from '../../store/audit-trail.ts';
import { auditFilePath } from '../../store/download.ts';
import { paths } from '../navigate.ts';
import { Page } from '../page.ts';
import './audit-filters.ts';
import './audit-list.ts';
import './chain-check.ts';

/** Who did what: to one database, or, with no database, to the doors themselves. The filter stands in the address. */
@customElement('lk-audit-page')
export class LkAuditPage extends Page {
  static override styles = [base, layout];

  private get scope(): AuditScope {
    return this.database === '' ? null : this.database;
  }
  /** Every role may read the trail of a database; that of the doors names people and addresses. */
  private get refused(): string | null {
    return this.scope === null ? this.denied('read-access-audit') : null;
  }
  private get trail(): AuditTrail | null {
    const { audit } = this.store.state;
    return audit !== null && audit.scope === this.scope ? audit : null;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('database') && this.refused === null) this.load(auditFilterFrom(location.search, ACTIONS));
  }

  override render() {
    const { refused, trail } = this;
    return html`<div class="stack">
      <div class="row between"><div><h1>${this.scope === null ? 'Audit of access' : 'Audit'}</h1><p class="quiet small">${this.about()}</p></div>${trail === null || refused !== null ? nothing : this.exports(trail)}</div>
      ${refused === null ? nothing : html`<div class="panel"><lk-empty heading="Not for your role">${refused}</lk-empty></div>`}
      ${trail === null || refused !== null ? nothing : this.body(trail)}
    </div>`;
  }

  private about() {
    if (this.scope === null)
      return html`Sign-ins, tokens and refusals that belong to no database. <a href=${paths.access}>Access</a>`;
    const more =
      this.denied('read-access-audit') === null
        ? html` <a href=${paths.accessAudit}>Sign-ins and tokens</a> have a trail of their own.`
        : nothing;
    return html`Everything that was done to this database, and what was refused.${more}`;
  }

  private exports({ filter }: AuditTrail) {
    const file = (format: 'csv' | 'ndjson', label: string) =>
      html`<wa-button appearance="outlined" href=${auditFilePath(this.scope, auditQuery(filter), format)} download><span slot="start">${icon('download')}</span>${label}</wa-button>`;
    return html`<div class="row"><span class="quiet small">${isAnyEntry(filter) ? 'Export all' : 'Export all that match'}</span>${file('csv', 'CSV')}${file('ndjson', 'NDJSON')}</div>`;
  }

  private body(trail: AuditTrail) {
    const { entries, filter, verdict, outdated } = trail;
    return html`<lk-chain-check .verdict=${verdict} @check=${this.check}></lk-chain-check>
      <lk-audit-filters .filter=${filter} @filter=${(event: CustomEvent<AuditFilter>) => this.load(event.detail)}></lk-audit-filters>
      ${outdated && entries.state === 'ready' ? html`<div><wa-button appearance="outlined" @click=${() => this.load(filter)}><span slot="start">${icon('refresh')}</span>Show newer entries</wa-button></div>` : nothing}
      ${this.shown(entries, { lines: 10, what: 'the audit trail', retry: () => this.load(filter), draw: (page) => this.list(page, trail) })}`;
  }

  private list(page: AuditPage, { filter, entries, verdict }: AuditTrail) {
    if (page.items.length === 0) return this.empty(filter);
    const breach = verdict.state === 'ready' ? verdict.value.breach : null;
    return html`<lk-audit-list .page=${page} .breach=${breach} .loading=${entries.state === 'ready' && entries.refreshing} @more=${this.more} @narrow=${(event: CustomEvent<Partial<AuditFilter>>) => this.load({ ...filter, ...event.detail })}></lk-audit-list>`;
  }

  private empty(filter: AuditFilter) {
    const any = isAnyEntry(filter);
    return html`<div class="panel"><lk-empty heading=${any ? 'Nothing is recorded yet' : 'No entry matches'}>
      ${any ? 'Every change, export, download, sign-in and refusal will stand here, and stay.' : 'Nothing that was recorded is all of this.'}
      ${any ? nothing : html`<wa-button slot="actions" appearance="outlined" @click=${() => this.load(NO_AUDIT_FILTER)}>Show every entry</wa-button>`}
    </lk-empty></div>`;
  }

  private load(filter: AuditFilter): void {
    history.replaceState({}, '', location.pathname + auditSearch(filter));
    void this.store.console.auditLoads.entries(this.scope, filter);
  }
  private readonly more = (): void => {
    void this.store.console.auditLoads.more();
  };
  private check(): void {
    void this.store.console.auditLoads.verify(this.scope);
  }
}
