/** Puts rows together that came cell by cell, or in pages some of whose rows did. */
import { cellText } from '../sql/cells.ts';
import { blockOf, type RowBlock } from '../sql/row-block.ts';
import { canonicalRow, isMarked, RowWriter, WIRE_JOINT } from '../sql/wire.ts';

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

/** From pages as they travel; the rows that are marked there come, in order, from `marked`. A block is valid until the next one is asked for. */
export function* canonicalBlocks(pages: Iterable<string>, marked: Iterator<string>): Generator<RowBlock> {
  const writer = new RowWriter();
  for (const page of pages) {
    if (!isMarked(page)) {
      yield writer.rows(page);
      continue;
    }
    const rows = page.split(WIRE_JOINT).map((row) => {
      if (!isMarked(row)) return canonicalRow(row);
      const next = marked.next();
      if (next.done) throw new Error('A marked row did not come cell by cell.');
      return next.value;
    });
    yield blockOf(rows);
  }
}
