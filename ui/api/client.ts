/**
 * The only place of the console that fetches. Every function answers with the parsed body or throws an `ApiError`; a 401 of any
 * call but those that sign in is also told to `onUnauthorized`, so that no page has to think of it.
 */
import type { Me, NewToken, SignIn, Token, TokenRequest } from '../../worker/protocol/access.ts';
import type { AuditEntry, AuditVerdict } from '../../worker/protocol/audit.ts';
import type { BackupDetails, BackupSummary } from '../../worker/protocol/backup.ts';
import type { DatabaseSummary, Overview, TableStats } from '../../worker/protocol/database.ts';
import type { Job, JobDetails, JobRequest, JobStep } from '../../worker/protocol/job.ts';
import type { Page } from '../../worker/protocol/list.ts';
import type { Event as JobEvent } from '../../worker/protocol/live.ts';
import type { Hold, MaintenanceRequest, MaintenanceStatus } from '../../worker/protocol/maintenance.ts';
import { lintCalls } from './lint-calls.ts';
import { maintenanceCalls } from './maintenance-calls.ts';
import { planCalls } from './plan-calls.ts';
import { ApiError, clientFailure, failureOf } from './problem.ts';
import { schemaCalls } from './schema-calls.ts';

const BASE = '/api/v1';
const TIMEOUT_MS = 30_000;
/** A chain is read from its first entry on, however long it has become. */
const VERIFY_TIMEOUT_MS = 300_000;

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
export interface ListOptions {
  readonly limit?: number;
  readonly cursor?: string | null;
}
export interface JobListOptions extends ListOptions {
  readonly statuses?: readonly string[];
  readonly kinds?: readonly string[];
}
/** What goes into `POST D/jobs`: `params` may be left out. */
export type NewJob = Pick<JobRequest, 'kind'> & Partial<Pick<JobRequest, 'params' | 'confirm' | 'planId'>>;
export type NewTokenRequest = Pick<TokenRequest, 'name' | 'role' | 'databases' | 'expiresAt'>;

export interface ClientOptions {
  /** Called for a 401 that says the session is gone, before the error is thrown. */
  readonly onUnauthorized: () => void;
  readonly fetch?: typeof fetch;
}

interface CallOptions {
  readonly headers?: Record<string, string>;
  /** A 401 then says that the credentials are wrong, not that the session is gone. */
  readonly signingIn?: boolean;
  readonly timeoutMs?: number;
}

/** How a group of calls in a file of its own asks. */
export type Call = <T>(method: Method, path: string, body?: unknown, how?: CallOptions) => Promise<T>;

export const databasePath = (database: string): string => `${BASE}/databases/${encodeURIComponent(database)}`;
export const downloadPath = (database: string, backupId: string, format: 'sql' | 'sql.gz'): string =>
  `${databasePath(database)}/backups/${encodeURIComponent(backupId)}/download?format=${format}`;
export const planSqlPath = (database: string, planId: string): string =>
  `${databasePath(database)}/plans/${encodeURIComponent(planId)}/sql`;

/** `null`: what belongs to no database. */
const auditPath = (database: string | null): string => (database === null ? `${BASE}/audit` : `${databasePath(database)}/audit`);
export const auditFilePath = (database: string | null, filter: Record<string, string>, format: 'csv' | 'ndjson'): string =>
  `${auditPath(database)}${query({ ...filter, format })}`;

const query = (values: Record<string, string | number | null | undefined>): string => {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(values))
    if (value !== null && value !== undefined && value !== '') search.set(name, String(value));
  const text = search.toString();
  return text === '' ? '' : `?${text}`;
};

