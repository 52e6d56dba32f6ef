/** Sorts the rows of a page by how they must be read. */
import { isMarked, TOO_LONG } from '../sql/wire.ts';

/** `plain`: as it is. `odd`: again, cell by cell, many at once. `long`: again, by itself. */
export type RowKind = 'plain' | 'odd' | 'long';

export interface Run {
  readonly kind: RowKind;
  readonly from: number;
  /** Behind the last. */
  readonly to: number;
}

/** So many odd runs are worth a query each; where there are more of them, what lies between is read cell by cell too. */
const ODD_RUNS = 4;

const kindOf = (row: string): RowKind => (!isMarked(row) ? 'plain' : row.includes(TOO_LONG) ? 'long' : 'odd');

/** Neighbours of one kind. The number of odd runs is bounded: an invocation may make only so many queries. */
export function runsOf(rows: readonly string[]): Run[] {
  const kinds = rows.map(kindOf);
  for (const { from, to } of grouped(kinds.map((kind) => kind === 'long'))) {
    const odd = grouped(kinds.slice(from, to)).filter(({ kind }) => kind === 'odd');
    const [first] = odd;
    const last = odd.at(-1);
    if (first && last && odd.length > ODD_RUNS) kinds.fill('odd', from + first.from, from + last.to);
  }
  return grouped(kinds);
}

function grouped<K>(kinds: readonly K[]): { kind: K; from: number; to: number }[] {
  const found: { kind: K; from: number; to: number }[] = [];
  kinds.forEach((kind, n) => {
    const last = found.at(-1);
    if (last && last.kind === kind) last.to = n + 1;
    else found.push({ kind, from: n, to: n + 1 });
  });
  return found;
}
