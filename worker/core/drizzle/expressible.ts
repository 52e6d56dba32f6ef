/**
 * What Drizzle has words for. Where it has none, its silence says nothing: the diff takes such a facet as `unsaid` and leaves the
 * database as it is (S3, S4).
 */
import type { ObjectKind } from '../../protocol/schema.ts';

/** Kinds that drizzle-orm/sqlite-core cannot declare at all. */
const SILENT_KINDS: ReadonlySet<ObjectKind> = new Set<ObjectKind>(['trigger', 'virtual-table']);

/**
 * Facets without a word, by kind. Aspects are spelled as in `AspectDiff`. An index has none: its terms may be SQL, so `COLLATE` and
 * `DESC` can be said there.
 */
export const DRIZZLE_SILENT: Readonly<Record<ObjectKind, readonly string[]>> = {
  table: ['strict', 'without rowid'],
  column: ['collation'],
  'primary-key': ['name', 'order', 'collation', 'on conflict'],
  // drizzle makes a unique index of it; `fitted` sees to it that either satisfies the other.
  unique: ['name', 'order', 'collation', 'on conflict'],
  check: [],
  'foreign-key': ['name', 'deferred', 'deferrable'],
  index: [],
  view: ['columns'],
  trigger: ['*'],
  'virtual-table': ['*'],
};

/** Without an aspect: whether such a thing can be declared at all. */
export function drizzleCanSay(kind: ObjectKind, aspect?: string): boolean {
  if (SILENT_KINDS.has(kind)) return false;
  return aspect === undefined || !DRIZZLE_SILENT[kind].includes(aspect);
}