const readBody = async (response: Response): Promise<unknown> => {
  const text = await response.text();
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

export function createClient(options: ClientOptions) {
  const doFetch = options.fetch ?? ((input: RequestInfo | URL, init?: RequestInit) => fetch(input, init));

  const send = async (
    method: Method,
    path: string,
    body: unknown,
    { headers = {}, timeoutMs = TIMEOUT_MS }: CallOptions,
  ): Promise<Response> => {
    const init: RequestInit = {
      method,
      credentials: 'same-origin',
      headers: { accept: 'application/json', ...(method === 'GET' ? {} : { 'content-type': 'application/json' }), ...headers },
      signal: AbortSignal.timeout(timeoutMs),
      ...(method === 'POST' || method === 'PUT' || method === 'PATCH' ? { body: JSON.stringify(body ?? {}) } : {}),
    };
    try {
      return await doFetch(path, init);
    } catch (error) {
      throw new ApiError(clientFailure(error instanceof DOMException && error.name === 'TimeoutError' ? 'timeout' : 'network'));
    }
  };

  const call: Call = async <T>(method: Method, path: string, body?: unknown, how: CallOptions = {}): Promise<T> => {
    const response = await send(method, path, body, how);
    const parsed = await readBody(response).catch(() => {
      throw new ApiError(clientFailure('network'));
    });
    if (response.ok && parsed !== undefined) return parsed as T;
    const failure = response.ok
      ? clientFailure('bad_answer', response.status)
      : failureOf(response.status, parsed, response.headers.get('retry-after'), Date.now());
    if (response.status === 401 && how.signingIn !== true) options.onUnauthorized();
    throw new ApiError(failure);
  };

  const at = (database: string, rest: string): string => `${databasePath(database)}${rest}`;
  const job = (database: string, id: string, rest = ''): string => at(database, `/jobs/${encodeURIComponent(id)}${rest}`);

  return {
    me: () => call<Me>('GET', `${BASE}/me`, undefined, { signingIn: true }),
    signIn: (credentials: SignIn) => call<Me>('POST', `${BASE}/session`, credentials, { signingIn: true }),
    signOut: () => call<null>('DELETE', `${BASE}/session`, undefined, { signingIn: true }),

    databases: () => call<Page<DatabaseSummary>>('GET', `${BASE}/databases${query({ limit: 200 })}`),
    overview: (database: string) => call<Overview>('GET', at(database, '/overview')),
    tables: (database: string, list: ListOptions = {}) =>
      call<Page<TableStats>>('GET', at(database, `/tables${query({ ...list })}`)),
    refreshTables: (database: string) => call<unknown>('POST', at(database, '/tables/refresh')),

    submitJob: (database: string, request: NewJob, idempotencyKey: string) =>
      call<Job>('POST', at(database, '/jobs'), { params: {}, ...request }, { headers: { 'idempotency-key': idempotencyKey } }),
    jobs: (database: string, { limit, cursor, statuses = [], kinds = [] }: JobListOptions = {}) =>
      call<Page<Job>>('GET', at(database, `/jobs${query({ limit, cursor, status: statuses.join(','), kind: kinds.join(',') })}`)),
    job: (database: string, id: string) => call<JobDetails>('GET', job(database, id)),
    steps: (database: string, id: string, list: ListOptions = {}) =>
      call<Page<JobStep>>('GET', job(database, id, `/steps${query({ ...list })}`)),
    events: (database: string, id: string, list: ListOptions = {}) =>
      call<Page<JobEvent>>('GET', job(database, id, `/events${query({ ...list })}`)),
    cancelJob: (database: string, id: string) => call<Job>('POST', job(database, id, '/cancel')),
    retryJob: (database: string, id: string) => call<Job>('POST', job(database, id, '/retry')),

    backups: (database: string, list: ListOptions = {}) =>
      call<Page<BackupSummary>>('GET', at(database, `/backups${query({ ...list })}`)),
    backup: (database: string, id: string) => call<BackupDetails>('GET', at(database, `/backups/${encodeURIComponent(id)}`)),
    deleteBackup: (database: string, id: string) => call<null>('DELETE', at(database, `/backups/${encodeURIComponent(id)}`)),

    maintenance: (database: string) => call<MaintenanceStatus>('GET', at(database, '/maintenance')),
    setMaintenance: (database: string, request: MaintenanceRequest) =>
      call<MaintenanceStatus>('PUT', at(database, '/maintenance'), request),
    holds: (database: string, list: ListOptions = {}) =>
      call<Page<Hold>>('GET', at(database, `/maintenance/holds${query({ ...list })}`)),

    audit: (database: string | null, filter: Record<string, string | number | null>) =>
      call<Page<AuditEntry>>('GET', `${auditPath(database)}${query(filter)}`),
    verifyAudit: (database: string | null) =>
      call<AuditVerdict>('GET', `${auditPath(database)}/verify`, undefined, { timeoutMs: VERIFY_TIMEOUT_MS }),

    ...maintenanceCalls(call, at),
    ...planCalls(call, at),
    ...schemaCalls(call, at),
    ...lintCalls(call, at, BASE),

    tokens: () => call<Page<Token>>('GET', `${BASE}/tokens${query({ limit: 200 })}`),
    createToken: (request: NewTokenRequest) => call<NewToken>('POST', `${BASE}/tokens`, request),
    revokeToken: (id: string) => call<null>('DELETE', `${BASE}/tokens/${encodeURIComponent(id)}`),
  };
}

export type Client = ReturnType<typeof createClient>;
