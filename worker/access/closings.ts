/**
 * Telling the control planes which sockets have to close, because the token or the session that opened them is gone. What is to be told is
 * written down with the change itself and stays until each control plane has heard it: one that cannot be reached is tried again.
 */
import { and, asc, eq, lte, min } from 'drizzle-orm';
import { closings } from '../../db/access/schema.ts';
import type { OwnDatabase } from '../control/migrate.ts';
import { log } from '../log.ts';
import { LATE, within } from '../patience.ts';

/** The part of a control plane that is needed here. Closing twice does no harm. */
export interface SocketKeeper {
  closeSockets(tag: string): Promise<number>;
}

/** Who signs out, or revokes a token, waits no longer than this for a control plane that is slow. */
export const PATIENCE_MS = 2_000;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 5 * 60_000;

/** 1, 2, 4 … seconds, up to five minutes. */
export const retryAfterMs = (tries: number): number => Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(tries, 20));

export class Closings {
  constructor(
    private readonly db: OwnDatabase,
    private readonly keeperOf: (database: string) => SocketKeeper,
    private readonly databases: readonly string[],
  ) {}

  /** Inside the transaction that ends the credential. */
  add(tag: string, now: number): void {
    for (const database of this.databases) this.db.insert(closings).values({ database, tag, tries: 0, dueAt: now }).run();
  }

  /** When somebody has to be told (again), in milliseconds; null: everybody knows. */
  nextDueAt(): number | null {
    return (
      this.db
        .select({ at: min(closings.dueAt) })
        .from(closings)
        .get()?.at ?? null
    );
  }

  /** Tells all that are due, at the same time. Never rejects. */
  async send(clock: () => number): Promise<void> {
    const due = this.db.select().from(closings).where(lte(closings.dueAt, clock())).orderBy(asc(closings.n)).all();
    await Promise.all(due.map((closing) => this.tell(closing, clock)));
  }

  private async tell({ n, database, tag, tries }: typeof closings.$inferSelect, clock: () => number): Promise<void> {
    try {
      const answer = await within(PATIENCE_MS, this.keeperOf(database).closeSockets(tag));
      if (answer === LATE) throw new Error(`no answer within ${PATIENCE_MS} ms`);
      this.db.delete(closings).where(eq(closings.n, n)).run();
    } catch (error) {
      log('warn', 'sockets of an ended credential are not closed yet', { database, error });
      // Only as it was: another round may have got through meanwhile.
      const same = and(eq(closings.n, n), eq(closings.tries, tries));
      this.db
        .update(closings)
        .set({ tries: tries + 1, dueAt: clock() + retryAfterMs(tries) })
        .where(same)
        .run();
    }
  }
}
