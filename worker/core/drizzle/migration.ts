/** A new migration in the layout of its folder, as the tool that owns the folder would have written it. */
import type { DiffRow } from '../../protocol/schema.ts';
import type { CatalogFolder, CatalogMigration } from './catalog.ts';
import type { DrizzleModel } from './model.ts';
import { ORIGIN_ID, snapshotOf } from './snapshot.ts';
import { snapshotV1Of, V1_VERSION } from './snapshot-v1.ts';
import type { SourceText } from './source.ts';

export interface NewMigration {
  readonly folder: CatalogFolder;
  /** Those that the folder has already, in their order. */
  readonly existing: readonly CatalogMigration[];
  /** SQL, one statement each, with or without their `;`. */
  readonly statements: readonly string[];
  /** What the schema says after it. */
  readonly model: DrizzleModel;
  /** Words with underscores: see `migrationName`. */
  readonly name: string;
  readonly nowMs: number;
  /** A new UUID: the next snapshot refers to this one by it. */
  readonly id: string;
}

export interface MigrationText {
  readonly tag: string;
  /** Paths from the top of the checkout. Files that are there already come whole. */
  readonly files: readonly SourceText[];
}

const BREAKPOINT = '--> statement-breakpoint';

/** What drizzle's migrator takes for the end of a statement. */
export class UnsplittableError extends Error {
  override readonly name = 'UnsplittableError';
}

const ended = (statement: string): string => {
  const text = statement.trim();
  if (text.includes(BREAKPOINT))
    throw new UnsplittableError(`A statement contains the text "${BREAKPOINT}", at which drizzle would cut it.`);
  // A line comment at the end would swallow the semicolon.
  return text.endsWith(';') ? text : /--[^\n]*$/.test(text) ? `${text}\n;` : `${text};`;
};

const sqlText = (statements: readonly string[]): string => `${statements.map(ended).join(`\n${BREAKPOINT}\n`)}\n`;
const plainText = (statements: readonly string[]): string => `${statements.map(ended).join('\n\n')}\n`;
const json = (value: unknown): string => JSON.stringify(value, null, 2);

interface Journal {
  version?: string;
  dialect?: string;
  entries: { idx: number; version: string; when: number; tag: string; breakpoints: boolean }[];
}

const two = (value: number): string => String(value).padStart(2, '0');
/** `20261123094500`, in UTC. */
function stampOf(ms: number): string {
  const at = new Date(ms);
  const day = `${at.getUTCFullYear()}${two(at.getUTCMonth() + 1)}${two(at.getUTCDate())}`;
  return `${day}${two(at.getUTCHours())}${two(at.getUTCMinutes())}${two(at.getUTCSeconds())}`;
}

/** drizzle-kit numbers its files, or puts the time before them, as its config says: the last tag shows which. */
function prefixAfter(last: string | undefined, idx: number, nowMs: number): string {
  if (last !== undefined && /^\d{14}_/.test(last)) return stampOf(nowMs);
  if (last !== undefined && /^\d{10,13}_/.test(last)) return String(Math.floor(nowMs / 1000));
  return String(idx).padStart(4, '0');
}

/** drizzle 0.x applies what is newer than the newest row of its ledger: a clock that went back must not hide the new one. */
const after = (nowMs: number, existing: readonly CatalogMigration[], stepMs: number): number =>
  Math.max(nowMs, ...existing.map(({ when }) => (when === null ? 0 : when + stepMs)));

