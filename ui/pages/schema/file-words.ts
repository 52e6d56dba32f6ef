/** How a schema file stands, in words. */
import type { SchemaFile } from '../../../worker/protocol/schema.ts';
import { plural } from '../../components/format.ts';
import type { Tone } from '../../components/words.ts';
import { type FileState, fileState } from '../../store/schema-state.ts';

const TONES: Record<FileState, Tone> = { file: 'neutral', open: 'accent', broken: 'bad', accepted: 'good', outrun: 'warn' };

export function fileWords(file: SchemaFile): { readonly tone: Tone; readonly text: string } {
  const state = fileState(file);
  const tone = TONES[state];
  switch (state) {
    case 'file':
      return { tone, text: 'as in the code' };
    case 'open':
      return { tone, text: 'draft' };
    case 'broken':
      return { tone, text: plural(file.draft?.problems.length ?? 0, 'mistake') };
    case 'accepted':
      return { tone, text: 'accepted' };
    case 'outrun':
      return { tone, text: 'file has changed' };
  }
}
