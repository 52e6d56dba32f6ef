/**
 * Values on their way into a JSON parameter. The JSON text is built here and not by `JSON.stringify` of a row, because SQLite
 * tells INTEGER from REAL by how the number is written, and a JavaScript number carries neither that nor 64 bits.
 */

/** A REAL, also where it is a whole number: `real(1)` is stored as 1.0. */
export class Real {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}
export const real = (value: number): Real => new Real(value);

/** A `number` is an INTEGER and must be a safe integer. */
export type Value = null | number | bigint | string | Uint8Array | Real;

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
export const toHex = (bytes: Uint8Array): string => {
  let hex = '';
  for (const byte of bytes) hex += HEX[byte];
  return hex;
};

const realToJson = (value: number): string => {
  if (Number.isNaN(value)) throw new RangeError('SQLite has no NaN: it would be stored as NULL');
  // Past the greatest double SQLite's reader gives an infinity; JSON has no word for one.
  if (!Number.isFinite(value)) return value > 0 ? '9e999' : '-9e999';
  const text = Object.is(value, -0) ? '0' : String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
};

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

/** JSON that `json_each` and `->>` read back with type and bytes intact. A BLOB becomes an array of one hexadecimal text. */
export const toJson = (value: Value): string => {
  if (value === null) return 'null';
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is not a safe integer: use real() or a bigint`);
    return Object.is(value, -0) ? '0' : String(value);
  }
  if (typeof value === 'bigint') {
    // SQLite would read a larger one as a REAL and lose digits in silence.
    if (value < INT64_MIN || value > INT64_MAX) throw new RangeError(`${value} does not fit into 64 bits`);
    return value.toString();
  }
  if (value instanceof Real) return realToJson(value.value);
  return `["${toHex(value)}"]`;
};

export const rowToJson = (row: readonly Value[]): string => `[${row.map(toJson).join(',')}]`;
