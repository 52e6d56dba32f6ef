import fc from 'fast-check';
import { expect, test } from 'vitest';
import { schemaIn } from '../testing/exam.ts';
import { provePair } from '../testing/prove-pair.ts';
import { rowsSql, schemaPair, schemaSql } from '../testing/schemas.ts';
import { sqliteHand } from '../testing/sqlite.ts';

test('S1 S3: the plan from A to B gives B, keeps every row it does not name, plans nothing twice, and leads back to A', async () => {
  const outcomes = { applied: 0, refused: 0 };
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
