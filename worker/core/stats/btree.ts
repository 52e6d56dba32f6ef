/**
 * How much room rows take in SQLite's file format: D1 has no `dbstat`, so pages are reckoned from the sizes of sampled records.
 * Fill factors were measured with `dbstat` on stock SQLite: leaves of an index that grew row by row are 88 % full, whatever the order
 * of the keys; 99.6 % when it was made after the rows; leaves of a table whose rows were appended 99.3 %.
 */

/** D1's page size; no bytes of a page are reserved. */
export const PAGE_BYTES = 4096;

/** `table`: rows by rowid. `index`: keys only; indexes, and tables WITHOUT ROWID. */
export type Tree = 'table' | 'index';

const LEAF_HEADER_BYTES = 8;
const INTERIOR_HEADER_BYTES = 12;
const CELL_POINTER_BYTES = 2;
const PAGE_NUMBER_BYTES = 4;
const LEAF_BYTES = PAGE_BYTES - LEAF_HEADER_BYTES;
const OVERFLOW_BYTES = PAGE_BYTES - PAGE_NUMBER_BYTES;
/** From the file format: what at least stays in the page when a record spills. */
const MIN_LOCAL_BYTES = Math.floor(((PAGE_BYTES - 12) * 32) / 255) - 23;
const MAX_LOCAL_BYTES: Record<Tree, number> = {
  table: PAGE_BYTES - 35,
  index: Math.floor(((PAGE_BYTES - 12) * 64) / 255) - 23,
};
/** Between row by row (0.88) and made in one go (1): nobody can see from outside which it was. */
const INDEX_FILL = 0.92;
const INTERIOR_FILL = 0.9;
/** Above this size the remainder of a page that no cell fits into matters, so cells are laid out one by one. */
const SMALL_CELL_BYTES = 256;
const SIMULATED_PAGES = 64;

/** Bytes of SQLite's variable-length integer. Negative numbers take nine. */
export function varintBytes(value: number): number {
  if (value < 0) return 9;
  let bytes = 1;
  for (let rest = value; rest >= 128 && bytes < 9; bytes++) rest /= 128;
  return bytes;
}

/** A record of `columns` values whose serial types and contents take `valueBytes` together: adds the length of its header. */
export function recordBytes(columns: number, valueBytes: number): number {
  return valueBytes + (columns > 126 ? 2 : 1);
}

/** The part of a record that stays in its page. The rest goes to overflow pages of its own. */
export function localBytes(payloadBytes: number, tree: Tree): number {
  const most = MAX_LOCAL_BYTES[tree];
  if (payloadBytes <= most) return payloadBytes;
  const least = MIN_LOCAL_BYTES + ((payloadBytes - MIN_LOCAL_BYTES) % OVERFLOW_BYTES);
  return least <= most ? least : MIN_LOCAL_BYTES;
}

export function overflowPages(payloadBytes: number, tree: Tree): number {
  return Math.ceil((payloadBytes - localBytes(payloadBytes, tree)) / OVERFLOW_BYTES);
}

/** A leaf's cell with its pointer: lengths, rowid (tables only), local bytes, first overflow page. */
export function cellBytes(payloadBytes: number, tree: Tree, rowidBytes: number): number {
  const local = localBytes(payloadBytes, tree);
  const head = varintBytes(payloadBytes) + (tree === 'table' ? rowidBytes : 0);
  const spill = local < payloadBytes ? PAGE_NUMBER_BYTES : 0;
  return Math.max(4, head + local + spill) + CELL_POINTER_BYTES;
}

export interface TreeSample {
  readonly tree: Tree;
  /** Record sizes of sampled rows. */
  readonly payloads: readonly number[];
  /** How many entries the tree has; may be an estimate. */
  readonly entries: number;
  /** Length of a typical rowid as a varint. */
  readonly rowidBytes: number;
  /** Of its leaves; at most 1. What rows deleted here and there have left. */
  readonly fill: number;
}

/** Estimated bytes of a whole tree: leaves, the pages above them, overflow. An empty tree keeps its root page. */
export function treeBytes(sample: TreeSample): number {
  const { tree, payloads, entries } = sample;
  if (payloads.length === 0 || entries === 0) return PAGE_BYTES;
  const cells = payloads.map((payload) => cellBytes(payload, tree, sample.rowidBytes));
  const whole = entries <= payloads.length;
  const leaves = whole ? packedPages(cells) : Math.max(1, entries / (cellsPerPage(cells, tree) * sample.fill));
  const overflow = (sum(payloads.map((payload) => overflowPages(payload, tree))) * entries) / payloads.length;
  const fanout = tree === 'table' ? tableFanout(sample.rowidBytes) : indexFanout(mean(cells));
  return Math.round((leaves + pagesAbove(leaves, fanout) + overflow) * PAGE_BYTES);
}

/** Bytes that one row needs in its tree, without the pages above the leaves. Zero when nothing was sampled. */
export function bytesPerEntry(sample: TreeSample): number {
  if (sample.payloads.length === 0) return 0;
  const cells = sample.payloads.map((payload) => cellBytes(payload, sample.tree, sample.rowidBytes));
  const overflow = mean(sample.payloads.map((payload) => overflowPages(payload, sample.tree)));
  return PAGE_BYTES / (cellsPerPage(cells, sample.tree) * sample.fill) + overflow * PAGE_BYTES;
}

function cellsPerPage(cells: readonly number[], tree: Tree): number {
  const average = mean(cells);
  if (average >= SMALL_CELL_BYTES) return packedCells(cells) / SIMULATED_PAGES;
  // Half a cell is lost at the end of each page, on average.
  return ((LEAF_BYTES - average / 2) * (tree === 'index' ? INDEX_FILL : 1)) / average;
}

/** Pages that these cells fill when they are laid out in this order. */
function packedPages(cells: readonly number[]): number {
  let pages = 1;
  let used = 0;
  for (const cell of cells) {
    if (used + cell > LEAF_BYTES) {
      pages++;
      used = 0;
    }
    used += cell;
  }
  return pages;
}

/** Cells that fit into `SIMULATED_PAGES` pages, the sample taken again and again. */
function packedCells(cells: readonly number[]): number {
  let packed = 0;
  let pages = 1;
  let used = 0;
  for (;;) {
    const cell = cells[packed % cells.length] ?? LEAF_BYTES;
    if (used + cell > LEAF_BYTES) {
      if (pages === SIMULATED_PAGES) return Math.max(1, packed);
      pages++;
      used = 0;
    }
    used += cell;
    packed++;
  }
}

function pagesAbove(leaves: number, fanout: number): number {
  let above = 0;
  for (let level = Math.ceil(leaves); level > 1; above += level) level = Math.ceil(level / fanout);
  return above;
}

function tableFanout(rowidBytes: number): number {
  return ((PAGE_BYTES - INTERIOR_HEADER_BYTES) * INTERIOR_FILL) / (PAGE_NUMBER_BYTES + rowidBytes + CELL_POINTER_BYTES);
}

/** Keys of an index stand in its inner pages too, at least two in each page. */
function indexFanout(cell: number): number {
  return Math.max(2, ((PAGE_BYTES - INTERIOR_HEADER_BYTES) * INTERIOR_FILL) / (PAGE_NUMBER_BYTES + cell));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}
