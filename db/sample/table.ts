/** What each file of `tables/` says about a table: its columns, and how row number i of it looks. */
import type { Insertable } from './insert.ts';
import { Random } from './random.ts';
import { type Shop, TABLES, type TableName } from './shop.ts';
import type { Value } from './value.ts';

export interface SampleTable extends Insertable {
  /** Row `i` (0-based), in the order of the columns. Depends on the shop and on `i` alone: `random` is seeded with both. */
  readonly row: (shop: Shop, i: number, random: Random) => readonly Value[];
}

export const rowRandom = (shop: Shop, table: TableName, i: number): Random => new Random(shop.seed, TABLES.indexOf(table), i);

/** A trait that other tables ask for too, such as a product's price, has a stream of its own. */
const TRAITS = ['locale', 'price', 'order', 'items', 'choice'] as const;
export const traitRandom = (shop: Shop, trait: (typeof TRAITS)[number], i: number): Random =>
  new Random(shop.seed, 1000 + TRAITS.indexOf(trait), i);

/** `names` as SQL spells them. */
export const plain = (...names: string[]) => names.map((name) => ({ name }));
