/** What is fetched, and what can be ordered, about schemas. The loads never throw; the orders throw an `ApiError`. */
import type { AdoptRequest, MigrationFiles, SchemaFile, SourcePatch } from '../../worker/protocol/schema.ts';
import type { DraftEnd, NewDraft } from '../api/schema-calls.ts';
import type { Console } from './console.ts';
import { type DraftBuffer, withKept } from './draft-buffer.ts';
import { changed, idle, loadInto, type Resource } from './resource.ts';
import type { Choice } from './schema-choice.ts';
import { type SchemaState, withFile } from './schema-state.ts';

export type { NewDraft } from '../api/schema-calls.ts';

type Part = 'diff' | 'code' | 'files' | 'draftDiff';

export class SchemaLoads {
  private readonly console: Console;
  /** How many pages show which part now: what nobody looks at is not fetched again, only forgotten. */
  private readonly watched = new Map<Part, number>();
  constructor(console: Console) {
    this.console = console;
  }

  /** Until the returned function is called, the part is fetched again whenever the schema changes. */
  watch(part: Part): () => void {
    const add = (by: number) => this.watched.set(part, (this.watched.get(part) ?? 0) + by);
    add(1);
    return () => add(-1);
  }

  /** `again`: the server is to read the database anew, not to answer from what it read a moment ago. */
  diff = (database: string, again = false): Promise<void> =>
    this.part(database, 'diff', () => this.console.client.schemaDiff(database, again));
  code = (database: string): Promise<void> =>
    this.part(database, 'code', async () => (await this.console.client.schemaCode(database)).text);
  files = (database: string): Promise<void> =>
    this.part(database, 'files', async () => (await this.console.client.schemaFiles(database)).items);
  draftDiff = (database: string): Promise<void> => this.part(database, 'draftDiff', () => this.console.client.draftDiff(database));

  async history(database: string, path: string): Promise<void> {
    const put = (change: (versions: HistoryVersions) => HistoryVersions) =>
      this.change(database, ({ history, ...rest }) => ({
        ...rest,
        history: history?.path === path ? { path, versions: change(history.versions) } : history,
      }));
    this.change(database, (schema) => (schema.history?.path === path ? schema : { ...schema, history: { path, versions: idle } }));
    await loadInto(put, async () => (await this.console.client.draftVersions(database, path)).items);
  }

  choose(database: string, choice: Choice): void {
    this.change(database, (schema) => ({ ...schema, choice }));
  }
  keep(database: string, buffer: DraftBuffer): void {
    const drafts = withKept(this.console.state.drafts, database, buffer);
    if (drafts !== this.console.state.drafts) this.console.set({ drafts });
  }

  /** The schema, or a draft, has changed. */
  refresh(database: string): void {
    const { open } = this.console.state;
    if (open === null || open.name !== database) return;
    for (const name of ['diff', 'code', 'files', 'draftDiff'] as const) {
      const isWatched = (this.watched.get(name) ?? 0) > 0;
      // A plan that was opened by its address has seen no diff yet: only a fresh one can tell that the schema is another one now.
      if (open.schema[name].state === 'idle' && !(isWatched && name === 'diff')) continue;
      if (isWatched) void this[name](database);
      else this.change(database, (schema) => ({ ...schema, [name]: idle }));
    }
    const { history } = open.schema;
    if (history !== null && (this.watched.get('files') ?? 0) > 0) void this.history(database, history.path);
  }

  async saveDraft(database: string, draft: NewDraft): Promise<SchemaFile> {
    return this.taken(database, await this.console.client.saveDraft(database, draft));
  }
  async endDraft(database: string, path: string, n: number, end: DraftEnd): Promise<SchemaFile> {
    return this.taken(database, await this.console.client.endDraft(database, path, n, end));
  }
  /** Throws an `ApiError`, as all that follow. */
  adopt = (database: string, request: AdoptRequest): Promise<SourcePatch> => this.console.client.adopt(database, request);
  patch = (database: string): Promise<SourcePatch> => this.console.client.draftPatch(database);
  migration = (database: string, name: string): Promise<MigrationFiles> => this.console.client.makeMigration(database, name);

  private taken(database: string, file: SchemaFile): SchemaFile {
    this.change(database, (schema) => ({ ...schema, files: changed(schema.files, (files) => withFile(files, file)) }));
    return file;
  }

  private change(database: string, change: (schema: SchemaState) => SchemaState): void {
    this.console.update(database, (open) => ({ ...open, schema: change(open.schema) }));
  }

  private async part<K extends Part, T extends SchemaState[K] extends Resource<infer V> ? V : never>(
    database: string,
    name: K,
    load: () => Promise<T>,
  ): Promise<void> {
    const put = (change: (resource: Resource<T>) => Resource<T>) =>
      this.change(database, (schema) => ({ ...schema, [name]: change(schema[name] as Resource<T>) }));
    await loadInto(put, load);
  }
}

type HistoryVersions = NonNullable<SchemaState['history']>['versions'];
