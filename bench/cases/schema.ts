/** The schema matrix beside drizzle-kit doing the same work: both ways between two schemas of many tables. */
import { createRequire } from 'node:module';
import { integer, type SQLiteColumnBuilderBase, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { schemaOf } from '../../worker/core/schema/ddl/index.ts';
import { diffSchemas } from '../../worker/core/schema/diff/diff.ts';
import type { SchemaDef } from '../../worker/protocol/schema.ts';
import { type Bench, type BenchContext, type Row, row, type Verdict } from '../case.ts';

const NAME = 'schema diff';
const COLUMNS = 20;
/** One in ten tables has a column more. */
const CHANGED = 10;
const ROUNDS = 5;
const GOAL = 5;
const peer = 'drizzle-kit';

interface Kit {
  generateSQLiteDrizzleJson(tables: Record<string, unknown>): Promise<object>;
  generateSQLiteMigration(before: object, after: object): Promise<string[]>;
}
// As a require: its ES module looks for packages beside itself only.
const kit = createRequire(import.meta.url)('drizzle-kit/api') as Kit;

const names = Array.from({ length: COLUMNS - 1 }, (_, n) => `column_${n}`);

function drizzleTables(tables: number, changed: boolean): Record<string, unknown> {
  const columns = () => Object.fromEntries(names.map((name) => [name, text().notNull().default('x')]));
  const more = (n: number): Record<string, SQLiteColumnBuilderBase> => (changed && n % CHANGED === 0 ? { more: integer() } : {});
  const table = (n: number) => sqliteTable(`table_${n}`, { id: integer().primaryKey(), ...columns(), ...more(n) });
  return Object.fromEntries(Array.from({ length: tables }, (_, n) => [`table${n}`, table(n)]));
}

function ownModel(tables: number, changed: boolean): SchemaDef {
  const columns = names.map((name) => `${name} TEXT DEFAULT 'x' NOT NULL`).join(', ');
  const entries = Array.from({ length: tables }, (_, n) => {
    const name = `table_${n}`;
    const sql = `CREATE TABLE ${name} (id INTEGER PRIMARY KEY, ${columns}${changed && n % CHANGED === 0 ? ', more INTEGER' : ''})`;
    return { type: 'table', name, table: name, sql };
  });
  return schemaOf(entries).schema;
}

/** Both ways; answers how many differences were found. */
async function withKit(a: Record<string, unknown>, b: Record<string, unknown>): Promise<number> {
  const [before, after] = [await kit.generateSQLiteDrizzleJson(a), await kit.generateSQLiteDrizzleJson(b)];
  return (await kit.generateSQLiteMigration(before, after)).length + (await kit.generateSQLiteMigration(after, before)).length;
}

function withOurs(a: SchemaDef, b: SchemaDef): number {
  const differences = (schema: SchemaDef, live: SchemaDef) => {
    const { missing, extra } = diffSchemas({ schema, live, migrations: live, canSay: () => true }).counts;
    return missing + extra;
  };
  return differences(b, a) + differences(a, b);
}

async function run({ sizes, tell }: BenchContext): Promise<Row[]> {
  const rows: Row[] = [];
  for (const tables of sizes) {
    const [a, b] = [ownModel(tables, false), ownModel(tables, true)];
    const [left, right] = [drizzleTables(tables, false), drizzleTables(tables, true)];
    const wanted = 2 * Math.ceil(tables / CHANGED);
    const ways: [string, () => number | Promise<number>][] = [
      ['lockkeeper', () => withOurs(a, b)],
      [peer, () => withKit(left, right)],
    ];
    const best = new Map<string, number>();
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [method, work] of ways) {
        const startedAt = performance.now();
        const found = await work();
        const wallMs = performance.now() - startedAt;
        if (found !== wanted) throw new Error(`${method} found ${found} differences of ${wanted}`);
        best.set(method, Math.min(best.get(method) ?? Number.POSITIVE_INFINITY, wallMs));
      }
    }
    for (const [method, wallMs] of best) {
      tell(`  ${method}: ${wallMs.toFixed(0)} ms`);
      const note = `${tables} tables of ${COLUMNS} columns, both ways, from loaded models; best of ${ROUNDS}`;
      rows.push(row({ case: NAME, method, rows: 2 * tables * COLUMNS, wallMs, jobMs: null, outputBytes: 0, peakBytes: {}, note }));
    }
  }
  return rows;
}

function judge(rows: readonly Row[]): Verdict[] {
  const timeOf = (method: string) => rows.filter((one) => one.case === NAME && one.method === method).at(-1)?.wallMs;
  const [own, other] = [timeOf('lockkeeper'), timeOf(peer)];
  if (own === undefined || other === undefined) return [];
  const times = other / own;
  return [
    {
      goal: `the schema diff is at least ${GOAL} times as fast as ${peer}`,
      measured: `${times.toFixed(1)}×`,
      reached: times >= GOAL,
    },
  ];
}

export const bench: Bench = { name: NAME, what: 'the schema matrix beside drizzle-kit', sizes: [1_000], run, judge };
