/** The migrations of the sample as the bundle carries them: a Worker has no folder to read. Held against the journal by a test. */
import shop from './0000_shop.sql';
import searchAndTriggers from './0001_search_and_triggers.sql';
import wishesAndGifts from './0002_wishes_and_gifts.sql';

export interface Migration {
  /** The file's name without `.sql`. */
  readonly tag: string;
  /** Unix milliseconds: the journal's `when`, and `created_at` in drizzle's ledger. */
  readonly when: number;
  /** The whole file, breakpoints included: drizzle hashes exactly this text. */
  readonly sql: string;
}

export const MIGRATIONS: readonly Migration[] = [
  { tag: '0000_shop', when: 1_795_420_665_587, sql: shop },
  { tag: '0001_search_and_triggers', when: 1_795_420_666_491, sql: searchAndTriggers },
  { tag: '0002_wishes_and_gifts', when: 1_795_420_698_619, sql: wishesAndGifts },
];
