/** From what was counted and sampled to figures of tables that add up to the size of the database. */
import type { Figure, TableStats } from '../../protocol/database.ts';
import type { Table } from '../schema/model.ts';
import { type Probe, type Sample, type SchemaSize, scaleOf } from './answers.ts';
import { bytesPerEntry, PAGE_BYTES, type TreeSample, treeBytes, varintBytes } from './btree.ts';
import {
  COUNTED,
  capBySize,
  type DatedCount,
  estimateRows,
  fillByGaps,
  type KeyRange,
  type RowEstimate,
  rowsFromRest,
} from './estimate.ts';
import { scaleToTotal } from './scale.ts';
import { indexTrees, ownerOfShadow, walkKey } from './trees.ts';

/** A table with all that was learnt of it. Null parts: it could not be read. */
export interface Reading {
  readonly table: Table;
  readonly probe: Probe | null;
  readonly sample: Sample | null;
  readonly dated: DatedCount | null;
  readonly analyzed: number | null;
}

interface Measured extends Reading {
  readonly rows: Figure | null;
  /** The table's own tree and then those of its indexes; null where nothing was sampled. */
  readonly trees: readonly (number | null)[];
}

/** What a tree's figures would be, were this the number of rows. */
function treesOf(reading: Reading, rows: number): TreeSample[] | null {
  const { table, sample, probe } = reading;
  if (sample === null && rows > 0) return null;
  const records = sample?.records ?? [];
  const highest = probe && !table.withoutRowid ? scaleOf(probe)?.highest : null;
  const rowidBytes = varintBytes(Number(highest ?? rows));
  const indexes = indexTrees(table).map((_, i): TreeSample => {
    const payloads = sample?.indexes[i] ?? [];
    const share = records.length > 0 ? payloads.length / records.length : 0;
    return { tree: 'index', payloads, entries: Math.round(rows * share), rowidBytes, fill: 1 };
  });
  const tree = table.withoutRowid ? 'index' : 'table';
  return [{ tree, payloads: records, entries: rows, rowidBytes, fill: fillByGaps(evidenceOf(reading)) }, ...indexes];
}

function bytesPerRow(reading: Reading): number {
  const perRow = treesOf(reading, 1_000_000)?.map((tree) => (bytesPerEntry(tree) * tree.entries) / 1_000_000) ?? [];
  return perRow.reduce((sum, bytes) => sum + bytes, 0);
}

function measured(reading: Reading, rows: Figure | null): Measured {
  const trees = rows === null ? null : treesOf(reading, rows.value);
  const unknown = [null, ...indexTrees(reading.table).map(() => null)];
  return { ...reading, rows, trees: trees?.map(treeBytes) ?? unknown };
}

/** Two passes: the tables whose number of rows is open share what the others leave of the size. */
function measureAll(readings: readonly Reading[], schemaBytes: number, sizeBytes: number, now: Date): Measured[] {
  const estimates = readings.map((reading) => estimateRows(evidenceOf(reading), now));
  const known = readings.map((reading, i) => measured(reading, settled(estimates[i] ?? null, reading, sizeBytes)));
  const used = known.reduce((sum, { trees }) => sum + treesSum(trees), schemaBytes);
  const open = readings.flatMap((reading, i) => {
    const estimate = estimates[i];
    return estimate?.kind === 'open' ? [{ i, atLeast: estimate.atLeast, bytesPerRow: bytesPerRow(reading) }] : [];
  });
  const rest = rowsFromRest(open, sizeBytes - used, now);
  const found = new Map(open.map(({ i }, place) => [i, rest[place] ?? null]));
  return known.map((reading, i) => (found.has(i) ? measured(reading, found.get(i) ?? null) : reading));
}

function evidenceOf({ table, probe, sample, dated, analyzed }: Reading) {
  const counted = probe && { rows: probe.counted, complete: probe.complete };
  return { counted, range: probe && rangeOf(table, probe), windows: sample?.windows ?? [], dated, analyzed };
}

function rangeOf(table: Table, probe: Probe): KeyRange | null {
  const scale = scaleOf(probe);
  if (scale === null) return null;
  const distance = Number(scale.highest - scale.lowest);
  if (!table.withoutRowid) return { of: 'rowid', distance };
  return { of: walkKey(table)?.unique && probe.low?.type === 'integer' ? 'number' : 'start', distance };
}

function settled(estimate: RowEstimate | null, reading: Reading, sizeBytes: number): Figure | null {
  return estimate?.kind === 'figure' ? capBySize(estimate.figure, bytesPerRow(reading), sizeBytes) : null;
}

