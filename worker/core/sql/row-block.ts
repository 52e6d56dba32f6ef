/** Rows as a backup has them, in UTF-8: what pages are turned into, and what the packer takes. */

/** Stands between rows. */
export const JOINT = ',\n';

export interface RowBlock {
  /** The rows' canonical texts with `JOINT` between them. */
  readonly bytes: Uint8Array;
  /** Where each row ends in `bytes`. */
  readonly ends: Uint32Array;
}

const encoder = new TextEncoder();
export const JOINT_BYTES = encoder.encode(JOINT);

/** Where row `n` begins. */
export const startOf = ({ ends }: RowBlock, n: number): number => (n === 0 ? 0 : (ends[n - 1] as number) + JOINT_BYTES.length);

export const rowOf = (block: RowBlock, n: number): Uint8Array => block.bytes.subarray(startOf(block, n), block.ends[n]);

export function blockOf(rows: readonly string[]): RowBlock {
  const encoded = rows.map((row) => encoder.encode(row));
  const bytes = new Uint8Array(encoded.reduce((sum, { length }) => sum + length + JOINT_BYTES.length, 0));
  const ends = new Uint32Array(rows.length);
  let at = 0;
  for (const [n, row] of encoded.entries()) {
    bytes.set(row, at);
    bytes.set(JOINT_BYTES, at + row.length);
    ends[n] = at + row.length;
    at += row.length + JOINT_BYTES.length;
  }
  return { bytes: bytes.subarray(0, ends.at(-1) ?? 0), ends };
}
