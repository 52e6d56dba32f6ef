/** What the door itself has to do with the audit trail (A1): recording who was refused, checking a chain, writing it out as a file. */
import { ASSERTION_HEADER } from '../access/cloudflare-access.ts';
import type { Anchors } from '../archive/anchors.ts';
import type { CheckAnswer } from '../control/audit-store.ts';
import { type Anchor, type Checked, UNCHECKED } from '../core/audit/chain.ts';
import { CSV_HEAD, csvLine, ndjsonLine } from '../core/audit/text.ts';
import { managed } from '../env.ts';
import { log } from '../log.ts';
import type { AuditEntry, AuditFilter, AuditVerdict } from '../protocol/audit.ts';
import type { Page } from '../protocol/list.ts';
import type { ProblemCode } from '../protocol/problem.ts';
import { accessOf, byOf } from './auth.ts';
import type { AppContext } from './context.ts';

/** A chain, wherever it is kept. */
export interface Chain {
  auditEntries(filter: AuditFilter, before: number | null, limit: number): Promise<Page<AuditEntry>>;
  auditCheck(checked: Checked, anchors: readonly Anchor[]): Promise<CheckAnswer>;
  auditAnchored(): Promise<number>;
}

/** What somebody sends who claims to be somebody. Not cookies: an old one is sent by every browser whose session has ended. */
const CREDENTIALS = ['Authorization', ASSERTION_HEADER];

/**
 * Records what was refused because of who asked: a role that is too low, a foreign origin, a credential that nobody has. A request without
 * any credential is no attempt at anything. Never fails: a refusal stands whether or not it can be recorded.
 */
export async function recordRefusal(c: AppContext, code: ProblemCode): Promise<void> {
  try {
    if (code === 'forbidden' || code === 'cross_origin') await recordDenied(c, code);
    else if (code === 'unauthorized' && CREDENTIALS.some((name) => c.req.header(name) !== undefined)) {
      const by = byOf(c);
      const draft = { by, action: 'credential.refused', target: 'request', outcome: 'denied' } as const;
      await accessOf(c.env).recordDenial('stranger', `credential.refused ${by.address}`, draft);
    }
  } catch (error) {
    log('error', 'a refusal could not be recorded', { requestId: c.get('requestId'), code, error });
  }
}

/** In the chain of the database that was meant, if there is one. The route is named by its pattern: a path may hold anything. */
async function recordDenied(c: AppContext, code: ProblemCode): Promise<void> {
  const by = byOf(c);
  const target = `${c.req.method} ${routeOf(c)}`;
  const draft = {
    by,
    action: 'access.denied',
    target,
    outcome: 'denied',
    detail: { code, role: c.get('caller')?.role ?? null },
  } as const;
  const key = JSON.stringify([by.actor, by.address, target]);
  const database = databaseOf(c);
  if (database !== null) await c.env.CONTROL.getByName(database).recordDenial(key, draft);
  else await accessOf(c.env).recordDenial(c.get('caller') === null ? 'stranger' : 'member', key, draft);
}

/** The most exact pattern that matched: middleware matches everything. */
function routeOf(c: AppContext): string {
  const patterns = c.req.matchedRoutes.map(({ path }) => path).filter((path) => !path.endsWith('*'));
  return patterns.at(-1) ?? 'elsewhere';
}

function databaseOf(c: AppContext): string | null {
  const name = /^\/api\/v1\/databases\/([^/]+)/.exec(c.req.path)?.[1];
  try {
    return name === undefined || c.get('caller') === null ? null : managed(decodeURIComponent(name)).binding;
  } catch {
    return null;
  }
}

/** Walks the whole chain, a page at a time, and compares it with what lies in R2. */
export async function verify(chain: Chain, anchorsIn: Anchors): Promise<AuditVerdict> {
  const startedAt = Date.now();
  // Asked first: an anchor that is put while we look must not count as missing.
  const anchored = await chain.auditAnchored();
  const { anchors, damaged } = await anchorsIn.all();
  const newest = anchors.at(-1)?.n ?? null;
  let answer: CheckAnswer = { checked: UNCHECKED, breach: null, done: false };
  while (!answer.done) {
    const { checked } = answer;
    answer = await chain.auditCheck(
      checked,
      anchors.filter(({ n }) => n > checked.head.n),
    );
  }
  const { checked, breach } = answer;
  const missing = anchored > (newest ?? 0);
  return {
    intact: breach === null && damaged.length === 0 && !missing,
    checked: checked.head.n,
    head: checked.head,
    anchors: { checked: anchors.length, newest, damaged, missing },
    breach,
    tookMs: Date.now() - startedAt,
  };
}

const FILE_PAGE = 500;

/** Everything that matches, newest first, as it is read: never held. */
export function asFile(chain: Chain, filter: AuditFilter, format: 'csv' | 'ndjson', name: string): Response {
  const encoder = new TextEncoder();
  const line = format === 'csv' ? csvLine : ndjsonLine;
  let before: number | null = null;
  const stream = new ReadableStream<Uint8Array>(
    {
      start: (controller) => {
        if (format === 'csv') controller.enqueue(encoder.encode(CSV_HEAD));
      },
      pull: async (controller) => {
        const { items, nextCursor } = await chain.auditEntries(filter, before, FILE_PAGE);
        if (items.length > 0) controller.enqueue(encoder.encode(items.map(line).join('')));
        before = nextCursor === null ? null : Number(nextCursor);
        if (nextCursor === null) controller.close();
      },
    },
    { highWaterMark: 0 },
  );
  const type = format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson; charset=utf-8';
  return new Response(stream, {
    headers: {
      'Content-Type': type,
      'Content-Disposition': `attachment; filename="${name.replaceAll(/[^\w.-]/g, '_')}.${format}"`,
    },
  });
}
