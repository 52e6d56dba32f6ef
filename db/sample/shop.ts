/** How large the shop is: the number of rows of each table for a wanted total, and which parent a child row belongs to. */
import { fan } from './fan.ts';
import { SHELVES, WAREHOUSES } from './words/goods.ts';
import { HELP_PAGES, SETTINGS } from './words/help.ts';
import { CURRENCIES } from './words/people.ts';

/** Parents first; departments and employees refer to each other and are inserted in one batch. */
export const TABLES = [
  'currencies',
  'settings',
  'help_pages',
  'warehouses',
  'categories',
  'departments',
  'employees',
  'customers',
  'addresses',
  'products',
  'product_media',
  'price_history',
  'inventory',
  'stock_movements',
  'coupons',
  'orders',
  'order_items',
  'payments',
  'order notes',
  'returned_items',
  'carts',
  'cart_items',
  'sessions',
  'wishes',
  'reviews',
  'events',
] as const;
export type TableName = (typeof TABLES)[number];
export type Counts = Readonly<Record<TableName, number>>;

/** All that a row may depend on, besides its own number. */
export interface Shop {
  readonly seed: number;
  readonly counts: Counts;
}

export const FANS = {
  addresses: fan([1, 2, 1, 1, 1, 2, 1, 1]),
  wishes: fan([0, 0, 1, 0, 0, 2, 0, 0]),
  media: fan([1, 2, 1, 0, 1, 3, 1, 1]),
  prices: fan([0, 1, 0, 3, 0, 1]),
  inventory: fan([2]),
  reviews: fan([0, 2, 1, 4, 0, 3, 1, 2]),
  items: fan([1, 3, 2, 4, 1, 2, 5, 2]),
  payments: fan([1, 1, 1, 0, 1, 1, 2, 1, 0, 1]),
  notes: fan([0, 0, 1, 0, 0, 0, 0, 2, 0, 0]),
  carts: fan([1, 3, 2, 1]),
};

/** Every nth order has one line sent back. */
export const ORDERS_PER_RETURN = 17;
export const CATEGORY_LIMIT = 1 + SHELVES.reduce((sum, shelf) => sum + 1 + shelf.leaves.length, 0);

const scaled = (size: number, share: number, least: number, most = Number.MAX_SAFE_INTEGER) =>
  Math.min(most, Math.max(least, Math.floor(size * share)));

/** Everything but events, for a shop of this size. */
const countsOfSize = (size: number): Omit<Counts, 'events'> => {
  const customers = scaled(size, 0.08, 4);
  const products = scaled(size, 0.03, 4);
  const orders = scaled(size, 0.1, 5);
  const carts = scaled(size, 0.02, 2);
  return {
    currencies: scaled(size, 1 / 500, 3, CURRENCIES.length),
    settings: scaled(size, 1 / 500, 2, SETTINGS.length),
    help_pages: scaled(size, 1 / 500, 2, HELP_PAGES.length),
    warehouses: scaled(size, 1 / 2000, 2, WAREHOUSES.length),
    categories: scaled(size, 1 / 400, 3, CATEGORY_LIMIT),
    departments: scaled(size, 1 / 5000, 2, 40),
    employees: scaled(size, 1 / 250, 4, 2000),
    customers,
    addresses: FANS.addresses.total(customers),
    products,
    product_media: FANS.media.total(products),
    price_history: FANS.prices.total(products),
    inventory: FANS.inventory.total(products),
    stock_movements: scaled(size, 0.05, 2),
    coupons: scaled(size, 0.004, 2),
    orders,
    order_items: FANS.items.total(orders),
    payments: FANS.payments.total(orders),
    'order notes': FANS.notes.total(orders),
    returned_items: Math.floor(orders / ORDERS_PER_RETURN),
    carts,
    cart_items: FANS.carts.total(carts),
    sessions: scaled(size, 0.04, 2),
    wishes: FANS.wishes.total(customers),
    reviews: FANS.reviews.total(products),
  };
};

const sum = (counts: object): number => Object.values(counts).reduce((total: number, count: number) => total + count, 0);

/** At least this share of the rows are events: the log is what a shop has most of, and what makes the total come out exactly. */
const EVENTS_SHARE = 0.08;

/**
 * Rows of each table. Their sum is `rows`, exactly, from 100 rows on: the shop is made as large as fits, and events fill up.
 * Virtual tables count with what they hold themselves: `help_pages` does, `products_fts` is an index over products.
 */
export const countsOf = (rows: number): Counts => {
  const room = rows * (1 - EVENTS_SHARE);
  let fits = 0;
  for (let step = 2 ** Math.ceil(Math.log2(rows * 2)); step >= 1; step /= 2) {
    if (sum(countsOfSize(fits + step)) <= room) fits += step;
  }
  const counts = countsOfSize(fits);
  return { ...counts, events: Math.max(0, rows - sum(counts)) };
};
