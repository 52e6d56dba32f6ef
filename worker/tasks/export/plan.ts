/** What an export will do, worked out before it does anything: refusals come here and not in the middle. */

import { schemaHash } from '../../core/backup/manifest.ts';
import { wholeSizeSql } from '../../core/backup/read-sql.ts';
import { type Script, scriptOf } from '../../core/backup/script.ts';
import type { SchemaModel } from '../../core/schema/model.ts';
import { identifier } from '../../core/sql/quote.ts';
import type { Database, Statement } from '../../database/database.ts';
import { introspect } from '../../database/introspect.ts';
import type { Consistency, ExportParams } from '../../protocol/job.ts';
import { Refusal } from '../../protocol/problem.ts';
import { userEntries } from './content.ts';
import { sha256 } from './hash.ts';

/** A database up to this size is read in one batch, which is one transaction: then nothing is torn. */
export const SNAPSHOT_BYTES = 4 * 1024 * 1024;
/** A table that has no key to page by is held whole. */
const WHOLE_BYTES = 4 * 1024 * 1024;
const WHOLE_ROWS = 100_000;
/** Up to here counting rows costs less than not knowing them. */
const COUNTED_BYTES = 64 * 1024 * 1024;
/** Below this no row fits: what claims to be more rows is a gap in the rowids. */
const SMALLEST_ROW_BYTES = 4;

export interface Plan {
  readonly script: Script;
  readonly schemaHash: string;
  readonly sizeBytes: number;
  readonly consistency: Consistency;
}

/** Throws a `Refusal` where the export cannot be had as asked for. */
export async function planExport(database: Database, params: ExportParams): Promise<Plan> {
  const sizeBytes = await database.size();
  const consistency = consistencyOf(params.consistency, sizeBytes);
  const planned = await planSchema(database, params);
  await refuseUnpageable(database, planned.script);
  return { ...planned, sizeBytes, consistency };
}

export async function planSchema(database: Database, { tables }: ExportParams): Promise<Pick<Plan, 'script' | 'schemaHash'>> {
  const model: SchemaModel = await introspect(database);
  const script = scriptOf(model, tables ?? null);
  const [refused] = script.refusals;
  if (refused) throw new Refusal(refused.code, script.refusals.map(({ message }) => message).join(' '));
  return { script, schemaHash: hashOf(model.entries) };
}

export const hashOf = (entries: SchemaModel['entries']): string => schemaHash(userEntries(entries), sha256);

/** B3. The default is the strongest that can be had; only what was asked for can be refused. */
export function consistencyOf(asked: Consistency | undefined, sizeBytes: number): Consistency {
  switch (asked) {
    case undefined:
      return sizeBytes <= SNAPSHOT_BYTES ? 'snapshot' : 'fuzzy';
    case 'fuzzy':
      return 'fuzzy';
    case 'snapshot':
      if (sizeBytes <= SNAPSHOT_BYTES) return 'snapshot';
      throw new Refusal(
        'consistency_unavailable',
        `A snapshot can be taken of at most ${SNAPSHOT_BYTES} bytes; the database has ${sizeBytes}.`,
      );
    case 'captured':
    case 'fenced':
      throw new Refusal('consistency_unavailable', `This version cannot make a backup that is ${asked}.`);
  }
}

async function refuseUnpageable(database: Database, { items }: Script): Promise<void> {
  for (const item of items) {
    if (item.kind !== 'rows' || item.source.pagedBy !== 'whole') continue;
    const [row] = (await database.query(wholeSizeSql(item.source).sql)).rows;
    if (Number(row?.[0]) > WHOLE_ROWS || Number(row?.[1]) > WHOLE_BYTES) {
      throw new Refusal('table_not_pageable', `${item.source.table} has no key to page by, and is too large to be read at once.`);
    }
  }
}

/** How many rows there will be, for the progress bar; null when nobody can tell. Between gaps in the rowids it is too high. */
export async function estimatedRows(database: Database, { items }: Script, sizeBytes: number): Promise<number | null> {
  const sources = items.flatMap((item) => (item.kind === 'rows' ? [item.source] : []));
  const counted = sizeBytes <= COUNTED_BYTES;
  if (!counted && sources.some(({ pagedBy }) => pagedBy !== 'rowid')) return null;
  const queries: Statement[] = sources.map(({ table, key, keyTable }) => {
    const rowid = key[0]?.sql ?? 'rowid';
    return counted
      ? { sql: `SELECT count(*) AS c0 FROM ${identifier(table)}` }
      : {
          sql: `SELECT CASE WHEN max(${rowid}) IS NULL THEN 0 ELSE 1.0+max(${rowid})-(SELECT min(${rowid}) FROM ${keyTable}) END AS c0 FROM ${keyTable}`,
        };
  });
  const total = (await database.batch(queries)).reduce((sum, { rows }) => sum + Number(rows[0]?.[0]), 0);
  return total <= sizeBytes / SMALLEST_ROW_BYTES ? Math.round(total) : null;
}
