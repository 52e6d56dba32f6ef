/**
 * `sample.seed`: fills an empty database that is declared as a sample. Step `schema` is all migrations at once, each further step
 * one slice of rows. What a row holds depends on `rows`, `seed` and its own number only, so the cursor is a row number and a seeding
 * that was stopped or killed goes on to the same bytes.
 */
import { DATABASES } from '../../db/databases.ts';
import { type Sample, sampleShop } from '../../db/sample/index.ts';
import { type JobProgress, SeedParams } from '../protocol/job.ts';
import { Refusal } from '../protocol/problem.ts';
import { mustBeEmpty, rethrowFilled, schemaStatements } from './sample-seed-schema.ts';
import type { Hands, Outcome, Task, TaskContext, Verdict } from './task.ts';

/** Rows of the sample that have landed, counted over all its tables in their order. */
export type SeedCursor = { row: number };
type SeedContext = TaskContext<SeedParams, SeedCursor>;

const START: JobProgress = { phase: 'schema', done: 0, total: null, unit: 'rows' };

const progressAt = (sample: Sample, row: number): JobProgress => ({ phase: 'rows', done: row, total: sample.rows, unit: 'rows' });

/** What a cancelled job leaves behind: `rows` of `of` rows, and a retry goes on there. */
const stateAt = (sample: Sample, row: number) => ({ rows: row, of: sample.rows });

async function seedSchema(hands: Hands<SeedCursor>, sample: Sample): Promise<Verdict> {
  await hands.effect('schema', schemaStatements()).catch(rethrowFilled);
  return await hands.commit({ name: 'schema', cursor: { row: 0 }, progress: progressAt(sample, 0), detail: stateAt(sample, 0) });
}

async function seedSlice(hands: Hands<SeedCursor>, sample: Sample, from: number): Promise<{ row: number; verdict: Verdict }> {
  const { to, statements } = sample.slice(from);
  const name = `rows-${from}`;
  await hands.effect(name, statements);
  const verdict = await hands.commit({ name, cursor: { row: to }, progress: progressAt(sample, to), detail: stateAt(sample, to) });
  return { row: to, verdict };
}

/** Nothing is taken back: what has landed is whole and consistent, and the step says how far it goes. */
async function stop(hands: Hands<SeedCursor>, sample: Sample, row: number): Promise<Outcome> {
  await hands.commit({
    name: 'stopped',
    cursor: { row },
    progress: progressAt(sample, row),
    detail: {
      ...stateAt(sample, row),
      left: `The schema and the first ${row} of ${sample.rows} rows stay; a retry goes on from there.`,
    },
  });
  return { outcome: 'cancelled' };
}

async function run({ params, cursor, hands }: SeedContext): Promise<Outcome> {
  const sample = sampleShop(params);
  let row = cursor?.row ?? 0;
  let verdict: Verdict = cursor === null ? await seedSchema(hands, sample) : 'go-on';
  while (row < sample.rows) {
    switch (verdict) {
      case 'pause':
        return { outcome: 'paused' };
      case 'cancel':
        return await stop(hands, sample, row);
      case 'go-on':
        ({ row, verdict } = await seedSlice(hands, sample, row));
    }
  }
  return { outcome: 'done', result: { rows: row, tables: Object.keys(sample.counts).length } };
}

export const sampleSeed: Task<SeedParams, SeedCursor> = {
  kind: 'sample.seed',
  lane: 'exclusive',
  role: 'operator',
  params: SeedParams,
  start: START,
  async check({ database, databaseName }) {
    const managed = DATABASES.find(({ binding }) => binding === databaseName);
    if (!managed?.sample) throw new Refusal('not_a_sample', `\`${databaseName}\` is not declared with \`sample: true\`.`);
    await mustBeEmpty(database);
  },
  run,
};
