/** What the notes need to know of a database besides the figures. */
import type { TableStats } from '../../protocol/database.ts';
import type { Table } from '../schema/model.ts';
import { scaleOf } from './answers.ts';
import type { Reading } from './assemble.ts';
import { indexTrees, keyColumns } from './trees.ts';

export interface DatabaseFacts {
  readonly sizeBytes: number;
  /** Ordinary tables: neither virtual, shadow nor internal. */
  readonly tables: number;
  readonly widest: { readonly table: string; readonly columns: number } | null;
  readonly largestRow: { readonly table: string; readonly bytes: number } | null;
  readonly estimatedRows: boolean;
  /** Tables that could not be read. */
  readonly unreadable: readonly string[];
  /** Tables in whose sample stood an integer beyond ±2^53. */
  readonly bigIntegers: readonly string[];
  readonly keyless: readonly string[];
  readonly foreignKeys: number;
  /** Foreign keys whose child columns lead no index: each write to the parent scans the child. */
  readonly unindexedForeignKeys: readonly { readonly table: string; readonly columns: readonly string[] }[];
  readonly fullText: readonly string[];
}

const MOST_PRECISE = BigInt(Number.MAX_SAFE_INTEGER);

export function factsOf(
  readings: readonly Reading[],
  virtual: readonly Table[],
  figures: readonly TableStats[],
  sizeBytes: number,
): DatabaseFacts {
  const own = readings.filter(({ table }) => table.kind === 'table');
  const tables = own.map(({ table }) => table);
  const rows = own.map(({ table, sample }) => ({ table: table.name, bytes: Math.max(0, ...(sample?.records ?? [])) }));
  const widths = tables.map(({ name, columns }) => ({ table: name, columns: columns.length }));
  return {
    sizeBytes,
    tables: own.length,
    widest: largest(widths, ({ columns }) => columns),
    largestRow: largest(rows, ({ bytes }) => bytes),
    estimatedRows: figures.some(({ kind, rows }) => kind === 'table' && rows?.exact === false),
    unreadable: figures.filter((table) => table.kind !== 'virtual' && table.rows === null).map(({ name }) => name),
    bigIntegers: own.filter(hasBigIntegers).map(({ table }) => table.name),
    keyless: tables.filter((table) => keyColumns(table).length === 0).map(({ name }) => name),
    foreignKeys: tables.reduce((sum, { foreignKeys }) => sum + foreignKeys.length, 0),
    unindexedForeignKeys: tables.flatMap(unindexed),
    fullText: virtual.filter(({ module }) => module?.toLowerCase() === 'fts5').map(({ name }) => name),
  };
}

/** A rowid counts only where it is a declared column: nobody reads the others. */
function hasBigIntegers({ table, sample, probe }: Reading): boolean {
  if (sample?.bigIntegers) return true;
  const range = probe && table.integerKey !== null ? scaleOf(probe) : null;
  return range !== null && (range.highest > MOST_PRECISE || range.lowest < -MOST_PRECISE);
}

function unindexed(table: Table) {
  const whole = indexTrees(table).filter(({ partial }) => !partial);
  const leads = [...whole.map(({ columns }) => columns.map(({ name }) => name)), keyColumns(table)];
  return table.foreignKeys
    .filter((key) => !leads.some((lead) => beginsWith(lead, key.columns)))
    .map(({ columns }) => ({ table: table.name, columns }));
}

/** Whether the first columns are these, in any order: a search for equal values can use them all. */
function beginsWith(lead: readonly (string | null)[], columns: readonly string[]): boolean {
  const first = lead.slice(0, columns.length).map((column) => column?.toLowerCase());
  return columns.every((column) => first.includes(column.toLowerCase()));
}

function largest<T>(items: readonly T[], size: (item: T) => number): T | null {
  return items.reduce<T | null>((best, item) => (best === null || size(item) > size(best) ? item : best), null);
}
