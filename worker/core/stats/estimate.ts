/**
 * How many rows a table has, when counting them all would cost too much. Candidates in order of trust: a count of now; the range of
 * the rowids, thinned by the gaps that were seen in it; a dated exact count; ANALYZE; the part of the database's size that nothing
 * else explains. Each says by its `method` which it was.
 */
import type { Figure } from '../../protocol/database.ts';

/** A stretch of neighbouring keys around a point of the key range. */
export interface Window {
  /** Rows from its first key on, before its last. */
  readonly rows: number;
  /** From its first key to its last, on the key's scale. */
  readonly span: number;
  /** The key at or below the point: where many points share one, the rows stand in clusters. */
  readonly floor: string;
  /** Whether counting its rows stopped at the limit. */
  readonly cut: boolean;
}

export interface KeyRange {
  /** `rowid` and `number`: no two rows share a key. `start`: the key's first column, or what a text begins with. */
  readonly of: 'rowid' | 'number' | 'start';
  /** From the lowest key to the highest, on the key's scale. */
  readonly distance: number;
}

/** An exact count of another day. `backup`: the last backup's; `count`: an earlier sample's own. */
export interface DatedCount {
  readonly rows: number;
  readonly takenAt: string;
  readonly from: 'backup' | 'count';
}

export interface RowEvidence {
  /** Rows that were counted now; `complete` when there are no more than these. Null when the table could not be read. */
  readonly counted: { readonly rows: number; readonly complete: boolean } | null;
  /** Null where nothing can be reckoned between the keys. */
  readonly range: KeyRange | null;
  readonly windows: readonly Window[];
  readonly dated: DatedCount | null;
  /** `sqlite_stat1`'s count; null when ANALYZE has not run. */
  readonly analyzed: number | null;
}

export const COUNTED = 'count(*)';
export const LAST_BACKUP = 'last backup';
export const LAST_COUNT = 'last exact count';
export const ANALYZED = 'ANALYZE (sqlite_stat1)';
export const REST_OF_SIZE = 'rest of the size ÷ sampled row size';

/** With fewer different rows than this share of the points, the density says nothing: most points fell into the same few holes. */
const LEAST_DISTINCT_SHARE = 0.2;
const MOST_CUT_SHARE = 0.2;

/** `open`: nothing but a lower bound is known; the rest of the size has to tell (see `rowsFromRest`). */
export type RowEstimate =
  | { readonly kind: 'figure'; readonly figure: Figure }
  | { readonly kind: 'open'; readonly atLeast: number };

/** Null when the table could not be read at all. */
export function estimateRows(evidence: RowEvidence, now: Date): RowEstimate | null {
  const { counted, dated, analyzed } = evidence;
  if (counted === null) return null;
  const takenAt = now.toISOString();
  if (counted.complete) return figure({ value: counted.rows, exact: true, takenAt, method: COUNTED });
  const ranged = rowsInRange(evidence);
  const estimate = (value: number, at: string, method: string) =>
    figure({ value: Math.max(value, counted.rows), exact: false, takenAt: at, method });
  if (ranged) return estimate(ranged.rows, takenAt, ranged.method);
  if (dated) return estimate(dated.rows, dated.takenAt, dated.from === 'backup' ? LAST_BACKUP : LAST_COUNT);
  if (analyzed !== null) return estimate(analyzed, takenAt, ANALYZED);
  return { kind: 'open', atLeast: counted.rows };
}

/**
 * The range, times the mean of rows ÷ span over windows at points spread evenly: for points chosen without regard to the rows that mean
 * is exactly the rows' density. Null without windows, or when they say nothing: the rows stand in clusters that the points have missed,
 * too many share a key, or the keys are ordered otherwise than the scale.
 */
