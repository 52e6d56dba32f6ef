/**
 * The mirror of the audit trail in a managed database: an ordinary table that stays readable without Lockkeeper. The truth is the control
 * plane's own chain; this is its copy.
 */
import type { AuditRow } from '../core/audit/entry.ts';
import type { Bindable, Database, Statement } from './database.ts';
import { fenceStatements } from './fence.ts';
import { GUARD_TABLES } from './guard-tables.ts';

export const AUDIT_LOGS = 'audit_logs';

const COLUMNS = [
  'id',
  'n',
  'at',
  'actor',
  'address',
  'request_id',
  'action',
  'target',
  'database',
  'plan_hash',
  'sql_digest',
  'outcome',
  'duration_ms',
  'detail',
  'prev_hash',
  'hash',
] as const;
type Column = (typeof COLUMNS)[number];
const INTEGERS: readonly Column[] = ['n', 'duration_ms'];

/** `n`, `prev_hash` and `hash` stay NULL until the chain has the entry: a job's own batch writes its row before that. */
export const CREATE_AUDIT_LOGS: readonly Statement[] = [
  {
    sql: `CREATE TABLE IF NOT EXISTS ${AUDIT_LOGS} (id TEXT PRIMARY KEY, n INTEGER, at TEXT, actor TEXT, address TEXT, request_id TEXT,
      action TEXT, target TEXT, database TEXT, plan_hash TEXT, sql_digest TEXT, outcome TEXT, duration_ms INTEGER, detail TEXT,
      prev_hash TEXT, hash TEXT)`,
  },
  { sql: `CREATE INDEX IF NOT EXISTS ${AUDIT_LOGS}_n ON ${AUDIT_LOGS} (n)` },
];

/** `foreign`: there is a table of that name which is not ours, and is left alone. */
export type LogState = 'absent' | 'ours' | 'foreign';

const COLUMNS_SQL = `SELECT name FROM pragma_table_info('${AUDIT_LOGS}')`;

export async function auditLogState(database: Database): Promise<LogState> {
  const { rows } = await database.query(COLUMNS_SQL);
  if (rows.length === 0) return 'absent';
  const names = rows.map(([name]) => String(name));
  return names.length === COLUMNS.length && COLUMNS.every((column) => names.includes(column)) ? 'ours' : 'foreign';
}

export type LogRow = Omit<AuditRow, 'n' | 'prevHash' | 'hash'> & {
  readonly n: number | null;
  readonly prevHash: string | null;
  readonly hash: string | null;
};

/** The same effect has the same id in a job's own batch and in the chain: the second writing fills in the first. */
export const effectId = (jobId: string, step: string): string => `${jobId}/${step}`;

function idOf(row: AuditRow): string {
  if (row.action !== 'job.effect') return row.hash;
  const { step } = JSON.parse(row.detail) as { step?: unknown };
  return typeof step === 'string' ? effectId(row.target, step) : row.hash;
}

/** Writes a row, or what the chain says of it over what is there. */
function logStatement(id: string, row: LogRow, conflict: 'keep' | 'overwrite'): Statement {
  const values: Record<Column, string | null> = {
    id,
    n: row.n === null ? null : String(row.n),
    at: new Date(row.at).toISOString(),
    actor: row.actor,
    address: row.address,
    request_id: row.requestId,
    action: row.action,
    target: row.target,
    database: row.database,
    plan_hash: row.planHash,
    sql_digest: row.sqlDigest,
    outcome: row.outcome,
    duration_ms: row.durationMs === null ? null : String(row.durationMs),
    detail: row.detail,
    prev_hash: row.prevHash,
    hash: row.hash,
  };
  const places = COLUMNS.map((column, at) => (INTEGERS.includes(column) ? `CAST(?${at + 1} AS INTEGER)` : `?${at + 1}`));
  const update = COLUMNS.filter((column) => column !== 'id').map((column) => `${column} = excluded.${column}`);
  const then = conflict === 'keep' ? 'NOTHING' : `UPDATE SET ${update.join(', ')}`;
  return {
    sql: `INSERT INTO ${AUDIT_LOGS} (${COLUMNS.join(', ')}) VALUES (${places.join(', ')}) ON CONFLICT (id) DO ${then}`,
    params: COLUMNS.map((column): Bindable => values[column]),
  };
}

/** For the batch of a job's own effect. */
export const effectLog = (jobId: string, step: string, row: LogRow): Statement => logStatement(effectId(jobId, step), row, 'keep');

/** The newest number that is there; 0 when there is none, or no table. */
export async function newestLogged(database: Database): Promise<number> {
  if ((await auditLogState(database)) !== 'ours') return 0;
  const { rows } = await database.query(`SELECT max(n) FROM ${AUDIT_LOGS}`);
  return Number(rows[0]?.[0] ?? 0);
}

/**
 * Copies entries of the chain, in one batch that passes the fence as a job's does: what happens during maintenance is recorded, too.
 * `fenced`: whether a table that is made now needs the fence at once (M3). Writing the same entries again changes nothing.
 */
export async function mirror(database: Database, rows: readonly AuditRow[], fenced: boolean): Promise<void> {
  await database.batch([
    ...GUARD_TABLES,
    ...CREATE_AUDIT_LOGS,
    ...(fenced ? fenceStatements(AUDIT_LOGS) : []),
    { sql: 'UPDATE _lk_guard SET pass = 1 WHERE id = 1' },
    ...rows.map((row) => logStatement(idOf(row), row, 'overwrite')),
    { sql: 'UPDATE _lk_guard SET pass = 0 WHERE id = 1' },
  ]);
}
