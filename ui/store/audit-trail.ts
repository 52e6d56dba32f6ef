/** The audit trail on screen: whose, under which filter, which pages. Pure. */
import type { AuditAction, AuditEntry, AuditOutcome, AuditVerdict } from '../../worker/protocol/audit.ts';
import type { Page } from '../../worker/protocol/list.ts';
import { idle, type Resource } from './resource.ts';

/** The binding's name, or null for what belongs to no database: sign-ins, tokens, refusals. */
export type AuditScope = string | null;

/** Empty means: any. Times are ISO 8601 UTC. */
export interface AuditFilter {
  readonly text: string;
  readonly actions: readonly AuditAction[];
  readonly outcome: AuditOutcome | '';
  readonly actor: string;
  readonly target: string;
  readonly from: string;
  readonly to: string;
}
export const NO_AUDIT_FILTER: AuditFilter = { text: '', actions: [], outcome: '', actor: '', target: '', from: '', to: '' };

export interface AuditPage {
  readonly items: readonly AuditEntry[];
  readonly nextCursor: string | null;
}

export interface AuditTrail {
  readonly scope: AuditScope;
  readonly filter: AuditFilter;
  readonly entries: Resource<AuditPage>;
  readonly verdict: Resource<AuditVerdict>;
  /** Something has happened since the first page was fetched: there are newer entries. */
  readonly outdated: boolean;
}
export const newAuditTrail = (scope: AuditScope, filter: AuditFilter): AuditTrail => ({
  scope,
  filter,
  entries: idle,
  verdict: idle,
  outdated: false,
});

/** Newest first; an entry that is on both pages counts once. */
export function joinEntries(have: AuditPage | null, page: Page<AuditEntry>): AuditPage {
  const byNumber = new Map([...(have?.items ?? []), ...page.items].map((entry) => [entry.n, entry]));
  return { items: [...byNumber.values()].sort((a, b) => b.n - a.n), nextCursor: page.nextCursor ?? null };
}

/** The groups of actions: what stands before the dot. */
export const groupOf = (action: AuditAction): string => action.split('.')[0] ?? action;

/** As the API takes it, and as it stands in the address, so that a filtered trail can be linked to. */
export function auditQuery({ text, actions, outcome, actor, target, from, to }: AuditFilter): Record<string, string> {
  const all = { q: text, action: actions.join(','), outcome, actor, target, from, to };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''));
}

export const isAnyEntry = (filter: AuditFilter): boolean => Object.keys(auditQuery(filter)).length === 0;

export function auditSearch(filter: AuditFilter): string {
  const query = new URLSearchParams(auditQuery(filter)).toString();
  return query === '' ? '' : `?${query}`;
}

const MOST_CHARACTERS = 200;
const OUTCOMES: Record<AuditOutcome, true> = { ok: true, denied: true, failed: true };
const moment = (value: string): string => (Number.isNaN(Date.parse(value)) ? '' : new Date(value).toISOString());

/** What is unknown in the address is left out: a link of a newer server, or one that was damaged, must not lead to an error. */
export function auditFilterFrom(search: string, known: readonly AuditAction[]): AuditFilter {
  const query = new URLSearchParams(search);
  const read = (name: string): string => (query.get(name) ?? '').slice(0, MOST_CHARACTERS);
  const listed = (query.get('action') ?? '').split(',');
  const outcome = read('outcome');
  return {
    text: read('q'),
    actions: known.filter((action) => listed.includes(action)),
    outcome: Object.hasOwn(OUTCOMES, outcome) ? (outcome as AuditOutcome) : '',
    actor: read('actor'),
    target: read('target'),
    from: moment(read('from')),
    to: moment(read('to')),
  };
}
