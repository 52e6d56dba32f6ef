/** Rows of one table as they are now, page after page. What a page cannot encode is read again, cell by cell, between its neighbours. */
import { assembledRows, type Piece } from '../../core/backup/assemble.ts';
import { cellsSql, fits, pageSql, type Stretch } from '../../core/backup/read-sql.ts';
import { runsOf } from '../../core/backup/runs.ts';
import { cursorOf, type RowSource, withStrays } from '../../core/backup/source.ts';
import { blockOf, type RowBlock } from '../../core/sql/row-block.ts';
import { canonicalRow, hasLongCell, isMarked, RowWriter, TOO_LONG, WIRE_JOINT } from '../../core/sql/wire.ts';
import type { Database } from '../../database/database.ts';
import { isTooBig } from '../../database/errors.ts';
import { Refusal } from '../../protocol/problem.ts';

const FIRST_ROWS = 256;
const MIN_ROWS = 16;
const MAX_ROWS = 16_000;
/** What a page should have as it travels: large enough to be quick, below the 2 MB that a value may have. */
const PAGE_BYTES = 1_600_000;
/** What the texts and blobs of a page may have: as hex they are twice as much. */
const PAGE_RAW_BYTES = 950_000;
/** Up to so many long rows in a page are worth a query each; more of them, and smaller pages with longer rows are. */
const LONG_ROWS = 2;
/** Each comes as a row of its own. */
const CELLWISE_CELLS = 8_000;
/** Of a table that is too wide for a page's query, or whose column names are too long: at first, and at most. */
const UNWIELDY_ROWS = 4;
const MOST_UNWIELDY_ROWS = 32;

/** How much longer than its share of `PAGE_RAW_BYTES` a row may be before it is only marked: for as long as no page was too large. */
const SLACK = 10;

const lastRow = (page: string): string => page.slice(page.lastIndexOf(WIRE_JOINT) + 1);
const shareOf = (rows: number): number => Math.floor(PAGE_RAW_BYTES / rows);

/**
 * How a page is asked for. Rows that are too long are only marked: wary, those with more than their share of what a page may have, which
 * fails in rare cases only, and otherwise those far above it. SQLite reads all rows of a page before it finds that they are too much for one
 * value, so a page must never be able to touch more than some megabytes.
 */
interface Asked {
  readonly limit: number;
  readonly wary: boolean;
}

interface Page {
  /** As it travels; null when there are no more rows. */
  readonly wire: string | null;
  readonly rows: number;
  /** How many it could have been. */
  readonly limit: number;
}

/**
 * The rows in key order, from the cursor on. The next page is asked for before a block is handed out, which is valid until the
 * next is asked for. How the rows fall into blocks means nothing.
 */
export async function* liveRows(database: Database, source: RowSource, after: string | null): AsyncGenerator<RowBlock> {
  if (!fitsPage(source, after)) {
    const everything = { after, before: null, limit: Number.POSITIVE_INFINITY };
    yield* cellwiseRows(database, source, everything, UNWIELDY_ROWS, MOST_UNWIELDY_ROWS);
    return;
  }
  let at = after;
  let asked: Asked = { limit: FIRST_ROWS, wary: true };
  const size = new PageSize();
  const writer = new RowWriter();
  let asking = source;
  let ahead: Promise<Page> | null = null;
  for (;;) {
    const page: Page = await (ahead ?? pageAfter(database, asking, at, asked));
    ahead = null;
    if (page.wire === null) return;
    if (page.limit < asked.limit) size.failed();
    asked = size.after(page, page.wire);
    if (isMarked(page.wire)) {
      const rows = page.wire.split(WIRE_JOINT);
      mustBe(source, rows.length, page.rows);
      const long = rows.filter((row) => row.includes(TOO_LONG)).length;
      if (asking === source && rows.filter(hasLongCell).length > LONG_ROWS && fitsPage(withStrays(source), at)) {
        asking = withStrays(source);
        asked = { limit: page.limit, wary: true };
        continue;
      }
      // The marks themselves are short: they must not make the next page a larger one.
      if (long > 0) asked = { limit: Math.min(asked.limit, Math.max(MIN_ROWS, page.limit * 2)), wary: true };
      if (page.limit > MIN_ROWS && long > LONG_ROWS) {
        asked = { limit: Math.max(MIN_ROWS, page.limit >> 3), wary: true };
        continue;
      }
      const atOnce = Math.min(CELLWISE_CELLS / source.cells.length, PAGE_RAW_BYTES / shareOf(page.limit));
      at = yield* mixedRows(database, source, at, rows, Math.max(1, Math.floor(atOnce)));
    } else {
      at = cursorOf(source, canonicalRow(lastRow(page.wire)));
      if (page.rows === page.limit) ahead = pageAfter(database, asking, at, asked);
      // Nobody may come back for it: the slice can end, or the chunk be full.
      ahead?.catch(() => {});
      const block = writer.rows(page.wire);
      mustBe(source, block.ends.length, page.rows);
      yield block;
    }
    if (page.rows < page.limit) return;
  }
}

