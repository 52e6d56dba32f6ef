/** What the console knows of a database's schema. Pure. */
import type { SchemaDiff, SchemaFile } from '../../worker/protocol/schema.ts';
import type { DraftVersion } from '../api/schema-calls.ts';
import { idle, type Resource } from './resource.ts';
import { type Choice, NOTHING_CHOSEN } from './schema-choice.ts';

export type { DraftVersion } from '../api/schema-calls.ts';

export interface SchemaState {
  readonly diff: Resource<SchemaDiff>;
  /** Drizzle code for the live database. */
  readonly code: Resource<string>;
  readonly files: Resource<readonly SchemaFile[]>;
  /** The drafts against the database. */
  readonly draftDiff: Resource<SchemaDiff>;
  /** What the matrix has ticked and answered: it stays while one looks at a plan. */
  readonly choice: Choice;
  /** The saved texts of one file, newest first. */
  readonly history: { readonly path: string; readonly versions: Resource<readonly DraftVersion[]> } | null;
}
export const unknownSchema: SchemaState = {
  diff: idle,
  code: idle,
  files: idle,
  draftDiff: idle,
  choice: NOTHING_CHOSEN,
  history: null,
};

/** A file in the list is replaced by what the server answered for it. */
export const withFile = (files: readonly SchemaFile[], file: SchemaFile): readonly SchemaFile[] =>
  files.some(({ path }) => path === file.path) ? files.map((one) => (one.path === file.path ? file : one)) : [...files, file];

export type FileState = 'file' | 'open' | 'broken' | 'accepted' | 'outrun';
/**
 * What stands behind a file's name: nothing but the file; an open draft; one with mistakes; one that waits to be pulled into the
 * checkout; one whose file has changed since it was begun. A discarded draft is no draft any more.
 */
export function fileState({ sha256, draft }: SchemaFile): FileState {
  if (draft === null || draft.state === 'discarded') return 'file';
  if (draft.basedOn !== sha256) return 'outrun';
  if (draft.problems.length > 0) return 'broken';
  return draft.state === 'accepted' ? 'accepted' : 'open';
}

/** The text that is edited: the draft, where there is one. */
export const textOf = ({ text, draft }: SchemaFile): string => (draft === null || draft.state === 'discarded' ? text : draft.text);
