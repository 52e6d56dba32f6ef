/** Everything for one look at a database. What is slow to know is taken from the last sampling, with its time. */
import type { ManagedDatabase } from '../../db/databases.ts';
import { notesFor } from '../core/stats/notes.ts';
import { d1Database } from '../database/d1.ts';
import { bindingOf, type Env } from '../env.ts';
import { log } from '../log.ts';
import type { DatabaseSummary, Figure, Overview, TableStats } from '../protocol/database.ts';
import { PROBLEMS, Refusal } from '../protocol/problem.ts';
import { FRESH_MS, takeSample } from './sample.ts';

const SIZE_LIMIT_BYTES = 10_000_000_000;

export const summaryOf = ({ binding, displayName, sample }: ManagedDatabase): DatabaseSummary => ({
  name: binding,
  displayName,
  sample,
  mode: 'off',
});

/** `later` gets work that the answer need not wait for. */
export async function overviewOf(env: Env, managed: ManagedDatabase, later: (work: Promise<unknown>) => void): Promise<Overview> {
  const control = env.CONTROL.getByName(managed.binding);
  const [reached, summary] = await Promise.all([reach(env, managed.binding), control.summary()]);
  let figures = await control.tables();
  if (reached.connection.state === 'up') {
    const sampling = () =>
      takeSample(env, managed.binding, false).catch((error) =>
        log('warn', 'no fresh figures', { database: managed.binding, error }),
      );
    if (figures.sampledAt === null) {
      await sampling();
      figures = await control.tables();
    } else if (Date.now() - figures.sampledAt > FRESH_MS) later(sampling());
  }
  const tables = figures.tables.filter(({ kind }) => kind === 'table' || kind === 'virtual');
  return {
    database: summaryOf(managed),
    connection: reached.connection,
    sizeBytes: reached.sizeBytes,
    sizeLimitBytes: SIZE_LIMIT_BYTES,
    tables: figures.sampledAt === null ? null : tables.length,
    rows: totalRows(tables),
    mode: 'off',
    runningJob: summary.running as Overview['runningJob'],
    queuedJobs: summary.queued,
    lastBackup: summary.lastBackup,
    history: summary.history,
    notes: notesFor({
      databaseName: managed.binding,
      sizeBytes: reached.sizeBytes,
      sizeLimitBytes: SIZE_LIMIT_BYTES,
      tables: figures.tables,
      facts: figures.facts === null ? null : JSON.parse(figures.facts),
      lastBackup: summary.lastBackup,
      now: new Date(),
    }),
    takenAt: new Date().toISOString(),
  };
}

type Reached = Pick<Overview, 'connection' | 'sizeBytes'>;

async function reach(env: Env, binding: string): Promise<Reached> {
  const startedAt = performance.now();
  try {
    const sizeBytes = await d1Database(bindingOf(env, binding)).size();
    return { connection: { state: 'up', latencyMs: Math.round((performance.now() - startedAt) * 10) / 10 }, sizeBytes };
  } catch (error) {
    const code = error instanceof Refusal ? error.code : 'database_unreachable';
    const message = error instanceof Error ? error.message : String(error);
    return { connection: { state: 'down', code, message, hint: PROBLEMS[code].hint }, sizeBytes: null };
  }
}

/** The sum, exact only when every part is. */
function totalRows(tables: readonly TableStats[]): Figure | null {
  const known = tables.map(({ rows }) => rows).filter((rows) => rows !== null);
  const first = known[0];
  if (!first) return null;
  const exact = known.length === tables.length && known.every((rows) => rows.exact);
  return {
    value: known.reduce((sum, rows) => sum + rows.value, 0),
    exact,
    takenAt: known.map(({ takenAt }) => takenAt).sort()[0] ?? first.takenAt,
    method: exact ? 'every table counted' : 'sum of counts and estimates',
  };
}
