/** Rows of one table as they are now, page after page. What a page cannot encode is read again, cell by cell, between its neighbours. */
import { assembledRows, type Piece } from '../../core/backup/assemble.ts';
import { cellsSql, type Stretch } from '../../core/backup/read-sql.ts';
import { runsOf } from '../../core/backup/runs.ts';
import { cursorOf, type RowSource } from '../../core/backup/source.ts';
import { blockOf, type RowBlock } from '../../core/sql/row-block.ts';
import { canonicalRow, isMarked, RowWriter, WIRE_JOINT } from '../../core/sql/wire.ts';
import type { Database } from '../../database/database.ts';
import { Refusal } from '../../protocol/problem.ts';
import { fitsPage, PAGE_RAW_BYTES, type Page, Pages } from './pages.ts';

/** Each comes as a row of its own. */
const CELLWISE_CELLS = 8_000;
/** Of a table that is too wide for a page's query, or whose column names are too long: at first, and at most. */
const UNWIELDY_ROWS = 4;
const MOST_UNWIELDY_ROWS = 32;

const lastRow = (page: string): string => page.slice(page.lastIndexOf(WIRE_JOINT) + 1);

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
  const pages = new Pages(database, source);
  const writer = new RowWriter();
  let ahead: Promise<Page | null> | null = null;
  for (;;) {
    const page: Page | null = await (ahead ?? pages.after(at));
    ahead = null;
    if (page === null) return;
    pages.learn(page);
    if (isMarked(page.wire)) {
      const rows = page.wire.split(WIRE_JOINT);
      mustBe(source, rows.length, page.rows);
      if (pages.learnMarks(page, rows, at)) continue;
      const atOnce = Math.min(CELLWISE_CELLS / source.cells.length, page.limit);
      at = yield* mixedRows(database, source, at, rows, Math.max(1, Math.floor(atOnce)));
    } else {
      at = cursorOf(source, canonicalRow(lastRow(page.wire)));
      if (page.rows === page.limit) ahead = pages.after(at);
      // Nobody may come back for it: the slice can end, or the chunk be full.
      ahead?.catch(() => {});
      const block = writer.rows(page.wire);
      mustBe(source, block.ends.length, page.rows);
      yield block;
    }
    if (page.rows < page.limit) return;
  }
}

/** SQLite has counted what it gave. */
function mustBe({ table }: RowSource, found: number, rows: number): void {
  if (found === rows) return;
  throw new Refusal('backup_incomplete', `A page did not come as it was sent: ${table}: ${found} of ${rows} rows.`);
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