function drizzleFiles({ folder, existing, statements, model, name, nowMs, id }: NewMigration): MigrationText {
  const journal = JSON.parse(folder.journal ?? '{"version":"7","dialect":"sqlite","entries":[]}') as Journal;
  const idx = Math.max(-1, ...journal.entries.map((entry) => entry.idx)) + 1;
  const when = after(nowMs, existing, 1);
  const prefix = prefixAfter(journal.entries.at(-1)?.tag, idx, when);
  const tag = `${prefix}_${name}`;
  journal.entries.push({ idx, version: '6', when, tag, breakpoints: true });
  const ending = folder.journal?.endsWith('\n') ? '\n' : '';
  return {
    tag,
    files: [
      { path: `${folder.folder}/${tag}.sql`, text: sqlText(statements) },
      { path: `${folder.folder}/meta/_journal.json`, text: `${json(journal)}${ending}` },
      {
        path: `${folder.folder}/meta/${prefix}_snapshot.json`,
        text: `${json(snapshotOf(model, id, folder.snapshotId ?? ORIGIN_ID))}${ending}`,
      },
    ],
  };
}

function drizzleV1Files({ folder, existing, statements, model, name, nowMs, id }: NewMigration): MigrationText {
  const tag = `${stampOf(after(nowMs, existing, 1_000))}_${name}`;
  const snapshot = snapshotV1Of(model, folder.snapshotVersion ?? V1_VERSION, id, folder.snapshotId ?? ORIGIN_ID);
  return {
    tag,
    files: [
      { path: `${folder.folder}/${tag}/migration.sql`, text: sqlText(statements) },
      { path: `${folder.folder}/${tag}/snapshot.json`, text: json(snapshot) },
    ],
  };
}

/** Plain SQL: wrangler sends the whole file. The number has as many digits as the last one has. */
function wranglerFiles({ folder, existing, statements, name }: NewMigration): MigrationText {
  const numbers = existing.map((migration) => /^\d+/.exec(migration.name)?.[0] ?? '');
  const digits = Math.max(4, ...numbers.map((number) => number.length));
  const next = numbers.reduce((highest, number) => (number !== '' && BigInt(number) > highest ? BigInt(number) : highest), 0n) + 1n;
  const tag = `${String(next).padStart(digits, '0')}_${name}`;
  const nested = existing.at(-1)?.name.endsWith('/migration.sql') ?? false;
  return { tag, files: [{ path: `${folder.folder}/${tag}${nested ? '/migration' : ''}.sql`, text: plainText(statements) }] };
}

/** Throws `UnsplittableError` for a statement that cannot be written into such a file. */
export function migrationFiles(migration: NewMigration): MigrationText {
  switch (migration.folder.layout) {
    case 'drizzle':
      return drizzleFiles(migration);
    case 'drizzle-v1':
      return drizzleV1Files(migration);
    case 'wrangler':
      return wranglerFiles(migration);
  }
}

const VERBS: Readonly<Record<DiffRow['state'], string>> = { missing: 'add', extra: 'drop', mismatch: 'change', match: 'keep' };
const MAX_NAME_CHARS = 60;

/** For a file's name, on every system. */
const slug = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '');

function subjectOf(row: DiffRow): string {
  switch (row.kind) {
    case 'table':
    case 'view':
    case 'trigger':
    case 'virtual-table':
    case 'index':
      return row.name;
    case 'primary-key':
      return `${row.table}_key`;
    case 'column':
    case 'unique':
    case 'check':
    case 'foreign-key':
      return row.name.startsWith(row.table) ? row.name : `${row.table}_${row.name}`;
  }
}

/** `add_users_email`, `create_orders`, `change_orders_and_2_more`: what a person would call it. */
export function migrationName(rows: readonly DiffRow[]): string {
  const tables = rows.filter(({ kind }) => kind === 'table');
  // The columns and indexes of a new table go without saying.
  const within = new Set(tables.map(({ table }) => table));
  const told = [...tables, ...rows.filter(({ kind, table }) => kind !== 'table' && !within.has(table))];
  const [first, ...others] = told;
  if (!first) return 'nothing';
  const verb = first.kind === 'table' && first.state === 'missing' ? 'create' : VERBS[first.state];
  const more = others.length > 0 ? `_and_${others.length}_more` : '';
  const name = slug(`${verb}_${subjectOf(first)}`).slice(0, MAX_NAME_CHARS - more.length);
  return `${name.replace(/_+$/, '')}${more}`;
}
