/** For tests: stock SQLite as a managed database, and a job that plans and clears a table in it, slice after slice. */
import { DatabaseSync } from 'node:sqlite';
import type { Sizes } from '../../../core/clear/work.ts';
import { readBasis } from '../../../database/basis.ts';
import type { Bindable, Cell, Database, Rows, Statement } from '../../../database/database.ts';
import { databaseFailure, isRead } from '../../../database/errors.ts';
import { raiseFence } from '../../../database/fence.ts';
import { claim, effectOnce } from '../../../database/guarded.ts';
import { introspect } from '../../../database/introspect.ts';
import { clearPlanner } from '../../../plans/table-clear.ts';
import type { BackupSummary } from '../../../protocol/backup.ts';
import { ClearParams } from '../../../protocol/job.ts';
import type { BoundPlan, StoredPlan } from '../../../protocol/plan.ts';
import { MemoryArchive, MemoryJob, NOON } from '../../export/testing/harness.ts';
import { clearTask } from '../../table-clear.ts';
import type { Hands, Outcome } from '../../task.ts';
import type { ClearCursor } from '../state.ts';

/** A batch is one transaction, foreign keys are on, as on D1. */
export class StockDatabase implements Database {
  readonly stock = new DatabaseSync(':memory:');
  /** Called before each batch that writes. */
  beforeWrite: () => void = () => {};

  constructor(setup: readonly string[] = []) {
    for (const sql of setup) this.stock.exec(sql);
  }

  async query(sql: string, params: readonly Bindable[] = []): Promise<Rows> {
    try {
      return this.run({ sql, params });
    } catch (error) {
      throw databaseFailure(error, false);
    }
  }

  async batch(statements: readonly Statement[]): Promise<Rows[]> {
    if (!statements.every(({ sql }) => isRead(sql))) this.beforeWrite();
    this.stock.exec('BEGIN');
    try {
      const results = statements.map((statement) => this.run(statement));
      this.stock.exec('COMMIT');
      return results;
    } catch (error) {
      if (this.stock.isTransaction) this.stock.exec('ROLLBACK');
      throw databaseFailure(error, false);
    }
  }

  async size(): Promise<number> {
    return Number(this.rows('SELECT page_count * page_size FROM pragma_page_count, pragma_page_size')[0]?.[0]);
  }

  rows(sql: string): Cell[][] {
    return this.run({ sql }).rows;
  }

  /** Every row of every table, as text: what must not change. */
  content(except: readonly string[] = []): Record<string, string[]> {
    const tables = this.rows(
      `SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '\\_lk\\_%' ESCAPE '\\'`,
    ).map(([name]) => String(name));
    return Object.fromEntries(
      tables
        .filter((name) => !except.includes(name) && name !== 'audit_logs')
        .sort()
        .map((name) => [
          name,
          this.rows(`SELECT * FROM "${name.replaceAll('"', '""')}"`)
            .map((row) => JSON.stringify(row))
            .sort(),
        ]),
    );
  }

  private run({ sql, params = [] }: Statement): Rows {
    const statement = this.stock.prepare(sql);
    statement.setReturnArrays(true);
    const numbered = Object.fromEntries(params.map((value, at) => [`?${at + 1}`, value]));
    const bound = /\?\d/.test(sql) ? params.length > 0 : false;
    const rows = bound ? statement.all(numbered as never) : statement.all(...(params as string[]));
    return { rows: rows as unknown as Cell[][], changes: 0 };
  }
}

/** Hands whose effects land in the database. */
export class ClearJob extends MemoryJob<ClearCursor> {
  readonly backups: BackupSummary[] = [];
  readonly effects: string[] = [];
  private claimed = false;

  constructor(
    private readonly database: Database,
    private readonly epoch = 1,
  ) {
    super();
  }

  override async hold(): Promise<void> {
    if (this.held === 0) await raiseFence(this.database);
    this.held += 1;
  }
  override async backup(summary: BackupSummary): Promise<void> {
    this.backups.push(summary);
  }
  override async effect(...[name, statements, expect]: Parameters<Hands<ClearCursor>['effect']>): Promise<'applied' | 'already'> {
    const by = { owner: 'job-1', epoch: this.epoch, at: NOON.toISOString() };
    if (!this.claimed) await claim(this.database, by);
    this.claimed = true;
    const landed = await effectOnce(this.database, by, name, statements, [], expect);
    if (landed === 'stale') throw new Error('stale');
    this.effects.push(name);
    return landed;
  }
}

export async function planClear(database: Database, params: Partial<ClearParams>, sizes: Sizes): Promise<BoundPlan> {
  const basis = (await readBasis(database)).hash;
  const plan: StoredPlan = await clearPlanner(sizes).plan({
    database,
    databaseName: 'DB',
    archive: new MemoryArchive(),
    scratch: () => {
      throw new Error('no scratch here');
    },
    model: await introspect(database),
    params: ClearParams.parse({ safetyBackup: false, ...params }),
    newestBackup: async () => null,
    now: () => NOON,
  });
  return { ...plan, id: 'plan-1', hash: 'h', basis };
}

/** Until it ends. `attempt`: as the control plane counts. */
export async function runClear(
  database: Database,
  plan: BoundPlan,
  sizes: Sizes,
  { job = new ClearJob(database), archive = new MemoryArchive(), attempt = 1 } = {},
): Promise<{ outcome: Outcome; job: ClearJob; archive: MemoryArchive }> {
  for (;;) {
    const outcome = await clearTask(sizes).run({
      job: { id: 'job-1', database: 'DB', attempt, startedAt: NOON.toISOString() },
      params: ClearParams.parse(plan.params),
      plan,
      cursor: job.cursor,
      database,
      archive,
      scratch: () => {
        throw new Error('no scratch here');
      },
      hands: job,
      now: () => NOON,
    });
    if (outcome.outcome !== 'paused') return { outcome, job, archive };
  }
}
