/** A table that is cleared as planned, beside a bare `DELETE` of the same rows in stock SQLite: alone, and with rows that depend on it. */
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Bench, type BenchContext, type Row, row, type Verdict } from '../case.ts';
import { runJob, startServer } from '../server.ts';
import { preparedState } from '../state.ts';

const NAME = 'clear';
/** One row in so many has one that depends on it. */
const DEPENDENT = 10;

function write(path: string, rows: number): void {
  const database = new DatabaseSync(path);
  const series = `WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < ${rows})`;
  database.exec(`PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN;
    CREATE TABLE bench_alone (id INTEGER PRIMARY KEY, name TEXT NOT NULL, filler TEXT NOT NULL);
    CREATE INDEX bench_alone_by_name ON bench_alone(name);
    CREATE TABLE bench_parents (id INTEGER PRIMARY KEY, name TEXT NOT NULL, filler TEXT NOT NULL);
    CREATE TABLE bench_children (id INTEGER PRIMARY KEY, parent INTEGER NOT NULL REFERENCES bench_parents(id) ON DELETE CASCADE);
    CREATE INDEX bench_children_by_parent ON bench_children(parent);
    INSERT INTO bench_alone ${series} SELECT i, 'name ' || i, hex(zeroblob(20)) FROM s;
    INSERT INTO bench_parents SELECT * FROM bench_alone;
    INSERT INTO bench_children(parent) SELECT id FROM bench_parents WHERE id % ${DEPENDENT} = 0;
    COMMIT`);
  database.close();
}

/** With what SQLite does by itself along the foreign keys. */
function bareDelete(source: string, folder: string, table: string): number {
  const path = join(folder, 'bare.sqlite');
  copyFileSync(source, path);
  const database = new DatabaseSync(path);
  database.exec('PRAGMA foreign_keys = ON');
  const startedAt = performance.now();
  database.exec(`BEGIN; DELETE FROM ${table}; COMMIT`);
  const wallMs = performance.now() - startedAt;
  database.close();
  rmSync(path);
  return wallMs;
}

async function run({ sizes, folder, tell }: BenchContext): Promise<Row[]> {
  const rows: Row[] = [];
  for (const n of sizes) {
    const source = join(folder, `source-${n}.sqlite`);
    mkdirSync(folder, { recursive: true });
    write(source, n);
    const stateFolder = join(folder, `state-${n}`);
    await preparedState(stateFolder, source, 'bench_alone');
    const server = await startServer(stateFolder);
    const ways = [
      ['bench_alone', 'alone', 'keep', n],
      ['bench_parents', 'with dependents', 'clear', n + Math.floor(n / DEPENDENT)],
    ] as const;
    try {
      for (const [table, what, dependents, all] of ways) {
        const params = { table, dependents, safetyBackup: false };
        const { job, wallMs, jobMs } = await runJob(server, { kind: 'table.clear', params, confirm: table });
        tell(`  table.clear, ${what}: ${Math.round(jobMs)} ms`);
        const common = { case: NAME, rows: all, outputBytes: 0, peakBytes: {} };
        rows.push(row({ ...common, method: `table.clear, ${what}`, wallMs, jobMs, note: JSON.stringify(job.result) }));
        const bareMs = bareDelete(source, folder, table);
        tell(`  bare DELETE, ${what}: ${Math.round(bareMs)} ms`);
        rows.push(
          row({ ...common, method: `bare DELETE, ${what}`, wallMs: bareMs, jobMs: null, note: 'node:sqlite, one transaction' }),
        );
      }
    } finally {
      await server.stop();
    }
  }
  return rows;
}

const judge = (): Verdict[] => [];

export const bench: Bench = { name: NAME, what: 'a table cleared as planned', sizes: [500_000], run, judge };
