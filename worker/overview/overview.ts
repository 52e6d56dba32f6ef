/** Everything for one look at a database. What is slow to know is taken from the last sampling, with its time. */
import type { ManagedDatabase } from '../../db/databases.ts';
import type { ControlPlane } from '../control/control-plane.ts';
import { notesFor } from '../core/stats/notes.ts';
import { d1Database } from '../database/d1.ts';
import { bindingOf, type Env } from '../env.ts';
import { log } from '../log.ts';
import type { DatabaseSummary, Mode, Overview } from '../protocol/database.ts';
import { PROBLEMS, Refusal } from '../protocol/problem.ts';
import { FRESH_MS, type Taken, takeSample } from './sample.ts';

const SIZE_LIMIT_BYTES = 10_000_000_000;

export const summaryOf = ({ binding, displayName, sample }: ManagedDatabase, mode: Mode): DatabaseSummary => ({
  name: binding,
  displayName,
  sample,
  mode,
});

/** `later` gets work that the answer need not wait for. */
export async function overviewOf(env: Env, managed: ManagedDatabase, later: (work: Promise<unknown>) => void): Promise<Overview> {
  const control = env.CONTROL.getByName(managed.binding);
  const [reached, known] = await Promise.all([reach(env, managed.binding), control.tables()]);
  const figures = reached.connection.state === 'up' ? await fresher(env, managed.binding, known, later) : known;
  const summary = await control.summary();
  const taken = figures.facts === null ? null : (JSON.parse(figures.facts) as Taken);
  const tables = figures.tables.filter(({ kind }) => kind === 'table' || kind === 'virtual');
  return {
    database: summaryOf(managed, summary.mode),
    connection: reached.connection,
    sizeBytes: reached.sizeBytes,
    sizeLimitBytes: SIZE_LIMIT_BYTES,
    tables: figures.sampledAt === null ? null : tables.length,
    rows: taken?.totalRows ?? null,
    mode: summary.mode,
    runningJob: summary.running as Overview['runningJob'],
    queuedJobs: summary.queued,
    lastBackup: summary.lastBackup,
    history: summary.history,
    notes: notesFor({
      databaseName: managed.binding,
      sizeBytes: reached.sizeBytes,
      sizeLimitBytes: SIZE_LIMIT_BYTES,
      tables: figures.tables,
      facts: taken?.facts ?? null,
      lastBackup: summary.lastBackup,
      now: new Date(),
    }),
    takenAt: new Date().toISOString(),
  };
}

type Figures = Awaited<ReturnType<ControlPlane['tables']>>;

/** The first figures are waited for, later ones are taken beside the answer: they reach the console as an event. */
async function fresher(env: Env, name: string, figures: Figures, later: (work: Promise<unknown>) => void): Promise<Figures> {
  const sampling = () => takeSample(env, name, false).catch((error) => log('warn', 'no fresh figures', { database: name, error }));
  if (figures.sampledAt === null) {
    await sampling();
    return env.CONTROL.getByName(name).tables();
  }
  if (Date.now() - figures.sampledAt > FRESH_MS) later(sampling());
  return figures;
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
