import { DAY_MS, date, dateTime, happened, isoTime, SAMPLE_NOW_MS, SAMPLE_START_MS, unixSeconds } from '../calendar.ts';
import { picture } from '../png.ts';
import type { Random } from '../random.ts';
import { FANS, type Shop } from '../shop.ts';
import { plain, type SampleTable, traitRandom } from '../table.ts';
import { real } from '../value.ts';
import {
  ADJECTIVES,
  COLOURS,
  COUPON_WORDS,
  FOREIGN_TITLES,
  MATERIALS,
  MOVEMENT_REASONS,
  SENTENCES,
  SHELVES,
  WAREHOUSES,
} from '../words/goods.ts';
import { HELP_PAGES, SETTINGS } from '../words/help.ts';

export const settings: SampleTable = {
  name: 'settings',
  columns: [{ name: 'key' }, { name: 'value', kind: 'any' }, { name: 'changed_at' }],
  row: (_shop, i) => [...(SETTINGS[i] ?? []), dateTime(SAMPLE_START_MS + i * DAY_MS)],
};

export const helpPages: SampleTable = {
  name: 'help_pages',
  columns: plain('slug', 'title', 'body'),
  row: (_shop, i) => HELP_PAGES[i] ?? [],
};

export const warehouses: SampleTable = {
  name: 'warehouses',
  columns: plain('code', 'city', 'opens_at'),
  row: (_shop, i) => WAREHOUSES[i] ?? [],
};

interface Category {
  readonly name: string;
  /** 0-based number of the category above; null at the top. */
  readonly parent: number | null;
  readonly thing: string | null;
}

/** Category 1 holds what has no other place; then all shelves, then what is on them: a parent always comes before its children. */
const CATEGORIES: readonly Category[] = [
  { name: 'Everything', parent: null, thing: null },
  ...SHELVES.map((shelf) => ({ name: shelf.root, parent: null, thing: null })),
  ...SHELVES.flatMap((shelf, n) => shelf.leaves.map(([name, thing]) => ({ name, parent: n + 1, thing }))),
];

const slug = (name: string) => name.toLowerCase().replace(/[^a-z]+/g, '-');

export const categories: SampleTable = {
  name: 'categories',
  columns: plain('id', 'parent_id', 'slug', 'name', 'position'),
  row: (_shop, i) => {
    const category = CATEGORIES[i];
    if (category === undefined) throw new RangeError(`no category ${i}`);
    return [i + 1, category.parent === null ? null : category.parent + 1, slug(category.name), category.name, i * 10];
  },
};

/** In cents, mostly below 100 and always a friendly price. */
export const priceOf = (shop: Shop, product: number): number => {
  const random = traitRandom(shop, 'price', product);
  return (3 + random.popular(400)) * 100 + random.pick([0, 50, 90, 95, 99]) - 100;
};

const title = (thing: string, random: Random) =>
  random.chance(0.08) ? random.pick(FOREIGN_TITLES) : `${random.pick(ADJECTIVES)} ${random.pick(MATERIALS)} ${thing}`;

const description = (random: Random): string => {
  if (random.chance(0.03)) return '';
  const sentences = Array.from({ length: random.between(1, 4) }, () => random.pick(SENTENCES));
  return sentences.join(random.pick([' ', ' ', ' ', '\n', '\r\n', '\n\n• ']));
};

export const products: SampleTable = {
  name: 'products',
  columns: plain(
    'id',
    'sku',
    'category_id',
    'title',
    'description',
    'price_cents',
    'weight_kg',
    'attributes',
    'created_at',
    'discontinued_at',
  ),
  row: (shop, i, random) => {
    const category = random.below(shop.counts.categories);
    const thing = CATEGORIES[category]?.thing ?? random.pick(random.pick(SHELVES).leaves)[1];
    const created = happened(i, shop.counts.products, random.unit());
    return [
      i + 1,
      `LK-${String(i + 1).padStart(6, '0')}`,
      category + 1,
      title(thing, random),
      description(random),
      priceOf(shop, i),
      real(random.chance(0.2) ? random.between(1, 9) : random.below(12_000) / 1000),
      JSON.stringify({
        colour: random.pick(COLOURS),
        fragile: random.chance(0.3),
        sizes: random.chance(0.2) ? ['S', 'M', 'L'] : [],
      }),
      isoTime(created),
      random.chance(0.07) ? date(created + random.below((SAMPLE_NOW_MS - created) / DAY_MS + 1) * DAY_MS) : null,
    ];
  },
};

