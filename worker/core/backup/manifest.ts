/** What a backup says of itself. Pure: the same chunks and times give the same bytes. */
import type { BackupSummary, Chunk, Manifest, Segment, Verification } from '../../protocol/backup.ts';
import type { Consistency } from '../../protocol/job.ts';
import { isLedger } from '../schema/names.ts';
import type { Script } from './script.ts';

type Sha256 = (text: string) => string;

/** A backup is named after the job that makes it: repeating the last step writes the same manifest again. */
export const backupIdOf = (jobId: string): string => `bk_${jobId}`;
export const jobIdOf = (backupId: string): string => backupId.replace(/^bk_/, '').replace(/\.\d+$/, '');
/** In place of the job's id, for a backup that each attempt makes anew: what an earlier one has saved stays. */
export const attemptOf = (jobId: string, attempt: number): string => (attempt === 1 ? jobId : `${jobId}.${attempt}`);

export interface Facts {
  readonly jobId: string;
  readonly database: string;
  readonly startedAt: string;
  readonly createdAt: string;
  readonly consistency: Consistency;
  readonly script: Script;
  readonly chunks: readonly Chunk[];
  readonly sequences: Manifest['sequences'];
}

export function manifestOf(facts: Facts, sha256: Sha256): Manifest {
  const { script, chunks, consistency } = facts;
  const bySegment = segmentsByTable(chunks);
  const tables = script.tables.map(({ name, pagedBy }) => {
    const segments = bySegment.get(name) ?? [];
    return { name, rows: sum(segments.map(({ rows }) => rows)), contentHash: contentHash(segments, sha256), pagedBy };
  });
  return {
    format: 1,
    id: backupIdOf(facts.jobId),
    database: facts.database,
    createdAt: facts.createdAt,
    startedAt: facts.startedAt,
    consistency,
    partial: script.partial,
    tables,
    schema: script.schema.map(({ type, name, table, sql }) => ({ type, name, table, sql })),
    schemaHash: schemaHash(script.schema, sha256),
    ledgers: tables.filter(({ name }) => isLedger(name)).map(({ name, rows }) => ({ name, rows })),
    sequences: facts.sequences,
    chunks: [...chunks],
    rows: sum(tables.map(({ rows }) => rows)),
    sqlBytes: sum(chunks.map(({ sqlBytes }) => sqlBytes)),
    gzipBytes: sum(chunks.map(({ gzipBytes }) => gzipBytes)),
    warnings: [...consistencyWarnings(consistency, script), ...script.warnings],
    notExported: [...script.notExported],
  };
}

/** B3: never claims more than was had. */
function consistencyWarnings(consistency: Consistency, script: Script): string[] {
  switch (consistency) {
    case 'fuzzy':
      return [
        'Consistency is fuzzy: rows were read one page after another, so what was written meanwhile may be in the backup in part.',
      ];
    case 'fenced': {
      const open = unfenceable(script);
      if (open.length === 0) return [];
      return [`Virtual tables cannot be fenced: what was written to ${open.join(', ')} meanwhile may be in the backup in part.`];
    }
    case 'snapshot':
    case 'captured':
      return [];
  }
}

/** Virtual tables that hold rows of their own. Those that follow an ordinary table are fenced by it. */
export function unfenceable({ schema, tables }: Script): string[] {
  const virtual = new Set(schema.flatMap(({ name, sql }) => (/^\s*CREATE\s+VIRTUAL\s/i.test(sql) ? [name] : [])));
  return tables
    .filter(({ name, pagedBy }) => virtual.has(name) && pagedBy !== 'derived' && pagedBy !== 'none')
    .map(({ name }) => name);
}

export const contentHash = (segments: readonly Pick<Segment, 'sha256'>[], sha256: Sha256): string =>
  sha256(segments.map((segment) => segment.sha256).join('\n'));

export const schemaHash = (
  schema: Iterable<{ type: string; name: string; table: string; sql: string | null }>,
  sha256: Sha256,
): string => sha256(JSON.stringify(Array.from(schema, ({ type, name, table, sql }) => [type, name, table, sql])));

export function segmentsByTable(chunks: readonly Chunk[]): Map<string, Segment[]> {
  const byTable = new Map<string, Segment[]>();
  for (const segment of chunks.flatMap(({ segments }) => segments)) {
    const known = byTable.get(segment.table);
    if (known) known.push(segment);
    else byTable.set(segment.table, [segment]);
  }
  return byTable;
}

export function summaryOf(manifest: Manifest, verification: Verification): BackupSummary {
  const { id, database, createdAt, consistency, partial, rows, sqlBytes, gzipBytes, warnings } = manifest;
  return {
    id,
    database,
    jobId: jobIdOf(id),
    createdAt,
    consistency,
    partial,
    tables: manifest.tables.length,
    rows,
    sqlBytes,
    gzipBytes,
    chunks: manifest.chunks.length,
    tookMs: Date.parse(createdAt) - Date.parse(manifest.startedAt),
    warnings,
    verification,
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);