const fitsPage = (source: RowSource, after: string | null): boolean =>
  fits(pageSql(source, { after, before: null, limit: MAX_ROWS }, PAGE_RAW_BYTES));

/** SQLite has counted what it gave. */
function mustBe({ table }: RowSource, found: number, rows: number): void {
  if (found === rows) return;
  throw new Refusal('backup_incomplete', `A page did not come as it was sent: ${table}: ${found} of ${rows} rows.`);
}

/** Learns from a table's pages how large the next may be. */
class PageSize {
  /** A page was too large: what comes may be again. */
  private uneven = false;
  private longest = 0;

  failed(): void {
    this.uneven = true;
  }

  /** At most four times as many rows as before: one page of short rows says little about the next. */
  after({ rows, limit }: Page, wire: string): Asked {
    const mostRows = Math.min(MAX_ROWS, limit * 4, (PAGE_BYTES * rows) / wire.length);
    if (!this.uneven) return { limit: atLeast(mostRows), wary: false };
    this.longest = Math.max(longestRow(wire), this.longest / 2);
    return { limit: atLeast(Math.min(mostRows, (2 * PAGE_RAW_BYTES) / (1.25 * this.longest + 1))), wary: true };
  }
}

const atLeast = (rows: number): number => Math.max(MIN_ROWS, Math.floor(rows));

async function pageAfter(database: Database, source: RowSource, after: string | null, { limit, wary }: Asked): Promise<Page> {
  try {
    const { sql, params } = pageSql(source, { after, before: null, limit }, wary ? shareOf(limit) : SLACK * shareOf(limit));
    const [wire, rows] = (await database.query(sql, params)).rows[0] as [string | null, number];
    return { wire, rows, limit };
  } catch (error) {
    if (!isTooBig(error) || limit === 1) throw error;
    return pageAfter(database, source, after, { limit: Math.max(1, limit >> 2), wary: true });
  }
}

function longestRow(wire: string): number {
  let longest = 0;
  let start = 0;
  for (let joint = wire.indexOf(WIRE_JOINT); joint >= 0; joint = wire.indexOf(WIRE_JOINT, start)) {
    longest = Math.max(longest, joint - start);
    start = joint + 1;
  }
  return Math.max(longest, wire.length - start);
}

/** A page some of whose rows must be read again. Answers the cursor of the last row. */
async function* mixedRows(
  database: Database,
  source: RowSource,
  after: string | null,
  rows: readonly string[],
  atOnce: number,
): AsyncGenerator<RowBlock, string | null> {
  let at = after;
  for (const { kind, from, to } of runsOf(rows)) {
    if (kind === 'plain') {
      yield new RowWriter().rows(rows.slice(from, to).join(WIRE_JOINT));
      at = cursorOf(source, canonicalRow(rows[to - 1] as string));
      continue;
    }
    // Never beyond the next row that is plain, however many rows went away meanwhile: it would come twice.
    const next = rows.findIndex((row, n) => n >= to && !isMarked(row));
    const before = next < 0 ? null : cursorOf(source, canonicalRow(rows[next] as string));
    const limit = next === to ? Number.POSITIVE_INFINITY : to - from;
    at = yield* cellwiseRows(database, source, { after: at, before, limit }, kind === 'long' ? 1 : atOnce);
  }
  return at;
}

/**
 * The rows between two neighbours, at most `limit` of them, cell by cell. Those that came there meanwhile are among them. `first` at once,
 * and then up to `most` or down to one, as the rows are short or long: nothing is marked here.
 */
async function* cellwiseRows(
  database: Database,
  source: RowSource,
  { after, before, limit }: Stretch & { limit: number },
  first: number,
  most = first,
): AsyncGenerator<RowBlock, string | null> {
  let at = after;
  let left = limit;
  for (let atOnce = first; left > 0; ) {
    const wanted = Math.min(atOnce, left);
    const { sql, params } = cellsSql(source, { after: at, before, limit: wanted }, 'all');
    const { rows: pieces } = await database.query(sql, params);
    const rows = [...assembledRows(pieces as unknown as Piece[], source.cells.length)];
    if (rows.length > 0) {
      at = cursorOf(source, rows.at(-1) as string);
      const block = blockOf(rows);
      yield block;
      if (block.bytes.length > PAGE_RAW_BYTES) atOnce = Math.max(1, atOnce >> 1);
      else if (block.bytes.length < PAGE_RAW_BYTES / 8) atOnce = Math.min(most, atOnce * 2);
    }
    if (rows.length < wanted) break;
    left -= wanted;
  }
  return at;
}
