/** The exam's hand on a D1 binding. */
import type { Hand } from './exam.ts';

export function d1Hand(binding: D1Database): Hand {
  return {
    batch: async (statements) => {
      if (statements.length > 0) await binding.batch(statements.map((sql) => binding.prepare(sql)));
    },
    select: async (sql) => binding.prepare(sql).raw<unknown[]>(),
  };
}

/** The setup as a user would have made it, in one batch. */
export const setUp = async (hand: Hand, setup: readonly string[]): Promise<Hand> => {
  await hand.batch(setup);
  return hand;
};
