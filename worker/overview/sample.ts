/** Takes fresh figures of a database and hands them to its control plane. Bounded: see `worker/database/stats.ts`. */
import { archiveOf } from '../archive/r2.ts';
import type { DatabaseFacts } from '../core/stats/facts.ts';
import { d1Database } from '../database/d1.ts';
import { sampleTables } from '../database/stats.ts';
import { bindingOf, type Env } from '../env.ts';
import { log } from '../log.ts';
import { Manifest } from '../protocol/backup.ts';
import type { Figure } from '../protocol/database.ts';

/** Figures older than this are taken anew when somebody looks, beside the answer. */
export const FRESH_MS = 60_000;

/** What is kept of a sampling beside the figures of each table. */
export interface Taken {
  readonly totalRows: Figure;
  readonly facts: DatabaseFacts;
}

/** One sampling at a time for each database; false when another is under way, or the figures are fresh and `force` is not set. */
export async function takeSample(env: Env, name: string, force: boolean): Promise<boolean> {
  const control = env.CONTROL.getByName(name);
  const basis = await control.claimSampling(force ? 0 : FRESH_MS);
  if (basis === null) return false;
  try {
    const sample = await sampleTables(d1Database(bindingOf(env, name)), {
      previous: basis.tables,
      backupRows: await countsOf(env, name, basis.lastBackupId),
      now: new Date(),
    });
    const { tables, sizeBytes, totalRows, facts } = sample;
    await control.putTables(tables, sizeBytes, totalRows.value, JSON.stringify({ totalRows, facts } satisfies Taken));
    return true;
  } catch (error) {
    await control.releaseSampling();
    log('warn', 'sampling failed', { database: name, error });
    throw error;
  }
}

/** Exact row counts of a backup by table, with their time; empty where there is none. */
async function countsOf(env: Env, name: string, backupId: string | null): Promise<Map<string, { rows: number; takenAt: string }>> {
  const text = backupId === null ? null : await archiveOf(env.ARCHIVE, name).getManifest(backupId);
  if (text === null) return new Map();
  const manifest = Manifest.parse(JSON.parse(text));
  return new Map(manifest.tables.map((table) => [table.name, { rows: table.rows, takenAt: manifest.createdAt }]));
}
