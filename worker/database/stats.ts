/**
 * Live figures of a database at a bounded cost: a few batches whatever the number of tables, a few thousand rows read whatever their
 * number. What is counted and what is reckoned is said with each figure; how it is reckoned is in `worker/core/stats`.
 */
import type { Table } from '../core/schema/model.ts';
import {
  type Answer,
  type Probe,
  readAnalyzed,
  readProbe,
  readSample,
  readSchemaSize,
  type Sample,
  type SchemaSize,
  scaleOf,
} from '../core/stats/answers.ts';
import { assemble, type Reading } from '../core/stats/assemble.ts';
import { newestCount, totalOf } from '../core/stats/estimate.ts';
import { type DatabaseFacts, factsOf } from '../core/stats/facts.ts';
import { packQuestions, type Question } from '../core/stats/pack.ts';
import { spread } from '../core/stats/points.ts';
import { ANALYZE_QUESTION, probeQuestion, type SampleFrom, SCHEMA_QUESTION, sampleQuestion } from '../core/stats/sample-sql.ts';
import { isHidden } from '../core/stats/trees.ts';
import type { Figure, TableStats } from '../protocol/database.ts';
import type { Database, Rows } from './database.ts';
import { DatabaseFailure } from './errors.ts';
import { introspect } from './introspect.ts';

/** Up to this size all rows are counted: that reads 2,048 pages at most. */
const COUNT_ALL_BYTES = 8 * 1024 * 1024;
/** In a larger one each table is counted up to a limit, so that all tables together cost about this many rows. */
const COUNTED_ROWS = 40_000;
const COUNT_LIMIT = { least: 100, most: 2_000 };
/** Tables of up to this many rows are sampled whole. */
const WHOLE_ROWS = 200;
/** Points at which rows are sought: about twenty rows are read at each. With very many tables each gets fewer. */
const ALL_POINTS = 10_000;
const POINTS = { least: 10, most: 100 };
/** Calls spent on finding the tables that make a batch fail. Only a damaged database needs any. */
const EXTRA_CALLS = 48;

export interface SampleOptions {
  /** Figures of an earlier sample: its exact counts serve as dated ones where nothing better is found. */
  readonly previous: readonly TableStats[];
  /** By table: what the last backup counted. */
  readonly backupRows: ReadonlyMap<string, { readonly rows: number; readonly takenAt: string }>;
  readonly now: Date;
}

export interface DatabaseSample {
  readonly sizeBytes: number;
  /** The bytes of all but virtual tables add up to `sizeBytes`; a virtual table's are those of its shadow tables once more. */
  readonly tables: TableStats[];
  /** Over tables of kind `table`. */
  readonly totalRows: Figure;
  /** What `notesFor` needs besides. */
  readonly facts: DatabaseFacts;
}

/**
 * Four calls; more with many hundreds of tables, or when a table fails. A table that cannot be read has null figures, the others do
 * not suffer; throws a `DatabaseFailure` when the database itself does not answer.
 */
export async function sampleTables(database: Database, options: SampleOptions): Promise<DatabaseSample> {
  const { now } = options;
  const [model, sizeBytes] = await Promise.all([introspect(database), database.size()]);
  const visible = model.tables.filter(({ name }) => !isHidden(name));
  const virtual = visible.filter(({ kind }) => kind === 'virtual');
  const readable = visible.filter(({ kind }) => kind !== 'virtual');
  const { probes, schema, analyzed } = await probeAll(database, readable, sizeBytes);
  const samples = await sampleAll(database, readable, probes);
  const previous = new Map(options.previous.map(({ name, rows }) => [name, rows]));
  const readings = readable.map(
    (table, i): Reading => ({
      table,
      probe: probes[i] ?? null,
      sample: samples[i] ?? null,
      dated: newestCount(options.backupRows.get(table.name), previous.get(table.name)),
      analyzed: analyzed.get(table.name) ?? null,
    }),
  );
  const tables = assemble(readings, virtual, schema, sizeBytes, now);
  const ordinary = tables.filter(({ kind }) => kind === 'table').map(({ rows }) => rows);
  return { sizeBytes, tables, totalRows: totalOf(ordinary, now), facts: factsOf(readings, virtual, tables, sizeBytes) };
}

