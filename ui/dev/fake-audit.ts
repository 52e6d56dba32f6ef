/** The fake server's audit trail: invented entries, filtered as the API says, and a verdict that a test can set. */
import { createHash } from 'node:crypto';
import type { AuditAction, AuditBreach, AuditEntry, AuditOutcome, AuditVerdict } from '../../worker/protocol/audit.ts';
import { iso } from './fixtures.ts';

interface Invented {
  readonly action: AuditAction;
  readonly target: string;
  readonly outcome?: AuditOutcome;
  readonly detail?: Record<string, unknown>;
  readonly actor?: string;
  readonly took?: number;
}
const OF_DATABASE: readonly Invented[] = [
  { action: 'job.succeeded', target: 'job_0008', detail: { rows: 142_318, gzipBytes: 6_119_674 }, actor: 'system', took: 9_012 },
  { action: 'backup.created', target: 'bk_02', detail: { consistency: 'fuzzy', tables: 18 }, actor: 'system' },
  { action: 'job.started', target: 'job_0008', actor: 'system' },
  { action: 'job.submitted', target: 'job_0008', detail: { kind: 'database.export' } },
  {
    action: 'access.denied',
    target: 'DELETE /databases/{db}/backups/{id}',
    outcome: 'denied',
    detail: { code: 'forbidden', role: 'viewer' },
    actor: 'token:dashboard',
  },
  { action: 'backup.downloaded', target: 'bk_02', detail: { format: 'sql.gz' }, actor: 'access:ann@example.com' },
  { action: 'fence.lowered', target: 'off', actor: 'system' },
  { action: 'hold.ended', target: 'hold_63', detail: { endedBy: 'expired' }, actor: 'system', took: 3_240_000 },
  { action: 'fence.failed', target: 'read-only', outcome: 'failed', actor: 'system' },
  { action: 'maintenance.set', target: 'hold_63', detail: { mode: 'read-only', reason: 'nightly clean-up of carts' } },
  { action: 'job.failed', target: 'job_0007', outcome: 'failed', detail: { code: 'database_limit' }, actor: 'system', took: 8_400 },
];
const OF_ACCESS: readonly Invented[] = [
  { action: 'session.opened', target: 'token:ci', detail: { how: 'token', role: 'operator' }, actor: 'token:ci' },
  { action: 'session.refused', target: 'sign-in', outcome: 'denied', detail: { how: 'token' }, actor: 'nobody' },
  { action: 'token.created', target: 'tok_1', detail: { name: 'nightly export', role: 'operator' } },
  { action: 'token.revoked', target: 'tok_0', detail: { name: 'old laptop', role: 'admin', sessionsEnded: 2 } },
];

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

function chain(kinds: readonly Invented[], database: string | null, length: number, nowMs: number): AuditEntry[] {
  let prevHash = '0'.repeat(64);
  return Array.from({ length }, (_, i): AuditEntry => {
    const kind = kinds[(length - 1 - i) % kinds.length] as Invented;
    const n = i + 1;
    const hash = sha256(`${prevHash}${n}${kind.action}`);
    const entry: AuditEntry = {
      n,
      at: iso(nowMs - (length - i) * 1_700_000),
      actor: kind.actor ?? 'owner',
      address: kind.actor === 'system' ? 'internal' : '203.0.113.7',
      requestId: kind.actor === 'system' ? '' : `req_${sha256(String(n)).slice(0, 12)}`,
      action: kind.action,
      target: kind.target,
      database,
      planHash: null,
      sqlDigest: kind.action === 'fence.lowered' ? sha256('drop trigger') : null,
      outcome: kind.outcome ?? 'ok',
      durationMs: kind.took ?? null,
      detail: kind.detail ?? {},
      prevHash,
      hash,
    };
    prevHash = hash;
    return entry;
  });
}

export class FakeAudit {
  /** Set by a test: what the next check finds. */
  breach: AuditBreach | null = null;
  /** Set by a test: the newest copy in R2 is gone. */
  lostAnchor = false;
  private readonly entries: AuditEntry[];

  constructor(database: string | null, length: number) {
    this.entries = chain(database === null ? OF_ACCESS : OF_DATABASE, database, length, Date.now());
  }

  /** Newest first. */
  matching(query: URLSearchParams): AuditEntry[] {
    const wanted = (name: string): string => query.get(name) ?? '';
    const exactly = (name: string, value: string): boolean => wanted(name) === '' || wanted(name).split(',').includes(value);
    return this.entries
      .filter(
        (entry) =>
          exactly('action', entry.action) &&
          exactly('outcome', entry.outcome) &&
          exactly('actor', entry.actor) &&
          exactly('target', entry.target) &&
          (wanted('from') === '' || entry.at >= wanted('from')) &&
          (wanted('to') === '' || entry.at < wanted('to')) &&
          JSON.stringify(entry).toLowerCase().includes(wanted('q').toLowerCase()),
      )
      .reverse();
  }

  verdict(): AuditVerdict {
    const checked = this.breach === null ? this.entries.length : this.breach.n - 1;
    return {
      intact: this.breach === null && !this.lostAnchor,
      checked,
      head: { n: checked, hash: this.entries[checked - 1]?.hash ?? '0'.repeat(64) },
      anchors: {
        checked: Math.floor(checked / 40),
        newest: checked < 40 ? null : Math.floor(checked / 40) * 40,
        damaged: [],
        missing: this.lostAnchor,
      },
      breach: this.breach,
      tookMs: 41,
    };
  }
}
