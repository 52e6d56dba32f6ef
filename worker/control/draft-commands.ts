/** What a control plane does about drafts of schema files. A base class, because RPC reaches only the methods of the object itself. */
import type { By } from '../protocol/audit.ts';
import type { Page } from '../protocol/list.ts';
import { Refusal } from '../protocol/problem.ts';
import type { DraftRequest } from '../protocol/schema.ts';
import { type DraftRow, DraftStore } from './draft-store.ts';
import type { OwnDatabase } from './migrate.ts';
import { PlanCommands } from './plan-commands.ts';
import { type Answer, answer } from './wire.ts';

/** Versions that are kept of each file. */
const KEPT_VERSIONS = 100;

/** One saved text of a file. Whether it is good is for those who can read it. */
export interface Draft {
  readonly n: number;
  readonly path: string;
  readonly text: string;
  readonly basedOn: string;
  readonly state: DraftRow['state'];
  readonly message: string;
  readonly savedAt: string;
  readonly savedBy: string;
}

const toDraft = (row: DraftRow): Draft => ({ ...row, savedAt: new Date(row.savedAt).toISOString() });

export abstract class DraftCommands<E> extends PlanCommands<E> {
  protected draftBook!: DraftStore;

  protected openDrafts(db: OwnDatabase): DraftStore {
    return new DraftStore(db);
  }

  /** The newest of each file. */
  async drafts(): Promise<Draft[]> {
    return this.draftBook.newestOfEach().map(toDraft);
  }

  async draftVersions(path: string, before: number | null, limit: number): Promise<Page<Draft>> {
    const rows = this.draftBook.versions(path, before, limit + 1);
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return { items: rows.slice(0, limit).map(toDraft), nextCursor: last ? String(last.n) : null };
  }

  /** Refuses with `draft_conflict` when it does not follow the newest one: nobody's text is written over. */
  async saveDraft({ path, text, basedOn, expect, message }: DraftRequest, by: By): Promise<Answer<Draft>> {
    return this.drafted((now) => {
      const newest = this.draftBook.newest(path)?.n ?? null;
      if (newest !== expect) {
        const there = newest === null ? 'there is none yet' : `the newest is number ${newest}`;
        throw new Refusal('draft_conflict', `This text follows draft ${expect ?? 'none'} of ${path}, but ${there}.`);
      }
      const row = {
        n: this.store.next('draft'),
        path,
        text,
        basedOn,
        message,
        state: 'open' as const,
        savedAt: now,
        savedBy: by.actor,
      };
      const saved = this.draftBook.insert(row);
      this.draftBook.prune(path, KEPT_VERSIONS);
      this.trail.record({ by, action: 'draft.saved', target: path, detail: { n: saved.n, message } }, now);
      this.kernel.note('schema.changed', null, `A draft of ${path} was saved by ${by.actor}.`, {}, now);
      return toDraft(saved);
    });
  }

  async endDraft(path: string, n: number, state: 'accepted' | 'discarded', by: By): Promise<Answer<Draft>> {
    return this.drafted((now) => {
      const newest = this.draftBook.newest(path);
      if (newest === undefined || newest.n !== n)
        throw new Refusal('draft_conflict', `Draft ${n} is not the newest one of ${path}.`);
      if (newest.state === state) return toDraft(newest);
      const ended = this.draftBook.setState(n, state);
      this.trail.record({ by, action: `draft.${state}`, target: path, detail: { n } }, now);
      this.kernel.note('schema.changed', null, `A draft of ${path} was ${state} by ${by.actor}.`, {}, now);
      return toDraft(ended);
    });
  }

  private drafted<T>(work: (now: number) => T): Answer<T> {
    return this.act((now) => answer(() => this.kernel.atomically(() => work(now))));
  }
}
