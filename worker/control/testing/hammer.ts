/**
 * A client that writes as fast as it can through its own binding, and knows for certain what it was promised: each worker has rows of its
 * own, writes one after the other, and keeps what the acknowledged writes must have left.
 *
 * Each write is a batch that also reads the guard: a batch is one transaction, so a write that was acknowledged together with a fence that
 * was up is a breach of M2, whatever the timing.
 */
import { isFenceRefusal } from '../../database/fence.ts';

/** A table of keys and whole numbers that nothing else writes with keys like ours. */
export interface HammeredTable {
  readonly name: string;
  /** `counts`: rows that are there already are only counted up. `all`: rows are inserted, counted up and deleted. */
  readonly writes: 'all' | 'counts';
  /** Not there at the beginning: until it is, writes fail. */
  readonly comesLater?: boolean;
  /** Writes on tables that the job works on: of them only that none commits behind the fence is looked at. */
  readonly also?: readonly string[];
}

const WORKERS = 3;
const ROWS_EACH = 8;
const READ_GUARD = 'SELECT fence AS fence FROM _lk_guard WHERE id = 1';

export const hammerKey = (worker: number, n: number): string => `hammer-${worker}-${n}`;
/** The rows that `counts` needs. */
export const HAMMER_KEYS = Array.from({ length: WORKERS }, (_, worker) =>
  Array.from({ length: ROWS_EACH }, (_, n) => hammerKey(worker, n)),
).flat();

export class Hammer {
  /** By key: what is there, as far as it was acknowledged. */
  private readonly promised = new Map<string, number>();
  private readonly workers: Promise<void>[];
  private stopped = false;
  private sawTable: boolean;
  acknowledged = 0;
  refused = 0;
  /** Writes that committed while the fence was up. */
  readonly breaches: string[] = [];
  readonly unexpected: string[] = [];

  constructor(
    private readonly binding: D1Database,
    private readonly table: HammeredTable,
  ) {
    if (table.writes === 'counts') for (const key of HAMMER_KEYS) this.promised.set(key, 0);
    this.sawTable = table.comesLater !== true;
    this.workers = Array.from({ length: WORKERS }, (_, worker) => this.work(worker));
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.workers);
  }

  /** What was promised and what is there, in the same form. */
  async account(): Promise<{ promised: [string, number][]; found: [string, number][] }> {
    const { results } = await this.binding
      .prepare(`SELECT key, value FROM "${this.table.name}" WHERE key LIKE 'hammer-%' ORDER BY key`)
      .all<{ key: string; value: number }>();
    const promised = [...this.promised].sort(([a], [b]) => (a < b ? -1 : 1));
    return { promised, found: results.map(({ key, value }) => [key, value]) };
  }

  private async work(worker: number): Promise<void> {
    for (let n = 0; !this.stopped; n += 1) {
      // Answers of a database that is this near come so thick that timers would never have their turn.
      await new Promise((resolve) => setTimeout(resolve, 0));
      await this.write(hammerKey(worker, n % ROWS_EACH), n);
      const also = this.table.also ?? [];
      if (also.length > 0) await this.attempt(also[n % also.length] as string, null, () => {});
    }
  }

  private async write(key: string, n: number): Promise<void> {
    const value = this.promised.get(key);
    const table = `"${this.table.name}"`;
    if (value === undefined)
      return this.attempt(`INSERT INTO ${table} (key, value) VALUES (?1, 1)`, key, () => this.promised.set(key, 1));
    if (this.table.writes === 'all' && n % 5 === 4)
      return this.attempt(`DELETE FROM ${table} WHERE key = ?1`, key, () => this.promised.delete(key));
    return this.attempt(`UPDATE ${table} SET value = value + 1 WHERE key = ?1`, key, () => this.promised.set(key, value + 1));
  }

  /** `key`: bound, and one row has to be touched. */
  private async attempt(sql: string, key: string | null, acknowledge: () => void): Promise<void> {
    const write = this.binding.prepare(sql);
    try {
      const [written, guard] = await this.binding.batch<{ fence: number }>([
        key === null ? write : write.bind(key),
        this.binding.prepare(READ_GUARD),
      ]);
      const touched = written?.meta.changes ?? 0;
      if (key !== null && touched === 0) this.unexpected.push(`no row was touched by ${sql} with ${key}`);
      if (touched > 0 && guard?.results[0]?.fence !== 0) this.breaches.push(`${sql} with ${key}`);
      if (key === null) return;
      this.sawTable = true;
      this.acknowledged += 1;
      acknowledge();
    } catch (error) {
      if (isFenceRefusal(error)) this.refused += 1;
      else if (this.sawTable || !String(error).includes('no such table')) this.unexpected.push(String(error));
    }
  }
}