interface Probed {
  readonly probes: readonly (Probe | null)[];
  readonly schema: SchemaSize;
  readonly analyzed: ReadonlyMap<string, number>;
}

async function probeAll(database: Database, tables: readonly Table[], sizeBytes: number): Promise<Probed> {
  const limit = sizeBytes <= COUNT_ALL_BYTES ? null : bounded(COUNTED_ROWS / tables.length, COUNT_LIMIT);
  const analyzed = tables.some(({ name }) => name === 'sqlite_stat1') ? [ANALYZE_QUESTION] : [];
  const answers = await askAll(database, [...tables.map((table) => probeQuestion(table, limit)), SCHEMA_QUESTION, ...analyzed]);
  return {
    probes: tables.map((table, i) => (answers[i] ? readProbe(table, answers[i], limit) : null)),
    schema: readSchemaSize(answers[tables.length] ?? []),
    analyzed: readAnalyzed(answers[tables.length + 1] ?? []),
  };
}

async function sampleAll(
  database: Database,
  tables: readonly Table[],
  probes: readonly (Probe | null)[],
): Promise<(Sample | null)[]> {
  const filled = probes.filter((probe) => probe !== null && probe.counted > 0).length;
  const points = bounded(ALL_POINTS / filled, POINTS);
  const chosen = tables.flatMap((table, i) => {
    const probe = probes[i];
    return probe && probe.counted > 0 ? [{ i, table, from: sampleFrom(probe, points), probe }] : [];
  });
  const answers = await askAll(
    database,
    chosen.map(({ table, from }) => sampleQuestion(table, from)),
  );
  const samples = new Map(
    chosen.map(({ i, table, probe, from }, n) => [i, answers[n] ? readSample(table, probe, from, answers[n]) : null]),
  );
  return tables.map((_, i) => samples.get(i) ?? null);
}

/** Small tables whole, others at points over the range of their key; where that cannot be divided, the first rows. */
function sampleFrom(probe: Probe, count: number): SampleFrom {
  if (probe.complete && probe.counted <= WHOLE_ROWS) return { from: 'whole' };
  const scale = scaleOf(probe);
  if (scale === null) return { from: 'first', rows: WHOLE_ROWS };
  const points = scale.pointsAt(spread(scale.lowest, scale.highest, count));
  return { from: 'points', points, windows: !probe.complete };
}

type Answers = (Answer[] | null)[];

/** Answers in the order of the questions. When a batch fails it is halved until the question that fails is alone: that one is null. */
async function askAll(database: Database, questions: readonly Question[]): Promise<Answers> {
  const answers: Answers = questions.map(() => null);
  let extraCalls = EXTRA_CALLS;
  const ask = async (places: readonly number[]): Promise<void> => {
    const { batches } = packQuestions(questions, places);
    for (const { statements, places: asked } of batches) {
      try {
        keepAll(answers, await database.batch(statements));
      } catch (error) {
        if (!(error instanceof DatabaseFailure) || error.transient) throw error;
        if (asked.length === 1 || extraCalls <= 0) continue;
        extraCalls -= 2;
        const half = Math.ceil(asked.length / 2);
        await ask(asked.slice(0, half));
        await ask(asked.slice(half));
      }
    }
  };
  await ask(questions.map((_, place) => place));
  return answers;
}

function keepAll(answers: Answers, results: readonly Rows[]): void {
  for (const [n, ...cells] of results.flatMap(({ rows }) => rows)) {
    answers[Number(n)] = cells.map((cell) => (typeof cell === 'string' || typeof cell === 'number' ? cell : null));
  }
}

function bounded(value: number, { least, most }: { least: number; most: number }): number {
  return Math.max(least, Math.min(most, Math.floor(value)));
}
