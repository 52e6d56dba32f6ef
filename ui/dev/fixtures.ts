/** Invented data for the fake server: nothing here is measured from anything. */
import type { Token } from '../../worker/protocol/access.ts';
import type { BackupDetails, Manifest } from '../../worker/protocol/backup.ts';
import type { Figure, HistoryPoint, Note, TableStats } from '../../worker/protocol/database.ts';
import type { Job, JobKind, JobStatus } from '../../worker/protocol/job.ts';

export const iso = (ms: number): string => new Date(ms).toISOString();
const HOUR = 3_600_000;
const hex = (seed: number): string =>
  Array.from({ length: 64 }, (_, i) => ((seed * 31 + i * 7 + ((i * seed) % 13)) % 16).toString(16)).join('');

const NAMES =
  'customers addresses categories products product_media orders order_items payments inventory reviews coupons carts employees departments sessions events'.split(
    ' ',
  );

/** As the server tells it: the bytes of a virtual table are those of its shadow tables, once more. */
function withShadows(virtual: TableStats, shadows: TableStats[]): TableStats[] {
  const parts = shadows
    .flatMap(({ bytes, indexes }) => [bytes, ...indexes.map((index) => index.bytes)])
    .filter((part) => part !== null);
  const value = parts.reduce((sum, part) => sum + part.value, 0);
  const [first] = parts;
  const bytes = first === undefined ? null : { ...first, value, method: `its ${shadows.length} shadow tables` };
  return [{ ...virtual, indexes: [], bytes }, ...shadows];
}

export function fakeTables(nowMs: number, extra = 0): TableStats[] {
  const figure = (value: number, exact: boolean, method: string): Figure => ({
    value,
    exact,
    method,
    takenAt: iso(nowMs - 4 * 60_000),
  });
  const table = (name: string, i: number, kind: TableStats['kind'] = 'table'): TableStats => {
    const rows = Math.round(38_000 / (1 + i * 0.8));
    const bytes = rows * (60 + ((i * 37) % 240));
    return {
      name,
      kind,
      rows: i === 9 ? null : figure(rows, i % 3 !== 0, i % 3 !== 0 ? 'count(*)' : 'highest rowid'),
      bytes: i === 9 ? null : figure(bytes, false, 'sampled 200 rows'),
      indexes: Array.from({ length: i % 4 }, (_, n) => ({
        name: `${name}_idx${n}`,
        bytes: figure(Math.round(bytes * 0.18), false, 'sampled 200 rows'),
      })),
      columns: 4 + (i % 9),
    };
  };
  return [
    ...NAMES.map((name, i) => table(name, i)),
    table('order notes', 17),
    ...withShadows(table('products_fts', 18, 'virtual'), [
      table('products_fts_data', 19, 'shadow'),
      table('products_fts_docsize', 22, 'shadow'),
    ]),
    table('sqlite_schema', 20, 'internal'),
    ...Array.from({ length: extra }, (_, i) => table(`tenant_${String(i + 1).padStart(3, '0')}_measurements`, 20 + i)),
  ];
}

export function fakeHistory(nowMs: number): HistoryPoint[] {
  return Array.from({ length: 48 }, (_, i) => ({
    at: iso(nowMs - (47 - i) * 6 * HOUR),
    sizeBytes: Math.round(9_200_000 + i * 118_000 + Math.sin(i / 3) * 160_000 - (i > 30 ? 900_000 : 0)),
    rows: Math.round(88_000 + i * 1_150 + Math.sin(i / 2.3) * 900 - (i > 30 ? 6_000 : 0)),
  }));
}

export const fakeNotes: Note[] = [
  {
    level: 'info',
    title: 'What is exact',
    text: 'The size is what D1 reports with each query. Row counts are exact up to 100,000 rows a table, estimates beyond.',
  },
  {
    level: 'warning',
    title: 'Time Travel ends after 30 days',
    text: 'Point-in-time restore by D1 itself reaches back 30 days on a paid plan, 7 on a free one. A backup here has no such end.',
    command: 'npx wrangler d1 time-travel info lockkeeper-sample',
  },
  {
    level: 'info',
    title: 'Wrangler’s own export',
    text: 'It refuses a database with an FTS5 table, and the database serves nothing meanwhile.',
    command: 'npx wrangler d1 export lockkeeper-sample --remote --output=dump.sql',
  },
  {
    level: 'info',
    title: 'Foreign keys are always on',
    text: 'PRAGMA foreign_keys cannot be switched off on D1; deferring lasts for one batch.',
  },
];

const UNIT = 'rows';
export function fakeJob(id: string, kind: JobKind, status: JobStatus, createdMs: number, over: Partial<Job> = {}): Job {
  const started = status === 'queued' ? null : iso(createdMs + 400);
  const finished = status === 'succeeded' || status === 'failed' || status === 'cancelled' ? iso(createdMs + 9_400) : null;
  const done = status === 'succeeded' ? 142_318 : status === 'queued' ? 0 : 61_440;
  return {
    id,
    database: 'DB',
    kind,
    lane: kind === 'backup.verify' ? 'background' : 'exclusive',
    status,
    reason: {
      queued: 'waiting for its turn',
      running: 'started',
      cancelling: 'cancel asked for by owner',
      succeeded: 'every step is done',
      failed: 'the database refused a statement',
      cancelled: 'cancelled by owner at a safe point',
    }[status],
    actor: 'owner',
    createdAt: iso(createdMs),
    startedAt: started,
    finishedAt: finished,
    attempt: 1,
    progress: {
      phase: status === 'succeeded' ? 'manifest' : status === 'queued' ? 'queued' : 'rows',
      done,
      total: 142_318,
      unit: UNIT,
      bytes: done * 172,
    },
    params: kind === 'backup.verify' ? { backupId: 'bk_01' } : {},
    result: null,
    error: null,
    ...over,
  };
}

