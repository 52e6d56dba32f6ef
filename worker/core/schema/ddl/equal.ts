/** When two definitions are the same thing. */
import { foldName } from '../names.ts';

/** Without the text as it was written, however deep. */
export function withoutSql<T>(def: T): T {
  if (Array.isArray(def)) return def.map(withoutSql) as T;
  if (def === null || typeof def !== 'object') return def;
  return Object.fromEntries(Object.entries(def).map(([key, value]) => [key, key === 'sql' ? null : withoutSql(value)])) as T;
}

/** Fields that hold names: SQLite compares them without case. */
const NAMES: ReadonlySet<string> = new Set(['name', 'table', 'column', 'columns', 'references']);

/** Whether they mean the same: `sql` and the case of names do not count. */
export const defsEqual = <T>(a: T, b: T): boolean => same(a, b, '');

function same(a: unknown, b: unknown, key: string): boolean {
  if (key === 'sql') return true;
  if (typeof a === 'string' && typeof b === 'string') return a === b || (NAMES.has(key) && foldName(a) === foldName(b));
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, n) => same(item, b[n], key));
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return a === b;
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  return (
    Object.keys(left).length === Object.keys(right).length && Object.keys(left).every((name) => same(left[name], right[name], name))
  );
}
