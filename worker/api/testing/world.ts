/** For tests in the real runtime: the Worker over HTTP, and the objects behind it. */
import { createScheduledController, runInDurableObject } from 'cloudflare:test';
import { env, exports } from 'cloudflare:workers';
import { expect } from 'vitest';
import type { AccessControl } from '../../access/access-control.ts';
import type { ControlPlane } from '../../control/control-plane.ts';
import { onSchedule } from '../../cron/index.ts';
import type { Env } from '../../env.ts';
import type { AuditEntry, AuditVerdict } from '../../protocol/audit.ts';
import type { Job } from '../../protocol/job.ts';
import type { Page } from '../../protocol/list.ts';

export const HOST = 'http://127.0.0.1:8787';
export const API = '/api/v1';
export const bindings = env as unknown as {
  LOCKKEEPER_ADMIN_TOKEN: string;
  DB: D1Database;
  STAGING: D1Database;
  ARCHIVE: R2Bucket;
  CONTROL: DurableObjectNamespace<ControlPlane>;
  ACCESS: DurableObjectNamespace<AccessControl>;
};
export const OWNER = bindings.LOCKKEEPER_ADMIN_TOKEN;
export const worker = (exports as unknown as { default: Fetcher }).default;

export interface Ask {
  readonly method?: string;
  /** Null: none. Absent: the owner's. */
  readonly token?: string | null;
  readonly cookie?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

export function ask(path: string, { method = 'GET', token = OWNER, cookie, body, headers = {} }: Ask = {}): Promise<Response> {
  return worker.fetch(`${HOST}${API}${path}`, {
    method,
    headers: {
      ...(token === null || cookie !== undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...(cookie === undefined ? {} : { Cookie: cookie, Origin: HOST }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

export async function json<T>(path: string, more: Ask = {}): Promise<T> {
  const response = await ask(path, more);
  expect(response.ok, `${path} answered ${response.status}`).toBe(true);
  return (await response.json()) as T;
}

/** Oldest first. `chain`: `/audit` or `/databases/DB/audit`. */
export async function entriesOf(chain: string, query = ''): Promise<AuditEntry[]> {
  const all: AuditEntry[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: Page<AuditEntry> = await json(`${chain}?limit=200${query}${cursor === '' ? '' : `&cursor=${cursor}`}`);
    all.push(...page.items);
    cursor = page.nextCursor;
  }
  return all.reverse();
}

export const verdictOf = (chain: string): Promise<AuditVerdict> => json(`${chain}/verify`);

/** Less than a test has, so that it can still say what was found instead. */
const PATIENCE_MS = 40_000;

export async function until<T>(look: () => Promise<T>, good: (found: T) => boolean): Promise<T> {
  for (const deadline = Date.now() + PATIENCE_MS; ; ) {
    const found = await look();
    if (good(found) || Date.now() > deadline) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Submits a job and waits for its end, done by the real queue. */
export async function finished(db: string, body: object): Promise<Job> {
  const { id } = await json<Job>(`/databases/${db}/jobs`, { method: 'POST', body });
  const over = ['succeeded', 'failed', 'cancelled'];
  return until(
    () => json<Job>(`/databases/${db}/jobs/${id}`),
    ({ status }) => over.includes(status),
  );
}

/** SQL on the storage of an object itself: what an intruder would do. */
export const inside = (
  stub: DurableObjectStub<ControlPlane> | DurableObjectStub<AccessControl>,
  sql: string,
  ...params: unknown[]
) =>
  runInDurableObject(stub as DurableObjectStub<ControlPlane>, (_, { storage }) =>
    storage.sql.exec(sql, ...(params as string[])).toArray(),
  );

/** Messages go nowhere: the test says what becomes of a job. */
export const withoutQueue = (stub: DurableObjectStub<ControlPlane>) =>
  runInDurableObject(stub, (instance) => void Object.assign(instance, { env: { ...bindings, SLICES: { send: async () => {} } } }));

/** The hourly visit. */
export const visit = () => onSchedule(createScheduledController({ cron: '7 * * * *' }), bindings as unknown as Env);
