/** What the audit pages fetch. Each function puts its answer, or its failure, into the state and never throws. */
import type { AuditEntry, AuditVerdict } from '../../worker/protocol/audit.ts';
import type { Page } from '../../worker/protocol/list.ts';
import { type AuditFilter, type AuditScope, type AuditTrail, auditQuery, joinEntries, newAuditTrail } from './audit-trail.ts';
import type { Console } from './console.ts';
import { begun, failed, failureFrom, ready } from './resource.ts';

const PAGE = 50;

export class AuditLoads {
  private readonly console: Console;
  constructor(console: Console) {
    this.console = console;
  }

  /** The first page. The verdict on the chain stays: it is of the whole chain, whatever is filtered. */
  async entries(scope: AuditScope, filter: AuditFilter): Promise<void> {
    const { audit } = this.console.state;
    const same = audit !== null && audit.scope === scope;
    const trail = same ? audit : newAuditTrail(scope, filter);
    // Rows of another filter under this one would be a wrong answer for as long as the right one takes.
    const entries = same && audit.filter === filter ? audit.entries : newAuditTrail(scope, filter).entries;
    this.console.set({ audit: { ...trail, filter, entries, outdated: false } });
    await this.page(scope, filter, null);
  }

  async more(): Promise<void> {
    const { audit } = this.console.state;
    if (audit?.entries.state !== 'ready' || audit.entries.refreshing || audit.entries.value.nextCursor === null) return;
    await this.page(audit.scope, audit.filter, audit.entries.value.nextCursor);
  }

  async verify(scope: AuditScope): Promise<void> {
    const put = (change: (trail: AuditTrail) => AuditTrail): void => {
      const { audit } = this.console.state;
      if (audit !== null && audit.scope === scope) this.console.set({ audit: change(audit) });
    };
    put((trail) => ({ ...trail, verdict: { state: 'loading' } }));
    try {
      const verdict: AuditVerdict = await this.console.client.verifyAudit(scope);
      put((trail) => ({ ...trail, verdict: ready(verdict, Date.now()) }));
    } catch (error) {
      const failure = failureFrom(error);
      put((trail) => ({ ...trail, verdict: failed(trail.verdict, failure) }));
    }
  }

  private async page(scope: AuditScope, filter: AuditFilter, cursor: string | null): Promise<void> {
    const put = (change: (trail: AuditTrail) => AuditTrail): void => {
      const { audit } = this.console.state;
      if (audit !== null && audit.scope === scope && audit.filter === filter) this.console.set({ audit: change(audit) });
    };
    put((trail) => ({ ...trail, entries: begun(trail.entries) }));
    try {
      const answer: Page<AuditEntry> = await this.console.client.audit(scope, { ...auditQuery(filter), limit: PAGE, cursor });
      put((trail) => {
        const have = cursor === null || trail.entries.state !== 'ready' ? null : trail.entries.value;
        return { ...trail, entries: ready(joinEntries(have, answer), Date.now()) };
      });
    } catch (error) {
      const failure = failureFrom(error);
      put((trail) => ({ ...trail, entries: failed(trail.entries, failure) }));
    }
  }
}
