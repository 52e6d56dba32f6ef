/** The exam's hand in Node: SQLite with foreign keys on, each batch one transaction, as D1 has it. */
import { DatabaseSync } from 'node:sqlite';
import type { Hand } from './exam.ts';

export interface SqliteHand extends Hand {
  readonly database: DatabaseSync;
}

export function sqliteHand(...setup: readonly string[]): SqliteHand {
  const database = new DatabaseSync(':memory:');
  database.exec('PRAGMA foreign_keys = ON');
  for (const sql of setup) database.exec(sql);
  return {
    database,
    batch: async (statements) => {
      database.exec('BEGIN');
      try {
        for (const sql of statements) database.exec(sql);
        database.exec('COMMIT');
      } catch (error) {
        if (database.isTransaction) database.exec('ROLLBACK');
        throw error;
      }
    },
    select: async (sql) => {
      const statement = database.prepare(sql);
      statement.setReturnArrays(true);
      return statement.all() as unknown as unknown[][];
    },
  };
}
