/**
 * An audit entry and its hash (A1). Pure.
 *
 * `hash` = SHA-256, as hex, of `prevHash`, a line feed and the canonical text: the JSON array of the fields in `FIELDS`, without spaces, with
 * `at` in milliseconds since the epoch and `detail` as JSON text with sorted keys. Whoever has an export can compute it again.
 */
import { createHash } from 'node:crypto';
import type { AuditAction, AuditEntry, AuditOutcome, By } from '../../protocol/audit.ts';
import { withoutSecrets } from '../secrets.ts';

/** What is to be recorded; the chain adds number, time and hashes. */
export interface AuditDraft {
  readonly by: By;
  readonly action: AuditAction;
  readonly target: string;
  readonly database: string | null;
  readonly planHash?: string | null;
  readonly sqlDigest?: string | null;
  readonly outcome?: AuditOutcome;
  readonly durationMs?: number | null;
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** As it is stored: `detail` stays text, so that not one byte of it can change unnoticed. */
export interface AuditRow {
  readonly n: number;
  readonly at: number;
  readonly actor: string;
  readonly address: string;
  readonly requestId: string;
  readonly action: AuditAction;
  readonly target: string;
  readonly database: string | null;
  readonly planHash: string | null;
  readonly sqlDigest: string | null;
  readonly outcome: AuditOutcome;
  readonly durationMs: number | null;
  readonly detail: string;
  readonly prevHash: string;
  readonly hash: string;
}

export interface Head {
  readonly n: number;
  readonly hash: string;
}

/** Before the first entry. */
export const GENESIS: Head = { n: 0, hash: '0'.repeat(64) };

/** Longer texts come from outside only (a path, a reason): the trail says that there was more, and stays small. */
const MAX_TEXT = 200;
const MAX_DETAIL = 2_000;

const FIELDS = [
  'n',
  'at',
  'actor',
  'address',
  'requestId',
  'action',
  'target',
  'database',
  'planHash',
  'sqlDigest',
  'outcome',
  'durationMs',
  'detail',
] as const satisfies readonly (keyof AuditRow)[];

export const canonicalText = (row: Omit<AuditRow, 'prevHash' | 'hash'>): string =>
  JSON.stringify(FIELDS.map((field) => row[field]));

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

export const hashOf = (row: Omit<AuditRow, 'hash'>): string => sha256(`${row.prevHash}\n${canonicalText(row)}`);

/** The entry that follows `head`. */
export function seal(head: Head, draft: AuditDraft, at: number): AuditRow {
  const row = {
    n: head.n + 1,
    at: Math.trunc(at),
    actor: text(draft.by.actor),
    address: text(draft.by.address),
    requestId: text(draft.by.requestId),
    action: draft.action,
    target: text(draft.target),
    database: draft.database,
    planHash: draft.planHash ?? null,
    sqlDigest: draft.sqlDigest ?? null,
    outcome: draft.outcome ?? 'ok',
    durationMs: draft.durationMs === undefined || draft.durationMs === null ? null : Math.max(0, Math.round(draft.durationMs)),
    detail: detailText(draft.detail ?? {}),
    prevHash: head.hash,
  };
  return { ...row, hash: hashOf(row) };
}

/** Lone surrogates would come back from storage as something else, and break the hash. */
const text = (value: string): string => clipped(withoutSecrets(value.toWellFormed()), MAX_TEXT);

/** Not between the halves of a surrogate pair. */
const clipped = (value: string, length: number): string =>
  value.length <= length ? value : `${value.slice(0, length - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;

function detailText(detail: Readonly<Record<string, unknown>>): string {
  const json = JSON.stringify(sorted(detail));
  if (json.length <= MAX_DETAIL) return json;
  return JSON.stringify({ omitted: `${json.length} characters`, sha256: sha256(json) });
}

/** The same content as the same text, whatever order its keys were set in; every text of it clean. */
function sorted(value: unknown): unknown {
  if (typeof value === 'string') return withoutSecrets(value.toWellFormed());
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const pairs = Object.entries(value).filter(([, content]) => content !== undefined);
  return Object.fromEntries(
    pairs.map(([key, content]) => [key.toWellFormed(), sorted(content)] as const).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
  );
}

/** Also of a row that somebody has tampered with: it must be seen, not break the list. */
export const toEntry = (row: AuditRow): AuditEntry => ({ ...row, at: isoOf(row.at), detail: detailOf(row.detail) });

function isoOf(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? new Date(0).toISOString() : date.toISOString();
}

function detailOf(json: string): Record<string, unknown> {
  try {
    const detail: unknown = JSON.parse(json);
    if (typeof detail === 'object' && detail !== null) return detail as Record<string, unknown>;
  } catch {
    // Said below.
  }
  return { unreadable: String(json).slice(0, MAX_TEXT) };
}

/** The digest of statements: of their text alone, so that no bound value can be guessed from it. */
export function sqlDigest(statements: readonly { readonly sql: string }[]): string {
  const hash = createHash('sha256');
  for (const { sql } of statements) hash.update(sql).update('\n;\n');
  return hash.digest('hex');
}
