/** Shapes the history for the chart, and tells it in words. Pure. */
import type { HistoryPoint } from '../../worker/protocol/database.ts';
import { bytes, count, dayOf, exactTime } from './format.ts';

export interface HistorySeries {
  /** Seconds since 1970, as uPlot wants them; ascending. */
  readonly seconds: number[];
  readonly sizeBytes: number[];
  readonly rows: number[];
}

export function seriesOf(points: readonly HistoryPoint[]): HistorySeries {
  const sorted = [...points].filter(({ at }) => !Number.isNaN(Date.parse(at))).sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  return {
    seconds: sorted.map(({ at }) => Date.parse(at) / 1000),
    sizeBytes: sorted.map(({ sizeBytes }) => sizeBytes),
    rows: sorted.map(({ rows }) => rows),
  };
}

const change = (from: number, to: number, as: (value: number) => string): string =>
  to === from ? `unchanged at ${as(to)}` : `${to > from ? 'up' : 'down'} from ${as(from)} to ${as(to)}`;

/** The chart in one sentence, for whoever does not see it. */
export function historyInWords(points: readonly HistoryPoint[]): string {
  const sorted = [...points].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const first = sorted[0];
  const last = sorted.at(-1);
  if (first === undefined || last === undefined) return 'No history yet.';
  if (sorted.length === 1) return `One measurement, ${exactTime(first.at)}: ${bytes(first.sizeBytes)}, ${count(first.rows)} rows.`;
  const size = change(first.sizeBytes, last.sizeBytes, bytes);
  const rows = change(first.rows, last.rows, count);
  return `${sorted.length} measurements from ${exactTime(first.at)} to ${exactTime(last.at)}: size ${size}, rows ${rows}.`;
}

/** At most `most` points for the table beside the chart: the first, the last, and evenly between. */
export function thinned<T>(points: readonly T[], most: number): T[] {
  if (points.length <= most) return [...points];
  return Array.from({ length: most }, (_, i) => points[Math.round((i * (points.length - 1)) / (most - 1))] as T);
}

/** Axis labels: the time of day within two days (with seconds within ten minutes), the date beyond. */
export const axisTime = (seconds: number, spanSeconds: number): string =>
  spanSeconds < 2 * 86_400
    ? new Intl.DateTimeFormat('en', {
        hour: '2-digit',
        minute: '2-digit',
        second: spanSeconds < 600 ? '2-digit' : undefined,
        hourCycle: 'h23',
      }).format(seconds * 1000)
    : dayOf(seconds * 1000).replace(/,? \d{4}$/, '');
