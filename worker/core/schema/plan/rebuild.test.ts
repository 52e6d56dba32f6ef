import { describe, expect, test } from 'vitest';
import { contentsOf } from '../testing/exam.ts';
import { matrix, SPECIAL } from '../testing/matrix.ts';
import { proveRebuild } from '../testing/prove.ts';
import { sqliteHand } from '../testing/sqlite.ts';

describe('S1 S2: a rebuild keeps every row of every table, value, rowid, sequence, trigger, index and view', () => {
  test.each([...matrix(), ...SPECIAL])('$name', async (one) => {
    const hand = sqliteHand(...one.setup);
    await proveRebuild(hand, one);
    hand.database.close();
  });
  test.each([...matrix(), ...SPECIAL])('$name, in slices', async (one) => {
    const hand = sqliteHand(...one.setup);
    await proveRebuild(hand, one, 'in slices');
    hand.database.close();
  });
});

test('S1 the exam can fail: the recipe in common use empties the children', async () => {
  const [one] = [...matrix()].filter(({ name }) => name.startsWith('plain, ON DELETE CASCADE'));
  const hand = sqliteHand(...(one?.setup ?? []));
  const before = await contentsOf(hand);
  await hand.batch([
    'PRAGMA defer_foreign_keys = ON',
    "CREATE TABLE __new_p (id INTEGER PRIMARY KEY, a, b, c, d, e, v TEXT DEFAULT 'new')",
    'INSERT INTO __new_p SELECT * FROM p',
    'DROP TABLE p',
    'ALTER TABLE __new_p RENAME TO p',
  ]);
  const after = await contentsOf(hand);
  expect(after.p).toEqual(before.p);
  expect([before.c?.length, after.c?.length]).toEqual([4, 1]);
});
