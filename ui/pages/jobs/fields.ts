/** Puts the fields of records that differ by kind into words. Pure. */
import { bytes, count, duration, exactTime } from '../../components/format.ts';
import { CONSISTENCY_MEANINGS, CONSISTENCY_NAMES } from '../../components/words.ts';

/** `sqlBytes` becomes `SQL bytes`, `tookMs` becomes `Took`. */
export function fieldName(key: string): string {
  const words = key
    .replace(/Ms$/, '')
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/\bsql\b/, 'SQL');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** ISO 8601 in UTC, as the server writes every time. */
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;
const isConsistency = (value: unknown): value is keyof typeof CONSISTENCY_NAMES =>
  typeof value === 'string' && Object.hasOwn(CONSISTENCY_NAMES, value);

/** Units come from the names of the fields: that is what they are for. */
export function fieldText(key: string, value: unknown): string {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') {
    if (/bytes$/i.test(key)) return bytes(value);
    if (/Ms$/.test(key)) return duration(value);
    return Number.isInteger(value) && !/seed$/i.test(key) ? count(value) : String(value);
  }
  if (typeof value === 'string') {
    if (MOMENT.test(value)) return exactTime(value);
    return key === 'consistency' && isConsistency(value) ? `${CONSISTENCY_NAMES[value]}. ${CONSISTENCY_MEANINGS[value]}` : value;
  }
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map((item) => fieldText('', item)).join(', ');
  const parts = Object.entries(value);
  if (parts.length === 0) return 'none';
  return parts.every(([, part]) => typeof part !== 'object')
    ? parts.map(([name, part]) => `${name} ${fieldText('', part)}`).join(', ')
    : JSON.stringify(value);
}

/** One line for a step's detail: short values only, long hashes cut. */
export function detailLine(detail: Readonly<Record<string, unknown>>): string {
  return Object.entries(detail)
    .filter(([, value]) => typeof value !== 'object' || value === null)
    .map(([key, value]) => {
      const text = typeof value === 'string' && value.length > 16 ? `${value.slice(0, 12)}…` : fieldText(key, value);
      return `${fieldName(key).toLowerCase()} ${text}`;
    })
    .join(' · ');
}
