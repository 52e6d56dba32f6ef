/** Rows of one table as they are now, page after page. What a page cannot encode is read again, cell by cell, between its neighbours. */
import { assembledRows, type Piece } from '../../core/backup/assemble.ts';
import { cellsSql, fits, pageSql, type Stretch } from '../../core/backup/read-sql.ts';
import { cursorOf, type RowSource } from '../../core/backup/source.ts';
import { NEEDS_CELLS, ROW_JOINT, TOO_LONG } from '../../core/sql/cells.ts';
import type { Database } from '../../database/database.ts';
import { isTooBig } from '../../database/errors.ts';

const FIRST_ROWS = 256;
const MIN_ROWS = 16;
const MAX_ROWS = 5_000;
/** What a page should have as text: large enough to be quick, below the 2 MB that a value may have. */
const PAGE_BYTES = 1024 * 1024;
/** What a page's texts and blobs may have before they are encoded: hex doubles it. */
const PAGE_RAW_BYTES = 1_500_000;
/** Up to so many long rows in a page are worth a query each; more of them, and smaller pages with longer rows are. */
const LONG_ROWS = 2;
const CELLWISE_ROWS = 64;
/** Of a table whose column names are too long for a page's query. */
const UNWIELDY_ROWS = 4;

const encoder = new TextEncoder();
const lastRow = (page: string): string => {
  const joint = page.lastIndexOf(ROW_JOINT);
  return joint < 0 ? page : page.slice(joint + ROW_JOINT.length);
};
const longestOf = (rows: number): number => Math.floor(PAGE_RAW_BYTES / rows);

interface Page {
  /** Null when there are no more rows. */
  readonly text: string | null;
  readonly rows: number;
  /** In UTF-16 units: near enough to bytes for what it decides. */
  readonly longest: number;
  readonly limit: number;
}

/**
 * Blocks of canonical rows in UTF-8, joined by `ROW_JOINT`, in key order, from the cursor on. The next page is asked for before a block is
 * handed out. How the rows fall into blocks means nothing.
 */
export async function* liveRows(database: Database, source: RowSource, after: string | null): AsyncGenerator<Uint8Array> {
  if (!fits(pageSql(source, { after, before: null, limit: MAX_ROWS }, PAGE_RAW_BYTES))) {
    yield* cellwiseRows(database, source, { after, before: null, limit: Number.POSITIVE_INFINITY }, UNWIELDY_ROWS);
    return;
  }
  let at = after;
  let limit = FIRST_ROWS;
  let longest = 0;
  let ahead: Promise<Page> | null = null;
  for (;;) {
    const page: Page = await (ahead ?? pageAfter(database, source, at, limit));
    ahead = null;
    if (page.text === null) return;
    longest = Math.max(page.longest, longest * 0.9);
    if (NEEDS_CELLS.test(page.text)) {
      const rows = page.text.split(ROW_JOINT);
      if (page.limit > MIN_ROWS && rows.filter((row) => row.includes(TOO_LONG)).length > LONG_ROWS) {
        limit = Math.max(MIN_ROWS, page.limit >> 3);
        continue;
      }
      at = yield* mixedRows(database, source, at, rows, longestOf(page.limit));
    } else {
      at = cursorOf(source, lastRow(page.text));
      if (page.rows === page.limit) ahead = pageAfter(database, source, at, nextLimit(page, longest));
      // Nobody may come back for it: the slice can end, or the chunk be full.
      ahead?.catch(() => {});
      yield encoder.encode(page.text);
    }
    if (page.rows < page.limit) return;
    limit = nextLimit(page, longest);
  }
}

/** At most twice as many as before: one page of short rows says little about the next. */
function nextLimit({ text, rows, limit }: Page, longest: number): number {
  const averageBytes = Math.max(1, (text?.length ?? 0) / rows);
  const wanted = Math.min(MAX_ROWS, PAGE_BYTES / averageBytes, PAGE_RAW_BYTES / (1.25 * longest + 1), limit * 2);
  return Math.max(MIN_ROWS, Math.floor(wanted));
}

async function pageAfter(database: Database, source: RowSource, after: string | null, limit: number): Promise<Page> {
  try {
    const { sql, params } = pageSql(source, { after, before: null, limit }, longestOf(limit));
    const text = (await database.query(sql, params)).rows[0]?.[0] as string | null;
    return { text, ...measured(text ?? ''), limit };
  } catch (error) {
    if (!isTooBig(error) || limit === 1) throw error;
    return pageAfter(database, source, after, Math.max(1, limit >> 2));
  }
}

function measured(text: string): Pick<Page, 'rows' | 'longest'> {
  let rows = 1;
  let longest = 0;
  let start = 0;
  for (let joint = text.indexOf(ROW_JOINT); joint >= 0; joint = text.indexOf(ROW_JOINT, start)) {
    longest = Math.max(longest, joint - start);
    start = joint + ROW_JOINT.length;
    rows += 1;
  }
  return { rows, longest: Math.max(longest, text.length - start) };
}

/** A page some of whose rows must be read again. Answers the cursor of the last row. */
async function* mixedRows(
  database: Database,
  source: RowSource,
  after: string | null,
  rows: readonly string[],
  longestBytes: number,
): AsyncGenerator<Uint8Array, string | null> {
  let at = after;
  for (let n = 0; n < rows.length; ) {
    const marked = NEEDS_CELLS.test(rows[n] as string);
    let end = n + 1;
    while (end < rows.length && NEEDS_CELLS.test(rows[end] as string) === marked) end += 1;
    const run = rows.slice(n, end);
    if (marked) {
      const next = rows[end];
      const stretch = { after: at, before: next === undefined ? null : cursorOf(source, next), limit: run.length };
      const each = run.some((row) => row.includes(TOO_LONG)) ? 1 : Math.floor(PAGE_RAW_BYTES / longestBytes);
      at = yield* cellwiseRows(database, source, stretch, Math.min(CELLWISE_ROWS, Math.max(1, each)));
    } else {
      yield encoder.encode(run.join(ROW_JOINT));
      at = cursorOf(source, run.at(-1) as string);
    }
    n = end;
  }
  return at;
}

/** All rows between two neighbours (also those that came there meanwhile), or the next `limit` rows where there is no neighbour behind. */
async function* cellwiseRows(
  database: Database,
  source: RowSource,
  { after, before, limit }: Stretch & { limit: number },
  atOnce: number,
): AsyncGenerator<Uint8Array, string | null> {
  let at = after;
  for (let left = limit; before !== null || left > 0; left -= atOnce) {
    const wanted = before === null ? Math.min(atOnce, left) : atOnce;
    const { sql, params } = cellsSql(source, { after: at, before, limit: wanted }, 'all');
    const { rows: pieces } = await database.query(sql, params);
    const rows = [...assembledRows(pieces as unknown as Piece[], source.cells.length)];
    if (rows.length > 0) {
      at = cursorOf(source, rows.at(-1) as string);
      yield encoder.encode(rows.join(ROW_JOINT));
    }
    if (rows.length < wanted) break;
  }
  return at;
}
