/**
 * Keys as numbers: a scale between the lowest and the highest key of a table, to spread points over it where rows are sought, and to
 * measure how far apart neighbouring rows stand. Cheap everywhere, unlike OFFSET, and unlike the first rows not all old ones.
 */
import { foldName } from '../schema/names.ts';

/** A key as the database keeps it. `bytes`: integers and reals as decimal digits, text in UTF-8; of long keys the beginning. */
export interface Key {
  readonly type: 'integer' | 'real' | 'text' | 'blob';
  readonly bytes: Uint8Array;
}

export type Points =
  | { readonly type: 'integer'; readonly values: readonly bigint[] }
  | { readonly type: 'text'; readonly values: readonly string[] }
  | { readonly type: 'blob'; readonly values: readonly Uint8Array[] };

export interface KeyScale {
  readonly lowest: bigint;
  readonly highest: bigint;
  /** The greater the key, the greater its place, as far as keys are compared byte by byte. */
  placeOf(key: Key): bigint;
  pointsAt(places: readonly bigint[]): Points;
}

/** `i * φ mod 1` never falls into step with a pattern in the keys, and is the same at every run. */
const GOLDEN = 0.6180339887498949;
const FRACTION_BITS = 20n;
/** What follows the ends' common beginning counts up to this many symbols: 8 hex digits tell 4 billion keys apart. */
const SYMBOLS = 8;

/**
 * Null when the ends are of kinds between which no middle can be reckoned. `nocase`: the keys are ordered by that collation, for which
 * the letters of ASCII are the same in both cases.
 */
export function keyScale(low: Key, high: Key, nocase = false): KeyScale | null {
  if (low.type !== high.type) return null;
  switch (low.type) {
    case 'integer':
      return integerScale(low, high);
    case 'text': {
      const symbolsOf = (key: Key) => codePoints(key, nocase);
      const digits = digitScale(symbolsOf(low), symbolsOf(high), symbolsLike([...symbolsOf(low), ...symbolsOf(high)]));
      const toText = (symbols: readonly number[]) => String.fromCodePoint(...symbols);
      return symbolScale(low, high, digits, symbolsOf, (places) => ({
        type: 'text',
        values: places.map((at) => toText(digits.symbolsAt(at))),
      }));
    }
    case 'blob': {
      const everyByte = Array.from({ length: 256 }, (_, byte) => byte);
      const digits = digitScale([...low.bytes], [...high.bytes], everyByte);
      const toBytes = (symbols: readonly number[]) => Uint8Array.from(symbols);
      return symbolScale(
        low,
        high,
        digits,
        (key) => [...key.bytes],
        (places) => ({
          type: 'blob',
          values: places.map((at) => toBytes(digits.symbolsAt(at))),
        }),
      );
    }
    case 'real':
      return null;
  }
}

/** One point in each of `count` equal parts of the scale, at a place of its own in each part. */
export function spread(low: bigint, high: bigint, count: number): bigint[] {
  const distance = high - low;
  const parts = BigInt(count);
  return Array.from({ length: count }, (_, i) => {
    const inPart = BigInt(Math.floor(((i * GOLDEN) % 1) * Number(1n << FRACTION_BITS)));
    return low + (distance * ((BigInt(i) << FRACTION_BITS) + inPart)) / (parts << FRACTION_BITS);
  });
}

function integerScale(low: Key, high: Key): KeyScale {
  // Between integers a column without INTEGER affinity may hold reals.
  const placeOf = ({ bytes }: Key) => {
    const digits = new TextDecoder().decode(bytes);
    return /^-?\d+$/.test(digits) ? BigInt(digits) : BigInt(Math.trunc(Number(digits)));
  };
  return { lowest: placeOf(low), highest: placeOf(high), placeOf, pointsAt: (places) => ({ type: 'integer', values: places }) };
}

interface DigitScale {
  placeOf(symbols: readonly number[]): bigint;
  symbolsAt(place: bigint): number[];
}

function symbolScale(
  low: Key,
  high: Key,
  digits: DigitScale,
  symbolsOf: (key: Key) => readonly number[],
  pointsAt: KeyScale['pointsAt'],
): KeyScale {
  const placeOf = (key: Key) => digits.placeOf(symbolsOf(key));
  return { lowest: placeOf(low), highest: placeOf(high), placeOf, pointsAt };
}

/** The runs of symbols that keys are made of as a whole; of letters beyond `f` there are all when there is one. */
const RUNS = [/[0-9]/, /[a-f]/, /[g-z]/, /[A-F]/, /[G-Z]/].map((run) => ({
  run,
  symbols: Array.from({ length: 128 }, (_, code) => code).filter((code) => run.test(String.fromCharCode(code))),
}));

/**
 * These symbols, and what keys with them will have too: of two hexadecimal keys one may lack some digits, but the keys between them do
 * not. Few others, so that few points fall where no key can be.
 */
function symbolsLike(symbols: readonly number[]): number[] {
  const seen = String.fromCodePoint(...new Set(symbols));
  return [...symbols, ...RUNS.filter(({ run }) => run.test(seen)).flatMap((known) => known.symbols)];
}

/** Counts the symbols after the common beginning like digits. Zero is the end of the key. */
function digitScale(low: readonly number[], high: readonly number[], symbols: readonly number[]): DigitScale {
  let common = 0;
  while (common < low.length && low[common] === high[common]) common++;
  const start = low.slice(0, common);
  const alphabet = [...new Set(symbols)].sort((a, b) => a - b);
  const base = BigInt(alphabet.length + 1);
  const digitOf = (symbol: number) => alphabet.filter((known) => known <= symbol).length;
  /** A symbol of no digit stands after all that begins with the digit below it. */
  const digitsOf = (key: readonly number[]) => {
    const strange = key.findIndex((symbol) => !alphabet.includes(symbol));
    const digits = key.slice(0, strange < 0 ? SYMBOLS : strange + 1).map(digitOf);
    return Array.from({ length: SYMBOLS }, (_, i) => digits[i] ?? (strange < 0 ? 0 : alphabet.length));
  };
  return {
    placeOf: (key) => digitsOf(key.slice(common, common + SYMBOLS)).reduce((place, digit) => place * base + BigInt(digit), 0n),
    symbolsAt: (place) => {
      const digits: number[] = [];
      for (let rest = place, i = 0; i < SYMBOLS; i++, rest /= base) digits.unshift(Number(rest % base));
      const end = digits.indexOf(0);
      return [...start, ...digits.slice(0, end < 0 ? SYMBOLS : end).map((digit) => alphabet[digit - 1] ?? 0)];
    },
  };
}

function codePoints({ bytes }: Key, nocase: boolean): number[] {
  const text = new TextDecoder().decode(bytes);
  return [...(nocase ? foldName(text) : text)].map((symbol) => symbol.codePointAt(0) ?? 0);
}
