/** The calls about schemas: the diff, the generated code, the schema files and their drafts. */
import type { Page } from '../../worker/protocol/list.ts';
import type {
  AdoptRequest,
  DraftRequest,
  MigrationFiles,
  SchemaDiff,
  SchemaFile,
  SourcePatch,
} from '../../worker/protocol/schema.ts';
import type { Call } from './client.ts';

export type NewDraft = Pick<DraftRequest, 'path' | 'text' | 'basedOn' | 'expect'> & Partial<Pick<DraftRequest, 'message'>>;
/** One saved text of a file, as the history lists them. */
export type DraftVersion = NonNullable<SchemaFile['draft']>;
export type DraftEnd = 'accept' | 'discard';

/** The whole database is read, and the migrations are replayed: more than a usual answer. */
const DIFF_TIMEOUT_MS = 90_000;

export function schemaCalls(call: Call, at: (database: string, rest: string) => string) {
  const schema = (database: string, rest: string): string => at(database, `/schema/${rest}`);
  const slow = { timeoutMs: DIFF_TIMEOUT_MS };
  return {
    schemaDiff: (database: string, refresh: boolean) =>
      call<SchemaDiff>('GET', schema(database, refresh ? 'diff?refresh=1' : 'diff'), undefined, slow),
    schemaCode: (database: string) => call<{ text: string }>('GET', schema(database, 'code'), undefined, slow),
    schemaFiles: (database: string) => call<Page<SchemaFile>>('GET', schema(database, 'files')),
    draftVersions: (database: string, path: string) =>
      call<Page<DraftVersion>>('GET', schema(database, `drafts?limit=200&path=${encodeURIComponent(path)}`)),
    draftDiff: (database: string) => call<SchemaDiff>('GET', schema(database, 'drafts/diff'), undefined, slow),
    draftPatch: (database: string) => call<SourcePatch>('GET', schema(database, 'drafts/patch')),
    saveDraft: (database: string, draft: NewDraft) => call<SchemaFile>('PUT', schema(database, 'drafts'), draft),
    endDraft: (database: string, path: string, n: number, end: DraftEnd) =>
      call<SchemaFile>('POST', schema(database, `drafts/${end}`), { path, n }),
    adopt: (database: string, request: AdoptRequest) => call<SourcePatch>('POST', schema(database, 'adopt'), request, slow),
    makeMigration: (database: string, name: string) =>
      call<MigrationFiles>('POST', schema(database, 'drafts/migration'), name === '' ? {} : { name }, slow),
  };
}
