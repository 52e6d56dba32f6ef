import { reset } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { d1Database } from '../../../database/d1.ts';
import { FENCE_MESSAGE, fenceState, lowerFence, raiseFence } from '../../../database/fence.ts';
import { claim, effectOnce } from '../../../database/guarded.ts';
import { d1Hand, setUp } from '../testing/d1.ts';
import { apply, contentsOf, leftOver, planFor, schemaIn } from '../testing/exam.ts';
import { matrix, SPECIAL } from '../testing/matrix.ts';
import { fewFor, proveRebuild } from '../testing/prove.ts';
import { provePair } from '../testing/prove-pair.ts';
import { rowsSql, schemaPair, schemaSql } from '../testing/schemas.ts';

const { DB: binding, STAGING: other } = env as unknown as { DB: D1Database; STAGING: D1Database };

afterEach(() => reset());

// Those with triggers and views: the bare ones differ in nothing that D1 could do otherwise than SQLite, and are proven there.
const cases = [...matrix()].filter(({ name }) => name.endsWith('readers'));

describe('S1 S2 in D1: a rebuild keeps every row of every table, value, rowid, sequence, trigger, index and view', () => {
  test.each([...cases, ...SPECIAL])('$name', async (one) => proveRebuild(await setUp(d1Hand(binding), one.setup), one));
  // What ON UPDATE does plays no part in it.
  const still = cases.filter(({ name }) => name.includes('ON UPDATE NO ACTION'));
  test.each([...still, ...SPECIAL])('$name, in slices', async (one) =>
    proveRebuild(await setUp(d1Hand(binding), one.setup), one, 'in slices'),
  );
});

test('S1 S3 in D1: the plan from A to B gives B, keeps every row it does not name, plans nothing twice, and leads back to A', async () => {
  const outcomes = { applied: 0, sliced: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(schemaPair, async ([a, b]) => {
      const hand = d1Hand(binding);
      await hand.batch(schemaSql(a));
      await hand.batch(['PRAGMA defer_foreign_keys = ON', ...rowsSql(a)]);
      const wanted = await schemaIn(await setUp(d1Hand(other), schemaSql(b)));
      outcomes[await provePair(hand, wanted)] += 1;
      await reset();
    }),
    { seed: 20261123, numRuns: 60, endOnFailure: true },
  );
  expect(outcomes.applied).toBeGreaterThan(outcomes.refused);
});

test('S1 S3 in D1, in slices: the same', async () => {
  const outcomes = { applied: 0, sliced: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(schemaPair, fc.integer({ min: 1, max: 5 }), async ([a, b], sliceRows) => {
      const hand = d1Hand(binding);
      await hand.batch(schemaSql(a));
      await hand.batch(['PRAGMA defer_foreign_keys = ON', ...rowsSql(a)]);
      const wanted = await schemaIn(await setUp(d1Hand(other), schemaSql(b)));
      outcomes[await provePair(hand, wanted, { maxRowWrites: 12, sliceRows })] += 1;
      await reset();
    }),
    { seed: 20261123, numRuns: 60, endOnFailure: true },
  );
  expect(outcomes.sliced).toBeGreaterThan(10);
});

describe('M2 M3: under a fence the job passes, and what it rebuilds is fenced again', () => {
  const by = { owner: 'job_1', epoch: 1, at: '2026-11-23T10:00:00.000Z' };
  const shapes = ['plain', 'self', 'cycle', 'chain of three'];
  test.each(shapes)('%s', async (shape) => {
    const [one] = cases.filter(({ name }) => name.startsWith(`${shape}, ON DELETE CASCADE`));
    const hand = await setUp(d1Hand(binding), one?.setup ?? []);
    const database = d1Database(binding);
    const [schema, held] = [await schemaIn(hand), await contentsOf(hand)];
    await claim(database, by);
    await raiseFence(database);
    const wanted = {
      ...schema,
      tables: schema.tables.map((table) =>
        table.name === 'p' ? { ...table, checks: [...table.checks, { name: 'old', expression: 'id < 99' }], sql: null } : table,
      ),
    };
    const { statements, expectations } = await planFor(hand, { wanted });
    expect(new Set(statements.map(({ step }) => step))).toEqual(new Set([0]));
    expect(
      await effectOnce(
        database,
        by,
        'a',
        statements.map(({ sql }) => ({ sql })),
        [],
        { before: expectations },
      ),
    ).toBe('applied');
    expect(await fenceState(database)).toMatchObject({ up: true, unfenced: [] });
    await expect(database.query('DELETE FROM p')).rejects.toThrow(FENCE_MESSAGE);
    await lowerFence(database);
    expect(await contentsOf(hand)).toEqual(held);
    expect(await leftOver(hand, wanted)).toEqual([]);
  });

  test.each(shapes)('%s, in slices', async (shape) => {
    const [one] = cases.filter(({ name }) => name.startsWith(`${shape}, ON DELETE CASCADE`));
    const hand = await setUp(d1Hand(binding), one?.setup ?? []);
    const database = d1Database(binding);
    const [schema, held] = [await schemaIn(hand), await contentsOf(hand)];
    await claim(database, by);
    await raiseFence(database);
    const tables = schema.tables.map((table) =>
      table.name === 'p' ? { ...table, checks: [...table.checks, { name: 'old', expression: 'id < 99' }], sql: null } : table,
    );
    const wanted = { ...schema, tables };
    const { statements } = await planFor(hand, { wanted, maxRowWrites: fewFor(one?.name ?? '') });
    let step = 0;
    const guarded = {
      select: hand.select,
      batch: async (sqls: readonly string[]) => {
        await expect(database.query('DELETE FROM p')).rejects.toThrow(FENCE_MESSAGE);
        step += 1;
        const effect = await effectOnce(
          database,
          by,
          `step ${step}`,
          sqls.map((sql) => ({ sql })),
        );
        expect(effect).toBe('applied');
      },
    };
    await apply(guarded, statements, 2);
    expect(statements.some(({ slice }) => slice)).toBe(true);
    expect(await fenceState(database)).toMatchObject({ up: true, unfenced: [] });
    await expect(database.query('DELETE FROM p')).rejects.toThrow(FENCE_MESSAGE);
    await lowerFence(database);
    expect(await contentsOf(hand)).toEqual(held);
    expect(await leftOver(hand, wanted)).toEqual([]);
  });
});
