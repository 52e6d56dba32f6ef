/** How the pages of one table are asked for: as many rows at once as one value can carry, learned from each page that came. */
import { fits, pageSql } from '../../core/backup/read-sql.ts';
import { type RowSource, withStrays } from '../../core/backup/source.ts';
import { hasLongCell, TOO_LONG, WIRE_JOINT } from '../../core/sql/wire.ts';
import type { Database } from '../../database/database.ts';
import { isTooBig } from '../../database/errors.ts';

const FIRST_ROWS = 256;
const MIN_ROWS = 16;
const MAX_ROWS = 16_000;
/** What a page should have as it travels: large enough to be quick, below the 2 MB that a value may have. */
const PAGE_BYTES = 1_600_000;
/** What the texts and blobs of a page may have: as hex they are twice as much. */
export const PAGE_RAW_BYTES = 950_000;
/** Up to so many long rows in a page are worth a query each; more of them, and smaller pages with longer rows are. */
const LONG_ROWS = 2;
/** How much longer than its share of `PAGE_RAW_BYTES` a row may be before it is only marked: for as long as no page was too large. */
const SLACK = 10;

const shareOf = (rows: number): number => Math.floor(PAGE_RAW_BYTES / rows);

export interface Page {
  /** As it travels. */
  readonly wire: string;
  readonly rows: number;
  /** How many it could have been. */
  readonly limit: number;
}

/** Whether the query for a page of these rows is one that D1 takes. */
export const fitsPage = (source: RowSource, after: string | null): boolean =>
  fits(pageSql(source, { after, before: null, limit: MAX_ROWS }, PAGE_RAW_BYTES));

export class Pages {
  private readonly database: Database;
  private source: RowSource;
  private limit = FIRST_ROWS;
  /**
   * Rows that are too long are only marked: wary, those with more than their share of what a page may have, which fails in rare cases only,
   * and otherwise those far above it. SQLite reads all rows of a page before it finds that they are too much for one value, so a page must
   * never be able to touch more than some megabytes.
   */
  private wary = true;
  /** A page was too large: what comes may be again. */
  private uneven = false;
  private longest = 0;

  constructor(database: Database, source: RowSource) {
    this.database = database;
    this.source = source;
  }

  /** The next rows behind the cursor; null when there are none. */
  after(at: string | null): Promise<Page | null> {
    return this.ask(at, this.limit, this.wary);
  }

  private async ask(after: string | null, limit: number, wary: boolean): Promise<Page | null> {
    try {
      const most = wary ? shareOf(limit) : SLACK * shareOf(limit);
      const { sql, params } = pageSql(this.source, { after, before: null, limit }, most);
      const [wire, rows] = (await this.database.query(sql, params)).rows[0] as [string | null, number];
      return wire === null ? null : { wire, rows, limit };
    } catch (error) {
      if (!isTooBig(error) || limit === 1) throw error;
      return this.ask(after, Math.max(1, limit >> 2), true);
    }
  }

  /** From each page that was asked for: at most four times as many rows as before, because one page of short rows says little about the next. */
  learn({ wire, rows, limit }: Page): void {
    this.uneven ||= limit < this.limit;
    const mostRows = Math.min(MAX_ROWS, limit * 4, (PAGE_BYTES * rows) / wire.length);
    this.wary = this.uneven;
    if (this.uneven) this.longest = Math.max(longestRow(wire), this.longest / 2);
    this.limit = atLeast(this.uneven ? Math.min(mostRows, (2 * PAGE_RAW_BYTES) / (1.25 * this.longest + 1)) : mostRows);
  }

  /** After `learn`, from a page with marks. Answers whether it is better asked for again, in another way, than read with what is marked. */
  learnMarks({ limit }: Page, rows: readonly string[], after: string | null): boolean {
    const long = rows.filter((row) => row.includes(TOO_LONG)).length;
    if (long === 0) return false;
    this.wary = true;
    if (this.takesStrays(rows, after)) {
      this.limit = limit;
      return true;
    }
    const again = limit > MIN_ROWS && long > LONG_ROWS;
    // The marks themselves are short: they must not make the next page a larger one.
    this.limit = again ? atLeast(limit >> 3) : Math.min(this.limit, atLeast(limit * 2));
    return again;
  }

  /** From now on, if that is what is long here and the query is still one that is taken. No row has a long cell after that. */
  private takesStrays(rows: readonly string[], after: string | null): boolean {
    if (rows.filter(hasLongCell).length <= LONG_ROWS) return false;
    const source = withStrays(this.source);
    if (!fitsPage(source, after)) return false;
    this.source = source;
    return true;
  }
}

const atLeast = (rows: number): number => Math.max(MIN_ROWS, Math.floor(rows));

function longestRow(wire: string): number {
  let longest = 0;
  let start = 0;
  for (let joint = wire.indexOf(WIRE_JOINT); joint >= 0; joint = wire.indexOf(WIRE_JOINT, start)) {
    longest = Math.max(longest, joint - start);
    start = joint + 1;
  }
  return Math.max(longest, wire.length - start);
}
