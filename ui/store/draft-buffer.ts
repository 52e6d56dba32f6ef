/** A schema file in the editor: what was typed, what it goes on from, and whether somebody else was quicker. Pure. */
import type { SchemaFile } from '../../worker/protocol/schema.ts';
import type { NewDraft } from '../api/schema-calls.ts';
import { textOf } from './schema-state.ts';

export interface DraftBuffer {
  readonly path: string;
  readonly text: string;
  /** The text that it went on from: the file, or the draft as it was then. Null: it is to be saved whatever it says. */
  readonly from: string | null;
  /** As `DraftRequest` says. */
  readonly basedOn: string;
  readonly expect: number | null;
}

export const draftKey = (database: string, path: string): string => `${database}\u0000${path}`;

/** What is typed is kept as long as it says something else than what is saved. */
export function withKept(
  drafts: Readonly<Record<string, DraftBuffer>>,
  database: string,
  buffer: DraftBuffer,
): Readonly<Record<string, DraftBuffer>> {
  const key = draftKey(database, buffer.path);
  if (isDirty(buffer)) return drafts[key] === buffer ? drafts : { ...drafts, [key]: buffer };
  if (!(key in drafts)) return drafts;
  const { [key]: _saved, ...rest } = drafts;
  return rest;
}

/** A draft stays bound to the file that it was begun from, until somebody says that it fits the file as it is now. */
export const newBuffer = (file: SchemaFile): DraftBuffer => ({
  path: file.path,
  text: textOf(file),
  from: textOf(file),
  basedOn: file.draft === null || file.draft.state === 'discarded' ? file.sha256 : file.draft.basedOn,
  expect: file.draft?.n ?? null,
});

export const isDirty = ({ text, from }: DraftBuffer): boolean => text !== from;
export const isOvertaken = ({ expect }: DraftBuffer, { draft }: SchemaFile): boolean => (draft?.n ?? null) !== expect;

/**
 * The file has come anew from the server. What nobody has typed in follows it; what was typed stays, and `isOvertaken` tells the conflict.
 * A change of a draft's state alone (accepted, discarded) keeps its number.
 */
export const refreshed = (buffer: DraftBuffer, file: SchemaFile): DraftBuffer => (isDirty(buffer) ? buffer : newBuffer(file));

/** Mine goes on top of theirs: the next version follows what is there now. */
export const onTop = (buffer: DraftBuffer, file: SchemaFile): DraftBuffer => ({ ...newBuffer(file), text: buffer.text });
/** The draft fits the file as it is now: to be saved once more, though its text is the same. */
export const rebased = (buffer: DraftBuffer, file: SchemaFile): DraftBuffer => ({ ...buffer, basedOn: file.sha256, from: null });

export const saveRequest = ({ path, text, basedOn, expect }: DraftBuffer, message: string): NewDraft => ({
  path,
  text,
  basedOn,
  expect,
  ...(message.trim() === '' ? {} : { message: message.trim() }),
});
