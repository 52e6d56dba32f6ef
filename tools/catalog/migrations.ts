/** Reads a folder of migrations, whichever tool wrote it. FACTS: the order and the hash are the tools' own, or their ledgers would not match. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CatalogFolder, CatalogMigration, MigrationLayout } from '../../worker/core/drizzle/catalog.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

interface Found {
  readonly name: string;
  readonly tag: string;
  readonly when: number | null;
  readonly path: string;
}

interface Journal {
  readonly entries: readonly { readonly idx: number; readonly when: number; readonly tag: string }[];
}

/** drizzle v1: `20261123094500_name/migration.sql`; the digits are the time in UTC. */
const STAMPED = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)_/;

function stampMs(name: string): number | null {
  const [, ...parts] = STAMPED.exec(name) ?? [];
  if (parts.length === 0) return null;
  const [year, month, day, hour, minute, second] = parts.map(Number) as [number, number, number, number, number, number];
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** Null: there is no such folder. An empty one counts as drizzle's. */
export function layoutOf(folder: string): MigrationLayout | null {
  if (!existsSync(folder)) return null;
  if (existsSync(join(folder, 'meta/_journal.json'))) return 'drizzle';
  const entries = readdirSync(folder, { withFileTypes: true });
  if (entries.some((entry) => entry.isDirectory() && STAMPED.test(entry.name) && hasMigration(folder, entry.name)))
    return 'drizzle-v1';
  return entries.some((entry) => (entry.isDirectory() ? hasMigration(folder, entry.name) : entry.name.endsWith('.sql')))
    ? 'wrangler'
    : 'drizzle';
}

const hasMigration = (folder: string, name: string) => existsSync(join(folder, name, 'migration.sql'));

function drizzle(folder: string): Found[] {
  const file = join(folder, 'meta/_journal.json');
  if (!existsSync(file)) return [];
  const { entries } = JSON.parse(readFileSync(file, 'utf8')) as Journal;
  return [...entries].sort((a, b) => a.idx - b.idx).map(({ tag, when }) => ({ name: tag, tag, when, path: `${tag}.sql` }));
}

function drizzleV1(folder: string): Found[] {
  const names = readdirSync(folder).filter((name) => hasMigration(folder, name));
  return names.sort().map((name) => ({ name, tag: name, when: stampMs(name), path: `${name}/migration.sql` }));
}

/** wrangler's order: the leading number of each part of the path, then by the text; what has none comes last. */
function compareWranglerPaths(a: string, b: string): number {
  const [one, other] = [a.split('/'), b.split('/')];
  for (let n = 0; n < Math.max(one.length, other.length); n++) {
    const [left, right] = [one[n] ?? '', other[n] ?? ''];
    const [leftNumber, rightNumber] = [leadingNumber(left), leadingNumber(right)];
    if (leftNumber !== rightNumber) return leftNumber < rightNumber ? -1 : 1;
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}
const leadingNumber = (text: string) => Number(/^\d+/.exec(text)?.[0] ?? Number.POSITIVE_INFINITY);

function wrangler(folder: string): Found[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  const paths = entries.flatMap((entry) => {
    if (entry.isFile()) return entry.name.endsWith('.sql') ? [entry.name] : [];
    return hasMigration(folder, entry.name) ? [`${entry.name}/migration.sql`] : [];
  });
  return paths.sort(compareWranglerPaths).map((path) => ({
    // The ledger holds the path as it lies in the folder.
    name: path,
    tag: path.replace(/(\/migration)?\.sql$/, ''),
    when: stampMs(path),
    path,
  }));
}

function foundIn(folder: string, layout: MigrationLayout): Found[] {
  switch (layout) {
    case 'drizzle':
      return drizzle(folder);
    case 'drizzle-v1':
      return drizzleV1(folder);
    case 'wrangler':
      return wrangler(folder);
  }
}

function layoutHere(top: string, folder: string): MigrationLayout {
  const layout = layoutOf(join(top, folder));
  if (layout === null) throw new Error(`${folder}: there is no such folder (db/databases.ts names it)`);
  return layout;
}

/** In the order in which its tool applies them. `folder` is from the top of the project. Throws when a file of a journal is missing. */
export function readMigrations(top: string, folder: string): CatalogMigration[] {
  const path = join(top, folder);
  const layout = layoutHere(top, folder);
  return foundIn(path, layout).map(({ name, tag, when, path: file }) => {
    const sql = readFileSync(join(path, file), 'utf8');
    return { folder, layout, name, tag, when, sql, hash: sha256(sql) };
  });
}

const textOrNull = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8') : null);

type Newest = Pick<CatalogFolder, 'snapshotId' | 'snapshotVersion'>;
const NONE: Newest = { snapshotId: null, snapshotVersion: null };

function newestIn(snapshot: string | null): Newest {
  const text = snapshot === null ? null : textOrNull(snapshot);
  if (text === null) return NONE;
  const { id, version } = JSON.parse(text) as { id?: string; version?: string };
  return { snapshotId: id ?? null, snapshotVersion: version ?? null };
}

/** What the next migration of the folder has to follow. */
export function readFolder(top: string, folder: string): CatalogFolder {
  const path = join(top, folder);
  const layout = layoutHere(top, folder);
  switch (layout) {
    case 'drizzle': {
      const meta = join(path, 'meta');
      const snapshots = existsSync(meta) ? readdirSync(meta).filter((name) => name.endsWith('_snapshot.json')) : [];
      const newest = snapshots.sort().at(-1);
      return { folder, layout, journal: textOrNull(join(meta, '_journal.json')), ...newestIn(newest ? join(meta, newest) : null) };
    }
    case 'drizzle-v1': {
      const newest = drizzleV1(path).at(-1);
      return { folder, layout, journal: null, ...newestIn(newest ? join(path, newest.name, 'snapshot.json') : null) };
    }
    case 'wrangler':
      return { folder, layout, journal: null, ...NONE };
  }
}
