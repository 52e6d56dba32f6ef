/** The schema files as they are in the build, with what was drafted over them. */
import { createHash } from 'node:crypto';
import type { DatabaseCatalog } from '../catalog.ts';
import { patchOf } from '../core/drizzle/patch.ts';
import { type DrizzleRead, readDrizzle } from '../core/drizzle/read.ts';
import { Refusal } from '../protocol/problem.ts';
import type { SchemaFile, SourcePatch, SourceProblem } from '../protocol/schema.ts';

export interface SourceText {
  readonly path: string;
  readonly text: string;
}
/** The newest draft of a file. */
export interface Draft extends SourceText {
  readonly n: number;
  readonly basedOn: string;
  readonly state: 'open' | 'accepted' | 'discarded';
  readonly message: string;
  readonly savedAt: string;
  readonly savedBy: string;
}

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The files with the drafts that count in their place: not those that were discarded, or that the file already says. */
export function withDrafts({ files }: DatabaseCatalog, drafts: readonly Draft[]): SourceText[] {
  const counting = new Map(drafts.filter(({ state }) => state !== 'discarded').map((draft) => [draft.path, draft]));
  return files.map(({ path, text }) => ({ path, text: counting.get(path)?.text ?? text }));
}

export const readFiles = (catalog: DatabaseCatalog, files: readonly SourceText[]): DrizzleRead =>
  readDrizzle(files, { ...(catalog.casing === null ? {} : { casing: catalog.casing }), entry: catalog.files[0]?.path ?? '' });

/** What the drafts ask for, or `draft_invalid` with each mistake. */
export function readDrafts(catalog: DatabaseCatalog, drafts: readonly Draft[]): DrizzleRead {
  const read = readFiles(catalog, withDrafts(catalog, drafts));
  if (read.problems.length > 0) throw invalid(read.problems);
  return read;
}

/** `draft_invalid`, with each mistake and its place. */
export function invalid(problems: readonly SourceProblem[]): Refusal {
  const issues = problems.map(({ path, line, column, message }) => ({ path: `${path}:${line}:${column}`, message }));
  const [first] = issues;
  const more = issues.length > 1 ? ` There are ${issues.length - 1} more.` : '';
  return new Refusal('draft_invalid', `${first?.path}: ${first?.message.replace(/\.$/, '')}.${more}`, { issues });
}

/** Every file with its newest draft, and what is wrong with it in the company of the others. */
export function schemaFiles(catalog: DatabaseCatalog, drafts: readonly Draft[]): SchemaFile[] {
  const byPath = new Map(drafts.map((draft) => [draft.path, draft]));
  const { problems } = readFiles(catalog, withDrafts(catalog, drafts));
  return catalog.files.map(({ path, text, sha256: hash }) => {
    const draft = byPath.get(path);
    if (draft === undefined || (draft.text === text && draft.state === 'accepted'))
      return { path, text, sha256: hash, draft: null };
    const { path: _, ...said } = draft;
    return { path, text, sha256: hash, draft: { ...said, problems: problems.filter((problem) => problem.path === path) } };
  });
}

export function schemaFile(catalog: DatabaseCatalog, drafts: readonly Draft[], path: string): SchemaFile {
  const found = schemaFiles(catalog, drafts).find((file) => file.path === path);
  if (!found) throw new Refusal('schema_file_not_found', `The schema of this database has no file ${path.slice(0, 200)}.`);
  return found;
}

/** From the files of the build to these texts. */
export function patchTo({ files }: DatabaseCatalog, texts: readonly SourceText[]): SourcePatch {
  const before = new Map(files.map(({ path, text }) => [path, text]));
  const changed = texts.filter(({ path, text }) => before.get(path) !== text);
  const patch = patchOf(changed.map(({ path, text }) => ({ path, before: before.get(path) ?? null, after: text })));
  return { patch, files: changed.map(({ path }) => path) };
}
