/**
 * The one interface through which Lockkeeper speaks SQL to a database that is not its own.
 * Adapters: `d1.ts` (a D1 binding), `scratch.ts` (the SQLite of a Durable Object). Both fail with a `DatabaseFailure`.
 */

/** D1 binds numbers as REAL (and a TEXT column then stores `1.0`): integers go in as text under `CAST(? AS INTEGER)`. */
export type Bindable = string | Uint8Array | null;
export type Cell = string | number | null | number[] | ArrayBuffer;
export interface Statement {
  readonly sql: string;
  readonly params?: readonly Bindable[];
}
export interface Rows {
  /** Each row in the order of the selected columns. */
  readonly rows: Cell[][];
  /** Rows that the statement inserted, updated or deleted. */
  readonly changes: number;
}

export interface Database {
  /** Runs one statement. */
  query(sql: string, params?: readonly Bindable[]): Promise<Rows>;
  /** Runs all of them in one transaction: all or nothing. Each selected column needs a name of its own. */
  batch(statements: readonly Statement[]): Promise<Rows[]>;
  /** Exact size in bytes. */
  size(): Promise<number>;
}
