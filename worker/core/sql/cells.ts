/**
 * The codec between stored values and SQL text: one canonical text for each value, whichever way it was read. Rows are encoded inside
 * SQLite, because JavaScript numbers cannot carry int64 and lose the storage class of 1.0, and travel in the form of `wire.ts`; what SQL
 * cannot encode alone (extreme reals, cells too long for one result) comes out cell by cell and is encoded here.
 *
 * NULL · integers in digits · reals by `real.ts` · `X'…'` · `'…'`, or `CAST(x'…' AS TEXT)` for text that the `sqlite3` shell or a decoder
 * would bend: with NUL (the shell stops there), CR (the shell drops it before LF) or bytes that are not UTF-8.
 */
import { fromHex, textLiteral, toHex } from './quote.ts';
import { realExpression, realLiteral } from './real.ts';
import { TOO_LONG, UNENCODED } from './wire.ts';

/** What a column can hold decides which arms its expression needs. `rowid`: only integers. */
export type Holds = 'rowid' | 'text' | 'numeric' | 'any';

/** A text or blob in a column that should hold numbers is rare; one this long is only marked. Where there are many, see `withStrays`. */
const STRAY_BYTES = 200;

const LONG_MARK = textLiteral(TOO_LONG);
const REAL_MARK = textLiteral(UNENCODED);
const wireText = (a: string) => `'T'||hex(${a})`;
const stray = (a: string, arm: string) => `iif(octet_length(${a})>${STRAY_BYTES},${LONG_MARK},${arm})`;

/**
 * An SQL expression for one value as it travels, or for one of the two marks. Values order as NULL, numbers, texts, blobs: a comparison tells
 * what a value is in a third of the time of `typeof`, so that is asked only where the likely arm has not matched.
 */
export function cellExpression(a: string, holds: Holds): string {
  const isText = `${a}>='' AND ${a}<x''`;
  switch (holds) {
    case 'rowid':
      return a;
    case 'text':
      return `CASE WHEN ${isText} THEN ${wireText(a)} ELSE iif(typeof(${a})='real',${REAL_MARK},quote(${a})) END`;
    case 'numeric':
      return (
        `CASE typeof(${a}) WHEN 'real' THEN ${realExpression(a)} WHEN 'integer' THEN ${a} WHEN 'null' THEN 'NULL' ` +
        `WHEN 'text' THEN ${stray(a, wireText(a))} ELSE ${stray(a, `quote(${a})`)} END`
      );
    case 'any':
      return (
        `CASE WHEN ${a}>=x'' THEN quote(${a}) WHEN ${isText} THEN ${wireText(a)} ` +
        `ELSE CASE typeof(${a}) WHEN 'real' THEN ${realExpression(a)} ELSE quote(${a}) END END`
      );
  }
}

/** Documented is a limit of 32 arguments for each function, and 100 for the depth of an expression. */
const ARGUMENTS = 30;

function joined(parts: readonly string[]): string {
  if (parts.length <= ARGUMENTS) return `concat_ws(',',${parts.join(',')})`;
  const groups: string[] = [];
  for (let at = 0; at < parts.length; at += ARGUMENTS) groups.push(joined(parts.slice(at, at + ARGUMENTS)));
  return joined(groups);
}

export interface CellReference {
  readonly sql: string;
  readonly holds: Holds;
}

/** An SQL expression for `v1,v2,…` as they travel; rows with more than `maxBytes` of text and blobs become `TOO_LONG`. */
export function rowExpression(cells: readonly CellReference[], maxBytes: number): string {
  const row = joined(cells.map(({ sql, holds }) => cellExpression(sql, holds)));
  const lengths = cells
    .filter(({ holds }) => holds === 'text' || holds === 'any')
    .map(({ sql }) => `ifnull(octet_length(${sql}),0)`);
  return lengths.length === 0 ? row : `iif(${balancedSum(lengths)}>${maxBytes},${LONG_MARK},${row})`;
}

/** A plain chain of 100 terms would be too deep. */
export function balancedSum(terms: readonly string[]): string {
  if (terms.length === 1) return terms[0] as string;
  const half = terms.length >> 1;
  return `(${balancedSum(terms.slice(0, half))}+${balancedSum(terms.slice(half))})`;
}

/** Long cells come in pieces of this many bytes: as hex below the limit of 100,000 bytes for a statement. */
export const PIECE_BYTES = 45_000;

/** SQL columns for one piece of one cell: `kind`, `value` (a number, digits, or hex). JSON would turn ±Infinity to null and -0.0 to 0. */
export const pieceExpressions = (v: string, piece: string) => ({
  kind: `typeof(${v})`,
  value:
    `CASE typeof(${v}) WHEN 'null' THEN NULL WHEN 'integer' THEN quote(${v}) WHEN 'real' THEN CASE WHEN ${v}=9e999 THEN '9e999' ` +
    `WHEN ${v}=-9e999 THEN '-9e999' WHEN ${v}=0 THEN iif(atan2(${v},-1.0)<0,'-0.0','0.0') ELSE ${v} END ` +
    `ELSE hex(substr(CAST(${v} AS BLOB),1+${piece}*${PIECE_BYTES},${PIECE_BYTES})) END`,
});

/** The canonical text of a cell that was read by `pieceExpressions`. */
export function cellText(kind: string, value: string | number | null): string {
  switch (kind) {
    case 'null':
      return 'NULL';
    case 'integer':
      return String(value);
    case 'real':
      return typeof value === 'number' ? realLiteral(value) : String(value);
    case 'blob':
      return `X'${value ?? ''}'`;
    case 'text':
      return textFromHex(String(value ?? ''));
  }
  throw new Error(`SQLite has no storage class ${JSON.stringify(kind)}`);
}

const lenient = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true });

function textFromHex(hex: string): string {
  const text = lenient.decode(fromHex(hex));
  return /[\0\r\uFFFD]/.test(text) ? `CAST(x'${hex}' AS TEXT)` : textLiteral(text);
}

/** The texts of a canonical row's cells. */
export function splitRow(row: string): string[] {
  return splitCells(row.slice(1, -1));
}

/** Cuts at commas outside of quotes; `CAST(x'…' AS TEXT)` has none of its own. */
export function splitCells(cells: string): string[] {
  const found: string[] = [];
  let start = 0;
  for (let at = 0; at <= cells.length; at += 1) {
    if (at === cells.length || cells[at] === ',') {
      found.push(cells.slice(start, at));
      start = at + 1;
    } else if (cells[at] === "'") {
      at = cells.indexOf("'", at + 1);
    }
  }
  return found;
}

export type CellValue =
  | { readonly kind: 'literal'; readonly sql: string }
  | { readonly kind: 'text'; readonly hex: () => string }
  | { readonly kind: 'blob'; readonly hex: () => string };

const encoder = new TextEncoder();

/** The value behind a cell's text, with its bytes where it has any. */
export function cellValue(text: string): CellValue {
  if (text.startsWith("X'")) return { kind: 'blob', hex: () => text.slice(2, -1) };
  if (text.startsWith('CAST(')) return { kind: 'text', hex: () => text.slice(7, -10) };
  if (text.startsWith("'")) return { kind: 'text', hex: () => toHex(encoder.encode(text.slice(1, -1).replaceAll("''", "'"))) };
  return { kind: 'literal', sql: text };
}