export function fakeJobs(nowMs: number): Job[] {
  const day = 24 * HOUR;
  const failure = {
    code: 'database_limit',
    message: 'D1 DB is overloaded. Requests queued for too long.',
    hint: 'Wait until the database is quieter, then retry: the job goes on from its last committed step.',
    retryable: true,
  };
  const fixed = [
    fakeJob('job_0009', 'backup.verify', 'succeeded', nowMs - 2 * HOUR, {
      params: { backupId: 'bk_02' },
      result: { backupId: 'bk_02', verified: true, tookMs: 4_812 },
    }),
    fakeJob('job_0008', 'database.export', 'succeeded', nowMs - 2.2 * HOUR, {
      result: { backupId: 'bk_02', rows: 142_318, sqlBytes: 24_478_696, gzipBytes: 6_119_674, consistency: 'fuzzy' },
    }),
    fakeJob('job_0007', 'database.export', 'failed', nowMs - 7 * HOUR, {
      error: failure,
      reason: failure.message,
      attempt: 2,
      actor: 'token:ci',
    }),
    fakeJob('job_0006', 'database.export', 'cancelled', nowMs - 1.2 * day),
    fakeJob('job_0005', 'database.export', 'succeeded', nowMs - 2 * day, {
      params: { tables: ['customers', 'orders', 'order_items'], consistency: 'snapshot' },
      result: { backupId: 'bk_01', rows: 61_002 },
    }),
    fakeJob('job_0001', 'sample.seed', 'succeeded', nowMs - 9 * day, {
      params: { rows: 50_000, seed: 1 },
      result: { rows: 50_012, tables: 18 },
    }),
  ];
  const older = Array.from({ length: 70 }, (_, i) =>
    fakeJob(`job_old_${String(99 - i)}`, 'database.export', 'succeeded', nowMs - (10 + i) * day, { actor: 'cron', result: {} }),
  );
  return [...fixed, ...older];
}

export function fakeBackup(id: string, createdMs: number, over: Partial<BackupDetails> = {}): BackupDetails {
  const tables = fakeTables(createdMs)
    .filter(({ kind }) => kind === 'table' || kind === 'virtual')
    .map(({ name, rows, kind }, i) => ({
      name,
      rows: rows?.value ?? 3_212,
      contentHash: hex(i + 3),
      pagedBy: kind === 'virtual' ? ('derived' as const) : i % 5 === 4 ? ('key' as const) : ('rowid' as const),
    }));
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  const summary = {
    id,
    database: 'DB',
    jobId: 'job_0008',
    createdAt: iso(createdMs),
    consistency: 'fuzzy' as const,
    partial: false,
    tables: tables.length,
    rows,
    sqlBytes: rows * 172,
    gzipBytes: rows * 43,
    chunks: 3,
    tookMs: 9_012,
    warnings: ['Fuzzy: written to while it was read, so rows that belong together may come from different moments.'],
    verification: { state: 'unverified' as const },
  };
  const manifest: Manifest = {
    format: 1,
    id,
    database: 'DB',
    createdAt: summary.createdAt,
    startedAt: iso(createdMs - 9_012),
    consistency: summary.consistency,
    partial: false,
    tables,
    schema: [],
    schemaHash: hex(99),
    ledgers: [{ name: '__drizzle_migrations', rows: 3 }],
    sequences: [],
    chunks: [],
    rows,
    sqlBytes: summary.sqlBytes,
    gzipBytes: summary.gzipBytes,
    warnings: summary.warnings,
    notExported: [{ name: '_cf_KV', reason: 'belongs to the platform' }],
  };
  return { ...summary, manifest, ...over };
}

export const fakeBackups = (nowMs: number): BackupDetails[] => [
  fakeBackup('bk_02', nowMs - 2.2 * HOUR, { verification: { state: 'verified', at: iso(nowMs - 2 * HOUR), tookMs: 4_812 } }),
  fakeBackup('bk_01', nowMs - 50 * HOUR, {
    partial: true,
    tables: 3,
    rows: 61_002,
    consistency: 'snapshot',
    warnings: [],
    gzipBytes: 1_904_211,
    sqlBytes: 7_812_004,
  }),
  fakeBackup('bk_00', nowMs - 21 * 24 * HOUR, {
    verification: {
      state: 'damaged',
      at: iso(nowMs - 20 * 24 * HOUR),
      code: 'backup_damaged',
      message: 'Chunk 2 of 3 is missing.',
    },
  }),
];

export const fakeTokens = (nowMs: number): Token[] => [
  {
    id: 'tok_1',
    name: 'nightly export',
    role: 'operator',
    databases: ['DB'],
    createdAt: iso(nowMs - 40 * 24 * HOUR),
    createdBy: 'owner',
    expiresAt: iso(nowMs + 50 * 24 * HOUR),
    lastUsedAt: iso(nowMs - 7 * HOUR),
  },
  {
    id: 'tok_2',
    name: 'dashboard in the hallway',
    role: 'viewer',
    databases: null,
    createdAt: iso(nowMs - 200 * 24 * HOUR),
    createdBy: 'owner',
    expiresAt: iso(nowMs - 3 * 24 * HOUR),
    lastUsedAt: null,
  },
];
