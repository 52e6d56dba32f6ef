/** What D1 refuses and the open runtime does not. */
import type { Database, Rows } from '../../../database/database.ts';
import { databaseFailure } from '../../../database/errors.ts';

const MAX_VALUE_BYTES = 2_000_000;

/** D1 gives no value of more than 2,000,000 bytes. */
export function asInProduction(database: Database): Database {
  const passed = (results: readonly Rows[]) => {
    const tooLarge = ({ rows }: Rows) =>
      rows.some((row) => row.some((cell) => typeof cell === 'string' && cell.length > MAX_VALUE_BYTES));
    if (results.some(tooLarge)) throw databaseFailure(new Error('D1_ERROR: string or blob too big: SQLITE_TOOBIG'), false);
  };
  return {
    ...database,
    query: async (...of) => {
      const rows = await database.query(...of);
      passed([rows]);
      return rows;
    },
    batch: async (statements) => {
      const results = await database.batch(statements);
      passed(results);
      return results;
    },
  };
}
