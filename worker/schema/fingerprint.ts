/** Rows of tables as numbers that are the same only when the rows are, in whatever order. */
import { createHash } from 'node:crypto';
import { identifier } from '../core/sql/quote.ts';
import type { Cell, Database } from '../database/database.ts';

export interface Columns {
  readonly table: string;
  readonly columns: readonly string[];
}
export interface Fingerprint {
  readonly rows: number;
  /** The sum of the rows' hashes, modulo 2^64. */
  readonly sum: bigint;
}

const PAGE_ROWS = 2_000;

/** In the order of `tables`. The first pages come in one call; only long tables need more. */
export async function fingerprints(database: Database, tables: readonly Columns[]): Promise<Fingerprint[]> {
  const first = await database.batch(tables.map((table) => ({ sql: pageSql(table, 0) })));
  const found: Fingerprint[] = [];
  for (const [n, table] of tables.entries()) {
    let rows = first[n]?.rows ?? [];
    let print = added({ rows: 0, sum: 0n }, rows);
    for (let from = PAGE_ROWS; rows.length === PAGE_ROWS; from += PAGE_ROWS) {
      rows = (await database.query(pageSql(table, from))).rows;
      print = added(print, rows);
    }
    found.push(print);
  }
  return found;
}

export const samePrint = (a: Fingerprint | undefined, b: Fingerprint | undefined): boolean =>
  a?.rows === b?.rows && a?.sum === b?.sum;

/** Without an ORDER BY: nobody else works here, so that a table is read in the same order each time. */
function pageSql({ table, columns }: Columns, from: number): string {
  const cells = columns.map((column, n) => `quote(${identifier(column)}) AS c${n}`).join(', ');
  return `SELECT ${columns.length === 0 ? '1 AS c0' : cells} FROM ${identifier(table)} LIMIT ${PAGE_ROWS} OFFSET ${from}`;
}

const added = ({ rows, sum }: Fingerprint, more: readonly Cell[][]): Fingerprint => ({
  rows: rows + more.length,
  sum: more.reduce((total, row) => BigInt.asUintN(64, total + hashOf(row)), sum),
});

const hashOf = (row: readonly Cell[]): bigint => createHash('sha256').update(JSON.stringify(row)).digest().readBigUInt64LE(0);
