/**
 * REAL values as SQL text that every SQLite reads back to the same 64 bits. SQLite's decimal reader is not correctly rounded (the 80-bit
 * one of 3.40 and the ones after it differ from each other), so a decimal is written only where no reader can misround it: at most four
 * decimals and fifteen digits. Everything else is an integer times or divided by powers of two, which is exact in any arithmetic.
 *
 * `realLiteral` (here, of a JavaScript number) and `realExpression` (inside SQLite, as it travels) write the same text for the same value.
 */
import { textLiteral } from './quote.ts';
import { DECIMAL, SCALES, type Shift, UNENCODED } from './wire.ts';

const DECIMALS = 1e4;
const DECIMAL_LIMIT = 1e11;
/** `x * 2^shift` is an integer below 2^63 for every x with 2^(52 - shift) <= |x| < 2^(63 - shift). Smaller values first. */
const SHIFTS: readonly Shift[] = [90, 80, 70, 60, 50, 40, 30, 20, 10, 0];
const SMALLEST = 2 ** -38;

export function realLiteral(x: number): string {
  if (x === Number.POSITIVE_INFINITY) return '9e999';
  if (x === Number.NEGATIVE_INFINITY) return '-9e999';
  if (x === 0) return Object.is(x, -0) ? '-0.0' : '0.0';
  const size = Math.abs(x);
  if (size < DECIMAL_LIMIT) {
    const scaled = Math.trunc(x * DECIMALS + (x < 0 ? -0.5 : 0.5));
    if (scaled / DECIMALS === x) return decimalText(scaled);
  }
  const shift = size < SMALLEST ? undefined : SHIFTS.find((candidate) => size < 2 ** (63 - candidate));
  return shift === undefined ? powersOfTwo(x) : `${BigInt(x * 2 ** shift)}${SCALES[shift].text}`;
}

/** `scaled / 10,000` with no trailing zeros, but at least one digit after the point. */
function decimalText(scaled: number): string {
  const digits = String(Math.abs(scaled)).padStart(5, '0');
  const fraction = digits.slice(-4).replace(/0{1,3}$/, '');
  return `${scaled < 0 ? '-' : ''}${digits.slice(0, -4)}.${fraction}`;
}

const view = new DataView(new ArrayBuffer(8));

/** Any finite value: its 53-bit mantissa, then powers of two. Each step of the way is exact, because the end is. */
function powersOfTwo(x: number): string {
  view.setFloat64(0, x);
  const bits = view.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const mantissa = biased === 0 ? fraction : fraction | 0x10000000000000n;
  let exponent = Math.max(biased, 1) - 1075;
  let text = `${x < 0 ? '-' : ''}${mantissa}`;
  const operator = exponent < 0 ? '/' : '*';
  for (exponent = Math.abs(exponent); exponent > 0; exponent -= 60) text += `${operator}${2n ** BigInt(Math.min(60, exponent))}.0`;
  return text;
}

/** Where `realExpression` does not know: the row is then read cell by cell and written by `realLiteral`. */
const UNKNOWN = textLiteral(UNENCODED);

/**
 * An SQL expression for `value`, which must be of storage class real, as it travels. `UNENCODED` outside 2^-38 to 2^63. Most reals have few
 * decimals or a size that people use, so these are asked about first: each question is a tenth of the time for a value.
 */
export function realExpression(value: string): string {
  const size = `abs(${value})`;
  const arm = (shift: Shift) => `CAST(${scaled(value, shift)} AS INT)||'${SCALES[shift].mark}'`;
  const below = (shift: Shift) => `WHEN ${size}<1<<${63 - shift} THEN ${arm(shift)}`;
  const tiny =
    `CASE WHEN ${size}<1.0/(1<<38) THEN ${UNKNOWN} WHEN ${size}<1.0/(1<<27) THEN ${arm(90)} ` +
    `WHEN ${size}<1.0/(1<<17) THEN ${arm(80)} ELSE ${arm(70)} END`;
  const zero = `iif(atan2(${value},-1.0)<0,'-0.0','0.0')`;
  const decimal = `CASE WHEN ${value}=0 THEN ${zero} ELSE '${DECIMAL}'||CAST(round(${value}*1e4) AS INT) END`;
  return (
    `CASE WHEN round(${value}*1e4)/1e4=${value} AND ${size}<1e11 THEN ${decimal} ` +
    `WHEN ${size}<8192 THEN CASE WHEN ${size}>=8 THEN ${arm(50)} WHEN ${size}>=1/128.0 THEN ${arm(60)} ELSE ${tiny} END ` +
    `${below(40)} ${below(30)} ${below(20)} ${below(10)} ` +
    `WHEN ${size}<2.0*(1<<62) THEN ${arm(0)} ` +
    `ELSE CASE ${value} WHEN 9e999 THEN '9e999' WHEN -9e999 THEN '-9e999' ELSE ${UNKNOWN} END END`
  );
}

/** Products with powers of two are exact; the cast around them only changes the storage class. */
function scaled(value: string, shift: Shift): string {
  if (shift === 0) return value;
  return shift > 60 ? `${value}*(1<<60)*(1<<${shift - 60})` : `${value}*(1<<${shift})`;
}
