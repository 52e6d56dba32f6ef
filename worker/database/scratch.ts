/** A database to throw away: proves backups and rehearses plans. Its own SQLite, in a Durable Object; never holds the only copy of anything. */
import { DurableObject } from 'cloudflare:workers';
import type { Bindable, Cell, Database, Rows, Statement } from './database.ts';
import { databaseFailure, isRead } from './errors.ts';

/** Errors travel as values: one thrown through RPC loses its class, and leaves an unhandled rejection behind. */
export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string };

/** Foreign keys are off here, unless a call wants them: rows arrive over many transactions, in an order that cycles cannot satisfy. `foreign_key_check` proves them. */
export class ScratchDatabase extends DurableObject {
  async query(sql: string, params: readonly Bindable[]): Promise<Answer<Rows>> {
    return this.answer(() => this.run({ sql, params }));
  }

  async batch(statements: readonly Statement[]): Promise<Answer<Rows[]>> {
    return this.answer(() => this.ctx.storage.transactionSync(() => statements.map((statement) => this.run(statement))));
  }

  /**
   * As D1 runs a batch: foreign keys are enforced, and what a batch defers is looked at before it ends. To be asked only while nothing
   * dangles.
   */
  async enforced(statements: readonly Statement[]): Promise<Answer<Rows[]>> {
    return this.answer(
      () =>
        this.ctx.storage.transactionSync(() => {
          const results = statements.map((statement) => this.run(statement));
          const [broken] = this.ctx.storage.sql.exec<{ table: string; parent: string }>('PRAGMA foreign_key_check').toArray();
          if (broken) throw new Error(`FOREIGN KEY constraint failed: a row of ${broken.table} refers to none of ${broken.parent}`);
          return results;
        }),
      true,
    );
  }

  async size(): Promise<Answer<number>> {
    return this.answer(() => this.ctx.storage.sql.databaseSize);
  }

  async wipe(): Promise<void> {
    await this.ctx.storage.deleteAll();
  }

  private answer<T>(work: () => T, foreignKeys = false): Answer<T> {
    try {
      this.setForeignKeys(foreignKeys);
      return { ok: true, value: work() };
    } catch (error) {
      return { ok: false, message: error instanceof Error ? error.message : String(error) };
    }
  }

  /** Works only outside of a transaction, and ends with the connection: so at the beginning of each call. */
  private setForeignKeys(on: boolean): void {
    const areOn = () => this.ctx.storage.sql.exec<{ foreign_keys: number }>('PRAGMA foreign_keys').one().foreign_keys !== 0;
    if (areOn() === on) return;
    this.ctx.storage.sql.exec(`PRAGMA foreign_keys = ${on ? 'ON' : 'OFF'}`);
    if (areOn() !== on) throw new Error(`Foreign keys cannot be switched ${on ? 'on' : 'off'} in the scratch database.`);
  }

  private run({ sql, params = [] }: Statement): Rows {
    const cursor = this.ctx.storage.sql.exec(sql, ...params);
    const rows = [...cursor.raw()] as Cell[][];
    return { rows, changes: isRead(sql) ? 0 : cursor.rowsWritten };
  }
}

/** What can be thrown away, and rehearsed in. */
export interface Scratch extends Database {
  /** Throws everything away. */
  wipe(): Promise<void>;
  /** A batch with foreign keys enforced, as D1 would run it. */
  enforced(statements: readonly Statement[]): Promise<Rows[]>;
}

/** How a task speaks to it. `stub` is asked anew for each call: one that has thrown once stays broken. */
export function scratchDatabase(stub: Pick<ScratchDatabase, keyof ScratchDatabase>): Scratch {
  const call = async <T>(writes: boolean, work: () => Promise<Answer<T>>): Promise<T> => {
    let answer: Answer<T>;
    try {
      answer = await work();
    } catch (error) {
      throw databaseFailure(error, writes);
    }
    if (!answer.ok) throw databaseFailure(new Error(answer.message), writes);
    return answer.value;
  };
  return {
    query: (sql, params = []) => call(!isRead(sql), () => stub.query(sql, params)),
    batch: (statements) => call(!statements.every(({ sql }) => isRead(sql)), () => stub.batch(statements)),
    enforced: (statements) => call(true, () => stub.enforced(statements)),
    size: () => call(false, () => stub.size()),
    wipe: async () => stub.wipe(),
  };
}
