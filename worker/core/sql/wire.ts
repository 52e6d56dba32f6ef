/**
 * Rows as they travel from the database: plain ASCII without a quote, a backslash or a control character. A string with one wide character
 * costs twice the memory and three times the time on its way through JSON, and hex needs no second look at what it holds. A text is `T` and
 * the hex of its bytes. A real with at most four decimals is `d` and its ten thousandfold, one that is an integer times a power of two has a
 * letter for that: shorter, and quicker to write in SQL. Every other value is in its canonical form already, which has none of these letters.
 * A row is its values with commas between them.
 */
import type { RowBlock } from './row-block.ts';

/** Joins rows as they travel. */
export const WIRE_JOINT = ';';
/** Stands for a row or cell that is too long for a page. */
export const TOO_LONG = '!';
/** Stands for a real that SQL cannot write: see `real.ts`. */
export const UNENCODED = '?';

/** Stands before the ten thousandfold of a real. */
export const DECIMAL = 'd';

const P60 = '1152921504606846976.0';
/** Behind an integer: how often the real is halved to be made from it, the letter for that, and what the letter stands for. */
export const SCALES = {
  90: { mark: 'p', text: `/${P60}/1073741824.0` },
  80: { mark: 'o', text: `/${P60}/1048576.0` },
  70: { mark: 'n', text: `/${P60}/1024.0` },
  60: { mark: 'm', text: `/${P60}` },
  50: { mark: 'l', text: '/1125899906842624.0' },
  40: { mark: 'k', text: '/1099511627776.0' },
  30: { mark: 'j', text: '/1073741824.0' },
  20: { mark: 'i', text: '/1048576.0' },
  10: { mark: 'h', text: '/1024.0' },
  0: { mark: 'g', text: '*1.0' },
} as const;
export type Shift = keyof typeof SCALES;

/** Whether a page or row holds what must be read again, cell by cell. */
export const isMarked = (wire: string): boolean => wire.includes(UNENCODED) || wire.includes(TOO_LONG);

/** Whether a row as it travels is marked because of one cell only: a row that is too long as a whole is nothing but the mark. */
export const hasLongCell = (row: string): boolean => row.length > TOO_LONG.length && row.includes(TOO_LONG);

const T = 84;
const SEMICOLON = 59;
const [MINUS, DOT, ZERO, NINE] = [45, 46, 48, 57];
const QUOTE = 39;
const CR = 13;
const NOT_HEX = 255;
const HEX = new Uint8Array(256).fill(NOT_HEX);
for (const [value, digit] of [...'0123456789ABCDEF'].entries()) HEX[digit.charCodeAt(0)] = value;

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const [OPEN, CLOSE, COMMA, LINE_FEED] = [40, 41, 44, 10];
/** By byte: 0 where it is copied as it is, `END` at the end of a row, `TEXT`, `TEN_THOUSANDFOLD`, or the number of a scale's text. */
const [END, TEXT, TEN_THOUSANDFOLD, FIRST_SCALE] = [1, 2, 3, 4];
const KINDS = new Uint8Array(256);
const TEXTS = Object.values(SCALES).map(({ text }) => encoder.encode(text));
for (const [n, { mark }] of Object.values(SCALES).entries()) KINDS[mark.charCodeAt(0)] = FIRST_SCALE + n;
KINDS[SEMICOLON] = END;
KINDS[T] = TEXT;
KINDS[DECIMAL.charCodeAt(0)] = TEN_THOUSANDFOLD;
const CAST = encoder.encode("CAST(x'");
const AS_TEXT = encoder.encode("' AS TEXT)");
/** More than what a text or the end of a row adds to what it was. */
const SPARE = 64;
/** A page is about as long as the one before. */
const withSpare = (bytes: number): number => bytes + (bytes >> 2) + 4 * SPARE;

/** The canonical text of one row. */
export const canonicalRow = (wire: string): string => decoder.decode(new RowWriter().rows(wire).bytes);

/**
 * Writes rows as a backup has them. It keeps its memory from page to page: fresh megabytes for each would cost more than what is done with
 * them.
 */
export class RowWriter {
  private from = new Uint8Array(0);
  private end = 0;
  private at = 0;
  private to = 0;
  private into = new Uint8Array(0);
  private row = 0;
  private ends = new Uint32Array(64);

  /** The rows of `wire`, none of them marked. What it answers is valid until it is called again. */
  rows(wire: string): RowBlock {
    this.take(wire);
    this.into[this.to++] = OPEN;
    for (;;) {
      this.plain();
      if (this.at === this.end) break;
      // What is left becomes no longer than it is, but for what these two add; nearly always that was saved before.
      if (this.into.length - this.to < this.end - this.at + SPARE) this.grow();
      const kind = KINDS[this.from[this.at++] as number] as number;
      if (kind === TEXT) this.text();
      else if (kind === END) this.betweenRows();
      else if (kind === TEN_THOUSANDFOLD) this.decimal();
      else this.put(TEXTS[kind - FIRST_SCALE] as Uint8Array);
    }
    this.into[this.to++] = CLOSE;
    this.ends[this.row] = this.to;
    return { bytes: this.into.subarray(0, this.to), ends: this.ends.subarray(0, this.row + 1) };
  }

