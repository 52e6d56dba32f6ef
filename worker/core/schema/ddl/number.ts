/** Numbers as SQL writes them, each value in one spelling. Integers and reals stay apart: `1` and `1.0` are different values. */

const MAX_INT64 = 2n ** 63n - 1n;

/** Canonical text of a number token, and what it is to SQLite. */
export function canonicalNumber(written: string): { text: string; type: 'integer' | 'real' } {
  const text = written.replaceAll('_', '');
  if (/^0x/i.test(text)) return { text: hexInteger(text), type: 'integer' };
  if (/^\d+$/.test(text)) {
    const digits = text.replace(/^0+(?=\d)/, '');
    // An integer that does not fit is read as a real, and stays as written: `-9223372036854775808` is one that does fit.
    return { text: digits, type: digits.length > 19 || BigInt(digits) > MAX_INT64 + 1n ? 'real' : 'integer' };
  }
  return { text: decimalReal(text), type: 'real' };
}

/** Hex wraps around to negative numbers, which have no spelling of their own: those stay hex. */
function hexInteger(text: string): string {
  const value = BigInt(text);
  return value > MAX_INT64 ? `0x${value.toString(16).toUpperCase()}` : value.toString();
}

/** Decimal digits and an exponent, nothing rounded: `1.`, `1e0`, `10e-1` and `1.00` are all `1.0`. */
function decimalReal(text: string): string {
  const [, whole = '', fraction = '', exponent = '0'] = /^(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(text) ?? [];
  const all = `${whole}${fraction}`.replace(/^0+/, '');
  const digits = all.replace(/0+$/, '');
  if (digits === '') return '0.0';
  // The point stands before the first digit.
  const point = all.length - fraction.length + Number(exponent);
  if (point > 0 && point <= 17) {
    const padded = digits.padEnd(point, '0');
    return `${padded.slice(0, point)}.${padded.slice(point) || '0'}`;
  }
  if (point <= 0 && point > -5) return `0.${'0'.repeat(-point)}${digits}`;
  return `${digits[0]}.${digits.slice(1) || '0'}e${point - 1 < 0 ? '' : '+'}${point - 1}`;
}
