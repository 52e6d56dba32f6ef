/**
 * Rows that are too long for one statement: their long cells are laid down in pieces, then ONE INSERT puts the row together, so that
 * constraints, generated columns and keys never see half a value.
 */
import { cellValue, PIECE_BYTES } from '../sql/cells.ts';
import type { RowSource } from './source.ts';

/** D1 takes statements below 100,000 bytes. */
export const MAX_STATEMENT_BYTES = 99_000;

const PARTS = '"_lk_parts"';
const CREATE = `CREATE TABLE IF NOT EXISTS ${PARTS}(cell INTEGER NOT NULL,piece INTEGER NOT NULL,bytes BLOB NOT NULL,PRIMARY KEY(cell,piece)) WITHOUT ROWID`;
const encoder = new TextEncoder();
const bytesIn = (text: string): number => encoder.encode(text).length;

/** The statements (without `;`) that insert one row, given its cells in the codec's text. Null when even its pieces leave no room. */
export function continuation(source: RowSource, cells: readonly string[]): string[] | null {
  const moved = cellsToMove(cells, MAX_STATEMENT_BYTES - bytesIn(source.header) - 2);
  if (moved === null) return null;
  const pieces: string[] = [];
  const values = cells.map((cell, n) => {
    if (!moved.has(n)) return cell;
    const value = cellValue(cell);
    if (value.kind === 'literal') return cell;
    pieces.push(...piecesOf(n, value.hex()));
    return assembled(n, value.kind);
  });
  return [`DROP TABLE IF EXISTS ${PARTS}`, CREATE, ...pieces, `${source.header}(${values.join(',')})`, `DROP TABLE ${PARTS}`];
}

/** `group_concat` joins bytes as they are, NULs too. */
const assembled = (cell: number, kind: 'text' | 'blob'): string =>
  `(SELECT CAST(group_concat(bytes,'') AS ${kind.toUpperCase()}) FROM (SELECT bytes FROM ${PARTS} WHERE cell=${cell} ORDER BY piece))`;

function* piecesOf(cell: number, hex: string): Generator<string> {
  for (let n = 0, at = 0; at < hex.length; n += 1, at += 2 * PIECE_BYTES) {
    yield `INSERT INTO ${PARTS} VALUES(${cell},${n},X'${hex.slice(at, at + 2 * PIECE_BYTES)}')`;
  }
}

/** The longest cells first, until the rest fits. */
function cellsToMove(cells: readonly string[], room: number): Set<number> | null {
  const sizes = cells.map((cell, n) => ({ n, bytes: bytesIn(cell) + 1, assembled: assembled(n, 'blob').length + 1 }));
  let total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  const moved = new Set<number>();
  for (const { n, bytes, assembled: left } of sizes.sort((a, b) => b.bytes - a.bytes || a.n - b.n)) {
    if (total <= room) break;
    if (bytes <= left) return null;
    moved.add(n);
    total += left - bytes;
  }
  return total <= room ? moved : null;
}