  /** The end of `from` is marked by a byte that ends everything: reading beyond an array would make each comparison a slow one. */
  private take(wire: string): void {
    if (this.from.length <= wire.length) this.from = new Uint8Array(withSpare(wire.length));
    this.end = encoder.encodeInto(wire, this.from).written;
    this.from[this.end] = SEMICOLON;
    if (this.into.length < this.end + 4 * SPARE) this.into = new Uint8Array(withSpare(this.end));
    this.at = 0;
    this.to = 0;
    this.row = 0;
  }

  private grow(): void {
    const larger = new Uint8Array(withSpare(this.to + this.end - this.at));
    larger.set(this.into);
    this.into = larger;
  }

  /** Up to what is not to be copied as it is. */
  private plain(): void {
    const { from, into } = this;
    let { at, to } = this;
    for (let byte = from[at] as number; KINDS[byte] === 0; byte = from[at] as number) {
      into[to++] = byte;
      at += 1;
    }
    this.at = at;
    this.to = to;
  }

  private betweenRows(): void {
    const { into, to } = this;
    into[to] = CLOSE;
    this.ends[this.row++] = to + 1;
    if (this.row === this.ends.length) this.ends = doubled(this.ends);
    into[to + 1] = COMMA;
    into[to + 2] = LINE_FEED;
    into[to + 3] = OPEN;
    this.to = to + 4;
  }

  private put(bytes: Uint8Array): void {
    const { into } = this;
    let { to } = this;
    for (let n = 0; n < bytes.length; n += 1) into[to++] = bytes[n] as number;
    this.to = to;
  }

  /** Of `-13592` it writes `-1.3592`: at least one digit before the point and one behind it, and no zeros that mean nothing. */
  private decimal(): void {
    const { from, into } = this;
    let { at, to } = this;
    if (from[at] === MINUS) {
      into[to++] = MINUS;
      at += 1;
    }
    let end = at;
    for (let byte = from[end] as number; byte >= ZERO && byte <= NINE; byte = from[end] as number) end += 1;
    const point = end - 4;
    if (point <= at) into[to++] = ZERO;
    for (; at < point; at += 1) into[to++] = from[at] as number;
    into[to++] = DOT;
    let last = end - 1;
    while (last > point && last >= at && from[last] === ZERO) last -= 1;
    for (let digit = point; digit <= last; digit += 1) into[to++] = digit < at ? ZERO : (from[digit] as number);
    this.at = end;
    this.to = to;
  }

  /** One text, as a literal or as a CAST of its bytes. */
  private text(): void {
    const { from, into } = this;
    const [start, begin] = [this.at, this.to];
    let [at, to] = [start, begin];
    let wide = false;
    let odd = false;
    into[to++] = QUOTE;
    for (let high = HEX[from[at] as number] as number; high !== NOT_HEX; high = HEX[from[at] as number] as number) {
      const byte = (high << 4) | (HEX[from[at + 1] as number] as number);
      at += 2;
      if (byte === QUOTE) into[to++] = QUOTE;
      else if (byte >= 0x80) wide = true;
      else if (byte === 0 || byte === CR) odd = true;
      into[to++] = byte;
    }
    into[to++] = QUOTE;
    this.at = at;
    this.to = odd || (wide && !isPlainUtf8(into, begin + 1, to - 1)) ? this.cast(start, begin) : to;
  }

  /** Answers where it ends. */
  private cast(start: number, begin: number): number {
    const hex = this.from.subarray(start, this.at);
    this.into.set(CAST, begin);
    this.into.set(hex, begin + CAST.length);
    this.into.set(AS_TEXT, begin + CAST.length + hex.length);
    return begin + CAST.length + hex.length + AS_TEXT.length;
  }
}

function doubled(numbers: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(2 * numbers.length);
  larger.set(numbers);
  return larger;
}

/** Valid UTF-8 without U+FFFD: exactly what a decoder gives back without leaving one. */
function isPlainUtf8(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (at < end) {
    const lead = bytes[at] as number;
    if (lead < 0x80) at += 1;
    else {
      const length = sequenceLength(bytes, at, end);
      if (length === 0) return false;
      at += length;
    }
  }
  return true;
}

const isTail = (byte: number): boolean => (byte & 0xc0) === 0x80;

/** Of a sequence of two to four bytes; 0 when it is overlong, a surrogate, beyond Unicode, cut off, or U+FFFD. */
function sequenceLength(bytes: Uint8Array, at: number, end: number): number {
  const lead = bytes[at] as number;
  const second = at + 1 < end ? (bytes[at + 1] as number) : 0;
  if (lead < 0xc2 || lead > 0xf4 || !isTail(second)) return 0;
  if (lead < 0xe0) return 2;
  const third = at + 2 < end ? (bytes[at + 2] as number) : 0;
  if (!isTail(third)) return 0;
  if (lead < 0xf0) {
    const overlong = lead === 0xe0 && second < 0xa0;
    const surrogate = lead === 0xed && second > 0x9f;
    const replacement = lead === 0xef && second === 0xbf && third === 0xbd;
    return overlong || surrogate || replacement ? 0 : 3;
  }
  const fourth = at + 3 < end ? (bytes[at + 3] as number) : 0;
  const outside = (lead === 0xf0 && second < 0x90) || (lead === 0xf4 && second > 0x8f);
  return outside || !isTail(fourth) ? 0 : 4;
}
