/** Reads what the statements of `sample-sql.ts` answer. */
import type { Table } from '../schema/model.ts';
import { fromHex } from '../sql/quote.ts';
import { recordBytes } from './btree.ts';
import type { Window } from './estimate.ts';
import { type Key, type KeyScale, keyScale } from './points.ts';
import { BIG_INTEGER_MARK, type SampleFrom } from './sample-sql.ts';
import { indexTrees, recordColumns, walkKey } from './trees.ts';
import { WINDOW_ROWS } from './walk-sql.ts';

/** A cell of an answer. */
export type Answer = string | number | null;

export interface Probe {
  readonly low: Key | null;
  readonly high: Key | null;
  /** Whether the key is ordered without regard to case. */
  readonly nocase: boolean;
  readonly counted: number;
  /** False when counting stopped at its limit. */
  readonly complete: boolean;
}

export interface Sample {
  /** Record sizes of the sampled rows. */
  readonly records: readonly number[];
  /** For each index the sizes of its entries: of fewer rows than `records` where the index is partial. */
  readonly indexes: readonly (readonly number[])[];
  /** Whether an integer was seen that a JavaScript number cannot hold. */
  readonly bigIntegers: boolean;
  readonly windows: readonly Window[];
  /** All rows of the table, so that nothing is left to guess. */
  readonly whole: boolean;
}

/** The schema's own table, which no statement lists, and D1's own tables, which may not be read. */
export interface SchemaSize {
  readonly records: readonly number[];
  readonly hiddenTrees: number;
}

/** `countLimit` as it was given to `probeQuestion`. */
export function readProbe(table: Table, [low, high, counted]: readonly Answer[], countLimit: number | null): Probe {
  const rows = Number(counted);
  return {
    low: keyEnd(low ?? null),
    high: keyEnd(high ?? null),
    nocase: walkKey(table)?.nocase ?? false,
    counted: rows,
    complete: countLimit === null || rows < countLimit,
  };
}

/** Null without rows, or where nothing can be reckoned between the table's lowest and highest key. */
export function scaleOf({ low, high, nocase }: Probe): KeyScale | null {
  return low && high ? keyScale(low, high, nocase) : null;
}

export function readSample(table: Table, probe: Probe, from: SampleFrom, [sizes, windows]: readonly Answer[]): Sample {
  const rows = String(sizes ?? '')
    .split(',')
    .filter(Boolean)
    .map((row) => row.split(' '));
  const kept = recordColumns(table).length;
  const record = rows.map(([bytes]) => Number(bytes));
  return {
    records: record.map((bytes) => recordBytes(kept, bytes % BIG_INTEGER_MARK)),
    indexes: indexTrees(table).map((index, i) => entries(rows, i + 1, index.columns.length + 1)),
    bigIntegers: record.some((bytes) => bytes >= BIG_INTEGER_MARK),
    windows: readWindows(probe, String(windows ?? '')),
    whole: from.from === 'whole',
  };
}

function entries(rows: readonly (readonly string[])[], place: number, columns: number): number[] {
  const sizes = rows.map((row) => Number(row[place] ?? Number.NaN)).filter((bytes) => !Number.isNaN(bytes));
  return sizes.map((bytes) => recordBytes(columns, bytes % BIG_INTEGER_MARK));
}

function readWindows(probe: Probe, text: string): Window[] {
  const scale = scaleOf(probe);
  if (scale === null || probe.low === null) return [];
  const { type } = probe.low;
  const placeOf = (hex: string | undefined) => scale.placeOf({ type, bytes: fromHex(hex ?? '') });
  const windows = text.split(',').filter(Boolean);
  return windows.map((window) => {
    const [rows, from, floor, to] = window.split(' ');
    return { rows: Number(rows), span: Number(placeOf(to) - placeOf(from)), floor: floor ?? '', cut: Number(rows) >= WINDOW_ROWS };
  });
}

function keyEnd(answer: Answer): Key | null {
  const [type, hex] = String(answer ?? '').split(' ');
  if (type !== 'integer' && type !== 'real' && type !== 'text' && type !== 'blob') return null;
  return { type, bytes: fromHex(hex ?? '') };
}

/** Of `SCHEMA_QUESTION`. */
export function readSchemaSize([sizes, hiddenTrees]: readonly Answer[]): SchemaSize {
  const records = String(sizes ?? '')
    .split(',')
    .filter(Boolean)
    .map(Number);
  return { records, hiddenTrees: Number(hiddenTrees) };
}

/** Of `ANALYZE_QUESTION`: rows by table. A partial index counts its own rows only, so the greatest number is the table's. */
export function readAnalyzed([text]: readonly Answer[]): Map<string, number> {
  const rows = new Map<string, number>();
  const entries = JSON.parse(String(text ?? '[]')) as [table: string, statistics: string | null][];
  for (const [table, statistics] of entries) {
    const count = Number.parseInt(statistics ?? '', 10);
    if (count >= 0) rows.set(table, Math.max(count, rows.get(table) ?? 0));
  }
  return rows;
}
