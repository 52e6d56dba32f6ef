/** X3: the only place where a name or a value becomes SQL text. */

/** Always quoted: a bare name could be a keyword of a later SQLite, or match a column that a quoted one would not. */
export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** For text without NUL; what may hold NUL or CR is encoded by `textCell` in `cells.ts`. */
export const textLiteral = (text: string): string => `'${text.replaceAll("'", "''")}'`;

export const blobLiteral = (bytes: Uint8Array): string => `X'${toHex(bytes)}'`;

const DIGITS = '0123456789ABCDEF';
const PAIRS = Array.from({ length: 256 }, (_, byte) => `${DIGITS[byte >> 4]}${DIGITS[byte & 15]}`);
const HEX_BLOCK_BYTES = 8192;

/** Upper case, as SQLite's `quote()` writes it: the same bytes must always give the same text. */
export function toHex(bytes: Uint8Array): string {
  const blocks: string[] = [];
  for (let at = 0; at < bytes.length; at += HEX_BLOCK_BYTES) {
    blocks.push(Array.from(bytes.subarray(at, at + HEX_BLOCK_BYTES), (byte) => PAIRS[byte]).join(''));
  }
  return blocks.join('');
}

/** The value of an ASCII hex digit. */
const nibble = (code: number): number => (code <= 57 ? code - 48 : (code & 0xdf) - 55);

export function fromHex(hex: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(hex.length >> 1);
  for (let at = 0; at < bytes.length; at += 1)
    bytes[at] = (nibble(hex.charCodeAt(2 * at)) << 4) | nibble(hex.charCodeAt(2 * at + 1));
  return bytes;
}
