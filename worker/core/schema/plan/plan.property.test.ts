import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SchemaDef } from '../../../protocol/schema.ts';
import { apply, contentsOf, type Hand, planFor, schemaIn } from '../testing/exam.ts';
import { provePair } from '../testing/prove-pair.ts';
import { rowsSql, schemaPair, schemaSql } from '../testing/schemas.ts';
import { sqliteHand } from '../testing/sqlite.ts';

test('S1 S3: the plan from A to B gives B, keeps every row it does not name, plans nothing twice, and leads back to A', async () => {
  const outcomes = { applied: 0, sliced: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(schemaPair, async ([a, b]) => {
      const [hand, other] = [
        sqliteHand(...schemaSql(a), 'BEGIN; PRAGMA defer_foreign_keys = ON', ...rowsSql(a), 'COMMIT'),
        sqliteHand(...schemaSql(b)),
      ];
      outcomes[await provePair(hand, await schemaIn(other))] += 1;
      hand.database.close();
      other.database.close();
    }),
    { numRuns: 600 },
  );
  // A planner that refuses everything would pass, too.
  expect(outcomes.applied).toBeGreaterThan(outcomes.refused);
});

test('S1 S2 S3 in slices, wherever one batch may write only a few rows: the same', async () => {
  const outcomes = { applied: 0, sliced: 0, refused: 0 };
  const limits = fc.record({ maxRowWrites: fc.integer({ min: 3, max: 24 }), sliceRows: fc.integer({ min: 1, max: 5 }) });
  await fc.assert(
    fc.asyncProperty(schemaPair, limits, async ([a, b], few) => {
      const setup = [...schemaSql(a), 'BEGIN; PRAGMA defer_foreign_keys = ON', ...rowsSql(a), 'COMMIT'];
      const [hand, other, whole] = [sqliteHand(...setup), sqliteHand(...schemaSql(b)), sqliteHand(...setup)];
      const wanted = await schemaIn(other);
      outcomes[await provePair(hand, wanted, few)] += 1;
      await sameAsAtOnce(whole, wanted, few.maxRowWrites, sqliteHand(...setup), few.sliceRows);
    }),
    { numRuns: 400 },
  );
  expect(outcomes.sliced).toBeGreaterThan(50);
});

/** What slices leave is what one batch would have left, down to the rowids and the numbers of AUTOINCREMENT. */
async function sameAsAtOnce(whole: Hand, wanted: SchemaDef, maxRowWrites: number, sliced: Hand, sliceRows: number): Promise<void> {
  const [one, many] = [await planFor(whole, { wanted }), await planFor(sliced, { wanted, maxRowWrites })];
  if ([...one.hazards, ...many.hazards].some(({ level }) => level === 'stop')) return;
  await apply(whole, one.statements);
  await apply(sliced, many.statements, sliceRows);
  expect(await contentsOf(sliced)).toEqual(await contentsOf(whole));
}