export function rowsInRange({ range, windows }: Pick<RowEvidence, 'range' | 'windows'>): { rows: number; method: string } | null {
  if (!range || windows.length === 0) return null;
  const key = range.of === 'rowid' ? 'rowid' : 'key';
  if (range.of !== 'start' && windows.every(({ rows, span }) => rows === span)) {
    return { rows: range.distance + 1, method: `highest − lowest ${key} + 1` };
  }
  const distinct = new Set(windows.map(({ floor }) => floor)).size;
  const cut = windows.filter((window) => window.cut).length;
  if (distinct < windows.length * LEAST_DISTINCT_SHARE || cut > windows.length * MOST_CUT_SHARE) return null;
  if (windows.some(({ span }) => span <= 0)) return null;
  const density = windows.reduce((sum, { rows, span }) => sum + rows / span, 0) / windows.length;
  return { rows: Math.round(range.distance * density) + 1, method: `${key} range × density at ${windows.length} points` };
}

/** Pages less full than this are joined with their neighbours. */
const LEAST_FILL = 1 / 3;

/**
 * How full the leaves of a table are, by the gaps between its rowids: rows deleted here and there leave room in their pages, which D1
 * does not give back. Wide gaps, and gaps all alike, are how the rowids were chosen: then, and without windows, 1.
 */
export function fillByGaps({ range, windows }: Pick<RowEvidence, 'range' | 'windows'>): number {
  const densities = windows.map(({ rows, span }) => rows / span).sort((a, b) => a - b);
  const middle = densities[densities.length >> 1] ?? 1;
  if (range?.of !== 'rowid' || middle < LEAST_FILL || densities[0] === densities.at(-1)) return 1;
  const near = densities.filter((density) => density >= LEAST_FILL);
  return Math.min(1, near.reduce((sum, density) => sum + density, 0) / near.length);
}

/** Sizes are reckoned to a few percent; a number of rows that takes this much more than there is, is nonsense. */
const NONSENSE_FACTOR = 2;

/** A table cannot have more rows than the whole database has room for, however its keys were chosen and however old a count is. */
export function capBySize(figure: Figure, bytesPerRow: number, sizeBytes: number): Figure {
  if (figure.exact || figure.value * bytesPerRow <= sizeBytes * NONSENSE_FACTOR) return figure;
  return { ...figure, value: Math.floor(sizeBytes / bytesPerRow), method: `${figure.method}, capped by size` };
}

/**
 * Rows of the tables about which only a lower bound is known: they share in equal parts the bytes that the others leave.
 * Answers in the order of `open`; null where no row was sampled.
 */
export function rowsFromRest(
  open: readonly { readonly atLeast: number; readonly bytesPerRow: number }[],
  restBytes: number,
  now: Date,
): (Figure | null)[] {
  const share = Math.max(0, restBytes) / Math.max(1, open.length);
  return open.map(({ atLeast, bytesPerRow }) => {
    if (bytesPerRow <= 0) return null;
    const value = Math.max(atLeast, Math.round(share / bytesPerRow));
    return { value, exact: false, takenAt: now.toISOString(), method: REST_OF_SIZE };
  });
}

/** Of a backup and of an earlier sample, whichever is newer. An earlier sample counts only where it was exact, then or before. */
export function newestCount(
  backup: { readonly rows: number; readonly takenAt: string } | undefined,
  previous: Figure | null | undefined,
): DatedCount | null {
  const counts: DatedCount[] = [];
  if (backup) counts.push({ ...backup, from: 'backup' });
  if (previous && (previous.exact || previous.method === LAST_COUNT)) {
    counts.push({ rows: previous.value, takenAt: previous.takenAt, from: 'count' });
  }
  return counts.sort((a, b) => Date.parse(b.takenAt) - Date.parse(a.takenAt))[0] ?? null;
}

/** Rows of all tables. A table of which nothing is known makes the sum an estimate. */
export function totalOf(figures: readonly (Figure | null)[], now: Date): Figure {
  const known = figures.filter((figure) => figure !== null);
  const counted = known.filter((figure) => figure.exact).length;
  const parts = [
    counted > 0 ? `${counted} counted` : '',
    known.length > counted ? `${known.length - counted} estimated` : '',
    figures.length > known.length ? `${figures.length - known.length} unknown` : '',
  ].filter(Boolean);
  return {
    value: known.reduce((sum, { value }) => sum + value, 0),
    exact: counted === figures.length,
    takenAt: now.toISOString(),
    method: parts.length > 0 ? `sum of tables: ${parts.join(', ')}` : 'no tables',
  };
}

function figure(value: Figure): RowEstimate {
  return { kind: 'figure', figure: value };
}
