/** Puts rows together that came cell by cell, or sealed. Joins are `ROW_JOINT`, as in a page. */
import { cellText, NEEDS_CELLS, ROW_JOINT, unsealRow } from '../sql/cells.ts';

/** One piece of one cell, as `cellsSql` gives it. */
export type Piece = readonly [place: number, piece: number, kind: string, value: string | number | null];

/** The canonical texts of rows of `width` cells each. Throws when the pieces are not in the promised order. */
export function* assembledRows(pieces: Iterable<Piece>, width: number): Generator<string> {
  let cells: string[] = [];
  let open: { kind: string; value: string | number | null; pieces: number } | null = null;
  const close = () => {
    if (open !== null) cells.push(cellText(open.kind, open.value));
    open = null;
  };
  for (const [place, piece, kind, value] of pieces) {
    if (piece === 0) {
      close();
      if (cells.length === width) {
        yield `(${cells.join(',')})`;
        cells = [];
      }
      if (place !== cells.length) throw new Error(`Cell ${place} came where cell ${cells.length} was expected.`);
      open = { kind, value, pieces: 1 };
    } else {
      const cell = open as { kind: string; value: string | number | null; pieces: number } | null;
      if (cell === null || piece !== cell.pieces || place !== cells.length)
        throw new Error(`Piece ${piece} of cell ${place} came out of order.`);
      cell.value = `${cell.value}${value}`;
      cell.pieces += 1;
    }
  }
  close();
  if (cells.length === width) yield `(${cells.join(',')})`;
  else if (cells.length > 0) throw new Error(`A row ended after ${cells.length} of ${width} cells.`);
}

/** Pages of canonical rows from the values of the sealed read; the rows that it marks come, in order, from `marked`. */
export function* unsealed(values: Iterable<string>, marked: Iterator<string>): Generator<string> {
  for (const value of values) {
    const rows = value.split(ROW_JOINT).map((row) => {
      if (!NEEDS_CELLS.test(row)) return unsealRow(row);
      const next = marked.next();
      if (next.done) throw new Error('A marked row did not come cell by cell.');
      return next.value;
    });
    yield rows.join(ROW_JOINT);
  }
}
