/**
 * What an audit chain needs beyond its own storage: anchors in R2, and its copy in the managed database. Both are copies: when they cannot be
 * written, the chain goes on, and they are written at the next occasion.
 */
import type { Anchors } from '../archive/anchors.ts';
import type { AuditRow } from '../core/audit/entry.ts';
import { log } from '../log.ts';
import type { AuditStore } from './audit-store.ts';

/** An anchor at least this often; once a day besides. */
export const ANCHOR_EVERY = 1_000;
/** What goes into one batch, and how many batches into one occasion: a long history is copied in several. */
const ROWS_A_BATCH = 50;
const BATCHES_AN_OCCASION = 20;
/** After a failure the next occasion is not the next sign of life of some job. */
const PATIENCE_MS = 30_000;

/** The managed database, as far as the copy is concerned. */
export interface Mirror {
  /** Up to which number it has been copied. `busy`: there must be no copying now. `foreign`: there is nothing to copy it into. */
  newest(): Promise<number | 'busy' | 'foreign'>;
  /** False: it could not be written just now. */
  write(rows: readonly AuditRow[]): Promise<boolean>;
}

export class AuditKeeper {
  private copying: Promise<void> | null = null;
  private anchoring: Promise<void> | null = null;
  private notBefore = 0;

  constructor(
    private readonly store: AuditStore,
    private readonly anchors: () => Anchors,
    private readonly mirror: Mirror | null,
    private readonly name: string,
  ) {}

  /** Whether anything waits to be copied, and may be tried now. */
  isDue(now: number): boolean {
    const { n, mirrored, anchored } = this.store.head();
    return now >= this.notBefore && ((this.mirror !== null && mirrored < n) || n - anchored >= ANCHOR_EVERY);
  }

  /** Resolves when no batch of ours is on its way to the managed database. Never rejects. */
  async quiet(): Promise<void> {
    await this.copying;
  }

  /** One occasion. Never rejects. `today`: the UTC day, when the daily anchor is due as well. */
  async tend(today: string | null, clock: () => number): Promise<void> {
    this.copying ??= this.copy(clock).finally(() => {
      this.copying = null;
    });
    this.anchoring ??= this.anchor(today, clock).finally(() => {
      this.anchoring = null;
    });
    await Promise.all([this.copying, this.anchoring]);
  }

  private async copy(clock: () => number): Promise<void> {
    const { mirror, store } = this;
    if (mirror === null || store.head().mirrored >= store.head().n) return;
    try {
      const newest = await mirror.newest();
      if (newest === 'foreign') this.notBefore = clock() + PATIENCE_MS;
      if (typeof newest === 'string') return;
      // A database that was reset, or restored to an earlier day, has lost its copy: it is written again.
      let done = Math.min(store.head().mirrored, newest);
      for (let batches = 0; batches < BATCHES_AN_OCCASION; batches += 1) {
        const rows = store.after(done, ROWS_A_BATCH);
        const last = rows.at(-1);
        if (last === undefined || !(await mirror.write(rows))) return;
        done = last.n;
        store.mirrored(done);
      }
    } catch (error) {
      this.notBefore = clock() + PATIENCE_MS;
      log('warn', 'audit entries are not copied yet', { database: this.name, error });
    }
  }

  private async anchor(today: string | null, clock: () => number): Promise<void> {
    const { n, hash, anchored, anchoredOn } = this.store.head();
    const daily = today !== null && today !== anchoredOn;
    if (n === anchored || !(daily || n - anchored >= ANCHOR_EVERY)) return;
    try {
      const anchor = { n, hash, at: new Date(clock()).toISOString() };
      // A day that has an anchor already, of which our storage knows nothing: this one must not be lost for that.
      if (!daily || !(await this.anchors().put(today, anchor))) await this.anchors().put(String(n), anchor);
      this.store.anchored(n, daily ? today : null);
    } catch (error) {
      this.notBefore = clock() + PATIENCE_MS;
      log('warn', 'the audit chain is not anchored yet', { database: this.name, error });
    }
  }
}
