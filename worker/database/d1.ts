/** The D1 binding behind the `Database` interface. */
import type { Bindable, Cell, Database, Rows, Statement } from './database.ts';
import { databaseFailure, isRead } from './errors.ts';

/** Pauses between the tries of a read. D1 itself repeats reads twice at once; what is left takes longer to pass. */
const BACK_OFF_MS = [50, 200, 800] as const;

export interface D1Options {
  /** For tests; otherwise a timer. */
  readonly pause?: (ms: number) => Promise<void>;
}

export function d1Database(binding: D1Database, { pause = timer }: D1Options = {}): Database {
  const prepared = ({ sql, params = [] }: Statement): D1PreparedStatement => binding.prepare(sql).bind(...params);
  return {
    query: (sql: string, params: readonly Bindable[] = []): Promise<Rows> =>
      isRead(sql)
        ? retried(pause, async () => ({ rows: await prepared({ sql, params }).raw<Cell[]>(), changes: 0 }))
        : once(async () => rowsOf(await prepared({ sql, params }).all())),
    batch: (statements: readonly Statement[]): Promise<Rows[]> => {
      // D1 refuses an empty batch.
      if (statements.length === 0) return Promise.resolve([]);
      const run = async () => (await binding.batch<Record<string, Cell>>(statements.map(prepared))).map(rowsOf);
      return statements.every(({ sql }) => isRead(sql)) ? retried(pause, run) : once(run);
    },
    size: () => retried(pause, async () => (await binding.prepare('SELECT 1').all()).meta.size_after),
  };
}

/** Names keep their order in an object, unless they look like integers: that is why each column needs a name of its own. */
function rowsOf(result: D1Result<unknown>): Rows {
  const rows = (result.results as Record<string, Cell>[]).map((row) => Object.values(row));
  return { rows, changes: result.meta.changes };
}

async function once<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw databaseFailure(error, true);
  }
}

async function retried<T>(pause: (ms: number) => Promise<void>, work: () => Promise<T>): Promise<T> {
  for (const pauseMs of BACK_OFF_MS) {
    try {
      return await work();
    } catch (error) {
      const failure = databaseFailure(error, false);
      if (!failure.transient) throw failure;
      await pause(pauseMs);
    }
  }
  try {
    return await work();
  } catch (error) {
    throw databaseFailure(error, false);
  }
}

const timer = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
