/** Audit entries as files: CSV (RFC 4180) and NDJSON. Pure. */
import type { AuditEntry } from '../../protocol/audit.ts';

const COLUMNS = [
  'n',
  'at',
  'actor',
  'address',
  'requestId',
  'action',
  'target',
  'database',
  'planHash',
  'sqlDigest',
  'outcome',
  'durationMs',
  'detail',
  'prevHash',
  'hash',
] as const satisfies readonly (keyof AuditEntry)[];

export const CSV_HEAD = `${COLUMNS.join(',')}\r\n`;

export const csvLine = (entry: AuditEntry): string => `${COLUMNS.map((column) => csvCell(entry[column])).join(',')}\r\n`;
export const ndjsonLine = (entry: AuditEntry): string => `${JSON.stringify(entry)}\n`;

/** Spreadsheets run a cell that begins like a formula, after leading space too: an apostrophe makes it text. */
const FORMULA = /^\s*[=+\-@\t\r\n]/;

export function csvCell(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const plain = typeof value === 'string' ? value : JSON.stringify(value);
  const text = FORMULA.test(plain) ? `'${plain}` : plain;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