export const productMedia: SampleTable = {
  name: 'product_media',
  columns: [...plain('product_id', 'position'), { name: 'content', kind: 'blob' }, { name: 'alt_text' }],
  row: (_shop, i, random) => {
    const { parent, place } = FANS.media.locate(i);
    const taken = !random.chance(0.02);
    return [
      parent + 1,
      place + 1,
      taken ? picture(random) : new Uint8Array(),
      taken ? `Picture ${place + 1}: “${random.pick(ADJECTIVES)}”` : null,
    ];
  },
};

export const priceHistory: SampleTable = {
  name: 'price_history',
  columns: plain('id', 'product_id', 'old_cents', 'new_cents', 'changed_at'),
  row: (shop, i, random) => {
    const { parent, place } = FANS.prices.locate(i);
    const price = priceOf(shop, parent);
    const was = Math.max(1, price + random.between(-20, 20) * 10);
    return [i + 1, parent + 1, was, price, dateTime(SAMPLE_START_MS + (place * 300 + random.below(300)) * DAY_MS)];
  },
};

/** Each product lies in two warehouses; `slot` is 0 or 1. */
const warehouseOf = (shop: Shop, product: number, slot: number): string =>
  WAREHOUSES[(product + slot) % shop.counts.warehouses]?.[0] ?? '';

export const inventory: SampleTable = {
  name: 'inventory',
  columns: plain('warehouse_code', 'product_id', 'on_hand', 'reserved', 'counted_at'),
  row: (shop, i, random) => {
    const { parent, place } = FANS.inventory.locate(i);
    const onHand = random.popular(400);
    return [
      warehouseOf(shop, parent, place),
      parent + 1,
      onHand,
      random.below(onHand + 1),
      random.chance(0.8) ? date(SAMPLE_NOW_MS - random.below(200) * DAY_MS) : null,
    ];
  },
};

export const stockMovements: SampleTable = {
  name: 'stock_movements',
  columns: plain('id', 'warehouse_code', 'product_id', 'quantity', 'reason', 'moved_at'),
  row: (shop, i, random) => {
    const product = random.popular(shop.counts.products);
    return [
      i + 1,
      warehouseOf(shop, product, random.below(2)),
      product + 1,
      random.between(1, 60) * (random.chance(0.5) ? 1 : -1),
      random.pick(MOVEMENT_REASONS),
      unixSeconds(happened(i, shop.counts.stock_movements, random.unit())),
    ];
  },
};

export const couponCode = (i: number): string => `${COUPON_WORDS[i % COUPON_WORDS.length]}-${(i + 36).toString(36).toUpperCase()}`;

export const coupons: SampleTable = {
  name: 'coupons',
  columns: plain('code', 'label', 'percent_off', 'uses_left', 'starts_on', 'ends_on'),
  row: (shop, i, random) => {
    const starts = happened(i, shop.counts.coupons, random.unit());
    return [
      couponCode(i),
      `Campaign ${i + 1}: "${random.pick(ADJECTIVES)} ${random.pick(['Days', 'Week', 'Night'])}"`,
      random.chance(0.5) ? random.pick([5, 10, 20, 25]) : real(random.pick([7.5, 12.5, 33.3])),
      random.chance(0.4) ? null : random.below(500),
      date(starts),
      random.chance(0.3) ? null : date(starts + random.between(1, 60) * DAY_MS),
    ];
  },
};
