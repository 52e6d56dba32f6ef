import { dateTime, happened, unixSeconds } from '../calendar.ts';
import type { Random } from '../random.ts';
import { FANS, type Shop } from '../shop.ts';
import { plain, type SampleTable, traitRandom } from '../table.ts';
import { real, toHex, type Value } from '../value.ts';
import { REVIEW_BODIES, REVIEW_TITLES, SEARCHES } from '../words/goods.ts';

/** Shaped like a version 4 UUID; its number makes it unique. */
const cartId = (i: number): string => {
  const tail = (i + 1).toString(16).padStart(12, '0');
  const head = Math.imul(i + 1, 0x9e3779b1) >>> 0;
  return `${head.toString(16).padStart(8, '0')}-10cc-4eef-a${(i % 4096).toString(16).padStart(3, '0')}-${tail}`;
};

export const carts: SampleTable = {
  name: 'carts',
  columns: plain('id', 'customer_id', 'note', 'created_at', 'abandoned_at'),
  row: (shop, i, random) => {
    const created = happened(i, shop.counts.carts, random.unit());
    return [
      cartId(i),
      random.chance(0.6) ? random.popular(shop.counts.customers) + 1 : null,
      random.chance(0.9) ? '' : 'call me “maybe”',
      created,
      random.chance(0.7) ? created + random.below(3_600_000) : null,
    ];
  },
};

/**
 * Another one for each `place` of the same parent, as long as the parent has no more places than there are to choose from:
 * a pair of parent and choice is a key. It hangs on the parent, not on the row, so that the choices of one parent cannot meet.
 */
const distinct = (shop: Shop, parent: number, place: number, limit: number): number =>
  (traitRandom(shop, 'choice', parent).below(limit) + place) % limit;

export const cartItems: SampleTable = {
  name: 'cart_items',
  columns: plain('cart_id', 'product_id', 'quantity'),
  row: (shop, i, random) => {
    const { parent, place } = FANS.carts.locate(i);
    return [cartId(parent), distinct(shop, parent, place, shop.counts.products) + 1, random.between(1, 5)];
  },
};

export const wishes: SampleTable = {
  name: 'wishes',
  columns: plain('customer_id', 'product_id', 'urgency', 'note', 'added_at'),
  row: (shop, i, random) => {
    const { parent, place } = FANS.wishes.locate(i);
    return [
      parent + 1,
      distinct(shop, parent, place, shop.counts.products) + 1,
      real(random.pick([0, 0.25, 0.5, 1, random.unit()])),
      random.chance(0.2) ? 'for the new flat 🏡' : null,
      dateTime(happened(i, shop.counts.wishes, random.unit())),
    ];
  },
};

export const reviews: SampleTable = {
  name: 'reviews',
  columns: plain('id', 'product_id', 'customer_id', 'rating', 'title', 'body', 'created_at'),
  row: (shop, i, random) => {
    const { parent, place } = FANS.reviews.locate(i);
    return [
      i + 1,
      parent + 1,
      random.chance(0.1) ? null : distinct(shop, parent, place, shop.counts.customers) + 1,
      5 - random.popular(5),
      random.pick(REVIEW_TITLES),
      random.pick(REVIEW_BODIES),
      dateTime(happened(i, shop.counts.reviews, random.unit())),
    ];
  },
};

type EventKind = readonly [kind: string, payload: (random: Random) => Value];

/** Between them the payloads have every storage class, and the values that are easiest to damage. */
const EVENT_KINDS: readonly EventKind[] = [
  ['page.viewed', (random) => `/products/${random.between(1, 9999)}?ref=${random.pick(['mail', 'home', 'suche', '検索'])}`],
  ['page.viewed', (random) => `/categories/${random.between(1, 40)}`],
  ['search', (random) => random.pick(SEARCHES)],
  ['cart.value', (random) => random.below(50_000)],
  ['water.level', (random) => real(random.pick([1, 2.5, 0.1 + 0.2, -0.75, 1e21, random.unit() * 3]))],
  ['scanner.raw', (random) => random.pick(['EAN\u00004006381333931', '4006381333931', 'a\u0000b\u0000'])],
  ['trace.id', (random) => random.bytes(8)],
  ['trace.id', (random) => random.pick([2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n, -(2n ** 53n) - 1n])],
  ['sensor.limit', (random) => real(random.pick([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.MAX_VALUE, 1 / 3]))],
  ['till.opened', () => null],
  ['consent', (random) => JSON.stringify({ analytics: random.chance(0.5), id: toHex(random.bytes(4)) })],
];

export const events: SampleTable = {
  name: 'events',
  columns: [...plain('kind', 'customer_id', 'occurred_at'), { name: 'payload', kind: 'any' }],
  row: (shop, i, random) => {
    const [kind, payload] = random.pick(EVENT_KINDS);
    return [
      kind,
      random.chance(0.6) ? random.popular(shop.counts.customers) + 1 : null,
      unixSeconds(happened(i, shop.counts.events, random.unit())),
      payload(random),
    ];
  },
};
