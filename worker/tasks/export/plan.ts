/** What an export will do, worked out before it does anything: refusals come here and not in the middle. */

import { schemaHash } from '../../core/backup/manifest.ts';
import { wholeSizeSql } from '../../core/backup/read-sql.ts';
import { type Script, scriptOf } from '../../core/backup/script.ts';
import type { RowSource } from '../../core/backup/source.ts';
import type { SchemaModel } from '../../core/schema/model.ts';
import type { Database } from '../../database/database.ts';
import { introspect } from '../../database/introspect.ts';
import { sampleTables } from '../../database/stats.ts';
import type { Consistency, ExportParams } from '../../protocol/job.ts';
import { Refusal } from '../../protocol/problem.ts';
import { userEntries } from './content.ts';
import { sha256 } from './hash.ts';

/** A database, or the tables that are wanted, up to this size are read in one batch, which is one transaction: then nothing is torn. */
export const SNAPSHOT_BYTES = 4 * 1024 * 1024;
/** A table that has no key to page by is held whole. */
const WHOLE_BYTES = 4 * 1024 * 1024;
const WHOLE_ROWS = 100_000;

export interface Plan {
  readonly script: Script;
  readonly schemaHash: string;
  readonly sizeBytes: number;
  readonly consistency: Consistency;
}

/** Throws a `Refusal` where the export cannot be had as asked for. */
export async function planExport(database: Database, params: ExportParams): Promise<Plan> {
  const planned = await planSchema(database, params);
  await refuseUnpageable(database, planned.script);
  const sizeBytes = await sizeOf(database, planned.script, params);
  return { ...planned, sizeBytes, consistency: consistencyOf(params.consistency, sizeBytes) };
}

/** Of the database, or of some tables in it as far as that decides something. */
async function sizeOf(database: Database, { items }: Script, { tables, consistency }: ExportParams): Promise<number> {
  const whole = await database.size();
  const asks = consistency === undefined || consistency === 'snapshot';
  if (!asks || tables === undefined || whole <= SNAPSHOT_BYTES) return whole;
  let sizeBytes = 0;
  for (const item of items) {
    if (item.kind !== 'rows') continue;
    const { rows, bytes } = await wholeSize(database, item.source);
    // More rows than one batch takes, or more bytes: how much more means nothing.
    if (rows > WHOLE_ROWS || sizeBytes + bytes > SNAPSHOT_BYTES) return whole;
    sizeBytes += bytes;
  }
  return sizeBytes;
}

async function wholeSize(database: Database, source: RowSource): Promise<{ rows: number; bytes: number }> {
  const [row] = (await database.query(wholeSizeSql(source, WHOLE_ROWS + 1).sql)).rows;
  return { rows: Number(row?.[0]), bytes: Number(row?.[1]) };
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
      return sizeBytes <= SNAPSHOT_BYTES ? 'snapshot' : 'fenced';
    case 'fenced':
    case 'fuzzy':
      return asked;
    case 'snapshot':
      if (sizeBytes <= SNAPSHOT_BYTES) return 'snapshot';
      throw new Refusal(
        'consistency_unavailable',
        `A snapshot can be taken of at most ${SNAPSHOT_BYTES} bytes; there are ${sizeBytes}.`,
      );
    case 'captured':
      throw new Refusal('consistency_unavailable', 'This version cannot make a backup that is captured.');
  }
}

async function refuseUnpageable(database: Database, { items }: Script): Promise<void> {
  for (const item of items) {
    if (item.kind !== 'rows' || item.source.pagedBy !== 'whole') continue;
    const { rows, bytes } = await wholeSize(database, item.source);
    if (rows > WHOLE_ROWS || bytes > WHOLE_BYTES) {
      throw new Refusal('table_not_pageable', `${item.source.table} has no key to page by, and is too large to be read at once.`);
    }
  }
}

/** How many rows there will be, for the progress bar; null when nobody can tell. Exact for a small database, else an estimate. */
export async function estimatedRows(database: Database, { items }: Script, now: Date): Promise<number | null> {
  const { tables } = await sampleTables(database, { previous: [], backupRows: new Map(), now });
  const rowsOf = new Map(tables.map(({ name, rows }) => [name, rows?.value ?? null]));
  const counts = items.flatMap((item) => (item.kind === 'rows' ? [rowsOf.get(item.source.table) ?? null] : []));
  return counts.includes(null) ? null : counts.reduce<number>((sum, rows) => sum + (rows ?? 0), 0);
}