function treesSum(trees: readonly (number | null)[]): number {
  return trees.reduce<number>((sum, bytes) => sum + (bytes ?? 0), 0);
}

/**
 * Figures of all tables; `virtual` are those that keep nothing themselves. The bytes of all but virtual tables add up to `sizeBytes`
 * (`sqlite_schema` stands for the schema's own pages and for D1's tables); a virtual table's are those of its shadow tables again.
 */
export function assemble(
  readings: readonly Reading[],
  virtual: readonly Table[],
  schema: SchemaSize,
  sizeBytes: number,
  now: Date,
): TableStats[] {
  const takenAt = now.toISOString();
  const schemaBytes = treeBytes({
    tree: 'table',
    payloads: schema.records,
    entries: schema.records.length,
    rowidBytes: 2,
    fill: 1,
  });
  const ownBytes = schemaBytes + schema.hiddenTrees * PAGE_BYTES;
  const all = measureAll(readings, ownBytes, sizeBytes, now);
  const scaled = scaledTrees([...all.flatMap(({ trees }) => trees), ownBytes], sizeBytes);
  const figure = (bytes: number | null | undefined, method: string): Figure | null =>
    bytes === null || bytes === undefined ? null : { value: bytes, exact: false, takenAt, method };
  let next = 0;
  const tables = all.map(({ table, rows, sample }): TableStats => {
    const method = sampleMethod(sample);
    const bytes = figure(scaled[next++], method);
    const indexes = indexTrees(table).map(({ name }) => ({ name, bytes: figure(scaled[next++], method) }));
    return { name: table.name, kind: table.kind, rows, bytes, indexes, columns: table.columns.length };
  });
  const own = figure(scaled[next], 'text of the schema');
  return [...tables, ...virtual.map((table) => virtualStats(table, virtual, tables, takenAt)), schemaStats(schema, own, takenAt)];
}

function schemaStats({ records }: SchemaSize, bytes: Figure | null, takenAt: string): TableStats {
  const rows = { value: records.length, exact: true, takenAt, method: COUNTED };
  return { name: 'sqlite_schema', kind: 'internal', rows, bytes, indexes: [], columns: 5 };
}

/** Without a figure for some tree its bytes cannot be given to the others: then estimates are only ever made smaller. */
function scaledTrees(trees: readonly (number | null)[], sizeBytes: number): (number | null)[] {
  const known = trees.filter((bytes) => bytes !== null);
  const total = known.length < trees.length ? Math.min(sizeBytes, treesSum(known)) : sizeBytes;
  const scaled = scaleToTotal(known, total);
  let next = 0;
  return trees.map((bytes) => (bytes === null ? null : (scaled[next++] ?? null)));
}

function sampleMethod(sample: Sample | null): string {
  if (sample === null) return 'root page';
  const rows = sample.records.length;
  return sample.whole ? `all ${rows} rows, scaled to the size` : `sampled ${rows} rows, scaled to the size`;
}

function virtualStats(table: Table, virtual: readonly Table[], tables: readonly TableStats[], takenAt: string): TableStats {
  const names = virtual.map(({ name }) => name);
  const shadows = tables.filter(({ name, kind }) => kind === 'shadow' && ownerOfShadow(name, names) === table.name);
  const parts = shadows.flatMap(({ bytes, indexes }) => [bytes, ...indexes.map((index) => index.bytes)]);
  const known = parts.filter((bytes) => bytes !== null);
  const value = known.reduce((sum, bytes) => sum + bytes.value, 0);
  const bytes = known.length > 0 ? { value, exact: false, takenAt, method: `its ${shadows.length} shadow tables` } : null;
  return {
    name: table.name,
    kind: table.kind,
    rows: rowsOfVirtual(table, shadows),
    bytes,
    indexes: [],
    columns: table.columns.length,
  };
}

/** The shadow table that has one row for each of the virtual table's: in order of preference. */
const ROW_SHADOWS: Readonly<Record<string, readonly string[]>> = {
  fts5: ['docsize', 'content'],
  rtree: ['rowid'],
  rtree_i32: ['rowid'],
};

function rowsOfVirtual({ name, module }: Table, shadows: readonly TableStats[]): Figure | null {
  for (const part of ROW_SHADOWS[(module ?? '').toLowerCase()] ?? []) {
    const shadow = shadows.find((table) => table.name.toLowerCase() === `${name}_${part}`.toLowerCase());
    if (shadow) return shadow.rows;
  }
  return null;
}
