/** What a database's error texts mean. The texts are D1's and SQLite's own; there are no codes to go by. */
import { type ProblemCode, Refusal } from '../protocol/problem.ts';

/** A statement failed. `transient`: the same again may work. `outcomeUnknown`: it may have been applied although it failed. */
export class DatabaseFailure extends Refusal {
  readonly transient: boolean;
  readonly outcomeUnknown: boolean;
  constructor(code: ProblemCode, detail: string, meaning: { transient: boolean; outcomeUnknown: boolean }, cause?: unknown) {
    super(code, detail, { retryable: meaning.transient, cause });
    this.transient = meaning.transient;
    this.outcomeUnknown = meaning.outcomeUnknown;
  }
}

/** The connection or the object went away: nobody knows how far it came. */
const LOST =
  /Network connection lost|reset because its code was updated|storage caused object to be reset|Cannot resolve D1 DB|client disconnected|no longer active|reply lost/i;
/** Too much at once: the same again would fail again, only later is it worth a try. */
const OVERLOADED = /overloaded|Too many requests queued|Requests queued for too long/i;
const EXHAUSTED = /exceeded timeout|exceeded its memory limit|exceeded its CPU time limit/i;
const LIMIT =
  /SQLITE_TOOBIG|statement too long|string or blob too big|too many (?:SQL variables|columns|terms|arguments)|Expression tree is too large|pattern too complex|SQLITE_FULL|database or disk is full/i;

/** Whether the answer, one of its values, or the work for it was more than the database gives: smaller pages may pass. */
export const isTooBig = (error: unknown): boolean =>
  error instanceof DatabaseFailure &&
  /SQLITE_TOOBIG|too big|exceeded its (?:memory|CPU time) limit|exceeded timeout/i.test(error.message);

/** `writes`: whether the statements could have changed anything. */
export function databaseFailure(error: unknown, writes: boolean): DatabaseFailure {
  if (error instanceof DatabaseFailure) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (LOST.test(message))
    return new DatabaseFailure('database_unreachable', message, { transient: true, outcomeUnknown: writes }, error);
  if (OVERLOADED.test(message)) {
    return new DatabaseFailure('database_unreachable', message, { transient: true, outcomeUnknown: false }, error);
  }
  if (EXHAUSTED.test(message))
    return new DatabaseFailure('database_limit', message, { transient: false, outcomeUnknown: writes }, error);
  if (LIMIT.test(message))
    return new DatabaseFailure('database_limit', message, { transient: false, outcomeUnknown: false }, error);
  return new DatabaseFailure('database_failed', message, { transient: false, outcomeUnknown: false }, error);
}

const READS = /^\s*(?:SELECT|VALUES|EXPLAIN|PRAGMA\s+(?:table_|index_|foreign_key_(?:list|check)|quick_check))/i;
const READING_WITH = /^\s*WITH\b(?![\s\S]*\b(?:INSERT|UPDATE|DELETE|REPLACE)\b)/i;

/** Whether running it twice is as good as once. A WITH that only mentions one of the writing words counts as writing: that is safe. */
export const isRead = (sql: string): boolean => READS.test(sql) || READING_WITH.test(sql);
